/**
 * Makes text from a wire or a file safe to show at a terminal.
 *
 * A message may hold escape sequences that move the cursor, change the window's title or hide what follows. It may hold
 * Unicode controls that change the order of what we read, invisible characters, and marks piled on a letter until they
 * cover
 * the rows around it. We show them, as `\x1b` or `\u{202e}`, and the terminal never obeys them. We leave the backslash
 * itself alone: people read this text, and no program parses it again.
 *
 * Some invisible characters belong to normal writing. They join emoji, and Persian, Hindi, Khmer, Mongolian and
 * Japanese
 * names need them between certain letters (Unicode, chapters 9, 12, 13, 16, 23; UTS 51). There we leave them as they
 * are.
 */
import { isUtf8 } from 'node:buffer';

/**
 * Characters that we escape, or nearly always escape. By Unicode's own properties: controls, format characters,
 * characters that a font ignores, line separators, surrogate halves, and code points that are not characters anywhere
 * (noncharacters) or only by private agreement (private use). A font may show nothing for them. By hand: three blanks
 * that are not spaces. Excluded are format characters that are visible signs, which Unicode calls prepended
 * concatenation marks.
 */
const SUSPECT = new RegExp(
  '(?![\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}])' +
    '[\\u{16fe4}\\p{Cc}\\p{Cf}\\p{Default_Ignorable_Code_Point}\\p{Zl}\\p{Zp}\\p{Surrogate}\\p{Noncharacter_Code_Point}\\p{Co}\\u2800\\u{1d159}]',
  'u',
);

/**
 * The number of marks that one letter can need: in most scripts; in Hebrew, Arabic or Burmese; in Tibetan, which writes
 * letters below letters.
 */
const MOST_MARKS = 4;
const MOST_MARKS_OF_OTHERS = 6;
const MOST_TIBETAN_MARKS = 12;
const FEW_MARKS = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}]/u;
const TIBETAN = /\p{Script=Tibetan}/u;
/** A mark that takes no column. */
const MARK = /[\p{Mn}\p{Me}]/u;
/** Too many marks, or marks at the start, which would sit on the character before the text. */
const PILE = new RegExp(`^${MARK.source}|${MARK.source}{${MOST_MARKS + 1}}`, 'u');

/** `text` with each character that could mislead as a visible escape: `\xNN` below U+0100, `\u{N}` above. */
export function printable(text: string): string {
  return SUSPECT.test(text) || PILE.test(text) ? escaped(text) : text;
}

function escaped(text: string): string {
  let shown = '';
  let before: Before = NOTHING;
  for (let at = 0; at < text.length;) {
    // Most characters are these, and asking what the others may be takes far longer.
    if (isPlainAscii(text.charCodeAt(at))) {
      before = { character: text.charAt(at), marksLeft: MOST_MARKS };
      shown += before.character;
      at += 1;
      continue;
    }
    const flag = text.startsWith(FLAG_OF_A_NATION, at) ? (FLAGS.find((each) => text.startsWith(each, at)) ?? '') : '';
    const character = flag === '' ? String.fromCodePoint(text.codePointAt(at) ?? 0) : flag;
    at += character.length;
    const stays = flag !== '' || isShown(character, before, text, at);
    shown += stays ? character : escapeOf(character);
    before = stays ? following(character, before) : NOTHING;
  }
  return shown;
}

function isPlainAscii(code: number): boolean {
  return code >= 0x20 && code < 0x7f;
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** What we must remember about the last character to decide about the next. */
interface Before {
  /** '' at the start, and after an escape. */
  readonly character: string;
  /** How many more marks this letter may have. */
  readonly marksLeft: number;
}

const NOTHING: Before = { character: '', marksLeft: 0 };

function following(character: string, { marksLeft }: Before): Before {
  if (MARK.test(character)) return { character, marksLeft: marksLeft - 1 };
  // A vowel sign beside its letter belongs to the same letter.
  if (/\p{Mc}/u.test(character)) return { character, marksLeft };
  return { character, marksLeft: marksFor(character) };
}

function marksFor(letter: string): number {
  if (FEW_MARKS.test(letter)) return MOST_MARKS;
  return TIBETAN.test(letter) ? MOST_TIBETAN_MARKS : MOST_MARKS_OF_OTHERS;
}

/** @param next where in `text` the character after this one is. */
function isShown(character: string, before: Before, text: string, next: number): boolean {
  if (SUSPECT.test(character)) {
    const allowed = NEEDED.find(({ which }) => which.test(character));
    if (allowed === undefined) return false;
    const after = next < text.length ? String.fromCodePoint(text.codePointAt(next) ?? 0) : '';
    return allowed.between.some(([left, right]) => left.test(before.character) && right.test(after));
  }
  return !MARK.test(character) || before.marksLeft > 0;
}

/** Scripts in which letters join, unless an invisible character prevents it. */
const JOINING =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Nko}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Mongolian}]/u;
/** Scripts without spaces between words: an invisible space says where a line may break. */
const SPACELESS = /[\p{Script=Khmer}\p{Script=Thai}\p{Script=Lao}\p{Script=Myanmar}\p{Script=Tibetan}]/u;
const MONGOLIAN = /\p{Script=Mongolian}/u;
const EMOJI = /[\p{Extended_Pictographic}\p{Emoji_Presentation}]/u;
/** An emoji, or the choice between an emoji and plain text. */
const EMOJI_BEFORE = /[\p{Extended_Pictographic}\p{Emoji_Presentation}\p{Emoji_Modifier}\ufe0f]/u;
const ANYTHING = /^/;

