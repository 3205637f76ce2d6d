/**
 * Cuts a line into rows that fit a terminal. All rows except the first are indented.
 *
 * When a line is too long, a terminal breaks it at the last column and continues at the left margin. An attacker who
 * knows
 * how wide the window is can pad a message so that its second row looks like a line of ours ("You: I will pay 1000").
 * So we
 * break lines ourselves, and what another person wrote never stands at the margin.
 *
 * For the same reason we count for a character the most columns that any terminal gives it. A family emoji takes two
 * columns in one terminal and eight in another. If a row were wider than we thought, the terminal would break it after
 * all.
 */
import stringWidth from 'string-width';

/** How far the second row of a message is indented: as far as `client: ` and `Server: ` reach. */
const HANGING_INDENT = 8;

const ASCII = /^[ -~]*$/;
/** Combining marks that take no column, and characters that show nothing by themselves. */
const TAKES_NO_COLUMN = /^[\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}]$/u;
const TAKES_TWO = /^[\p{Extended_Pictographic}\p{Emoji_Presentation}\p{Emoji_Modifier}\p{Regional_Indicator}]$/u;
/** Of those, the ones that are drawn as a picture by themselves. The others may be drawn as a letter is. */
const ALWAYS_TAKES_TWO = /^(?!\p{Regional_Indicator})\p{Emoji_Presentation}$/u;
/** It may be drawn as the colour of the emoji before it. */
const SKIN_TONE = /^\p{Emoji_Modifier}$/u;
const JOINER = 0x200d;
/** Turns a symbol into an emoji, which may be one column wider. */
const EMOJI_STYLE = 0xfe0f;

/** The most columns that a terminal takes for `text`, which is safe to show. */
export function mostColumns(text: string): number {
  if (ASCII.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += columnsOf(character);
  return columns;
}

/** The fewest columns that a terminal takes for it. It may draw a family as one picture, and a flag as two letters. */
export function leastColumns(text: string): number {
  if (ASCII.test(text)) return text.length;
  let columns = 0;
  let before = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (before !== JOINER && code !== EMOJI_STYLE) columns += fewestOf(character);
    before = code;
  }
  return columns;
}

/**
 * The rows of `line`; together they hold all of it. A row breaks after a space, if it is then at least half full.
 *
 * @param line safe to show, without a line break.
 * @param width of the terminal in columns.
 */
export function hanging(line: string, width: number, indent = HANGING_INDENT): string[] {
  if (line.length <= width && ASCII.test(line)) return [line];
  // In a very narrow window, text is more important than the indent.
  const margin = ' '.repeat(Math.min(indent, Math.floor(width / 2)));
  return cuts(line, width, margin.length).map((row, at) => (at === 0 ? row : margin + row));
}

function cuts(line: string, width: number, indent: number): string[] {
  const rows: string[] = [];
  let start = 0;
  let used = 0;
  let room = width;
  /** Places where the line can break, and how many columns of the row are used up to there. */
  let space = { at: 0, used: 0 };
  let cluster = { at: 0, used: 0 };
  let before = 0;
  let at = 0;
  for (const character of line) {
    const columns = columnsOf(character);
    if (columns > 0 && before !== JOINER) cluster = { at, used };
    if (used + columns > room && at > start) {
      // We break a word that would leave more than half of the row empty.
      const places = space.used * 2 > room ? [space, cluster] : [cluster];
      const end = places.find((place) => place.at > start) ?? { at, used };
      rows.push(line.slice(start, end.at));
      used -= end.used;
      cluster = { at: cluster.at, used: cluster.used - end.used };
      space = { at: start, used: 0 };
      start = end.at;
      room = width - indent;
    }
    used += columns;
    at += character.length;
    if (character === ' ') space = { at, used };
    before = character.codePointAt(0) ?? 0;
  }
  return [...rows, line.slice(start)];
}

/**
 * The widths of characters that are not ASCII. To look one up takes microseconds, and a text has few different ones.
 */
const known = new Map<string, number>();
const MOST_KNOWN = 4096;

function columnsOf(character: string): number {
  if (character >= ' ' && character <= '~') return 1;
  const found = known.get(character);
  if (found !== undefined) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  const columns = measured(character);
  known.set(character, columns);
  return columns;
}

function fewestOf(character: string): number {
  const columns = columnsOf(character);
  if (columns < 2 || !TAKES_TWO.test(character)) return columns;
  if (SKIN_TONE.test(character)) return 0;
  return ALWAYS_TAKES_TWO.test(character) ? 2 : 1;
}

function measured(character: string): number {
  if (character.codePointAt(0) === EMOJI_STYLE) return 1;
  if (TAKES_NO_COLUMN.test(character)) return 0;
  return TAKES_TWO.test(character) ? 2 : stringWidth(character);
}
