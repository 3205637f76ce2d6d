/** Hex: two digits for each byte, in upper or lower case; `0x` may stand before them. */
import { asItStands, type Disguise, type Disguised } from './disguise.js';
import { HEX_DIGIT } from './hex-digits.js';
import { hintOfCase } from './hint.js';
import { WITHOUT_CASE } from './respelling.js';
import { mayHoldText } from './text-bytes.js';

/** This many decoded bytes are enough to judge the rest. */
const LEAST_DECODED = 6;
/** A shorter run is a number or a name, but for one in which letters and digits change as in random bytes. */
const LEAST_NOISE = 32;
/** In hex of random bytes, a digit and a letter are neighbours in 15 of 32 cases. */
const LEAST_CHANGES = 5;

const MADE_OF = { only: [Buffer.from('0123456789abcdefABCDEF')] };

export const HEX: Disguise<'hex'> = {
  name: 'hex',
  recognised: { within: 'token', letters: 22, madeOf: MADE_OF, of: hexOf },
  madeOf: MADE_OF,
  patterns(_, typed) {
    const bytes = Buffer.from(typed.toString('hex'));
    return [{ ...asItStands(bytes), spelling: WITHOUT_CASE, hint: hintOfCase(bytes, '') }];
  },
  ofMessage: (message) => {
    const start = behindMark(message, 0, message.length);
    return message.length % 2 === 0 && isHex(message, start, message.length)
      ? Buffer.from(message.toString('latin1', start), 'hex')
      : null;
  },
};

/** Behind the `0x` before a number. A number of an odd count of digits lacks a zero, and is in no bytes. */
function behindMark(bytes: Buffer, start: number, end: number): number {
  return end - start > 2 && bytes[start] === DIGIT_ZERO && ((bytes[start + 1] ?? 0) | 0x20) === SMALL_X
    ? start + 2
    : start;
}
const DIGIT_ZERO = 0x30;
const SMALL_X = 0x78;

function hexOf(bytes: Buffer, start: number, end: number): Disguised<'hex'> | 'words' | null {
  // Most tokens have other letters. They are refused before anything is made for them.
  const from = behindMark(bytes, start, end);
  return isHex(bytes, from, end) ? ofDigits(bytes, from, end) : null;
}

function ofDigits(bytes: Buffer, start: number, end: number): Disguised<'hex'> | 'words' {
  const decoded = (most: number): Buffer =>
    Buffer.from(bytes.toString('latin1', start, Math.min(end, start + 2 * Math.ceil(most / 2))), 'hex');
  // In ciphertext of ASCII only every second digit can be a letter, so all are looked at.
  let [letters, changes] = [0, 0];
  for (let at = start; at < end; at += 1) {
    const isLetter = (bytes[at] ?? 0) > DIGIT_NINE;
    if (isLetter) letters += 1;
    if (at > start && isLetter !== (bytes[at - 1] ?? 0) > DIGIT_NINE) changes += 1;
  }
  // Only decimal digits: more likely a number that someone typed.
  const isNoise = letters > 0 && (end - start >= LEAST_NOISE || changes >= LEAST_CHANGES);
  const content = decoded(end - start);
  if (!isNoise && (content.length < LEAST_DECODED || !mayHoldText(content))) return 'words';
  return { as: 'hex', decoded, otherwise: isNoise ? 'noise' : 'words' };
}

const DIGIT_NINE = 0x39;

function isHex(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((HEX_DIGIT[bytes[at] ?? 0] ?? -1) < 0) return false;
  return true;
}
