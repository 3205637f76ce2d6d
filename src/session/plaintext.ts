/**
 * Plaintext mode: each line is a message and there is nothing else on the wire, so netcat is a full peer. Inside TLS the
 * same lines are tls mode.
 *
 * The price is that a stream's end cannot be told from a person's leaving, and that a side in another mode can only be
 * guessed: by the bytes with which it begins, and by an ERROR in a server's first line. As anything later, all of that is
 * what somebody said; and so is a HELLO from a server, which no server sends.
 */
import type { Problem } from '../protocol/events.js';
import { modeOfAnswer, modeOfClient, modeSaidBy } from '../protocol/first-bytes.js';
import { isErrorCode, type ErrorCode } from '../protocol/frames.js';
import { isLeaving } from '../protocol/leaving.js';
import { LineReader, LineTooLongError, MAX_LINE_BYTES } from '../protocol/lines.js';
import type { Mode } from '../protocol/modes.js';
import type { Action, Outcome, Session } from './session.js';
import type { Side } from '../protocol/side.js';

export class PlaintextSession implements Session {
  readonly #side: Side;
  readonly #reader = new LineReader();
  #phase: Session['phase'] = 'handshake';
  /** What has come, while it may still turn out to be another mode; null once it is known. */
  #first: Buffer | null = Buffer.alloc(0);
  #heard = false;
  #spoken = false;
  readonly #mode: 'plaintext' | 'tls';

  /** @param mode tls where the lines cross inside TLS, which leaves no doubt about the other side's mode. */
  constructor(side: Side, mode: 'plaintext' | 'tls' = 'plaintext') {
    this.#side = side;
    this.#mode = mode;
    if (mode === 'tls') this.#first = null;
  }

  get phase(): Session['phase'] {
    return this.#phase;
  }

  opened(): readonly Action[] {
    this.#phase = 'chatting';
    return [{ type: 'ready', keys: null }];
  }

  *received(bytes: Uint8Array): Iterable<Action> {
    if (this.#phase !== 'chatting') return;
    const known = this.#first === null ? bytes : this.#recognise(Buffer.concat([this.#first, bytes]));
    if (known === null) return;
    if ('theirs' in known) {
      yield* this.#mismatch(known.theirs);
      return;
    }
    try {
      for (const line of this.#reader.lines(known)) {
        yield* this.#line(line);
        if (this.#isOver()) return;
      }
    } catch (error) {
      if (!(error instanceof LineTooLongError)) throw error;
      yield* this.refuse('line-too-long', { type: 'refused', reason: 'line-too-long', most: MAX_LINE_BYTES });
    }
  }

  said(text: string): readonly Action[] {
    if (text.includes('\n')) throw new RangeError('Cannot send the message: it holds a line break');
    if (this.#phase !== 'chatting') return [];
    const line = Buffer.from(`${text}\n`, 'utf8');
    if (line.length > MAX_LINE_BYTES) {
      return [{ type: 'unsent', bytes: line.length - 1, most: MAX_LINE_BYTES - 1 }];
    }
    this.#spoken = true;
    const send: Action = { type: 'send', bytes: line };
    return isLeaving(text) ? [send, this.#over({ ok: true, leftBy: 'us' })] : [send];
  }

  peerEnded(): readonly Action[] {
    if (this.#phase !== 'chatting') return [];
    const rest = this.#first ?? this.#reader.rest();
    const unfinished = rest.length > 0 ? this.#line(rest) : [];
    return this.#isOver() ? unfinished : [...unfinished, this.#over(this.#endOfStream())];
  }

  refuse(code: ErrorCode, problem: Problem): readonly Action[] {
    if (this.#phase === 'over') return [];
    return [{ type: 'send', bytes: Buffer.from(`ERROR ${code}\n`) }, this.#over({ ok: false, problem })];
  }

  /** TLS tells a client that leaves from a wire that was cut. One that leaves before a word is said has seen our certificate, no more. */
  #endOfStream(): Outcome {
    if (this.#mode === 'plaintext' || this.#side === 'client' || this.#heard || this.#spoken) return { ok: true, leftBy: 'peer' };
    return { ok: false, problem: { type: 'cut-off', missing: 'first message' } };
  }

  #line(line: Buffer): Action[] {
    const first = !this.#heard;
    this.#heard = true;
    const problem = first && this.#side === 'client' ? problemIn(line.toString('latin1')) : null;
    if (problem !== null) return [this.#over({ ok: false, problem })];
    if (isLeaving(line.toString('utf8'))) return [this.#over({ ok: true, leftBy: 'peer' })];
    return [{ type: 'show', text: line, line }];
  }

  /** The bytes to read as lines, the other mode that they give away, or null while both may be. */
  #recognise(first: Buffer): Buffer | { readonly theirs: Mode } | null {
    const theirs = this.#side === 'server' ? modeOfClient(first) : modeOfAnswer(first);
    this.#first = theirs === null ? first : null;
    if (theirs === null) return null;
    return theirs === 'plaintext' ? first : { theirs };
  }

  /** A client waits for an answer; a server that is in tls mode has given its own and is gone. */
  #mismatch(theirs: Mode): readonly Action[] {
    const problem = inMode(theirs);
    return this.#side === 'server' ? this.refuse('plaintext-mode', problem) : [this.#over({ ok: false, problem })];
  }

  #over(outcome: Outcome): Action {
    this.#phase = 'over';
    return { type: 'over', outcome };
  }

  /** A method, so that the compiler does not believe that the phase stays what it was at the last look. */
  #isOver(): boolean {
    return this.#phase === 'over';
  }
}

function inMode(theirs: Mode): Problem {
  return { type: 'refused', reason: 'mode', ours: 'plaintext', theirs };
}

/** What a server means whose very first line is an ERROR frame, or null where the line is somebody's message. */
function problemIn(line: string): Problem | null {
  const code = line.startsWith('ERROR ') ? line.slice('ERROR '.length) : '';
  if (!isErrorCode(code)) return null;
  // Only a server in encrypted mode waits for a handshake.
  const mode = code === 'timeout' ? 'encrypted' : modeSaidBy(code);
  return mode === null || mode === 'plaintext' ? { type: 'reported', code } : inMode(mode);
}
