/** What a rule may wait for: never a time, a port, an address, a counter or the name of this machine. */
import os from 'node:os';

import { expect, test } from '@jest/globals';

import { lastingText } from '../../../src/clinic/watching/lasting-text.js';

test.each([
  ['Your name: ', 'Your name:'],
  ['[12:04:33] Your name: ', 'Your name:'],
  ['2026-11-27 12:04:33,120 INFO Your name: ', 'INFO Your name:'],
  ['Fri Nov 27 20:45:01 2026 Who are you? ', 'Who are you?'],
  ['12:04 PM choose> ', 'choose>'],
  ['Connected to 127.0.0.1:54321\nNickname? ', 'Nickname?'],
  ['1) chat\n2) leave\nYour choice: ', 'Your choice:'],
  ['1) chat\n2) leave\n> ', 'leave'],
  ['Attempt 3 of 5, password: ', 'password:'],
  ['Loading 10 %\rLoading 100 %\rNom : ', 'Nom :'],
  ['ключ: ', 'ключ:'],
  ['key 9f86d081884c7d659a2feaa0c55ad015 is yours, go on? ', 'is yours, go on?'],
  ['>>> ', '>>>'],
  [`${os.hostname()} says: name? `, 'says: name?'],
])('%j', (shown, text) => {
  expect(lastingText(shown)).toBe(text);
});

test('nothing lasts where only what changes was shown', () => {
  expect(lastingText('')).toBeNull();
  expect(lastingText('[12:04:33] ')).toBeNull();
});
