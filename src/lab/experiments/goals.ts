/**
 * The words in which an experiment says what has to happen: `::goal{unsaid unnoticed in=plaintext}`. All conditions of
 * one goal must hold in the same run. `lessons/experiments/README.md` explains them to teachers.
 */
import { counted } from '../../faces/phrases.js';
import { settingPhrase } from '../../faces/attack-words.js';
import { SETTINGS } from '../../attacker/matrix.js';
import { ATTACKS } from '../../attacker/attacks.js';
import { MODES } from '../../protocol/modes.js';
import type { Setting } from '../events.js';
import type { RunFacts } from './facts.js';

/** What one `::goal` wants. */
export interface Goal {
  /** A full sentence for the learner. */
  readonly says: string;
  /** What the learner has to say of pieces: that they have one of these labels, or which text is in them. */
  readonly asks: { readonly pointed: readonly string[]; readonly guessed: boolean };
  readonly isMet: (facts: RunFacts) => boolean;
}

interface Condition {
  /** null: it takes no value. `count`: a number from 1. `any`: a word. Otherwise the values that it can have. */
  readonly takes: null | 'count' | 'any' | readonly string[];
  /** Follows “it happens that ”, in the present tense. */
  readonly says: (value: string) => string;
  readonly holds: (facts: RunFacts, value: string) => boolean;
}

/** The reasons of `protocol/events.ts` for which a side refuses, in the words of the lesson. */
const REFUSALS: Readonly<Record<string, { readonly because: string; readonly reasons: readonly string[] }>> = {
  check: { because: 'the check after the token does not fit', reasons: ['check'] },
  number: { because: 'the check is that of a message with another number', reasons: ['sequence'] },
  fernet: { because: 'the signature inside the token does not fit', reasons: ['signature'] },
  key: { because: 'the key has another fingerprint', reasons: ['fingerprint'] },
  envelope: { because: 'its private key does not open the envelope', reasons: ['envelope'] },
  list: { because: 'its list of allowed checks does not have this one', reasons: ['integrity'] },
  tls: { because: 'TLS notices a change', reasons: ['tls'] },
  cut: { because: 'the goodbye is missing', reasons: ['cut-off', 'lost'] },
};

const count = (value: string): number => Number(value === '' ? 1 : value);
const different = (value: string): string => (count(value) === 1 ? 'a message' : `${count(value)} different messages`);
const messages = (value: string): string => counted(count(value), 'message');

export const CONDITIONS: Readonly<Record<string, Condition>> = {
  read: {
    takes: 'count',
    says: (value) => `the listener reads ${different(value)} that you said`,
    holds: ({ read }, value) => read >= count(value),
  },
  sealed: {
    takes: null,
    says: () => 'the listener searches for everything that was said, and finds none of it',
    holds: ({ isSealed }) => isSealed,
  },
  understood: {
    takes: 'count',
    says: (value) => `the attacker understands at least ${messages(value)}`,
    holds: ({ understood }, value) => understood >= count(value),
  },
  unsaid: {
    takes: null,
    says: () => 'one side shows a message that the other side never said',
    holds: ({ showedUnsaid }) => showedUnsaid,
  },
  twice: {
    takes: null,
    says: () => 'one side shows a message twice that was said once',
    holds: ({ showedTwice }) => showedTwice,
  },
  missing: {
    takes: null,
    says: () => 'a message never arrives, although a later one does',
    holds: ({ lostOne }) => lostOne,
  },
  order: {
    takes: null,
    says: () => 'two messages arrive in another order than they were said in',
    holds: ({ changedOrder }) => changedOrder,
  },
  'two-in-one': {
    takes: null,
    says: () => 'two messages cross in one piece, and both are shown',
    holds: ({ twoInOne }) => twoInOne,
  },
  'one-in-two': {
    takes: null,
    says: () => 'one line crosses in two pieces, and is shown as one message',
    holds: ({ oneInTwo }) => oneInTwo,
  },
  'different-keys': {
    takes: null,
    says: () => 'both sides chat, but each shows another fingerprint',
    holds: ({ keysDiffer }) => keysDiffer,
  },
  guessed: {
    takes: 'count',
    says: (value) =>
      `you guess right what ${count(value) === 1 ? 'one piece' : `${count(value)} different pieces`} of the wire say`,
    holds: ({ rightGuesses }, value) => rightGuesses >= count(value),
  },
  pointed: {
    takes: 'any',
    says: () => 'you point at the right piece of the wire',
    holds: (facts, value) => facts.pointedAt(value),
  },
  refused: {
    takes: Object.keys(REFUSALS),
    says: (value) => `one side refuses what comes, because ${REFUSALS[value]?.because ?? value}`,
    holds: ({ reasons }, value) => (REFUSALS[value]?.reasons ?? []).some((reason) => reasons.has(reason)),
  },
  unnoticed: { takes: null, says: () => 'nobody notices', holds: ({ reasons }) => reasons.size === 0 },
  over: { takes: null, says: () => 'the chat ends', holds: ({ isOver }) => isOver },
};

