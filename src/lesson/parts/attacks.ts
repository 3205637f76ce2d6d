/** The outcomes of the attacks that were run. */
import type { Paragraph } from 'mdast';

import type { Attack } from '../../attacker/attack.js';
import { ATTACKS } from '../../attacker/attacks.js';
import { SETTINGS, type Cell, type Setting } from '../../attacker/matrix.js';
import { framesToCompare, stepRowsOf } from '../../faces/attack-steps.js';
import {
  AIMS,
  outcomeMeaning,
  outcomePhrase,
  settingHead,
  settingPhrase,
  verdictWords,
} from '../../faces/attack-words.js';
import { counted, frameList } from '../../faces/phrases.js';
import type { Lesson } from '../lesson.js';
import { without } from './chosen.js';
import {
  captured,
  disclosure,
  list,
  paragraph,
  part,
  phrasing,
  strong,
  table,
  word,
  type Inline,
  type InlineOrMore,
  type Part,
} from './tree.js';

/** `only`: names of attacks. `in`: names of settings. Both are separated by spaces. Without them, all that were run. */
export function attacks(lesson: Lesson, attributes: Readonly<Record<string, string>>): Part | string {
  const asked = askedRuns(attributes);
  if (typeof asked === 'string') return asked;
  if (lesson.attacks === null) return without('attacks');
  const { matrix, file } = lesson.attacks;
  const inIt = (wanted: readonly { readonly name: string }[], name: string) =>
    wanted.some((each) => each.name === name);
  const rows = matrix.attacks.filter(({ name }) => inIt(asked.attacks, name));
  const settings = matrix.settings.filter(({ name }) => inIt(asked.settings, name));
  if (rows.length === 0 || settings.length === 0) return without('attacks');
  const shown = matrix.cells.filter((cell) => inIt(rows, cell.attack) && inIt(settings, cell.setting.name));
  const outcomes = [
    paragraph('Each cell is a separate run: ', chatOf(shown), '. All outcomes are in ', captured(file), '.'),
    table(
      'Each attack against each mode',
      ['attack', ...settings.map(settingHead)],
      rows.map(({ name }) => [
        word(name),
        ...settings.map((setting) =>
          outcomeCell(matrix.cells.find((cell) => cell.attack === name && cell.setting.name === setting.name)),
        ),
      ]),
    ),
    list(rows.map(({ name, summary }): Inline[] => [word(name), `: ${summary}`])),
  ];
  const key = [
    list(settings.map((setting): Inline[] => [strong(settingHead(setting)), `: ${settingPhrase(setting)}`])),
    list(wordsIn(shown).map(([words, means]): Inline[] => [strong(words), `: ${means}`])),
  ];
  return {
    markdown: [...outcomes, ...key],
    html: [...outcomes, disclosure('numbers', phrasing('What the columns and the words mean'), key)],
  };
}

/** Has no full stop. An attack may end a chat early, so the longest chat is the one that all of them began. */
function chatOf(cells: readonly Cell[]): string {
  const most = Math.max(0, ...cells.map(({ said }) => said.length));
  const chat = most === 0 ? 'a chat' : `a chat of ${counted(most, 'message')}`;
  return `two processes hold ${chat}, which is not the chat of the captures above, and the attacker sits between them`;
}

/** Each outcome of these cells in words, with what the words mean. */
function wordsIn(cells: readonly Cell[]): readonly (readonly [string, string])[] {
  return [...new Map(cells.map((cell) => [verdictWords(cell), outcomeMeaning(cell)])).entries()];
}

/** The attacks and settings that a chapter asks for. A string says what is wrong with its attributes. */
export function askedRuns({
  only = '',
  in: within = '',
}: Readonly<Record<string, string>>): { attacks: readonly Attack[]; settings: readonly Setting[] } | string {
  const attacks = chosenOf(ATTACKS, only);
  if (typeof attacks === 'string')
    return `there is no attack ${attacks}; there are ${ATTACKS.map(({ name }) => name).join(', ')}`;
  const settings = chosenOf(SETTINGS, within);
  if (typeof settings === 'string')
    return `there is no setting ${settings}; there are ${SETTINGS.map(({ name }) => name).join(', ')}`;
  return { attacks, settings };
}

/** Those with these names, or all if `names` is empty. A string is a name that does not exist. */
function chosenOf<Named extends { readonly name: string }>(
  all: readonly Named[],
  names: string,
): readonly Named[] | string {
  const wanted = names.split(' ').filter((name) => name !== '');
  const unknown = wanted.find((name) => !all.some((each) => each.name === name));
  return unknown ?? all.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
}

/** The mark only repeats the words, so nothing depends on seeing it. */
const MARKS = { reached: '●', noticed: '◐', missed: '○', none: '' } as const;

function outcomeCell(cell: Cell | undefined): InlineOrMore {
  if (cell === undefined) return 'not run';
  const words = verdictWords(cell);
  const aim = AIMS[cell.outcome.kind];
  return aim === 'none' ? words : [`${MARKS[aim]}\u00a0`, aim === 'reached' ? strong(words) : words];
}

/** One run in the order of time: what a person typed, what the attacker did with it, what the other person saw. */
export function attack(
  lesson: Lesson,
  { name = '', in: within = '' }: Readonly<Record<string, string>>,
): Part | string {
  if (!ATTACKS.some((each) => each.name === name))
    return `there is no attack ${name}; there are ${ATTACKS.map((each) => each.name).join(', ')}`;
  if (!SETTINGS.some((each) => each.name === within))
    return `it needs {in=…}, one of ${SETTINGS.map((each) => each.name).join(', ')}`;
  const cell = lesson.attacks?.matrix.cells.find((each) => each.attack === name && each.setting.name === within);
  if (cell === undefined) return without('attacks');
  const rows = stepRowsOf(cell.timeline).map(({ client, attacker, server }): InlineOrMore[] => {
    return [shownIn(client), attacker, shownIn(server)];
  });
  return part(
    table(`${name}, ${settingPhrase(cell.setting)}`, ['at the client', 'the attacker', 'at the server'], rows),
    ...(cell.learned.length === 0
      ? []
      : [
          paragraph('The attacker read:'),
          list(cell.learned.map(({ from, text }): Inline[] => [`the ${from}: `, captured(text)])),
        ]),
    paragraph(strong(`Outcome: ${outcomePhrase(cell)}.`)),
    ...whereToLook(cell),
  );
}

/** Text from the wire, or that a person typed or saw. */
function shownIn(words: string): InlineOrMore {
  return words === '' ? [] : captured(words);
}

/** The two captures of the run, and the frames that differ. */
function whereToLook({ captures, timeline }: Cell): readonly Paragraph[] {
  const { client, server } = framesToCompare(timeline);
  if (captures.server === null || client.length === 0 || server.length === 0) return [];
  return [
    paragraph(
      `Compare ${frameList(client)} of `,
      captured(captures.client),
      `, captured at the client, with ${frameList(server)} of `,
      captured(captures.server),
      ', captured at the server.',
    ),
  ];
}
