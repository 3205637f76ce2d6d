/** What a conversation that somebody typed becomes as a chat.json. */
import { describe, expect, test } from '@jest/globals';

import { parsePair } from '../../../src/clinic/pair.js';
import { SEATS, type Seat } from '../../../src/clinic/seat.js';
import type { Conversation, TypedLine } from '../../../src/clinic/watching/conversation.js';
import { described, hasMessage } from '../../../src/clinic/watching/described.js';

/** One event: a program shows something, or something is typed at it, or it ends. */
type Event = readonly [Seat, 'shows' | 'gets', string] | readonly ['end'];

/** What a conversation looks like to the person who typed it. */
function conversation(events: readonly Event[], port: number | null = 5000): Conversation {
  const lines: TypedLine[] = [];
  const since = (seat: Seat, from: number): string =>
    events
      .slice(from)
      .map(([who, what, text]) => (who === seat && what === 'shows' ? text : ''))
      .join('');
  for (const [at, [who, what, text]] of events.entries()) {
    if (who === 'end' || what !== 'gets') continue;
    const before = events.findLastIndex(([other, does], index) => index < at && other === who && does === 'gets');
    const asked = events.slice(before + 1, at).flatMap((event) => (event[0] === who ? [event[2]] : []));
    lines.push({
      seat: who,
      text,
      asked: asked.join(''),
      later: Object.fromEntries(SEATS.map((seat) => [seat, since(seat, at)])) as TypedLine['later'],
      hasEnded: events.slice(at + 1).find(([other, does]) => other === 'end' || does === 'gets')?.[0] === 'end',
    });
  }
  return { commands: { server: 'python3 s.py 5000', client: 'python3 c.py' }, port, atTerminal: new Set(), lines };
}

/** As the check will read it. */
function written(events: readonly Event[]): ReturnType<typeof described>['description'] {
  const { description } = described(conversation(events));
  parsePair(JSON.stringify(description), '/', 'chat.json');
  return description;
}

const CHAT: readonly Event[] = [
  ['client', 'gets', 'hello my dear friend'],
  ['server', 'shows', 'Anna: hello my dear friend\n'],
  ['server', 'gets', 'nice to hear from you'],
  ['client', 'shows', 'Sam: nice to hear from you\n'],
];

test('what was typed before the first message are answers, and the port becomes one that the check can choose', () => {
  const { server, client, port } = written([
    ['server', 'shows', '[12:00:01] Your port? '],
    ['server', 'gets', '5000'],
    ['client', 'shows', 'Host: '],
    ['client', 'gets', 'localhost'],
    ['client', 'shows', 'Your name: '],
    ['client', 'gets', 'Anna Miller'],
    ['server', 'shows', 'Anna Miller has joined\n'],
    ...CHAT,
  ]);
  expect(server).toEqual({ command: 'python3 s.py {port}', rules: [{ wait: 'Your port?', type: '{port}' }] });
  expect(client).toEqual({
    command: 'python3 c.py',
    rules: [
      { wait: 'Host:', type: '{host}' },
      { wait: 'Your name:', type: 'Anna Miller' },
    ],
  });
  expect(port).toBe(5000);
});

test('the word after which a program ended is the goodbye, and no message', () => {
  expect(written([...CHAT, ['client', 'gets', 'bye'], ['server', 'shows', 'Anna: bye\n'], ['end']]).goodbye).toEqual([
    'bye',
  ]);
  expect(written(CHAT).goodbye).toBeUndefined();
});

describe('a menu before each message belongs to the message', () => {
  const menu = (choice: string, text: string): readonly Event[] => [
    ['client', 'shows', '1) say 2) leave\nChoice: '],
    ['client', 'gets', choice],
    ['client', 'shows', 'Text: '],
    ['client', 'gets', text],
    ['server', 'shows', `${text}\n`],
  ];
  const message = [
    { wait: 'Choice:', type: '1' },
    { wait: 'Text:', type: '{text}' },
  ];

  test('with two messages', () => {
    const { client } = written([...menu('1', 'hello my dear friend'), ...menu('1', 'are you still there now')]);
    expect(client).toEqual({ command: 'python3 c.py', message });
  });

  test('with one, if the menu is shown again', () => {
    const { client } = written([
      ...menu('1', 'hello my dear friend'),
      ['client', 'shows', '1) say 2) leave\nChoice: '],
      ['client', 'gets', '2'],
      ['end'],
    ]);
    expect(client).toEqual({ command: 'python3 c.py', message });
  });
});

test('a recipient before the text stays there, also if everybody is shown it', () => {
  const room = (shown: (text: string) => string): readonly Event[] => [
    ['client', 'shows', 'Name? '],
    ['client', 'gets', 'anna'],
    ['second', 'shows', 'Name? '],
    ['second', 'gets', 'ben'],
    ['client', 'gets', 'ben: hello my dear friend'],
    ['second', 'shows', shown('hello my dear friend')],
    ['server', 'shows', 'anna to ben: hello my dear friend\n'],
  ];
  for (const shown of [(text: string) => `anna> ${text}\n`, (text: string) => `anna> ben: ${text}\n`])
    expect(written(room(shown))).toMatchObject({
      client: { message: 'ben: {text}', rules: [{ wait: 'Name?', type: 'anna' }] },
      second: { rules: [{ wait: 'Name?', type: 'ben' }] },
      manner: 'hub',
    });
});

test('what a program gets without asking has no text to wait for', () => {
  const { client } = written([['client', 'gets', 'anna'], ...CHAT]);
  expect(client).toEqual({ command: 'python3 c.py', rules: [{ type: 'anna' }] });
});

test('nothing is a message that no other program showed', () => {
  const alone = conversation([
    ['client', 'gets', 'hello my dear friend'],
    ['client', 'shows', 'hello my dear friend'],
  ]);
  expect(hasMessage(alone)).toBe(false);
});

test('what is said of it obeys no escape code', () => {
  const { notes } = described(
    conversation([['client', 'shows', 'na\x1b[2Jme: '], ['client', 'gets', 'x\x1b[2J'], ...CHAT]),
  );
  expect(notes.join('\n')).not.toContain('\x1b');
  expect(notes.length).toBeGreaterThan(0);
});
