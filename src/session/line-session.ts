/**
 * What sessions have in common in every mode: bytes become lines once it is known that they are of our mode, a message
 * is one line, and a session that is over takes and gives nothing.
 */
import type { Problem, Refusal } from '../protocol/events.js';
import { formatFrame, type ErrorCode } from '../protocol/frames.js';
import { isLeaving } from '../protocol/leaving.js';
import { LineReader, LineTooLongError, MAX_LINE_BYTES } from '../protocol/lines.js';
import { MODE_FACTS, type Mode } from '../protocol/modes.js';
import type { Side } from '../protocol/side.js';
import type { Action, ChatEnd, Session, SessionKeys } from './session.js';

/** What is wrong with what came: `code` is what the other side is told, `refusal` what our person is told. */
export interface Fault {
  readonly code: ErrorCode;
  readonly refusal: Refusal;
}

export abstract class LineSession implements Session {
  protected readonly side: Side;
  protected readonly mode: Mode;
  readonly #reader = new LineReader();
  #phase: Session['phase'] = 'handshake';
  /** What has come, while it may still turn out to be another mode; null once it is known. */
  #first: Buffer | null = Buffer.alloc(0);

  protected constructor(side: Side, mode: Mode) {
    this.side = side;
    this.mode = mode;
    // Inside TLS there is no doubt about the other side's mode.
    if (mode === 'tls') this.#first = null;
  }

  abstract opened(): readonly Action[];
  /** The other side has closed its half, and neither side has left. `rest`: the line that it did not finish. */
  protected abstract ended(rest: Buffer): readonly Action[];
  /** The other side's mode by the first bytes that came, or null while more are needed. */
  protected abstract modeBy(first: Buffer): Mode | null;
  /** A line has come. */
  protected abstract line(line: Buffer): readonly Action[];
  /** What carries a message of our person, or what says that it cannot be sent. */
  protected abstract carry(text: string): Extract<Action, { type: 'send' | 'unsent' }>;
  /** What an error says of the other side that `line` threw; null where it is no fault of theirs. */
  protected abstract faultIn(error: unknown): Fault | null;

  get phase(): Session['phase'] {
    return this.#phase;
  }

  *received(bytes: Uint8Array): Iterable<Action> {
    if (this.#isOver()) return;
    const known = this.#first === null ? bytes : this.#recognise(Buffer.concat([this.#first, bytes]));
    if ('theirs' in known) {
      yield* this.metOther(known.theirs);
      return;
    }
    try {
      for (const line of this.#reader.lines(known)) {
        yield* this.line(line);
        if (this.#isOver()) return;
      }
    } catch (error) {
      const fault = error instanceof LineTooLongError ? TOO_LONG : this.faultIn(error);
      if (fault === null) throw error;
      yield* this.refuse(fault.code, { type: 'refused', ...fault.refusal });
    }
  }

  said(text: string): readonly Action[] {
    if (text.includes('\n')) throw new RangeError('Cannot send the message: it holds a line break');
    if (this.#phase !== 'chatting') return [];
    const carried = this.carry(text);
    return carried.type === 'send' && isLeaving(text) ? [carried, this.over({ ok: true, leftBy: 'us' })] : [carried];
  }

  peerEnded(): readonly Action[] {
    return this.#isOver() ? [] : this.ended(this.#first ?? this.#reader.rest());
  }

  refuse(code: ErrorCode, problem: Problem): readonly Action[] {
    if (this.#isOver()) return [];
    return [{ type: 'send', bytes: formatFrame({ kind: 'ERROR', code }) }, this.over({ ok: false, problem })];
  }

  /** The other side turned out to be in another mode. It is told ours. */
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

  protected over(outcome: ChatEnd): Action {
    this.#phase = 'over';
    return { type: 'over', outcome };
  }

  /** The bytes to read as lines, none while it is not known whether they are; or the other mode that they give away. */
  #recognise(first: Buffer): Buffer | { readonly theirs: Mode } {
    const theirs = this.modeBy(first);
    this.#first = theirs === null ? first : null;
    if (theirs === null) return Buffer.alloc(0);
    return theirs === this.mode ? first : { theirs };
  }

  /** A method, so that the compiler does not believe that the phase stays what it was at the last look. */
  #isOver(): boolean {
    return this.#phase === 'over';
  }
}

const TOO_LONG: Fault = { code: 'line-too-long', refusal: { reason: 'line-too-long', most: MAX_LINE_BYTES } };
