/**
 * UTF-16: two bytes for most characters, in either order. One recognition tells the two orders apart, because the same
 * bytes can be valid text in both.
 */
import { asItStands, type Disguise, type Recognition } from './disguise.js';
import { nextUtf16 } from './utf16-text.js';

type Utf16 = 'UTF-16LE' | 'UTF-16BE';

const RECOGNISED: Recognition<Utf16> = { within: 'others', next: nextUtf16 };

export const UTF_16LE: Disguise<'UTF-16LE', Utf16> = {
  name: 'UTF-16LE',
  recognised: RECOGNISED,
  patterns: (text) => [asItStands(Buffer.from(text, 'utf16le'))],
};

export const UTF_16BE: Disguise<'UTF-16BE', Utf16> = {
  name: 'UTF-16BE',
  recognised: RECOGNISED,
  patterns: (text) => [asItStands(Buffer.from(text, 'utf16le').swap16())],
};
