/**
 * What the sessions of all modes share. The session reads lines as soon as it knows that the other side is in the same
 * mode. A message is one line. A session that is over ignores everything. After our own person has left, the session
 * only takes a refusal.
 */
import type { Problem, Refusal } from '../protocol/events.js';
import type { ErrorCode } from '../protocol/error-codes.js';
import { formatFrame } from '../protocol/frames.js';
import { isLeaving } from '../protocol/leaving.js';
import { LineReader, LineTooLongError, MAX_LINE_BYTES } from '../protocol/lines.js';
import { MODE_FACTS, type Mode } from '../protocol/modes.js';
import type { Side } from '../protocol/side.js';
import type { Action, ChatEnd, Session, SessionKeys } from './session.js';

/** What is wrong with the bytes received. `code` goes to the other side, `refusal` to our person. */
export interface Fault {
  readonly code: ErrorCode;
  readonly refusal: Refusal;
}

export abstract class LineSession implements Session {
  protected readonly side: Side;
  protected readonly mode: Mode;
  readonly #reader = new LineReader();
  #phase: Session['phase'] = 'handshake';
  /** The bytes received while the other side's mode is not certain. null once it is. */
  #first: Buffer | null = Buffer.alloc(0);

  protected constructor(side: Side, mode: Mode) {
    this.side = side;
    this.mode = mode;
    // Inside TLS, the other side's mode is certain.
    if (mode === 'tls') this.#first = null;
  }

  abstract opened(): readonly Action[];
  /** Called when the other side closes its half before either side has left. `rest`: an unfinished line. */
  protected abstract ended(rest: Buffer): readonly Action[];
  /** The other side's mode, found from its first bytes. null while more bytes are needed. */
  protected abstract modeBy(first: Buffer): Mode | null;
  /** Called for each line that arrives. */
  protected abstract line(line: Buffer): readonly Action[];
  /** The action that sends our person's message, or that reports that it cannot be sent. */
  protected abstract carry(text: string): Extract<Action, { type: 'send' | 'unsent' }>;
  /** What a line means that comes after our person has left: a refusal, or null if it changes nothing. */
  protected abstract lateRefusal(line: Buffer): Problem | null;
  /** The other side's fault behind an error that `line` threw. null if the other side is not at fault. */
  protected abstract faultIn(error: unknown): Fault | null;

  get phase(): Session['phase'] {
    return this.#phase;
  }

  *received(bytes: Uint8Array): Iterable<Action> {
    if (this.#isOver()) return;
    const known = this.#first === null ? bytes : this.#recognise(Buffer.concat([this.#first, bytes]));
    if ('theirs' in known) {
      yield* this.#isLeaving()
        ? [this.over({ ok: false, problem: this.otherMode(known.theirs) })]
        : this.metOther(known.theirs);
      return;
    }
    let read: Buffer | undefined;
    try {
      for (const line of this.#reader.lines(known)) {
        read = line;
        yield* this.#isLeaving() ? this.#heardLate(line) : this.line(line);
        if (this.#isOver()) return;
        read = undefined;
      }
    } catch (error) {
      const fault = error instanceof LineTooLongError ? TOO_LONG : this.faultIn(error);
      if (fault === null) throw error;
      if (this.#isLeaving()) yield this.over(LEFT_BY_US);
      yield* this.#refuse(fault.code, { type: 'refused', ...fault.refusal }, read);
    }
  }

  said(text: string): readonly Action[] {
    if (text.includes('\n')) throw new RangeError('Cannot send the message: it holds a line break');
    if (this.#phase !== 'chatting') return [];
    const carried = this.carry(text);
    return carried.type === 'send' && isLeaving(text) ? [carried, this.#leave()] : [carried];
  }

  peerEnded(): readonly Action[] {
    if (this.#isOver()) return [];
    const rest = this.#first ?? this.#reader.rest();
    if (!this.#isLeaving()) return this.ended(rest);
    const refused = this.#heardLate(rest);
    return refused.length > 0 ? refused : [this.over(LEFT_BY_US)];
  }

  refuse(code: ErrorCode, problem: Problem): readonly Action[] {
    return this.#refuse(code, problem);
  }

  /** @param line the line that is refused, if it was one line. */
  #refuse(code: ErrorCode, problem: Problem, line?: Buffer): readonly Action[] {
    if (this.#isOver()) return [];
    // Our half is closed: there is nobody to tell.
    if (this.#isLeaving()) return [this.over(LEFT_BY_US)];
    return [{ type: 'send', bytes: formatFrame({ kind: 'ERROR', code }) }, this.over({ ok: false, problem }, line)];
  }

  /** The other side is in another mode. We send it ours. */
  protected metOther(theirs: Mode): readonly Action[] {
    return this.refuse(MODE_FACTS[this.mode].turnsAwayWith, this.otherMode(theirs));
  }

  protected otherMode(theirs: Mode): Problem {
    return { type: 'refused', reason: 'mode', ours: this.mode, theirs };
  }

  protected begin(keys: SessionKeys | null): Action {
    this.#phase = 'chatting';
    return { type: 'ready', keys };
  }

  /** @param line the line of the other side that ended the chat, if one did. */
  protected over(outcome: ChatEnd, line?: Buffer): Action {
    this.#phase = 'over';
    return { type: 'over', outcome, ...(line === undefined ? {} : { line }) };
  }

  /** The other person has left, and said so in `line`. */
  protected leftIn(line: Buffer): Action {
    return this.over({ ok: true, leftBy: 'peer' }, line);
  }

  #leave(): Action {
    this.#phase = 'leaving';
    return { type: 'leaving' };
  }

  #heardLate(line: Buffer): readonly Action[] {
    const problem = this.lateRefusal(line);
    return problem === null ? [] : [this.over({ ok: false, problem }, line)];
  }

  /** The bytes to read as lines; no bytes while the mode is uncertain. Or the other mode, if the bytes show one. */
  #recognise(first: Buffer): Buffer | { readonly theirs: Mode } {
    const theirs = this.modeBy(first);
    this.#first = theirs === null ? first : null;
    if (theirs === null) return Buffer.alloc(0);
    return theirs === this.mode ? first : { theirs };
  }

  /** This is a method because the compiler would assume that the field still has the value it had at the last test. */
  #isOver(): boolean {
    return this.#phase === 'over';
  }

  #isLeaving(): boolean {
    return this.#phase === 'leaving';
  }
}

const LEFT_BY_US: ChatEnd = { ok: true, leftBy: 'us' };

const TOO_LONG: Fault = { code: 'line-too-long', refusal: { reason: 'line-too-long', most: MAX_LINE_BYTES } };
