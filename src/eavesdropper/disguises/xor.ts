/** XOR with one byte: a toy that beginners call encryption. There are 255 keys, and the blanks show which it is. */
import { SUBSTITUTED } from './code-pages.js';
import type { Disguise } from './disguise.js';
import type { SubstitutedName } from './substituted.js';

export const XOR: Disguise<'XOR with one byte', SubstitutedName> = {
  name: 'XOR with one byte',
  recognised: SUBSTITUTED,
  toyNames: ['XOR'],
  patterns: () => [],
};
