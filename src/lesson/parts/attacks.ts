/** What became of the attacks that were run, all of them or some. */
import type { Attack } from '../../attacker/attack.js';
import { ATTACKS } from '../../attacker/attacks.js';
import { SETTINGS, type Cell, type Setting } from '../../attacker/matrix.js';
import { AIMS, outcomePhrase, settingHead, settingPhrase, verdictWords } from '../../faces/attack-words.js';
import type { Lesson } from '../lesson.js';
import { without } from './chosen.js';
import { captured, disclosure, list, paragraph, part, phrasing, strong, table, word, type Inline, type InlineOrMore, type Part } from './tree.js';

/** `only`: names of attacks; `in`: names of settings; each parted by spaces, and without it all that were run. */
export function attacks(lesson: Lesson, attributes: Readonly<Record<string, string>>): Part | string {
  const asked = askedRuns(attributes);
  if (typeof asked === 'string') return asked;
  if (lesson.attacks === null) return without('attacks');
  const { matrix, file } = lesson.attacks;
  const inIt = (wanted: readonly { readonly name: string }[], name: string) => wanted.some((each) => each.name === name);
  const rows = matrix.attacks.filter(({ name }) => inIt(asked.attacks, name));
  const settings = matrix.settings.filter(({ name }) => inIt(asked.settings, name));
  if (rows.length === 0 || settings.length === 0) return without('attacks');
  const outcomes = [
    paragraph('Each cell is a run of two processes with the attacker between them, read from ', captured(file), '.'),
    table('Each attack against each mode', ['attack', ...settings.map(settingHead)], rows.map(({ name }) => [
      word(name),
      ...settings.map((setting) => outcomeCell(matrix.cells.find((cell) => cell.attack === name && cell.setting.name === setting.name))),
    ])),
    list(rows.map(({ name, summary }): Inline[] => [word(name), `: ${summary}`])),
  ];
  const columns = list(settings.map((setting): Inline[] => [strong(settingHead(setting)), `: ${settingPhrase(setting)}`]));
  return { markdown: [...outcomes, columns], html: [...outcomes, disclosure('numbers', phrasing('What the columns are'), [columns])] };
}

/** What a chapter asks to see the outcome of. A string says what is wrong with its attributes. */
export function askedRuns({ only = '', in: within = '' }: Readonly<Record<string, string>>): { attacks: readonly Attack[]; settings: readonly Setting[] } | string {
  const attacks = chosenOf(ATTACKS, only);
  if (typeof attacks === 'string') return `there is no attack ${attacks}; there are ${ATTACKS.map(({ name }) => name).join(', ')}`;
  const settings = chosenOf(SETTINGS, within);
  if (typeof settings === 'string') return `there is no setting ${settings}; there are ${SETTINGS.map(({ name }) => name).join(', ')}`;
  return { attacks, settings };
}

/** Those with these names, all where none is named; a string is the name that none has. */
function chosenOf<Named extends { readonly name: string }>(all: readonly Named[], names: string): readonly Named[] | string {
  const wanted = names.split(' ').filter((name) => name !== '');
  const unknown = wanted.find((name) => !all.some((each) => each.name === name));
  return unknown ?? all.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
}

/** The mark repeats what the words say. */
const MARKS = { reached: '●', noticed: '◐', missed: '○', none: '' } as const;

function outcomeCell(cell: Cell | undefined): InlineOrMore {
  if (cell === undefined) return 'not run';
  const words = verdictWords(cell);
  const aim = AIMS[cell.outcome.kind];
  return aim === 'none' ? words : [`${MARKS[aim]}\u00a0`, aim === 'reached' ? strong(words) : words];
}

/** One run: what was typed, what each side was shown. */
export function attack(lesson: Lesson, { name = '', in: within = '' }: Readonly<Record<string, string>>): Part | string {
  if (!ATTACKS.some((each) => each.name === name)) return `there is no attack ${name}; there are ${ATTACKS.map((each) => each.name).join(', ')}`;
  if (lesson.attacks === null) return without('attacks');
  const cell = lesson.attacks.matrix.cells.find((each) => each.attack === name && each.setting.name === within);
  if (cell === undefined) {
    const settings = lesson.attacks.matrix.settings.map((setting) => setting.name);
    return settings.includes(within) ? without('attacks') : `it needs {in=…}, one of ${settings.join(', ')}`;
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
    paragraph(strong(`Outcome: ${outcomePhrase(cell)}.`)),
  );
}
