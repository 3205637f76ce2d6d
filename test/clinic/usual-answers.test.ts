/** What is answered where chat.json says nothing: the questions before a chat, and never the place for a message. */
import { describe, expect, test } from '@jest/globals';

import { isPrompt, usualAnswer } from '../../src/clinic/usual-answers.js';

const ASKED = { name: 'Alice', host: '127.0.0.1', port: 5000 } as const;

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
