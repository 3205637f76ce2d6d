/** What `servchat attack` shows at a terminal: the list of attacks, a single run, and the matrix. */
import type { Cell, Matrix } from '../attacker/matrix.js';
import { LEGEND, PAINTS, outcomeLines, outcomePhrase, settingHead, settingPhrase } from './attack-words.js';
import { framesToCompare, ladderLines } from './attack-steps.js';
import type { Step } from '../attacker/step.js';
import type { Look } from './look.js';
import { counted, frameList } from './phrases.js';
import { printable } from '../printable.js';
import { SIDES } from '../protocol/side.js';
import { cell, headingLines, proseLines, tableLines, type Column } from './table.js';

/** Lines that end in LF. */
export function attackListTable(attacks: Matrix['attacks'], look: Look): string {
  const columns: readonly Column[] = [{ head: 'attack' }, { head: 'what it does', flexible: true }];
  const rows = attacks.map(({ name, summary }) => [cell(name), cell(summary)]);
  return written([tableLines(columns, rows, look)]);
}

/** Lines that end in LF. */
export function attackMatrixTable(matrix: Matrix, look: Look): string {
  const columns: readonly Column[] = [
    { head: 'attack' },
    ...matrix.settings.map((setting) => ({ head: settingHead(setting) })),
  ];
  const rows = matrix.attacks.map(({ name }) => [
    cell(nameLines(name)),
    ...matrix.settings.map((setting) => {
      const found = matrix.cells.find((each) => each.attack === name && each.setting.name === setting.name);
      return found === undefined ? cell('') : cell(outcomeLines(found), PAINTS[found.outcome.kind]);
    }),
  ]);
  const failed = matrix.cells.filter(({ outcome }) => outcome.kind === 'failed');
  return written([
    headingLines(
      `Each attack against each mode: ${counted(matrix.cells.length, 'run')} of two processes with the attacker between`,
      look,
    ),
    tableLines(columns, rows, look),
    matrix.settings.flatMap((setting) =>
      proseLines(`${settingHead(setting)}: ${settingPhrase(setting)}`, look, 2, 2, 'faint'),
    ),
    LEGEND.flatMap((line) => proseLines(line, look, 2, 2, 'faint')),
    failed.flatMap((each) =>
      proseLines(`${each.attack}, ${settingPhrase(each.setting)}: ${outcomePhrase(each)}`, look, 0, 2, 'strong'),
    ),
  ]);
}

/**
 * A single run: what happened at both sides and between them, in order of time, and the outcome. Lines that end in LF.
 */
export function attackRunTable(run: Cell, look: Look): string {
  const { attack, setting, seats, learned, timeline } = run;
  const ended = SIDES.map((side) => `the ${side} ended with status ${seats[side].status}`);
  return written([
    headingLines(`${attack}, ${settingPhrase(setting)}`, look),
    ladderLines(timeline, look),
    learned.flatMap(({ from, text }) =>
      proseLines(`The attacker knows what the ${from} said: ${text}`, look, 0, 2, 'alarm'),
    ),
    proseLines(`At the end ${ended.join(', ')}.`, look, 0, 2),
    proseLines(`Outcome: ${outcomePhrase(run)}.`, look, 0, 2, PAINTS[run.outcome.kind]),
    captureLines(run, look),
  ]);
}

/**
 * For a relay between two people: names the files that contain the frames it reported, and says which frames of `step`
 * to compare. Lines that end in LF.
 */
export function betweenCaptures(captures: Cell['captures'], step: Step | null, look: Look): string {
  return written([captureLines({ captures, timeline: step === null ? [] : [{ kind: 'crossed', step }] }, look)]);
}

function capturedLines(captures: Cell['captures']): string[] {
  const sides = SIDES.flatMap((side) => {
    const file = captures[side];
    return file === null ? [] : [`  at the ${side}: ${printable(file)}`];
  });
  return ['Captured on each side of the attacker:', ...sides];
}

function captureLines({ captures, timeline }: Pick<Cell, 'captures' | 'timeline'>, look: Look): string[] {
  const frames = framesToCompare(timeline);
  const both = frames.client.length > 0 && frames.server.length > 0 && captures.server !== null;
  return [
    ...capturedLines(captures),
    ...(both
      ? proseLines(
          `Compare ${frameList(frames.client)} at the client with ${frameList(frames.server)} at the server.`,
          look,
          0,
          2,
        )
      : []),
  ];
}

/** Splits a long name at a hyphen, into two lines. */
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
