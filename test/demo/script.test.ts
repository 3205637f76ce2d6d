import fs from 'node:fs';

import { describe, expect, test } from '@jest/globals';

import { parseScript } from '../../src/demo/script.js';

describe('parseScript', () => {
  test('comments and blank lines are skipped; the message is everything after the first space', () => {
    expect(
      parseScript('\ufeff# hi\r\n\r\nclient: Hello: there \nserver:no space\nclient: # no comment\nclient: END\n'),
    ).toEqual([
      { side: 'client', text: 'Hello: there ' },
      { side: 'server', text: 'no space' },
      { side: 'client', text: '# no comment' },
      { side: 'client', text: 'END' },
    ]);
  });

  test('a conversation without an end gets one', () => {
    expect(parseScript('server: Hi')).toEqual([
      { side: 'server', text: 'Hi' },
      { side: 'client', text: 'EXIT' },
    ]);
  });

  test.each([
    ['nothing', '', 'no message'],
    ['only comments', '# a\n', 'no message'],
    ['another name', 'client: a\nmallory: b', 'line 2 is neither'],
    ['a capital', 'Client: a', 'line 1 is neither'],
    ['an empty message', 'client: ', 'line 1 holds an empty message'],
    ['words after the end', 'client: exit\nserver: wait', 'line 2 comes after the chat has ended with exit'],
    ['a message that is too long for a line', `client: ${'x'.repeat(49_024)}`, 'line 1 is longer'],
  ])('refuses %s', (_, source, why) => {
    expect(() => parseScript(source)).toThrow(why);
  });
});

test('the conversation of the write-up', () => {
  const script = parseScript(fs.readFileSync('demos/nice-to-meet-you.txt', 'utf8'));
  expect(script).toHaveLength(9);
  expect(script[4]).toEqual({ side: 'client', text: 'Nice to Meet you' });
  expect(script.at(-1)).toEqual({ side: 'client', text: 'Exit' });
});
