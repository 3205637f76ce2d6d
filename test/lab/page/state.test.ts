/** The page's state as a function of the events. */
import { describe, expect, test } from '@jest/globals';

import type { LabEvent } from '../../../src/lab/events.js';
import { guessWords } from '../../../src/lab/page/guess-words.js';
import { stepBack, stepFrom, untilNext } from '../../../src/lab/page/recording.js';
import { MOST_ROWS, START, reduce, rowAt, type LabState, type PieceRow } from '../../../src/lab/page/state.js';
import { visible } from '../../../src/lab/page/text.js';
import { RECORDED, RUN, message, numbered, text } from './recorded.js';

const after = (...events: readonly LabEvent[]): LabState => reduce(START, numbered([RUN, ...events]));
const rowsOf = (state: LabState): PieceRow[] => (state.run?.rows ?? []).filter((row) => row.kind === 'piece');

describe('the wire', () => {
  const came = { type: 'came', piece: text(1, 'client', 'client', 4, 'Hi'), held: false } as const;

  test('a piece that passes is one row, with its frame at both ends', () => {
    const piece = text(2, 'client', 'server', 6, 'Hi');
    const state = after(came, { type: 'went', of: 1, deed: 'passed on', piece });
    expect(rowsOf(state).map(({ fate, frames, deed }) => ({ fate, frames, deed }))).toEqual([
      { fate: 'passed', frames: { client: 4, server: 6 }, deed: null },
    ]);
  });

  test('a piece that comes in place of another has a row of its own, and did not cross the first half', () => {
    const piece = text(2, 'client', 'server', 6, 'Ho');
    const state = after({ ...came, held: true }, { type: 'went', of: 1, deed: 'changed', piece });
    expect(rowsOf(state).map(({ fate, frames, deed }) => ({ fate, frames, deed }))).toEqual([
      { fate: 'replaced', frames: { client: 4, server: null }, deed: null },
      { fate: null, frames: { client: null, server: 6 }, deed: 'changed' },
    ]);
    expect(state.run?.queue).toEqual([]);
  });

  test.each(['sent again', 'added'] as const)('%s: the held piece still waits', (deed) => {
    const piece = text(2, 'client', 'server', 6, 'Hi');
    const state = after({ ...came, held: true }, { type: 'went', of: 1, deed, piece });
    expect(rowsOf(state).map(({ fate }) => fate)).toEqual(['held', null]);
    expect(state.run?.queue).toEqual([1]);
  });

  test('a dropped piece waits no longer, and a moved one changes its place', () => {
    const second = { ...came, piece: text(2, 'client', 'client', 6, 'Ho'), held: true };
    const held = after({ ...came, held: true }, second, { type: 'queue', order: [2, 1] });
    expect(held.run?.queue).toEqual([2, 1]);
    const dropped = reduce(held, [{ number: 99, at: 1, event: { type: 'dropped', of: 1 } }]);
    expect(dropped.run?.queue).toEqual([2]);
    expect(rowsOf(dropped).map(({ fate }) => fate)).toEqual(['dropped', 'held']);
  });

  test('a held piece that was changed keeps its row', () => {
    const piece = text(1, 'client', 'client', 4, 'Hj');
    const [row, ...more] = rowsOf(after({ ...came, held: true }, { type: 'altered', piece }));
    expect(more).toEqual([]);
    expect(row).toMatchObject({ piece: came.piece, altered: piece, fate: 'held' });
    const back = after({ ...came, held: true }, { type: 'altered', piece }, { type: 'altered', piece: came.piece });
    expect(rowsOf(back)).toMatchObject([{ altered: null, fate: 'held' }]);
  });

  test('rows are bounded, and the page knows how many are gone', () => {
    const pieces = Array.from({ length: MOST_ROWS + 7 }, (_, at): LabEvent => ({
      ...came,
      piece: text(at, 'client', 'client', at, 'Hi'),
    }));
    const { run } = after(...pieces);
    expect(run?.rows.length).toBe(MOST_ROWS);
    expect(run?.rowsGone).toBe(7);
    expect(rowAt(run?.rows ?? [], 9)).toMatchObject({ piece: { frame: 7 } });
    expect(rowAt(run?.rows ?? [], 8)).toBeNull();
  });

  test('a row that did not change is the same object, so that it is not drawn again', () => {
    const before = after(came, { ...came, piece: text(2, 'client', 'client', 6, 'Ho') });
    const later = reduce(before, [
      {
        number: 9,
        at: 9,
        event: { type: 'went', of: 2, deed: 'passed on', piece: text(3, 'client', 'server', 6, 'Ho') },
      },
    ]);
    expect(later.run?.rows[0]).toBe(before.run?.rows[0]);
    expect(later.run?.rows[1]).not.toBe(before.run?.rows[1]);
  });
});

test('the state is the same however the events are grouped, and events that come twice are taken once', () => {
  const whole = reduce(START, RECORDED);
  const single = RECORDED.reduce((state, event) => reduce(state, [event, event]), START);
  expect(single).toEqual(whole);
  expect(reduce(whole, RECORDED)).toEqual(whole);
  expect(whole.run?.rows.length).toBe(6);
});

