/**
 * Plaintext mode: each line is a message, and nothing else crosses the wire. So netcat works as the other side. In tls
 * mode, the same lines cross inside TLS.
 *
 * The disadvantage: the session cannot tell whether a person left or the stream just ended. It can also only guess when
 * the other side is in another mode: from the first bytes, and from an ERROR in a server's first line. If these come
 * later, they count as a message. A HELLO from a server is also a message, because no server sends one.
 */
import { modeOfAnswer, modeOfClient, modeSaidBy } from '../protocol/first-bytes.js';
import { isErrorCode } from '../protocol/error-codes.js';
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

  /** @param mode tls if the lines cross inside TLS. Then the other side's mode is certain. */
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
    const problem = this.lateRefusal(line);
    if (problem !== null) return [this.over({ ok: false, problem }, line)];
    if (isLeaving(line.toString('utf8'))) return [this.leftIn(line)];
    return [{ type: 'show', text: line, line }];
  }

  protected lateRefusal(line: Buffer): Problem | null {
    const isFirst = !this.#heard;
    this.#heard = true;
    return isFirst && this.side === 'client' ? this.#problemIn(line.toString('latin1')) : null;
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

  /** A client waits for an answer. But a server in tls mode has already sent its answer and closed the connection. */
  protected override metOther(theirs: Mode): readonly Action[] {
    return this.side === 'server'
      ? super.metOther(theirs)
      : [this.over({ ok: false, problem: this.otherMode(theirs) })];
  }

  /**
   * With TLS, the session can tell whether the client left or the wire was cut. A client that leaves before any message
   * has seen our certificate and nothing else.
   */
  #endOfStream(): ChatEnd {
    if (this.mode === 'plaintext' || this.side === 'client' || this.#heard || this.#spoken)
      return { ok: true, leftBy: 'peer' };
    return { ok: false, problem: { type: 'cut-off', missing: 'first message' } };
  }

  /** What the ERROR frame in a server's first line means. null if the line is a person's message. */
  #problemIn(text: string): Problem | null {
    // At the end of the stream, the line may have no LF, and the LineReader has not removed its CR.
    const line = text.trimEnd();
    const code = line.startsWith('ERROR ') ? line.slice('ERROR '.length) : '';
    if (!isErrorCode(code)) return null;
    // Only a server in encrypted mode waits for a handshake.
    const theirs = code === 'timeout' ? 'encrypted' : modeSaidBy(code);
    return theirs === null || theirs === 'plaintext' ? { type: 'reported', code } : this.otherMode(theirs);
  }
}