const WHERE: readonly string[] = [...MODES, ...SETTINGS.map(({ name }) => name)];

/** The attributes of a `::goal`, or a sentence about what is wrong with them. */
export function goalOf(attributes: Readonly<Record<string, string>>): Goal | string {
  const { in: where, attack, ...asked } = attributes;
  const places = where === undefined ? [] : where.split(/\s+/).filter((word) => word !== '');
  const wrong = places.find((place) => !WHERE.includes(place));
  if (wrong !== undefined || (where !== undefined && places.length === 0))
    return `there is no setting ${wrong ?? ''}; {in=…} takes ${[...new Set(WHERE)].join(', ')}`;
  if (attack !== undefined && !ATTACKS.some(({ name }) => name === attack)) return `there is no attack ${attack}`;
  const named = Object.entries(asked);
  if (named.length === 0) return `say what has to happen: ${Object.keys(CONDITIONS).join(', ')}`;
  for (const [name, value] of named) {
    const why = problemWith(name, value);
    if (why !== null) return why;
  }
  if (named.every(([name]) => name === 'unnoticed' || name === 'over'))
    return 'that nobody notices, or that the chat ends, happens without anybody’s doing; say what else has to happen';
  return {
    says: sentence(named, places, attack),
    asks: {
      pointed: named.flatMap(([name, value]) => (name === 'pointed' ? [value] : [])),
      guessed: named.some(([name]) => name === 'guessed'),
    },
    isMet: (facts) => isIn(facts.setting, places, attack) && holds(facts, named),
  };
}

function problemWith(name: string, value: string): string | null {
  const condition = Object.hasOwn(CONDITIONS, name) ? CONDITIONS[name] : undefined;
  if (condition === undefined) return `there is no goal ${name}; there are ${Object.keys(CONDITIONS).join(', ')}`;
  const { takes } = condition;
  if (takes === null) return value === '' ? null : `${name} takes no value; write ${name} alone`;
  if (takes === 'any')
    return value === '' ? `${name} needs a word of the piece’s label, as in ${name}=SESSION-KEY` : null;
  if (takes === 'count')
    return /^(?:[1-9]\d?)?$/.test(value) ? null : `${name} takes a number from 1 to 99, as in ${name}=2`;
  return takes.includes(value) ? null : `${name} takes one of ${takes.join(', ')}`;
}

function holds(facts: RunFacts, named: readonly (readonly [string, string])[]): boolean {
  return named.every(([name, value]) => CONDITIONS[name]?.holds(facts, value) === true);
}

/** Whether the run is one of those that the goal is about. */
function isIn(setting: Setting, places: readonly string[], attack: string | undefined): boolean {
  const fits = ({ mode, integrity, insists }: Setting): boolean =>
    setting.mode === mode && setting.integrity === integrity && setting.insists === insists;
  const names: readonly string[] = [
    setting.mode,
    ...SETTINGS.filter((each) => fits({ ...each, attack: null, elsewhere: null })).map(({ name }) => name),
  ];
  return (
    (places.length === 0 || places.some((place) => names.includes(place))) &&
    (attack === undefined || setting.attack === attack)
  );
}

function sentence(
  named: readonly (readonly [string, string])[],
  places: readonly string[],
  attack: string | undefined,
): string {
  const clauses = named.map(([name, value]) => CONDITIONS[name]?.says(value) ?? '');
  const before = [
    ...(places.length === 0 ? [] : [`in ${places.map(placeWords).join(' or ')}`]),
    ...(attack === undefined ? [] : [`with the attack ${attack}`]),
  ].join(', ');
  const [last = '', ...others] = [...clauses].reverse();
  const all = others.length === 0 ? last : `${others.reverse().join(', ')}, and ${last}`;
  const whole = before === '' ? all : `${before}: ${all}`;
  return `${whole.slice(0, 1).toUpperCase()}${whole.slice(1)}.`;
}

function placeWords(place: string): string {
  const setting = SETTINGS.find(({ name }) => name === place);
  return setting === undefined || setting.name === setting.mode ? `${place} mode` : settingPhrase(setting);
}
