/** chat.json: what it means, and what is said of one that is wrong. */
import path from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { PairError, parsePair } from '../../src/clinic/pair.js';

const FOLDER = path.resolve('/somewhere');
const pairOf = (value: unknown): ReturnType<typeof parsePair> =>
  parsePair(JSON.stringify(value, null, 2), FOLDER, 'chat.json');

test('what is not said is usual', () => {
  const { parts, port, host, manner, goodbye } = pairOf({
    server: { command: 'python3 s.py' },
    client: { command: 'python3 c.py', folder: 'sub', message: '@bob {text}' },
    port: 5000,
  });
  expect({ port, host, manner, goodbye }).toEqual({
    port: 5000,
    host: '127.0.0.1',
    manner: null,
    goodbye: ['EXIT', 'END'],
  });
  expect(parts.server).toEqual({
    command: 'python3 s.py',
    folder: FOLDER,
    input: 'pipe',
    environment: {},
    rules: [],
    message: '{text}',
  });
  expect(parts.second).toEqual(parts.client);
  expect(parts.client).toMatchObject({ folder: path.join(FOLDER, 'sub'), message: '@bob {text}' });
});

test('the second client is as the first one, but for what is said of it', () => {
  const { parts } = pairOf({
    environment: { A: '1', B: '1' },
    server: { command: 's' },
    client: { command: 'c', message: '> {text}', rules: [{ wait: 'name', type: 'Alice' }], environment: { B: '2' } },
    second: { rules: [{ wait: 'name', type: 'Bob' }] },
  });
  expect(parts.second).toEqual({ ...parts.client, rules: [{ wait: 'name', type: 'Bob', again: false }] });
  expect(parts.client.environment).toEqual({ A: '1', B: '2' });
});

test('comments and a comma at the end of a list are allowed', () => {
  const source = `{
    // the server of exercise 3
    "server": { "command": "s" },
    "client": { "command": "c", },
  }`;
  expect(parsePair(source, FOLDER, 'chat.json').parts.client.command).toBe('c');
});

describe('says the line and the field that is wrong', () => {
  const server = '"server": { "command": "s" }';
  test.each([
    ['', 'line 1: this is not JSON'],
    ['{\n  "server": {\n', 'line 3: this is not JSON'],
    ['[]', 'line 1: the whole must be an object'],
    [`{\n  ${server}\n}`, 'line 1: the field “client” is missing'],
    [`{\n  ${server},\n  "client": {\n    "rules": []\n  }\n}`, 'line 3: the field “client.command” is missing'],
    [`{\n  ${server},\n  "client": {\n    "command": 5\n  }\n}`, 'line 4: the field “client.command” must be a text'],
    [
      `{\n  ${server},\n  "client": { "command": "c" },\n  "port": 70000 }`,
      'line 4: the field “port” is too large; 65535',
    ],
    [
      `{\n  ${server},\n  "client": { "command": "c" },\n  "prot": 1 }`,
      'line 1: there is a field “prot” that nobody knows',
    ],
    [
      `{\n  ${server},\n  "client": { "command": "c" },\n  "manner": "loud" }`,
      'line 4: the field “manner” must be one of: free, turns',
    ],
    [
      `{\n  ${server},\n  "client": { "command": "c",\n "message": "hello" } }`,
      'line 4: the field “client.message” must hold {text}',
    ],
    [
      `{\n  ${server},\n  "client": { "command": "c",\n "rules": [\n { "wait": "name" } ] } }`,
      'line 5: the field “client.rules.0.type” is missing',
    ],
    [`{\n  ${server},\n  "client": { "command": "a | b" } }`, 'a pipe'],
  ])('%j', (source, complaint) => {
    expect(() => parsePair(source, FOLDER, 'chat.json')).toThrow(PairError);
    expect(() => parsePair(source, FOLDER, 'chat.json')).toThrow(complaint);
  });

  test('and shows no control character of it', () => {
    const complain = (): unknown =>
      parsePair(`{ ${server}, "client": { "command": "c" }, "\\u001b[2J": 1 }`, FOLDER, 'a\x1bb.json');
    expect(complain).toThrow('nobody knows');
    expect(complain).not.toThrow('\x1b');
  });
});
