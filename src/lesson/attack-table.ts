/** `servchat attack` at a terminal: the list, one run, and the matrix. */
import type { Cell, Matrix } from '../attacker/matrix.js';
import { LEGEND, PAINTS, outcomeLines, outcomePhrase, settingHead, settingPhrase } from './attack-words.js';
import type { Look } from './look.js';
import { counted } from './phrases.js';
import { cell, headingLines, proseLines, tableLines, type Column } from './table.js';

/** Lines that end in LF. */
export function attackListTable(attacks: Matrix['attacks'], look: Look): string {
  const columns: readonly Column[] = [{ head: 'attack' }, { head: 'what it does', flexible: true }];
  const rows = attacks.map(({ name, summary }) => [cell(name), cell(summary)]);
  return written([tableLines(columns, rows, look)]);
}

/** Lines that end in LF. */
export function attackMatrixTable(matrix: Matrix, look: Look): string {
  const columns: readonly Column[] = [{ head: 'attack' }, ...matrix.settings.map((setting) => ({ head: settingHead(setting) }))];
  const rows = matrix.attacks.map(({ name }) => [
    cell(nameLines(name)),
    ...matrix.settings.map((setting) => {
      const found = matrix.cells.find((each) => each.attack === name && each.setting.name === setting.name);
      return found === undefined ? cell('') : cell(outcomeLines(found), PAINTS[found.outcome.kind]);
    }),
  ]);
  const failed = matrix.cells.filter(({ outcome }) => outcome.kind === 'failed');
  return written([
    headingLines(`Each attack against each mode: ${counted(matrix.cells.length, 'run')} of two processes with the attacker between`, look),
    tableLines(columns, rows, look),
    matrix.settings.flatMap((setting) => proseLines(`${settingHead(setting)}: ${settingPhrase(setting)}`, look, 2, 2, 'faint')),
    LEGEND.flatMap((line) => proseLines(line, look, 2, 2, 'faint')),
    failed.flatMap((each) => proseLines(`${each.attack}, ${settingPhrase(each.setting)}: ${outcomePhrase(each)}`, look, 0, 2, 'strong')),
  ]);
}

/** One run: what was said, what each side was shown, what came of it. Lines that end in LF. */
export function attackRunTable(run: Cell, look: Look): string {
  const { attack, setting, outcome, said, seats, learned, captures } = run;
  const columns: readonly Column[] = [{ head: '' }, { head: '', flexible: true }];
  const rows = [
    ...said.map(({ side, text }) => [cell(`${side} typed`), cell(text)]),
    ...(['server', 'client'] as const).flatMap((side) => {
      const { heard, complaint, status } = seats[side];
      return [
        ...heard.map((text) => [cell(`${side} was shown`), cell(text)]),
        ...(complaint === '' ? [] : [[cell(`${side} complained`), cell(complaint, 'strong')]]),
        [cell(`${side} ended`), cell(`with status ${status}`)],
      ];
    }),
    ...learned.map(({ from, text }) => [cell('attacker knows'), cell(`${from}: ${text}`, 'alarm')]),
  ];
  const sides = [captures.client, captures.server].filter((file) => file !== null);
  return written([
    headingLines(`${attack}, ${settingPhrase(setting)}`, look),
    tableLines(columns, rows, look, 2),
    proseLines(`Outcome: ${outcomePhrase(run)}.`, look, 0, 2, PAINTS[outcome.kind]),
    ['Captured on each side of the relay:', ...sides.map((file) => `  ${file}`)],
  ]);
}

/** A long name on two lines, parted at a hyphen. */
function nameLines(name: string): readonly string[] {
  const parts = name.split('-');
  if (name.length <= 12) return [name];
  const half = Math.ceil(parts.length / 2);
  return [`${parts.slice(0, half).join('-')}-`, parts.slice(half).join('-')];
}

function written(sections: readonly (readonly string[])[]): string {
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}