test('reducing does not change the state before', () => {
  const before = reduce(START, RECORDED.slice(0, 20));
  const copy = structuredClone(before);
  reduce(before, RECORDED);
  expect(before).toEqual(copy);
});

test('a new run starts empty; hold and goals stay', () => {
  const goal: LabEvent = { type: 'goal', experiment: 'read-it', met: true, missing: [] };
  const state = after(
    { type: 'hold', on: true },
    goal,
    { type: 'said', side: 'client', text: 'Hi' },
    { type: 'came', piece: message(1, 'client', 'client', 4, 0), held: true },
    { ...RUN, run: 2 },
  );
  expect(state.run).toMatchObject({ run: 2, rows: [], queue: [], chairs: { client: { lines: [] } } });
  expect(state).toMatchObject({ hold: true, goals: { 'read-it': { met: true } } });
});

describe('a recording', () => {
  test('steps go through all of it, and back the same way', () => {
    const stops = [0];
    while (stops.at(-1)! < RECORDED.length) stops.push(stepFrom(RECORDED, stops.at(-1)!));
    expect(stops.length).toBeGreaterThan(10);
    expect(stops.slice(1).map((stop) => stepBack(RECORDED, stop))).toEqual(stops.slice(0, -1));
  });

  test('a step shows a piece and its passing on together', () => {
    const at = RECORDED.findIndex(({ event }) => event.type === 'came');
    expect(stepFrom(RECORDED, at)).toBe(at + 2);
  });

  test('a pause of minutes takes a second and a half, and the speed divides it', () => {
    const events = numbered([RUN, RUN]).map((each, at) => ({ ...each, at: at * 300_000 }));
    expect(untilNext(events, { done: 1, isPlaying: true, speed: 1 })).toBe(1500);
    expect(untilNext(events, { done: 1, isPlaying: true, speed: 5 })).toBe(300);
    expect(untilNext(events, { done: 2, isPlaying: true, speed: 1 })).toBeNull();
  });

  test('what programs did in the same millisecond is shown one after the other; a piece and its passing on together', () => {
    const came: LabEvent = { type: 'came', piece: message(1, 'client', 'client', 4, 0), held: false };
    const passed: LabEvent = { type: 'went', of: 1, deed: 'passed on', piece: message(2, 'client', 'server', 4, 0) };
    const again: LabEvent = { type: 'went', of: 1, deed: 'sent again', piece: message(3, 'client', 'server', 5, 0) };
    const events = numbered([RUN, came, passed, again]).map((each) => ({ ...each, at: 0 }));
    const pauses = [1, 2, 3].map((done) => untilNext(events, { done, isPlaying: true, speed: 2 }));
    expect(pauses).toEqual([300, 0, 300]);
  });
});

test('text: what could mislead is shown as an escape, and very long text is cut', () => {
  expect(visible('\u202eevil\u2066 \x1b[2J \u2028 \ud83d')).toBe('\\u{202e}evil\\u{2066} \\x1b[2J \\u{2028} \\u{d83d}');
  expect(visible('👨‍👩‍👧 <b>')).toBe('👨‍👩‍👧 <b>');
  expect(visible('x'.repeat(3000), 10)).toBe('xxxxxxxxxx… (3,000 characters)');
});

describe('a guess', () => {
  const guessed = (text: string | null, right: boolean): LabEvent => ({ type: 'guessed', piece: 1, text, right });
  const row = { type: 'came', piece: message(1, 'client', 'client', 4, 0), held: false } as const;

  test('a row that was guessed right stays right, and the last guess says so', () => {
    const state = after(row, guessed('Yes', true), guessed('No', false));
    expect(rowsOf(state)[0]!.guess).toEqual({ text: 'Yes', right: true });
    expect(state.run!.guess).toMatchObject({ text: 'No', right: false, before: { text: 'Yes', right: true } });
  });

  test('a wrong guess gives way to the next one', () => {
    const state = after(row, guessed('Yes', false), guessed('No', true));
    expect(rowsOf(state)[0]!.guess).toEqual({ text: 'No', right: true });
    expect(state.run!.guess).toMatchObject({ before: null, of: { label: 'MESSAGE' } });
  });

  test('what a guess says: the row that it is, and a right one that it had', () => {
    const words = (...events: readonly LabEvent[]): string => guessWords(after(row, ...events).run!.guess!);
    expect(words(guessed(null, false))).toBe('✗ Not this row. It is MESSAGE. Choose another one, and try again.');
    expect(words(guessed('No', false))).toBe('✗ Not so: this row does not say “No”. Try another row or another text.');
    expect(words(guessed('Yes', true), guessed('No', false))).toBe('✓ You had it right: this row says “Yes”.');
    const unknown: LabEvent = { type: 'guessed', piece: 99, text: null, right: false };
    expect(words(unknown)).toBe('✗ Not this row. Choose another one, and try again.');
  });
});
