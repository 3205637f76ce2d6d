/** What is answered where chat.json says nothing: the questions before a chat, and never the place for a message. */
import { describe, expect, test } from '@jest/globals';

import { isPrompt, usualAnswer } from '../../src/clinic/usual-answers.js';

const ASKED = { name: 'Alice', host: '127.0.0.1', port: 5000, role: 'client', before: 0 } as const;

test.each([
  ['Enter your name: ', 'Alice'],
  ['Username > ', 'Alice'],
  ['What is your nickname? ', 'Alice'],
  ['Enter server IP: ', '127.0.0.1'],
  ['Host [localhost]: ', '127.0.0.1'],
  ['Port number: ', '5000'],
  ['Password: ', 'Secret123'],
  ['Enter the shift: ', '3'],
  ['Your choice: ', '1'],
  ['Save the key? (y/n) ', 'y'],
])('%j', (prompt, answer) => {
  expect(usualAnswer(prompt, ASKED)).toBe(answer);
});

describe('not answered', () => {
  test.each([
    '',
    '> ',
    'You: ',
    'Client: ',
    'Enter your message: ',
    'Message to the server: ',
    'Type a text and press Enter: ',
    'Connected to server 127.0.0.1 port 5000',
  ])('%j', (line) => {
    expect(usualAnswer(line, ASKED)).toBeNull();
  });
});

test('the two clients of a hub have different names', () => {
  expect(usualAnswer('Name: ', { ...ASKED, name: 'Bob' })).not.toBe(usualAnswer('Name: ', ASKED));
});

test('a line that is complete in itself asks nothing', () => {
  expect(isPrompt('Server started')).toBe(false);
  expect(isPrompt('Who? ')).toBe(true);
});

describe('a program that can be both is told which it is', () => {
  test.each([
    ['Server or client? ', 'server', 'client'],
    ['Run as (s)erver or (c)lient? [s/c]: ', 's', 'c'],
    ['1. Start a server\n2. Connect to a server\nYour choice: ', '1', '2'],
    ['Do you want to host (1) or to connect (2): ', '1', '2'],
    ['1) Host a chat\n2) Join a chat\n3) Exit\n> ', '1', '2'],
  ])('%j', (prompt, server, client) => {
    expect(usualAnswer(prompt, { ...ASKED, role: 'server' })).toBe(server);
    expect(usualAnswer(prompt, ASKED)).toBe(client);
  });
});

describe('of a menu, what leads to the chat', () => {
  test.each([
    ['1) connect 2) exit\n> ', '1'],
    ['[1] Quit\n[2] Chat\nSelect: ', '2'],
    ['1. Register\n2. Login\n3. Exit\nChoose an option: ', '1'],
    ['Save the history? (yes/no) ', 'y'],
    ['Do you want to exit? y/n ', null],
    ['Do you want to exit (y/n)? ', 'n'],
  ])('%j', (prompt, answer) => {
    expect(usualAnswer(prompt, ASKED)).toBe(answer);
  });

  test('and at the second time, the next one', () => {
    expect(usualAnswer('1. Register\n2. Login\n3. Exit\nChoose an option: ', { ...ASKED, before: 1 })).toBe('2');
  });
});

test('a question in a complete line is answered, another line is not', () => {
  expect(usualAnswer('Enter your name:\n', ASKED)).toBe('Alice');
  expect(usualAnswer('Connected, your name: Alice\n', ASKED)).toBeNull();
  expect(usualAnswer('Enter your message:\n', ASKED)).toBeNull();
});
