/** Shows what an attacker did, step by step: as a ladder after the run, or line by line while it runs. */
import type { Cell as Run, Moment } from '../attacker/matrix.js';
import type { Crossing, Step } from '../attacker/step.js';
import { printable } from '../printable.js';
import type { Look } from './look.js';
import { cell, tableLines, type Cell, type Column } from './table.js';
import { otherSide, type Side } from '../protocol/side.js';

/**
 * Long words are shortened. For a token or a check we keep the beginning and the end, which differ from word to word.
 * All keys begin and end the same way, so for a key we also keep some of the middle.
 */
const LONG_WORD = /\S{46,}/g;
const KEY_CHARACTERS = 300;

type Row = Readonly<Record<Side | 'attacker', readonly string[]>> & { readonly alarm: boolean };

const COLUMNS: readonly Column[] = [
  { head: 'at the client', flexible: true },
  { head: 'the attacker' },
  { head: 'at the server', flexible: true },
];

/** One row for each moment. The client is on the left and the server on the right. */
export function ladderLines(timeline: Run['timeline'], look: Look): string[] {
  const rows = withHandshakesFolded(timeline).flatMap(rowsOf);
  return tableLines(COLUMNS, rows.map(cellsOf), look, 2);
}

/**
 * The same rows as words, for a page. Leaves out what was only passed on before anyone typed, which is the handshake.
 */
export function stepRowsOf(timeline: Run['timeline']): readonly Readonly<Record<Side | 'attacker', string>>[] {
  const spoken = timeline.findIndex(({ kind }) => kind === 'typed');
  const told = timeline.filter(
    (moment, at) => at >= spoken || moment.kind !== 'crossed' || !isMerelyPassed(moment.step),
  );
  const words = (lines: readonly string[]): string => lines.map((line) => line.trim()).join(', ');
  return withHandshakesFolded(told)
    .flatMap(rowsOf)
    .map(({ client, attacker, server }) => {
      return { client: words(client), attacker: words(attacker), server: words(server) };
    });
}

/**
 * Finds where the two captures first differ. Gives the frame that came in, and on the other side every frame sent
 * because of it. A side with nothing to compare has no frames.
 */
export function framesToCompare(timeline: Run['timeline']): Readonly<Record<Side, readonly number[]>> {
  for (const moment of timeline) {
    if (moment.kind !== 'crossed' || isMerelyPassed(moment.step)) continue;
    const { came, sent } = moment.step;
    const at = (side: Side): readonly number[] => {
      const crossed = [...(came?.side === side ? [came] : []), ...sent.filter((each) => each.side === side)];
      return [...new Set(crossed.flatMap(({ frame }) => frame ?? []))];
    };
    return { client: at('client'), server: at('server') };
  }
  return { client: [], server: [] };
}

/** Shows a step while the attack runs: what came, and below it what the attacker did. The lines are safe to show. */
export function stepLines({ came, sent, cut }: Step): readonly string[] {
  const changed = sent.find(({ deed }) => deed === 'changed');
  const head =
    came === null
      ? 'the attacker speaks:'
      : `from the ${came.side}: ${whatWords(came, changed)}${frameWords(came, ', ')}`;
  const deeds = sent.map(({ deed, ...crossing }) => {
    const text = deed === 'passed on' ? '' : `: ${whatWords(crossing, deed === 'changed' ? came : null)}`;
    return `    ${deed}, to the ${crossing.side}${text}${frameWords(crossing, ', ')}`;
  });
  return [
    head,
    ...deeds,
    ...(cut ? ['    both connections were ended'] : sent.length === 0 ? ['    not passed on'] : []),
  ];
}

function rowsOf(moment: Moment): readonly Row[] {
  if (moment.kind === 'crossed') return stepRows(moment.step);
  const { kind, side, text } = moment;
  const words = kind === 'typed' ? 'types: ' : kind === 'shown' ? 'is shown: ' : 'is told: ';
  return [{ ...EMPTY, [side]: [words + text], alarm: kind === 'complained' }];
}

const EMPTY: Row = { client: [], attacker: [], server: [], alarm: false };

