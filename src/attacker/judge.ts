/**
 * What became of an attack, told from outside: from what the two processes showed, said on standard error and ended with,
 * held against what their people typed. Nothing here knows which outcome to expect where.
 */
import { isLeaving } from '../protocol/leaving.js';
import { otherSide, type Attack, type Goal, type Side } from './attack.js';
import type { Guard, Outcome, Seat, Setting } from './matrix.js';

export interface Observed {
  readonly mode: Setting['mode'];
  /** What was typed, in order, by those who were in the chat. */
  readonly said: readonly { readonly side: Side; readonly text: string }[];
  /** Whether all of the conversation could be said. */
  readonly complete: boolean;
  readonly seats: Readonly<Record<Side, Seat>>;
  /** Whether the attack found something to do. */
  readonly acted: boolean;
  readonly learned: readonly { readonly from: Side; readonly text: string }[];
}

/** Goals of an attacker who only looks. */
const PASSIVE: readonly Goal[] = ['nothing', 'read', 'guess'];

export function judge({ goal, needs }: Pick<Attack, 'goal' | 'needs'>, observed: Observed): Outcome {
  const guard = guardIn(SIDES.map((side) => observed.seats[side].complaint));
  if (!observed.acted && !PASSIVE.includes(goal)) {
    if (guard !== null) return { kind: 'failed', why: 'nothing was done, and yet somebody complained' };
    return { kind: 'not-possible', why: `it needs ${needs}` };
  }
  if (isReached(goal, observed)) return guard === null ? { kind: 'works-unnoticed' } : { kind: 'works-noticed', by: guard };
  if (guard !== null) return { kind: 'refused', by: guard };
  if (goal === 'read') return { kind: 'refused', by: observed.mode === 'tls' ? 'TLS' : 'the encryption' };
  if (goal === 'guess') return { kind: 'refused', by: 'the padding' };
  return { kind: 'failed', why: 'it neither did what it set out to do nor did anybody complain' };
}

/** How much of what was said an attacker knows who only looks, in a few words; '' where that is not the question. */
export function understood(goal: Goal, { said, learned }: Pick<Observed, 'said' | 'learned'>): string {
  if (goal === 'guess') return `${rightOnes(said, learned).length} of ${said.length} messages told apart from all others`;
  if (goal === 'nothing' || learned.length === 0) return '';
  return `read ${rightOnes(said, learned).length} of ${said.length} messages`;
}

const SIDES: readonly Side[] = ['client', 'server'];

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
      return atAnySide((was, heard) => was.some((text, at) => !heard.includes(text) && was.slice(at + 1).some((later) => heard.includes(later))));
    case 'disorder':
      return atAnySide((was, heard) => heard.some((text, at) => was.indexOf(text) < was.indexOf(heard[at - 1] ?? '')));
    case 'cut':
      return !complete;
  }
}

/** What a side should have been shown. The word that ends a chat is obeyed, and not shown as a message. */
function saidTo(side: Side, { said }: Observed): string[] {
  return said.filter((message) => message.side === otherSide(side) && !isLeaving(message.text)).map(({ text }) => text);
}

function rightOnes(said: Observed['said'], learned: Observed['learned']): Observed['said'] {
  return said.filter(({ side, text }) => learned.some((known) => known.from === side && isSame(known.text, text)));
}

/** The words that end a chat mean the same in any case. */
function isSame(one: string, other: string): boolean {
  return one === other || (isLeaving(one) && isLeaving(other));
}

function count(texts: readonly string[], wanted: string): number {
  return texts.filter((text) => text === wanted).length;
}

/**
 * Who noticed, by the words in which an end tells its person. The one who noticed says more than the other, who hears of
 * it or is left alone; so the telling words come first.
 */
const TELLING: readonly (readonly [RegExp, Guard])[] = [
  [/--expect-fingerprint|--pin/, 'the fingerprint'],
  [/check does not fit here/, 'the sequence number'],
  [/check does not fit/, 'the check'],
  [/check fits, but the token's signature/, "Fernet's signature"],
  [/asked for the \S+ check, and this server takes/, 'the list of allowed checks'],
  [/\bTLS\b/, 'TLS'],
  [/nobody had said EXIT/, 'the missing EXIT'],
  [/./, 'something else'],
];

function guardIn(complaints: readonly string[]): Guard | null {
  return TELLING.find(([words]) => complaints.some((complaint) => words.test(complaint)))?.[1] ?? null;
}
