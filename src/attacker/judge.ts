/**
 * Judges the outcome of an attack from outside. It compares the events of the two processes with what their people
 * typed. Nothing here knows the expected outcome, and nothing reads a sentence.
 */
import type { Problem, Refusal } from '../protocol/events.js';
import { isLeaving } from '../protocol/leaving.js';
import type { Attack, Goal } from './attack.js';
import type { Cell, Guard, AttackOutcome, Seat, Setting } from './matrix.js';
import { MODE_FACTS, type Carrier } from '../protocol/modes.js';
import { SIDES, otherSide, type Side } from '../protocol/side.js';

export interface Observed {
  readonly mode: Setting['mode'];
  /** What the two people typed, in order. */
  readonly said: readonly { readonly side: Side; readonly text: string }[];
  /** Whether the whole conversation was typed. */
  readonly complete: boolean;
  readonly seats: Readonly<Record<Side, Seat>>;
  /** Whether the attack found something to do. */
  readonly acted: boolean;
  readonly learned: readonly { readonly from: Side; readonly text: string }[];
}

/** The goals of an attacker who only looks. */
const PASSIVE: readonly Goal[] = ['nothing', 'read', 'guess'];

export function judge({ goal, needs }: Pick<Attack, 'goal' | 'needs'>, observed: Observed): AttackOutcome {
  const guard = guardIn(SIDES.flatMap((side) => observed.seats[side].problems));
  if (!observed.acted && !PASSIVE.includes(goal)) {
    if (guard !== null) return { kind: 'failed', why: 'the attacker did nothing, but one side complained' };
    return { kind: 'not-possible', why: `it needs ${needs}` };
  }
  if (isReached(goal, observed)) return guard === null ? success(goal) : { kind: 'works-noticed', by: guard };
  if (guard !== null) return { kind: 'refused', by: guard };
  const sealedBy = SEALED_BY[MODE_FACTS[observed.mode].carrier];
  if ((goal === 'read' || goal === 'guess') && sealedBy !== null) return { kind: 'reads-nothing', sealedBy };
  return { kind: 'failed', why: 'the attack did not reach its goal, and nobody complained' };
}

const SEALED_BY = { line: null, token: 'the tokens', record: 'the TLS records' } as const satisfies Readonly<
  Record<Carrier, string | null>
>;

/** How many of the messages the attacker knows. null if the attacker did not want to know them and learned none. */
export function known(goal: Goal, { said, learned }: Pick<Observed, 'said' | 'learned'>): Cell['known'] {
  const isAfterThem = goal === 'read' || goal === 'guess';
  return isAfterThem || learned.length > 0 ? { messages: rightOnes(said, learned).length, of: said.length } : null;
}

function success(goal: Goal): AttackOutcome {
  switch (goal) {
    case 'nothing':
      return { kind: 'passes' };
    case 'read':
      return { kind: 'reads' };
    case 'guess':
      return { kind: 'guesses' };
    default:
      return { kind: 'works-unnoticed' };
  }
}

function isReached(goal: Goal, observed: Observed): boolean {
  const { said, learned, complete } = observed;
  const atAnySide = (holds: (said: readonly string[], heard: readonly string[]) => boolean): boolean =>
    SIDES.some((side) => holds(saidTo(side, observed), observed.seats[side].heard));
  switch (goal) {
    case 'nothing':
    case 'weaken':
      return complete && !atAnySide((was, heard) => was.join('\n') !== heard.join('\n'));
    case 'read':
    case 'guess':
      return rightOnes(said, learned).length > 0;
    case 'forge':
      return atAnySide((was, heard) => heard.some((text) => !was.includes(text)));
    case 'repeat':
      return atAnySide((was, heard) => was.some((text) => count(heard, text) > count(was, text)));
    case 'hide':
      return atAnySide((was, heard) =>
        was.some((text, at) => !heard.includes(text) && was.slice(at + 1).some((later) => heard.includes(later))),
      );
    case 'disorder':
      return atAnySide((was, heard) => heard.some((text, at) => was.indexOf(text) < was.indexOf(heard[at - 1] ?? '')));
    case 'cut':
      return !complete;
  }
}

/** What a side should have shown. A word that ends the chat is obeyed, not shown as a message. */
function saidTo(side: Side, { said }: Observed): string[] {
  return said.filter((message) => message.side === otherSide(side) && !isLeaving(message.text)).map(({ text }) => text);
}

function rightOnes(said: Observed['said'], learned: Observed['learned']): Observed['said'] {
  return said.filter(({ side, text }) => learned.some((known) => known.from === side && isSame(known.text, text)));
}

/** In the words that end a chat, upper and lower case mean the same. */
function isSame(one: string, other: string): boolean {
  return one === other || (isLeaving(one) && isLeaving(other));
}

function count(texts: readonly string[], wanted: string): number {
  return texts.filter((text) => text === wanted).length;
}

/**
 * Several problems can follow from one attack: the side that noticed gives the real reason, and the other side only
 * hears about it or finds the connection closed. So the first guard in this list that any problem names is the answer.
 */
const TELLING: readonly Guard[] = [
  'the fingerprint',
  'the sequence number',
  'the check',
  "Fernet's signature",
  'the list of allowed checks',
  'TLS',
  'the missing EXIT',
  'something else',
];

function guardIn(problems: readonly Problem[]): Guard | null {
  const guards = problems.map(guardOf);
  return TELLING.find((guard) => guards.includes(guard)) ?? null;
}

function guardOf(problem: Problem): Guard {
  if (problem.type === 'refused') return GUARDS[problem.reason] ?? 'something else';
  if (problem.type !== 'cut-off') return 'something else';
  if (problem.missing === 'TLS goodbye') return 'TLS';
  return problem.missing === 'leaving word' ? 'the missing EXIT' : 'something else';
}

const GUARDS: Readonly<Partial<Record<Refusal['reason'], Guard>>> = {
  fingerprint: 'the fingerprint',
  sequence: 'the sequence number',
  check: 'the check',
  signature: "Fernet's signature",
  integrity: 'the list of allowed checks',
  tls: 'TLS',
};
