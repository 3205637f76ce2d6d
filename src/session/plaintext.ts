/**
 * Plaintext mode: each line is a message and there is nothing else on the wire, so netcat is a full peer.
 *
 * The price is that a stream's end cannot be told from a person's leaving, and that a side in encrypted mode can only be
 * guessed: a client by the HELLO, a server by the ERROR with which it opens.
 */
import type { Problem, Side } from '../protocol/events.js';
import { isErrorCode, isHello, type ErrorCode } from '../protocol/frames.js';
import { isLeaving } from '../protocol/leaving.js';
import { LineReader, LineTooLongError, MAX_LINE_BYTES } from '../protocol/lines.js';
import type { Action, Outcome, Session } from './session.js';

export class PlaintextSession implements Session {
  readonly #side: Side;
  readonly #reader = new LineReader();
  #phase: Session['phase'] = 'handshake';
  #heard = false;

  constructor(side: Side) {
    this.#side = side;
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
    try {
      for (const line of this.#reader.lines(bytes)) {
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
    const send: Action = { type: 'send', bytes: line };
    return isLeaving(text) ? [send, this.#over({ ok: true, leftBy: 'us' })] : [send];
  }

  peerEnded(): readonly Action[] {
    if (this.#phase !== 'chatting') return [];
    const rest = this.#reader.rest();
    const unfinished = rest.length > 0 ? this.#line(rest) : [];
    return this.#isOver() ? unfinished : [...unfinished, this.#over({ ok: true, leftBy: 'peer' })];
  }

  refuse(code: ErrorCode, problem: Problem): readonly Action[] {
    if (this.#phase === 'over') return [];
    return [{ type: 'send', bytes: Buffer.from(`ERROR ${code}\n`) }, this.#over({ ok: false, problem })];
  }

  #line(line: Buffer): Action[] {
    const first = !this.#heard;
    this.#heard = true;
    const problem = first ? this.#opening(line) : null;
    if (problem !== null) return [this.#over({ ok: false, problem })];
    if (isLeaving(line.toString('utf8'))) return [this.#over({ ok: true, leftBy: 'peer' })];
    return [{ type: 'show', text: line }];
  }

  /** What an opening line gives away of a side in encrypted mode, or null where it is somebody's message. */
  #opening(line: Buffer): Problem | null {
    if (this.#side === 'client') return problemIn(line.toString('latin1'));
    return isHello(line) ? ENCRYPTED : null;
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

const ENCRYPTED: Problem = { type: 'refused', reason: 'mode', ours: 'plaintext', theirs: 'encrypted' };

/** What a server means whose very first line is an ERROR frame, or null where the line is somebody's message. */
function problemIn(line: string): Problem | null {
  const code = line.startsWith('ERROR ') ? line.slice('ERROR '.length) : '';
  if (!isErrorCode(code)) return null;
  // Only a server in encrypted mode waits for a handshake.
  return code === 'mode-mismatch' || code === 'timeout' ? ENCRYPTED : { type: 'reported', code };
}
