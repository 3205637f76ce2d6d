import { describe, expect, test } from '@jest/globals';

import { CommandError, MOST_COMMAND_BYTES, parseCommand } from '../../src/lab/command-schema.js';
import type { LabCommand } from '../../src/lab/commands.js';

const GOOD: readonly LabCommand[] = [
  { do: 'start', mode: 'encrypted', integrity: 'sha256', attack: null, insists: true, elsewhere: null, hold: null },
  {
    do: 'start',
    mode: 'plaintext',
    integrity: null,
    attack: 'record-now-read-later',
    insists: false,
    elsewhere: 'client',
    hold: null,
  },
  { do: 'say', side: 'client', text: '' },
  { do: 'say', side: 'server', text: 'grüß dich 👋' },
  { do: 'play', script: null },
  { do: 'play', script: 'client: Hello\nserver: Hi\n' },
  { do: 'stop-playing' },
  { do: 'hold', on: false },
  { do: 'pass', piece: 0 },
  { do: 'pass-all' },
  { do: 'drop', piece: 12 },
  { do: 'again', piece: 12 },
  { do: 'back', piece: 12 },
  { do: 'move', piece: 3, by: -1 },
  { do: 'edit', piece: 3, of: 'wire', hex: '00ff0a' },
  { do: 'edit-text', piece: 3, text: 'Beat me' },
  { do: 'flip', piece: 3, of: 'inside', byte: 9, bit: 7 },
  { do: 'rehash', piece: 3 },
  { do: 'swap-key', piece: 3 },
  { do: 'reseal', piece: 3, text: 'Beat me' },
  { do: 'cut' },
  { do: 'save', keyLog: true },
  { do: 'save-page' },
  { do: 'experiment', name: 'one-word' },
  { do: 'guess', piece: 3, text: 'Meet me at noon.' },
];

const parse = (text: string): LabCommand => parseCommand(Buffer.from(text));

test.each(GOOD.map((command) => [JSON.stringify(command), command] as const))('takes %s', (text, command) => {
  expect(parse(text)).toEqual(command);
});

test('takes the longest message and the longest line', () => {
  const text = 'x'.repeat(48_000);
  expect(parse(JSON.stringify({ do: 'say', side: 'client', text }))).toHaveProperty('text', text);
  const hex = 'ab'.repeat(65_536);
  const longest = JSON.stringify({ do: 'edit', piece: 1, of: 'wire', hex });
  expect(parse(longest)).toHaveProperty('hex', hex);
  expect(longest.length).toBeLessThan(MOST_COMMAND_BYTES);
});

describe('refuses', () => {
  const PASS = '{"do":"pass","piece":1}';
  test.each([
    ['nothing', ''],
    ['half an object', '{"do":"pass"'],
    ['a number', '1'],
    ['null', 'null'],
    ['a list', `[${PASS}]`],
    ['no command', '{}'],
    ['an unknown command', '{"do":"erase"}'],
    ['a name of the prototype as a command', '{"do":"constructor"}'],
    ['another name of it', '{"do":"__proto__"}'],
    ['__proto__ as a field', '{"do":"pass","piece":1,"__proto__":{"held":true}}'],
    ['__proto__ in place of the fields', '{"do":"pass","__proto__":{"piece":1}}'],
    ['constructor as a field', '{"do":"cut","constructor":1}'],
    ['a field too many', '{"do":"pass","piece":1,"half":"client"}'],
    ['a field too few', '{"do":"pass"}'],
    ['null for a number', '{"do":"pass","piece":null}'],
    ['text for a number', '{"do":"pass","piece":"1"}'],
    ['a broken number', '{"do":"pass","piece":1.5}'],
    ['a negative number', '{"do":"pass","piece":-1}'],
    ['a number that is too large', '{"do":"pass","piece":1e300}'],
    ['a bit that no byte has', '{"do":"flip","piece":1,"of":"wire","byte":0,"bit":8}'],
    ['a place that does not exist', '{"do":"flip","piece":1,"of":"half","byte":0,"bit":1}'],
    ['a step of two', '{"do":"move","piece":1,"by":2}'],
    ['another mode', '{"do":"start","mode":"ssh","integrity":null,"attack":null,"insists":false,"elsewhere":null}'],
    [
      'toString as a check',
      '{"do":"start","mode":"tls","integrity":"toString","attack":null,"insists":false,"elsewhere":null}',
    ],
    [
      'a path as an attack',
      '{"do":"start","mode":"tls","integrity":null,"attack":"../x","insists":false,"elsewhere":null}',
    ],
    ['a third side', '{"do":"say","side":"listener","text":"x"}'],
    ['a message of two lines', '{"do":"say","side":"client","text":"x\\ny"}'],
    ['a message with a carriage return', '{"do":"say","side":"client","text":"x\\ry"}'],
    ['half a character', '{"do":"say","side":"client","text":"\\ud800"}'],
    ['a message that is too long', JSON.stringify({ do: 'say', side: 'client', text: 'é'.repeat(40_000) })],
    ['a script that is too long', JSON.stringify({ do: 'play', script: 'x'.repeat(65_537) })],
    ['odd hex', '{"do":"edit","piece":1,"of":"wire","hex":"abc"}'],
    ['hex in capitals', '{"do":"edit","piece":1,"of":"wire","hex":"AB"}'],
    ['no bytes', '{"do":"edit","piece":1,"of":"wire","hex":""}'],
    ['hex that is too long', JSON.stringify({ do: 'edit', piece: 1, of: 'wire', hex: 'ab'.repeat(65_537) })],
    ['a name that is too long', JSON.stringify({ do: 'experiment', name: 'x'.repeat(65) })],
    ['a text for yes or no', '{"do":"hold","on":"false"}'],
  ])('%s', (_, text) => {
    expect(() => parse(text)).toThrow(CommandError);
  });

  test('bytes that are not UTF-8', () => {
    expect(() => parseCommand(Buffer.from('7b22646f223a22ff227d', 'hex'))).toThrow(CommandError);
  });
});

test('nothing that was refused changes what objects are', () => {
  expect(() => parse('{"do":"pass","piece":1,"__proto__":{"polluted":1}}')).toThrow(CommandError);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});
