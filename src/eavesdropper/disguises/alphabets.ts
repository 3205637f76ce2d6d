/**
 * Alphabets in which each letter stands for another by a rule: shifted (Caesar, and rot13 among them), turned round
 * (Atbash), multiplied and shifted (affine), or moved by one key on the keyboard. There are so few that all can be
 * tried: the right one brings letters that are as frequent as in a text.
 */
import { isUsualPair } from './letter-pairs.js';
import { likelihoodIn } from './letters.js';

export type AlphabetName =
  | `Caesar, shift ${number}`
  | 'Caesar, shift 13 (rot13)'
  | 'Atbash'
  | `affine cipher, ${number}x + ${number}`
  | `keyboard shift, one key to the ${'left' | 'right'}`;

export interface Alphabet {
  readonly as: AlphabetName;
  /** By letter, 1 to 26: the one that it stands for. */
  readonly letters: Uint8Array;
  /** Whether it is a shift or Atbash, which are met most. */
  readonly isUsual: boolean;
}

const LETTERS = 26;
const LOWER_A = 0x61;
const UPPER_A = 0x41;

/** What each letter of ASCII, in either case, counts for a text; 0 for other bytes. */
export const LETTER_NATS = lettersOf();

function lettersOf(): Float64Array {
  const shares = likelihoodIn('western');
  const small = Array.from({ length: LETTERS }, (_, letter) => shares.get(String.fromCharCode(LOWER_A + letter)) ?? 0);
  const all = small.reduce((sum, share) => sum + share, 0);
  const nats = new Float64Array(256);
  for (const [letter, share] of small.entries()) {
    nats[LOWER_A + letter] = Math.log((LETTERS * share) / all);
    nats[UPPER_A + letter] = nats[LOWER_A + letter] ?? 0;
  }
  return nats;
}

function alphabet(as: AlphabetName, isUsual: boolean, standsFor: (letter: number) => number): Alphabet {
  const letters = new Uint8Array(LETTERS + 1);
  for (let letter = 0; letter < LETTERS; letter += 1) letters[letter + 1] = standsFor(letter) + 1;
  return { as, letters, isUsual };
}

const SHIFTED: readonly Alphabet[] = Array.from({ length: LETTERS - 1 }, (_, index) => {
  const shift = index + 1;
  const as = `Caesar, shift ${shift}${shift === 13 ? ' (rot13)' : ''}` as AlphabetName;
  return alphabet(as, true, (letter) => (letter - shift + LETTERS) % LETTERS);
});
const ATBASH = alphabet('Atbash', true, (letter) => LETTERS - 1 - letter);

/** Those numbers that have an inverse; 1 is a shift. */
const FACTORS = [3, 5, 7, 9, 11, 15, 17, 19, 21, 23, 25];

const AFFINE: readonly Alphabet[] = FACTORS.flatMap((factor) =>
  Array.from({ length: LETTERS }, (_, shift) => {
    const inverse = FACTORS.find((each) => (each * factor) % LETTERS === 1) ?? 1;
    return alphabet(
      `affine cipher, ${factor}x + ${shift}`,
      false,
      (letter) => (inverse * (letter - shift + LETTERS)) % LETTERS,
    );
  }),
).filter(({ as }) => as !== 'affine cipher, 25x + 25');

const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/** The last letter of a row becomes the first. */
function keyboard(side: 'left' | 'right'): Alphabet {
  const step = side === 'right' ? -1 : 1;
  return alphabet(`keyboard shift, one key to the ${side}`, false, (letter) => {
    const key = String.fromCharCode(LOWER_A + letter);
    const row = ROWS.find((each) => each.includes(key)) ?? key;
    return row.charCodeAt((row.indexOf(key) + step + row.length) % row.length) - LOWER_A;
  });
}

const ALL: readonly Alphabet[] = [...SHIFTED, ATBASH, ...AFFINE, keyboard('left'), keyboard('right')];

/** Of shifts and Atbash, and of all others: so many are tried, the likeliest first. */
const MOST_TRIED = 3;
/** Of the others, so many are likely by their letters alone; then the pairs of letters tell. */
const MOST_LIKELY = 16;
/** How much more than the letters as they stand those count that another alphabet brings. */
const LEAST_GAIN = 5;

/** `counts`: how often each byte is in `head`. */
export function likeliestAlphabets(counts: Uint32Array, head: Buffer): readonly Alphabet[] {
  const byLetter = new Uint32Array(LETTERS + 1);
  for (let letter = 1; letter <= LETTERS; letter += 1)
    byLetter[letter] = (counts[UPPER_A + letter - 1] ?? 0) + (counts[LOWER_A + letter - 1] ?? 0);
  if (areAllAsFrequent(byLetter)) return [];
  const asItStands = natsOf(byLetter);
  const gaining = gainingMore(byLetter, asItStands + LEAST_GAIN);
  const usual = gaining.filter(({ isUsual }) => isUsual).slice(0, MOST_TRIED);
  const others = gaining
    .filter(({ isUsual }) => !isUsual)
    .slice(0, MOST_LIKELY)
    .map((each) => ({ each, pairs: pairsIn(head, each) }))
    .sort((one, other) => other.pairs - one.pairs)
    .slice(0, MOST_TRIED)
    .map(({ each }) => each);
  return [...usual, ...others];
}

/** The alphabets in which the letters count so much, those first that count most. */
function gainingMore(byLetter: Uint32Array, least: number): readonly Alphabet[] {
  const gaining: { readonly each: Alphabet; readonly nats: number }[] = [];
  // Most texts have fewer letters than an alphabet.
  const present = byLetter.reduce<number[]>(
    (letters, count, letter) => (count > 0 ? [...letters, letter] : letters),
    [],
  );
  for (const each of ALL) {
    let nats = 0;
    for (const letter of present)
      nats += (byLetter[letter] ?? 0) * (LETTER_NATS[LOWER_A + (each.letters[letter] ?? letter) - 1] ?? 0);
    if (nats >= least) gaining.push({ each, nats });
  }
  return gaining.sort((one, other) => other.nats - one.nats).map(({ each }) => each);
}

/**
 * The share of all pairs of letters that are the same: 65 of 1,000 in a text, whatever its letters stand for, and 38 in
 * letters at random.
 */
function areAllAsFrequent(byLetter: Uint32Array): boolean {
  const letters = byLetter.reduce((sum, count) => sum + count, 0);
  const same = byLetter.reduce((sum, count) => sum + count * (count - 1), 0);
  return letters >= LEAST_COUNTED && same < LEAST_SAME * letters * (letters - 1);
}
const LEAST_COUNTED = 60;
const LEAST_SAME = 0.048;

/** What the letters count as they stand. */
function natsOf(byLetter: Uint32Array): number {
  let nats = 0;
  for (let letter = 1; letter <= LETTERS; letter += 1)
    nats += (byLetter[letter] ?? 0) * (LETTER_NATS[LOWER_A + letter - 1] ?? 0);
  return nats;
}

/** How many pairs of letters are usual then. */
function pairsIn(head: Buffer, { letters }: Alphabet): number {
  let [usual, before] = [0, 0];
  for (const byte of head) {
    const small = byte | 0x20;
    const letter = small >= LOWER_A && small < LOWER_A + LETTERS ? (letters[small - LOWER_A + 1] ?? 0) : 0;
    if (letter !== 0 && isUsualPair(before, letter)) usual += 1;
    before = letter;
  }
  return usual;
}
