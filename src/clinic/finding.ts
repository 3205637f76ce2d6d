/**
 * What the clinic found out: one finding for each question. A question whose control failed is never answered by
 * “good”.
 */
import type { Side } from '../protocol/side.js';
import type { Seat } from './seat.js';
import type { QuestionId } from './question-ids.js';

/**
 * `good`: it was tried, and it is right. `fault`: it was seen. `cannot tell`: it was not, and the finding says why.
 * `does not apply`: a run has shown that this pair has nothing of which it could be asked, such as a key where nothing
 * is encrypted. Where no run has shown that, it is `cannot tell`.
 */
export type Verdict = 'good' | 'fault' | 'cannot tell' | 'does not apply';

/** The languages for which a remedy can have its own words. `other` is what we say when we do not know. */
export type Language = 'python' | 'node' | 'java' | 'c' | 'go' | 'other';

/** How to mend a fault, in one or two sentences. `other` is for every language that has no words of its own. */
export type Remedy = Readonly<Partial<Record<Language, string>> & { readonly other: string }>;

/** Something that was seen, in one sentence, and where it is in a capture. */
export interface Evidence {
  /** What a person can check: "Frame 12, byte 3 was changed; the server showed `Nicd to Meet you`." Not escaped. */
  readonly seen: string;
  /** The run in whose capture the frames are. Absent where nothing crossed. */
  readonly run?: number;
  /** Frame numbers, as Wireshark counts them, in the capture of that run. */
  readonly frames?: readonly number[];
  /** The half of the wire at which that capture was made. Default: the client’s. */
  readonly half?: Side;
}

interface Answered {
  /** What it comes to, in one sentence for a beginner, without a full stop. */
  readonly said: string;
  readonly evidence: readonly Evidence[];
}

/** The question was tried, and the program is right. `control` says what shows that the trial could have failed. */
export interface Good extends Answered {
  readonly verdict: 'good';
  readonly control: string;
}

export interface Fault extends Answered {
  readonly verdict: 'fault';
  /** What it means for the people who chat, in one sentence for a beginner. */
  readonly meaning: string;
  readonly remedy: Remedy;
  /** What shows that it is this fault and not another: the same conversation without the disturbance. */
  readonly control: string;
  /** Other questions whose faults this one explains. It is told before them. */
  readonly explains?: readonly QuestionId[];
}

export interface CannotTell extends Answered {
  readonly verdict: 'cannot tell';
  /** What would be needed to tell. */
  readonly needed: string;
}

/** `said` names what was seen of the pair that leaves nothing to ask. */
export interface DoesNotApply extends Answered {
  readonly verdict: 'does not apply';
}

export type Answer = Good | Fault | CannotTell | DoesNotApply;

/** An answer, with the question. */
export type Finding = Answer & {
  readonly question: QuestionId;
  /** Of how many milliseconds of the three minutes it took. */
  readonly took: number;
  /** Whose fault it is, where it is the fault of one program. */
  readonly seat?: Seat;
};

export function cannotTell(said: string, needed: string, evidence: readonly Evidence[] = []): CannotTell {
  return { verdict: 'cannot tell', said, needed, evidence };
}

export function doesNotApply(said: string, evidence: readonly Evidence[] = []): DoesNotApply {
  return { verdict: 'does not apply', said, evidence };
}
