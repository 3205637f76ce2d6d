/**
 * Plaintext mode: each line is a message and there is nothing else on the wire, so netcat is a full peer. Inside TLS
 * the same lines are tls mode.
 *
 * The price is that a stream's end cannot be told from a person's leaving, and that a side in another mode can only be
 * guessed: by the bytes with which it begins, and by an ERROR in a server's first line. As anything later, all of that
 * is what somebody said; and so is a HELLO from a server, which no server sends.
 */
import { modeOfAnswer, modeOfClient, modeSaidBy } from '../protocol/first-bytes.js';
import { isErrorCode } from '../protocol/frames.js';
import { isLeaving } from '../protocol/leaving.js';
import { MAX_LINE_BYTES } from '../protocol/lines.js';
import type { Mode } from '../protocol/modes.js';
import type { Problem } from '../protocol/events.js';
import type { Side } from '../protocol/side.js';
import { LineSession } from './line-session.js';
import type { Action, ChatEnd } from './session.js';

export class PlaintextSession extends LineSession {
  #heard = false;
  #spoken = false;

  /** @param mode tls where the lines cross inside TLS, which leaves no doubt about the other side's mode. */
  constructor(side: Side, mode: 'plaintext' | 'tls' = 'plaintext') {
    super(side, mode);
  }

  opened(): readonly Action[] {
    return [this.begin(null)];
  }

  protected modeBy(first: Buffer): Mode | null {
    return this.side === 'server' ? modeOfClient(first) : modeOfAnswer(first);
  }

  protected line(line: Buffer): readonly Action[] {
    const isFirst = !this.#heard;
    this.#heard = true;
    const problem = isFirst && this.side === 'client' ? this.#problemIn(line.toString('latin1')) : null;
    if (problem !== null) return [this.over({ ok: false, problem })];
    if (isLeaving(line.toString('utf8'))) return [this.over({ ok: true, leftBy: 'peer' })];
    return [{ type: 'show', text: line, line }];
  }

  protected carry(text: string): Extract<Action, { type: 'send' | 'unsent' }> {
    const bytes = Buffer.from(`${text}\n`, 'utf8');
    if (bytes.length > MAX_LINE_BYTES) return { type: 'unsent', bytes: bytes.length - 1, most: MAX_LINE_BYTES - 1 };
    this.#spoken = true;
    return { type: 'send', bytes };
  }

  protected ended(rest: Buffer): readonly Action[] {
    const unfinished = rest.length > 0 ? this.line(rest) : [];
    return unfinished.some(({ type }) => type === 'over')
      ? unfinished
      : [...unfinished, this.over(this.#endOfStream())];
  }

  /** Every line is a message. */
  protected faultIn(): null {
    return null;
  }

  /** A client waits for an answer; a server that is in tls mode has given its own and is gone. */
  protected override metOther(theirs: Mode): readonly Action[] {
    return this.side === 'server'
      ? super.metOther(theirs)
      : [this.over({ ok: false, problem: this.otherMode(theirs) })];
  }

  /**
   * TLS tells a client that leaves from a wire that was cut. One that leaves before a word is said has seen our
   * certificate, no more.
   */
  #endOfStream(): ChatEnd {
    if (this.mode === 'plaintext' || this.side === 'client' || this.#heard || this.#spoken)
      return { ok: true, leftBy: 'peer' };
    return { ok: false, problem: { type: 'cut-off', missing: 'first message' } };
  }

  /** What a server means whose very first line is an ERROR frame, or null where the line is somebody's message. */
  #problemIn(line: string): Problem | null {
    const code = line.startsWith('ERROR ') ? line.slice('ERROR '.length) : '';
    if (!isErrorCode(code)) return null;
    // Only a server in encrypted mode waits for a handshake.
    const theirs = code === 'timeout' ? 'encrypted' : modeSaidBy(code);
    return theirs === null || theirs === 'plaintext' ? { type: 'reported', code } : this.otherMode(theirs);
  }
}
