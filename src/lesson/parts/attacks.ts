/** What became of the attacks that were run, all of them or some. */
import { ATTACKS } from '../../attacker/attacks.js';
import type { Cell } from '../../attacker/matrix.js';
import { outcomeLines, outcomePhrase, settingHead, settingPhrase } from '../attack-words.js';
import type { Lesson } from '../lesson.js';
import { captured, disclosure, lines, list, paragraph, part, phrasing, strong, table, word, type Inline, type InlineOrMore, type Part } from './tree.js';

/** `only`: names of attacks, parted by spaces; without it, all that were run. */
export function attacks(lesson: Lesson, { only = '' }: Readonly<Record<string, string>>): Part | string {
  const wanted = only.split(' ').filter((name) => name !== '');
  const unknown = wanted.find((name) => !ATTACKS.some((attack) => attack.name === name));
  if (unknown !== undefined) return `there is no attack ${unknown}; there are ${ATTACKS.map(({ name }) => name).join(', ')}`;
  if (lesson.attacks === null) return notRun(lesson);
  const { matrix, file } = lesson.attacks;
  const rows = matrix.attacks.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  if (rows.length === 0) return notRun(lesson);
  const outcomes = [
    paragraph('Each cell is a run of two processes with the attacker between them, read from ', captured(file), '.'),
    table('Each attack against each mode', ['attack', ...matrix.settings.map(settingHead)], rows.map(({ name }) => [
      word(name),
      ...matrix.settings.map((setting) => outcomeCell(matrix.cells.find((cell) => cell.attack === name && cell.setting.name === setting.name))),
    ])),
    list(rows.map(({ name, summary }): Inline[] => [word(name), `: ${summary}`])),
  ];
  const columns = list(matrix.settings.map((setting): Inline[] => [strong(settingHead(setting)), `: ${settingPhrase(setting)}`]));
  return { markdown: [...outcomes, columns], html: [...outcomes, disclosure('numbers', phrasing('What the columns are'), [columns])] };
}

/** The mark repeats what the words say. */
const MARKS: Readonly<Record<Cell['outcome']['kind'], string>> = {
  'works-unnoticed': '●',
  'works-noticed': '◐',
  refused: '○',
  'not-possible': '',
  failed: '!',
};

function outcomeCell(cell: Cell | undefined): InlineOrMore {
  if (cell === undefined) return 'not run';
  const [first = '', ...rest] = outcomeLines(cell);
  const words = `${first}${rest.length === 0 ? '' : `: ${rest.join(' ').replace('- ', '')}`}`;
  const mark = MARKS[cell.outcome.kind];
  return mark === '' ? words : [`${mark}\u00a0`, cell.outcome.kind === 'works-unnoticed' ? strong(words) : words];
}

/** One run: what was typed, what each side was shown. */
export function attack(lesson: Lesson, { name = '', in: within = '' }: Readonly<Record<string, string>>): Part | string {
  if (!ATTACKS.some((each) => each.name === name)) return `there is no attack ${name}; there are ${ATTACKS.map((each) => each.name).join(', ')}`;
  if (lesson.attacks === null) return notRun(lesson);
  const cell = lesson.attacks.matrix.cells.find((each) => each.attack === name && each.setting.name === within);
  if (cell === undefined) {
    const settings = lesson.attacks.matrix.settings.map((setting) => setting.name);
    return settings.includes(within) ? notRun(lesson) : `it needs {in=…}, one of ${settings.join(', ')}`;
  }
  const rows: InlineOrMore[][] = [
    ...cell.said.map(({ side, text }): InlineOrMore[] => [`${side} typed`, captured(text)]),
    ...(['server', 'client'] as const).flatMap((side): InlineOrMore[][] => [
      ...cell.seats[side].heard.map((text): InlineOrMore[] => [`${side} was shown`, captured(text)]),
      ...(cell.seats[side].complaint === '' ? [] : [[`${side} complained`, captured(cell.seats[side].complaint)]]),
    ]),
    ...cell.learned.map(({ text }): InlineOrMore[] => ['the attacker read', captured(text)]),
  ];
  return part(
    table(`${name} in ${settingPhrase(cell.setting)}`, ['who', 'what'], rows),
    paragraph(strong(`Outcome: ${outcomePhrase(cell.outcome)}.`), ...(cell.detail === '' ? [] : [' ', captured(cell.detail)])),
  );
}

function notRun({ command }: Lesson): Part {
  return part(
    paragraph('The attacks were not run for this report. They run on this machine, in about a minute, and the next report will show what became of them:'),
    lines(`${command} attack --all`, `${command} lesson`),
  );
}
