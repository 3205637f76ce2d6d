import { expect, test } from '@jest/globals';

import { decodedText } from '../../src/files/text-file.js';

test.each<[string, Buffer, string]>([
  ['UTF-8', Buffer.from('Grüße 😀\n'), 'Grüße 😀\n'],
  ['UTF-8 with a byte order mark, as Notepad can save it', Buffer.from('\ufeffclient: Hi\n'), 'client: Hi\n'],
  ['nothing', Buffer.alloc(0), ''],
])('%s is read', (_, bytes, text) => {
  expect(decodedText(bytes)).toBe(text);
});

test.each<[string, Buffer, string]>([
  ['Windows-1252', Buffer.from('a\r\nb\nGr\xfc\xdfe\nc', 'latin1'), 'it is not UTF-8 (line 3); save it as UTF-8'],
  ['a character that is cut off', Buffer.from('a\n😀').subarray(0, 4), 'it is not UTF-8 (line 2); save it as UTF-8'],
  ['a surrogate (RFC 3629, section 3)', Buffer.from('eda080', 'hex'), 'it is not UTF-8 (line 1); save it as UTF-8'],
  ['UTF-16 of Notepad', Buffer.from('\ufeffclient: Hi\n', 'utf16le'), 'it is UTF-16, not UTF-8; save it as UTF-8'],
  [
    'UTF-16, big-endian',
    Buffer.from('\ufeffclient: Hi\n', 'utf16le').swap16(),
    'it is UTF-16, not UTF-8; save it as UTF-8',
  ],
])('%s is refused', (_, bytes, why) => {
  expect(() => decodedText(bytes)).toThrow(new Error(why));
});
