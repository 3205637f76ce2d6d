/** chat.json: what it means, and what is said of one that is wrong. */
import fs from 'node:fs';
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
    files: {},
    rules: [],
    message: [{ wait: null, type: '{text}' }],
    name: 'Sam',
  });
  expect(parts.second).toEqual({ ...parts.client, name: 'Bob' });
  expect(parts.client).toMatchObject({
    folder: path.join(FOLDER, 'sub'),
    message: [{ wait: null, type: '@bob {text}' }],
    name: 'Alice',
  });
});

test('the second client is as the first one, but for what is said of it', () => {
  const { parts } = pairOf({
    environment: { A: '1', B: '1' },
    server: { command: 's' },
    client: { command: 'c', message: '> {text}', rules: [{ wait: 'name', type: 'Alice' }], environment: { B: '2' } },
    second: { rules: [{ wait: 'name', type: 'Bob' }] },
  });
  expect(parts.second).toEqual({
    ...parts.client,
    name: 'Bob',
    rules: [{ wait: 'name', type: 'Bob', again: false }],
  });
  expect(parts.client.environment).toEqual({ A: '1', B: '2' });
});

test('a message can have several lines, and files can stand beside a program or beside both', () => {
  const { parts } = pairOf({
    server: { command: 's', files: { 'config/port.txt': '{port}' } },
    client: {
      command: 'c',
      name: 'anna',
      message: ['1', { wait: 'To:', type: '{to}' }, { type: '{text}' }],
      rules: [{ type: '{name}' }],
    },
    files: { 'key.pem': { copy: '../keys/key.pem' } },
  });
  expect(parts.client.message).toEqual([
    { wait: null, type: '1' },
    { wait: 'To:', type: '{to}' },
    { wait: null, type: '{text}' },
  ]);
  expect(parts.client.rules).toEqual([{ wait: null, type: '{name}', again: false }]);
  expect([parts.server.name, parts.client.name, parts.second.name]).toEqual(['Sam', 'anna', 'Bob']);
  const key = { 'key.pem': { copy: path.resolve('/keys/key.pem') } };
  expect(parts.client.files).toEqual(key);
  expect(parts.server.files).toEqual({ 'config/port.txt': { text: '{port}' }, ...key });
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
    [
      `{\n  ${server},\n  "client": { "command": "c",\n "message": [\n "1",\n { "wait": 5, "type": "{text}" } ] } }`,
      'line 6: the field “client.message.1.wait” must be a text',
    ],
    [
      `{\n  ${server},\n  "client": { "command": "c",\n "message": ["1", "2"] } }`,
      'line 4: the field “client.message” must hold {text}',
    ],
    [`{\n  ${server},\n  "client": { "command": "c",\n "message": 1 } }`, 'line 4: the field “client.message” must be'],
    ...['../up.txt', '/etc/passwd', 'a/../../b', 'C:\\\\x', 'a\\\\..\\\\..\\\\b', './a'].map((name) => [
      `{\n  ${server},\n  "client": { "command": "c" },\n  "files": {\n "${name}": "x" } }`,
      'must be the path of a file in the folder of the program',
    ]),
    [
      `{\n  ${server},\n  "client": { "command": "c" },\n  "files": {\n "a": { "copi": "x" } } }`,
      'line 5: the field “files.a.copy” is missing',
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

test('README.md has an example that can be used, and a row for each of its fields', () => {
  const readme = fs.readFileSync('README.md', 'utf8');
  const [, example = ''] = /```jsonc\n(.*?)```/s.exec(readme) ?? [];
  const { parts } = parsePair(example, FOLDER, 'README.md');
  expect(parts.second).toMatchObject({ name: 'ben', command: parts.client.command });
  const fields = [...Object.keys(parts.client), 'port', 'host', 'manner', 'first', 'goodbye'];
  const rows = [...readme.matchAll(/^\| (?:– )?(`.*?) \|/gm)].map(([, names]) => names).join();
  expect(fields.filter((field) => !rows.includes(`\`${field}\``))).toEqual([]);
});
