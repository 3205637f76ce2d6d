/** What a chapter may need, and the sentence that appears if the run lacks it. */
import type { Paragraph } from 'mdast';

import type { Lesson } from '../lesson.js';
import { listed } from '../../faces/phrases.js';
import { firstSealed, longestMessage, MOST_TYPED_BYTES } from './chosen.js';
import type { Need } from './need.js';
import { paragraph, word, type Inline } from './tree.js';

interface Needed {
  /** Whether the run has it. */
  readonly has: (lesson: Lesson) => boolean;
  /** Follows "without". */
  readonly what: string;
  /** How to get it next time. `servchat` is replaced by the command that starts the program. */
  readonly how: readonly string[];
}

const EVERYTHING = ['servchat demo compare'];

export const NEEDS: Readonly<Record<Need, Needed>> = {
  capture: {
    has: ({ plaintext, encrypted, tls }) => (plaintext ?? encrypted ?? tls) !== null,
    what: 'a capture of a chat',
    how: EVERYTHING,
  },
  plaintext: {
    has: ({ plaintext }) => plaintext !== null,
    what: 'a capture of the chat in plaintext',
    how: EVERYTHING,
  },
  'plaintext-message': {
    has: (lesson) => longestMessage(lesson) !== null,
    what: `a message in plaintext (of at most ${MOST_TYPED_BYTES} bytes)`,
    how: EVERYTHING,
  },
  encrypted: {
    has: ({ encrypted }) => encrypted !== null,
    what: 'a capture of the chat in encrypted mode',
    how: EVERYTHING,
  },
  handshake: {
    has: ({ encrypted }) => isWhole(encrypted),
    what: 'a capture that holds the beginning of an encrypted chat',
    how: EVERYTHING,
  },
  token: { has: (lesson) => firstSealed(lesson) !== null, what: 'an encrypted message', how: EVERYTHING },
  comparison: {
    has: ({ comparison }) => comparison !== null,
    what: 'the same chat in plaintext and in encrypted mode',
    how: EVERYTHING,
  },
  tls: { has: ({ tls }) => tls !== null, what: 'a capture of the chat in tls mode', how: EVERYTHING },
  'tls-comparison': {
    has: ({ verdicts }) => verdicts.some(({ tls }) => tls !== undefined),
    what: 'the same chat in plaintext and in tls mode',
    how: EVERYTHING,
  },
  'key-log': {
    has: ({ keys }) => (keys?.sessionKey ?? null) !== null,
    what: 'the key log of the encrypted chat',
    how: ['servchat lesson --capture FILE --keys KEYLOG'],
  },
  'tls-key-log': {
    has: ({ tls }) => (tls?.keyLog ?? null) !== null,
    what: 'the key log of the chat in tls mode',
    how: EVERYTHING,
  },
  'private-key': {
    has: ({ privateKey }) => privateKey !== null,
    what: 'the client’s private key',
    how: ['servchat connect --save-private-key client.pem', 'servchat lesson --capture FILE --private-key client.pem'],
  },
  attacks: {
    has: ({ attacks }) => attacks !== null,
    what: 'the attacks',
    how: ['servchat attack --all', 'servchat lesson'],
  },
};

export function isNeed(name: string): name is Need {
  return Object.hasOwn(NEEDS, name);
}

export function lacking(lesson: Lesson, needs: readonly Need[]): readonly Need[] {
  return needs.filter((need) => !NEEDS[need].has(lesson));
}

/** Takes the place of a part that was left out. */
export function leftOutNote(needs: readonly Need[], { command }: Lesson): Paragraph {
  const all = [...new Set(needs)].map((need): Needed => NEEDS[need]);
  const steps = [...new Set(all.flatMap(({ how }) => how))].map((step) => word(step.replace(/^servchat/, command)));
  const run = steps.flatMap((step, at): Inline[] => [
    ...(at === 0 ? [] : [at === steps.length - 1 ? ' and ' : ', ']),
    step,
  ]);
  return paragraph(
    `This part is left out, because this report was made without ${listed(all.map(({ what }) => what))}. To see it, run `,
    ...run,
    '.',
  );
}

/** Whether the capture has all three lines with which the two sides agree on a session key. */
function isWhole(encrypted: Lesson['encrypted']): boolean {
  const { hello, publicKey, sessionKey } = encrypted?.conversation.handshake ?? {
    hello: null,
    publicKey: null,
    sessionKey: null,
  };
  return hello !== null && publicKey !== null && sessionKey !== null;
}
