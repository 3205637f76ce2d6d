/** The outcome of an attack in words. Every face uses the same words. */
import type { Cell, Guard, AttackOutcome, Setting } from '../attacker/matrix.js';
import type { Paint } from './look.js';
import { INTEGRITY_KINDS } from '../protocol/integrity.js';

/** What a cell says. The matrix, a single run and the report use the same words. */
interface Verdict {
  readonly word: string;
  /** A number of messages, or what noticed the attack. Shown below the word. */
  readonly more: string;
  /** What the word means in this run. One sentence without its full stop. */
  readonly meaning: string;
}

/** For example "refused: check". */
export function verdictWords(cell: Pick<Cell, 'outcome' | 'known'>): string {
  const { word, more } = verdict(cell);
  return more === '' ? word : `${word}${'by' in cell.outcome ? ':' : ''} ${more}`;
}

/** The words of the matrix and what they mean in this run. One sentence without its full stop. */
export function outcomePhrase(cell: Pick<Cell, 'outcome' | 'known'>): string {
  return `${verdictWords(cell)} (${outcomeMeaning(cell)})`;
}

/** What the words of the matrix mean in this run. One sentence without its full stop. */
export function outcomeMeaning(cell: Pick<Cell, 'outcome' | 'known'>): string {
  return verdict(cell).meaning;
}

/** For a narrow column: one or two lines. */
export function outcomeLines(cell: Pick<Cell, 'outcome' | 'known'>): readonly string[] {
  const { word, more } = verdict(cell);
  return more === '' ? [word] : [word, more];
}

function verdict({ outcome, known }: Pick<Cell, 'outcome' | 'known'>): Verdict {
  const share = known === null ? '' : `${known.messages} of ${known.of}`;
  switch (outcome.kind) {
    case 'passes':
      return { word: 'passes', more: '', meaning: 'the chat took place as it was typed' };
    case 'reads':
      return { word: 'reads', more: share, meaning: `the attacker knows ${share} messages, and nobody notices` };
    case 'guesses':
      return {
        word: 'guesses',
        more: share,
        meaning: `for ${share} messages, only one text on the attacker’s list has the right length, and nobody notices`,
      };
    case 'reads-nothing':
      return {
        word: 'reads',
        more: 'nothing',
        meaning: `the attacker recorded everything and nobody refused anything, but the attacker cannot open ${outcome.sealedBy}`,
      };
    case 'works-unnoticed':
      return {
        word: 'works',
        more: share,
        meaning: `nobody notices${share === '' ? '' : `, and the attacker knows ${share} messages`}`,
      };
    case 'works-noticed':
      return {
        word: 'noticed',
        more: GUARDS[outcome.by].short,
        meaning: `it works, but ${GUARDS[outcome.by].noticed}`,
      };
    case 'refused':
      return {
        word: 'refused',
        more: GUARDS[outcome.by].short,
        meaning: `it does not work: ${GUARDS[outcome.by].noticed}`,
      };
    case 'not-possible':
      return { word: '–', more: '', meaning: `not possible here: ${outcome.why}` };
    case 'failed':
      return { word: 'FAILED', more: '', meaning: `the run failed: ${outcome.why}` };
  }
}

/** What noticed the attack: as one word for the matrix, and as a clause. */
const GUARDS: Readonly<Record<Guard, { readonly short: string; readonly noticed: string }>> = {
  'the check': { short: 'check', noticed: 'the check beside a token did not fit' },
  "Fernet's signature": { short: 'Fernet', noticed: 'the signature inside a token did not fit' },
  'the sequence number': {
    short: 'number',
    noticed: 'the check of a message belonged to another message or another place in the chat',
  },
  'the fingerprint': { short: 'key', noticed: 'the key did not have the required fingerprint' },
  TLS: { short: 'TLS', noticed: 'TLS refused what came' },
  'the list of allowed checks': {
    short: 'list',
    noticed: 'the server does not accept the check that the handshake asks for',
  },
  'the missing EXIT': { short: 'no EXIT', noticed: 'the chat ended before anyone said EXIT' },
  'something else': { short: '?', noticed: 'one side complained about something else' },
};

/**
 * Whether the attacker reached the goal, and whether someone noticed. `none` if there was no attack that could succeed
 * or fail.
 */
export const AIMS: Readonly<Record<AttackOutcome['kind'], 'reached' | 'noticed' | 'missed' | 'none'>> = {
  passes: 'none',
  reads: 'reached',
  guesses: 'reached',
  'reads-nothing': 'missed',
  'works-unnoticed': 'reached',
  'works-noticed': 'noticed',
  refused: 'missed',
  'not-possible': 'none',
  failed: 'none',
};

export const PAINTS: Readonly<Record<AttackOutcome['kind'], Paint>> = {
  passes: 'plain',
  reads: 'alarm',
  guesses: 'alarm',
  'reads-nothing': 'calm',
  'works-unnoticed': 'alarm',
  'works-noticed': 'strong',
  refused: 'calm',
  'not-possible': 'faint',
  failed: 'strong',
};

/** What the words of the matrix mean. One line for each word. */
export const LEGEND: readonly string[] = [
  'passes: the control. If it does not pass, its column proves nothing',
  'reads, guesses: the attacker knows that many of the messages. Nobody notices an attacker who only looks',
  'works: nobody notices. With a number: the attacker also read that many messages',
  'noticed: it works, but someone notices. refused: it does not work',
  `by what: ${Object.values(GUARDS)
    .filter(({ short }) => short !== '?')
    .map(({ short, noticed }) => `${short}, ${noticed}`)
    .join('; ')}`,
  '–: there is nothing here that this attack can work on',
];

/** A heading for a narrow column. */
export function settingHead({ mode, integrity, insists }: Setting): string {
  switch (mode) {
    case 'plaintext':
      return 'plain';
    case 'encrypted':
      return `${integrity === null ? '' : INTEGRITY_KINDS[integrity].short}${insists ? '+fp' : ''}`;
    case 'tls':
      return insists ? 'tls+pin' : 'tls';
  }
}

export function settingPhrase({ mode, integrity, insists }: Setting): string {
  switch (mode) {
    case 'plaintext':
      return 'plaintext mode';
    case 'encrypted':
      return `encrypted mode, ${integrity ?? ''}${insists ? ', the server accepts only one client’s fingerprint' : ''}`;
    case 'tls':
      return `tls mode${insists ? ', the client accepts only one server’s fingerprint (--pin)' : ''}`;
  }
}
