/** What came of a disturbed message, by what the screens show. */
import { describe, expect, test } from '@jest/globals';

import { reactionTo, Usual, type Reaction } from '../../../src/clinic/disturbing/reaction.js';
import type { Seat } from '../../../src/clinic/seat.js';

const TEXT = 'Otter swims in the river and Heron sleeps under a tree';
const EARLIER = 'Badger walks over the hill and Walrus waits at the bridge';

/** The programs of a chat that shows `before`, a message, and `after`. */
function reaction(
  [before, after]: readonly [string, string],
  shown: string,
  more: { readonly client?: string; readonly left?: readonly Seat[]; readonly others?: readonly string[] } = {},
): Reaction {
  const usual = new Usual();
  usual.learn(
    EARLIER,
    'server',
    new Map([
      ['server', `${before}${EARLIER}${after}`],
      ['client', 'You: '],
    ]),
  );
  const screens = new Map<Seat, string>([
    ['server', shown],
    ['client', more.client ?? 'You: '],
  ]);
  const { left = [], others = [] } = more;
  return reactionTo({ text: TEXT, others, from: 'client', to: 'server', screens, left }, usual);
}

const NAMED = ['Client: ', '\nYou: '] as const;
const BARE = ['', '\n'] as const;
const TIMED = ['[12:04:31] client> ', '\n'] as const;

describe('a message that is shown as it was said', () => {
  test.each([
    ['with a name', NAMED, `Client: ${TEXT}\nYou: `],
    ['alone', BARE, `${TEXT}\n`],
    ['with another time', TIMED, `[12:05:02] client> ${TEXT}\n`],
  ] as const)('%s', (_, form, shown) => {
    expect(reaction(form, shown).kind).toBe('same');
  });
});

describe('a message that was changed', () => {
  test.each([
    ['a letter', NAMED, `Client: ${TEXT.replace('swims', 'swhms')}\nYou: `],
    ['a letter, without a name', BARE, `${TEXT.replace('swims', 'swhms')}\n`],
    ['a space', NAMED, `Client: ${TEXT.replace(' ', '!')}\nYou: `],
    ['a capital', NAMED, `Client: ${TEXT.replace('Heron', 'heron')}\nYou: `],
    ['a block', NAMED, `Client: \ufffd\x07\ufffdU${TEXT.slice(16)}\nYou: `],
    ['all of it', NAMED, 'Client: \ufffd9\ufffd\ufffdk\x11\nYou: '],
    ['all of it, without a name', BARE, '\ufffd9\ufffd\ufffdk\x11\n'],
    ['the end, after which a line is missing', NAMED, `Client: ${TEXT.slice(0, 30)}\nYou: `],
    ['the name beside it', NAMED, `Cliemt: ${TEXT}\nYou: `],
    [
      'a letter, before the program ends with an error',
      NAMED,
      `Client: ${TEXT.replace('river', 'rivep')}\nTraceback (most recent call last):\n  File "server.py"\nOSError: closed\n`,
    ],
  ] as const)('%s', (_, form, shown) => {
    expect(reaction(form, shown)).toMatchObject({ kind: 'changed', at: 'server' });
  });
});

describe('a word', () => {
  test.each([
    'The message was changed. I end this chat.',
    'Client: [message failed its integrity check]',
    '[!] HMAC mismatch: 3f9a0c != 77b1e2',
    'An error occurred! InvalidToken()',
    `rejected: “${TEXT.slice(0, 20)}”`,
    'SECURITY: nachricht verfälscht',
  ])('%s', (word) => {
    expect(reaction(NAMED, `${word}\nYou: `)).toEqual({ kind: 'word', at: 'server', shown: word });
  });

  test('at the program where it was typed', () => {
    expect(reaction(NAMED, '', { client: 'You: \nThe server did not take it\n' })).toMatchObject({
      kind: 'word',
      at: 'client',
    });
  });
});

describe('an error that nobody catches', () => {
  test.each([
    `Traceback (most recent call last):\n  File "s.py", line 4, in <module>\n    text = data.decode()\nValueError: ${TEXT.replace('river', 'rivep')}\n`,
    `/home/x/server.cjs:12\n    const m = JSON.parse(data);\n                   ^\n\nSyntaxError: Unexpected token in "${TEXT}"\n    at JSON.parse (<anonymous>)\n    at Socket.<anonymous> (/home/x/server.cjs:12:20)\n`,
    'Exception in thread "main" javax.crypto.AEADBadTagException: Tag mismatch\n\tat Server.main(Server.java:20)\n',
    'panic: cipher: message authentication failed\n\ngoroutine 1 [running]:\n',
  ])('%s', (shown) => {
    expect(reaction(NAMED, shown)).toMatchObject({ kind: 'trace', at: 'server' });
  });
});

test('who leaves without a word has left', () => {
  expect(reaction(NAMED, '', { left: ['server'] })).toEqual({ kind: 'left', at: 'server' });
});

test('a prompt, once or twice, says nothing', () => {
  expect(reaction(NAMED, 'You: ')).toEqual({ kind: 'nothing' });
  expect(reaction(NAMED, 'You: You: ')).toEqual({ kind: 'nothing' });
  expect(reaction(NAMED, '')).toEqual({ kind: 'nothing' });
});

test('the end and the beginning of a line that always comes say nothing, where we looked in the middle of it', () => {
  const flood: readonly [string, string] = ['no message yet...\n', '\nno message yet...\n'];
  expect(reaction(flood, 'age yet...\nno message yet...\nno mess').kind).toBe('nothing');
  expect(reaction(flood, 'age yet...\nage refused\nno mess')).toMatchObject({ kind: 'word', shown: 'age refused' });
});

describe('a program that shows what crossed', () => {
  const shows = (token: string, text: string): string =>
    `Received: ${token}\nb'\\x8f\\x12\\x99${token}'\nClient: ${text}\n`;
  const usual = new Usual();
  usual.learn(EARLIER, 'server', new Map([['server', shows('gAAAAABnQx0i', EARLIER)]]));
  const after = (shown: string): Reaction =>
    reactionTo(
      { text: TEXT, others: [], from: 'client', to: 'server', screens: new Map([['server', shown]]), left: [] },
      usual,
    );

  test('has said nothing by that', () => {
    expect(after('Received: gBBBBBnQx0i\nb"\\x01\\x02\\x03\\x04"\n').kind).toBe('nothing');
    expect(after(shows('gBBBBBnQx0i', TEXT)).kind).toBe('same');
  });

  test('shows a changed text or a word like others', () => {
    expect(after(shows('gBBBBBnQx0i', TEXT.replace('swims', 'swhms'))).kind).toBe('changed');
    expect(after('Received: gBBBBBnQx0i\nInvalid token\n')).toEqual({
      kind: 'word',
      at: 'server',
      shown: 'Invalid token',
    });
  });
});

test('another message of the same run is no part of this one', () => {
  const later = 'Ibis swims in the river and Newt sleeps under a tree';
  expect(reaction(NAMED, `Client: ${later}\nYou: `, { others: [later] })).toEqual({ kind: 'nothing' });
});