/** Invisible characters, and between which characters a script or an emoji needs them. */
const NEEDED: readonly { readonly which: RegExp; readonly between: readonly (readonly [RegExp, RegExp])[] }[] = [
  // Zero width joiner. It also shows a letter in its joined form if nothing follows.
  {
    which: /\u200d/,
    between: [
      [EMOJI_BEFORE, EMOJI],
      [JOINING, ANYTHING],
      [ANYTHING, JOINING],
    ],
  },
  // Zero width non-joiner.
  { which: /\u200c/, between: [[JOINING, JOINING]] },
  // Zero width space.
  { which: /\u200b/, between: [[SPACELESS, SPACELESS]] },
  // Shows a character as an emoji or as plain text. For a digit, only as part of a keycap.
  {
    which: /[\ufe0e\ufe0f]/,
    between: [
      [EMOJI, ANYTHING],
      [/[0-9#*]/, /\u20e3/],
    ],
  },
  // Another form of a Chinese character, as in Japanese names.
  { which: /[\ufe00-\ufe02\u{e0100}-\u{e01ef}]/u, between: [[/\p{Unified_Ideograph}/u, ANYTHING]] },
  { which: /\ufe00/, between: [[/\p{Script=Myanmar}/u, ANYTHING]] },
  // Forms of a Mongolian letter, and the vowel that is separate from its word.
  { which: /[\u180b-\u180f]/, between: [[MONGOLIAN, ANYTHING]] },
  // Places that are empty in a Korean syllable.
  { which: /\u115f/, between: [[ANYTHING, /[\u1160-\u11a7\ud7b0-\ud7c6]/]] },
  { which: /\u1160/, between: [[/[\u1100-\u115f\ua960-\ua97c]/, ANYTHING]] },
  // The Braille space, next to Braille.
  {
    which: /\u2800/,
    between: [
      [/[\u2801-\u28ff]/, ANYTHING],
      [ANYTHING, /[\u2801-\u28ff]/],
    ],
  },
];

const FLAG_OF_A_NATION = '\u{1f3f4}\u{e0067}\u{e0062}';
/** The only flags that tag characters may spell (UTS 51, RGI): England, Scotland and Wales. */
const FLAGS = ['eng', 'sct', 'wls'].map(
  (nation) =>
    `${FLAG_OF_A_NATION}${Array.from(nation, (letter) => String.fromCodePoint(0xe0000 + (letter.codePointAt(0) ?? 0))).join('')}\u{e007f}`,
);

/** `bytes` as text to show: UTF-8 where it is valid, `\xNN` for every other byte; then as in {@link printable}. */
export function printableBytes(bytes: Uint8Array): string {
  return printable(isUtf8(bytes) ? textOf(bytes) : decodeMarkingErrors(bytes));
}

/**
 * It checks the bytes before it decodes them. Most bytes that are not text are not UTF-8 either, and throwing an
 * exception for each takes far longer.
 */
function decodeMarkingErrors(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const character = bytes.subarray(at, at + sequenceLength(bytes[at] ?? 0));
    if (isUtf8(character)) {
      text += textOf(character);
      at += character.length;
    } else {
      text += `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`;
      at += 1;
    }
  }
  return text;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

/**
 * The length in bytes of the UTF-8 sequence that begins with this byte (RFC 3629, section 3); 1 if none can begin with
 * it.
 */
function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  if (lead >= 0xc0) return 2;
  return 1;
}