function stepRows({ came, sent, cut }: Step): readonly Row[] {
  const changed = sent.find(({ deed }) => deed === 'changed');
  const first: Partial<Row> = came === null ? {} : { [came.side]: crossingLines(came, arrowFrom(came.side), changed) };
  if (sent.length === 0) return [{ ...EMPTY, ...first, attacker: [cut ? 'ends both' : 'keeps it'], alarm: true }];
  return sent.map(({ deed, ...crossing }, at) => {
    const arrow = arrowFrom(otherSide(crossing.side));
    const before = at === 0 && came?.side !== crossing.side ? first : {};
    const row = {
      ...EMPTY,
      ...before,
      attacker: [`${arrow} ${deed}`],
      [crossing.side]: crossingLines(crossing, arrow, deed === 'changed' ? came : null),
      alarm: deed !== 'passed on',
    };
    return row;
  });
}

function crossingLines(crossing: Crossing, arrow: string, other?: Crossing | null): readonly string[] {
  return [`${arrow} ${whatWords(crossing, other)}`, ...(crossing.frame === null ? [] : [`  frame ${crossing.frame}`])];
}

function arrowFrom(side: Side): string {
  return side === 'client' ? '→' : '←';
}

/** @param other what became of it, or what it was made from. Where a long word differs from it, that place is shown. */
function whatWords({ what, isMessage }: Crossing, other?: Crossing | null): string {
  if (what.kind === 'TLS') return `TLS ${isMessage ? 'record' : 'handshake'}, ${what.bytes} bytes`;
  const others = other?.what.kind === 'line' ? (printable(other.what.text).match(LONG_WORD) ?? []) : [];
  let at = 0;
  return printable(what.text).replace(LONG_WORD, (word) => shortened(word, others[at++] ?? word));
}

function shortened(word: string, other: string): string {
  const short = shortenedAlone(word);
  if (word === other || short !== shortenedAlone(other)) return short;
  const differs = Array.from(word).findIndex((character, at) => character !== other[at]);
  return [word.slice(0, 6), word.slice(differs - 4, differs + 6), word.slice(-6)].join('…');
}

function shortenedAlone(word: string): string {
  const middle = Math.floor(word.length / 2);
  const parts =
    word.length < KEY_CHARACTERS
      ? [word.slice(0, 18), word.slice(-6)]
      : [word.slice(0, 6), word.slice(middle, middle + 10), word.slice(-6)];
  return parts.join('…');
}

function frameWords({ frame }: Crossing, before: string): string {
  return frame === null ? '' : `${before}frame ${frame}`;
}

function cellsOf(row: Row): readonly Cell[] {
  return [cell(row.client), cell(row.attacker, row.alarm ? 'strong' : 'faint'), cell(row.server)];
}

/** Whether the attacker only sent on what came, unchanged. */
export function isMerelyPassed({ came, sent, cut }: Step): boolean {
  return came !== null && !cut && sent.length === 1 && sent[0]?.deed === 'passed on';
}

/** A TLS handshake has many records. Consecutive ones that go the same way and are only passed on become one row. */
function withHandshakesFolded(timeline: Run['timeline']): readonly Moment[] {
  const folded: Moment[] = [];
  for (const moment of timeline) {
    const last = folded.at(-1);
    const together = last?.kind === 'crossed' && moment.kind === 'crossed' ? joined(last.step, moment.step) : null;
    if (together === null) folded.push(moment);
    else folded[folded.length - 1] = { kind: 'crossed', step: together };
  }
  return folded;
}

function joined(one: Step, next: Step): Step | null {
  const isHandshake = ({ came }: Step): boolean => came !== null && came.what.kind === 'TLS' && !came.isMessage;
  if (!isHandshake(one) || !isHandshake(next) || !isMerelyPassed(one) || !isMerelyPassed(next)) return null;
  const [onePassed, nextPassed] = [one.sent[0], next.sent[0]];
  if (one.came === null || next.came?.side !== one.came.side || onePassed === undefined || nextPassed === undefined)
    return null;
  return { came: added(one.came, next.came), sent: [{ ...nextPassed, ...added(onePassed, nextPassed) }], cut: false };
}

/** Adds up the bytes and keeps the frame of the last one. */
function added(one: Crossing, next: Crossing): Crossing {
  if (one.what.kind !== 'TLS' || next.what.kind !== 'TLS') return next;
  return { ...next, what: { kind: 'TLS', bytes: one.what.bytes + next.what.bytes } };
}
