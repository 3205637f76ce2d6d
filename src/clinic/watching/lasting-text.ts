/**
 * The part of a prompt that will be the same the next time. Times, ports, addresses, counters and the name of the
 * machine change, so a rule must not wait for them.
 */
import os from 'node:os';

/** So many letters say something. */
const LEAST_LETTERS = 3;
/** A prompt stands in one of the last lines: after “Your name?”, there may be a line with only “>”. */
const MOST_LINES = 3;
const LONGEST = 80;
/** A word without a space that is longer is a key, a hash or a line of signs. */
const LONGEST_WORD = 24;

/** Words with a digit; the halves of the day; days and months. */
const CHANGES = new RegExp(
  [
    String.raw`\S*\d\S*`,
    String.raw`\b[ap]\.?m\b\.?`,
    String.raw`\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b`,
    String.raw`\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t|tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b`,
    String.raw`\S{${LONGEST_WORD},}`,
  ].join('|'),
  'giu',
);

/**
 * What a rule can wait for, of what a program has shown before it waited. null where nothing of it is certain to come
 * again.
 */
export function lastingText(shown: string): string | null {
  const lines = shown
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\r') + 1).trim())
    .filter((line) => line !== '')
    .slice(-MOST_LINES)
    .reverse();
  for (const line of lines) {
    const piece = piecesOf(line).findLast((each) => lettersIn(each) >= LEAST_LETTERS);
    if (piece !== undefined) return piece.slice(-LONGEST).trim();
  }
  // A sign alone, such as “>”.
  const [last = ''] = lines;
  const [sign = ''] = piecesOf(last).slice(-1);
  return sign === '' || sign.length > LEAST_LETTERS ? null : sign;
}

function piecesOf(line: string): readonly string[] {
  return withoutPlace(line)
    .split(CHANGES)
    .map((piece) => piece.replace(/^[^\p{L}\p{N}>?#$:]+(?=.*\p{L})/u, '').trim())
    .filter((piece) => piece !== '');
}

/** The name of the machine and of its user is another one elsewhere. As a word with a digit, it is taken out. */
function withoutPlace(line: string): string {
  const words = line.split(/(?<![\p{L}\p{N}])(?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}])(?![\p{L}\p{N}-])/u);
  const places = new Set([os.hostname(), userName()]);
  return words.map((word) => (places.has(word) ? '0' : word)).join('');
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return '';
  }
}

function lettersIn(text: string): number {
  return text.match(/\p{L}/gu)?.length ?? 0;
}
