/**
 * Questions in Moodle's GIFT format (https://docs.moodle.org/en/GIFT_format), to import into its question bank. All
 * text is marked as plain, so Moodle shows it as it is.
 */
import { numbersOf } from '../../answers/comparison.js';
import type { Question } from '../../answers/question.js';

/** Questions without a key are left out. Ends in LF. */
export function giftOf(questions: readonly Question[]): string {
  return questions
    .flatMap(({ id, asked, ...rest }) => {
      const answers = answersOf({ id, asked, ...rest });
      return answers === null ? [] : [`::${escaped(id)}::[plain]${escaped(asked)} {${answers}}\n`];
    })
    .join('\n');
}

/** What stands between the braces. */
function answersOf({ kind, choices, key }: Question): string | null {
  if (key === null) return null;
  if (kind === 'choice') {
    const right = key.accepts[0];
    return list(
      choices.map((choice, at) =>
        choice === right ? `=${text(choice)}#${text('Right.')}` : `~${text(choice)}#${text(key.reasons[at] ?? '')}`,
      ),
    );
  }
  if (kind === 'text') return list(key.accepts.map((accepted) => `=${shortAnswer(accepted)}`));
  const single = key.accepts.map(numbersOf).filter((numbers) => numbers.length === 1);
  if (single.length > 0) return `#${list([...new Set(single.map(String))].map((number) => `=${number}:0`))}`;
  return list(numberLists(numbersOf(key.accepts[0])).map((written) => `=${shortAnswer(written)}`));
}

/** Moodle has no question with several numbers. These are the usual ways to write them as a text. */
function numberLists(numbers: readonly number[]): readonly string[] {
  return ['–', '-', ' – ', ' - ', ' to ', ' and ', ', ', ' '].map((joint) => numbers.join(joint));
}

function list(answers: readonly string[]): string {
  return `\n${answers.map((answer) => `  ${answer}\n`).join('')}`;
}

/** Like {@link text}. In a short answer an asterisk stands for any characters, unless a backslash is before it. */
function shortAnswer(answer: string): string {
  const literal = escaped(answer.replaceAll('*', '\\*')).replaceAll('->', '-*');
  return /^[[%]/.test(literal) ? `[plain]${literal}` : literal;
}

/**
 * The sign -> would make a question of pairs, and nothing can escape it. A word in brackets would name a format, and
 * `%50%…` would be a weight. Moodle reads no weight after the = of a choice, so only a format can stand before that.
 */
function text(words: string): string {
  const line = escaped(words).replaceAll('->', '→');
  return /^[[%]/.test(line) ? `[plain]${line}` : line;
}

/** One line, with a backslash before each sign that GIFT gives a meaning. */
function escaped(words: string): string {
  return words
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\~=#{}:]/g, '\\$&');
}
