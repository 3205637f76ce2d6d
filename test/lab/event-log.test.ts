import { expect, test } from '@jest/globals';

import { EventLog } from '../../src/lab/event-log.js';
import type { LabEvent, Numbered } from '../../src/lab/events.js';

const RUN: LabEvent = {
  type: 'run',
  run: 1,
  setting: { mode: 'plaintext', integrity: null, attack: null, insists: false, elsewhere: null },
  attacks: [],
};
const said = (text: string): LabEvent => ({ type: 'said', side: 'client', text });

function read(log: EventLog, after = 0): readonly Numbered[] {
  return [...log.after(after)].map(({ json }) => JSON.parse(json) as Numbered);
}

test('a page that comes later gets all of the run, and one that was there gets the rest', () => {
  let now = 1000;
  const log = new EventLog({ now: () => now });
  log.add(RUN);
  now += 12.4;
  log.add(said('Hello'));
  now += 1;
  log.add(said('Hi'));
  expect(read(log)).toEqual([
    { number: 1, at: 0, event: RUN },
    { number: 2, at: 12, event: said('Hello') },
    { number: 3, at: 13, event: said('Hi') },
  ]);
  expect(read(log, 2).map(({ number }) => number)).toEqual([3]);
  expect(read(log, 3)).toEqual([]);
});

test('a new run begins a new list, and the numbers go on', () => {
  const log = new EventLog();
  log.add(RUN);
  log.add(said('Hello'));
  log.add({ ...RUN, run: 2 });
  expect(read(log, 0).map(({ number, event }) => [number, event.type])).toEqual([[3, 'run']]);
  expect(read(log, 1).map(({ number }) => number)).toEqual([3]);
});

test('of what replaces the one before, only the newest is kept', () => {
  const log = new EventLog();
  log.add(RUN);
  log.add({ type: 'queue', order: [1] });
  log.add(said('Hello'));
  log.add({ type: 'queue', order: [1, 2] });
  expect(read(log).map(({ event }) => event)).toEqual([RUN, said('Hello'), { type: 'queue', order: [1, 2] }]);
});

test('a run with too many events: the oldest are let go, their number is told, and what they set stays', () => {
  const log = new EventLog({ most: 20_000 });
  log.add(RUN);
  log.add({ type: 'hold', on: true });
  log.add({ type: 'seat', side: 'client', state: 'chatting' });
  for (let number = 1; number <= 5000; number += 1) log.add(said(`message ${number}`));
  const all = read(log);
  expect(all.slice(0, 3).map(({ event }) => event.type)).toEqual(['run', 'hold', 'seat']);
  const [leftOut, ...kept] = all.slice(3);
  const texts = kept.map(({ event }) => (event as { text: string }).text);
  expect(texts.at(-1)).toBe('message 5000');
  expect(texts[0]).toBe(`message ${5000 - texts.length + 1}`);
  expect(leftOut).toEqual({
    number: kept[0]!.number - 1,
    at: expect.any(Number),
    event: { type: 'left-out', events: 5000 - texts.length },
  });
  const characters = [...log.after(0)].reduce((sum, { json }) => sum + json.length, 0);
  expect(characters).toBeLessThan(20_000);
  expect(texts.length).toBeGreaterThan(100);
  // A page that has all of them is not told that others are gone.
  expect(read(log, kept[0]!.number)[0]!.event.type).toBe('said');
});

test('whoever watches is called after each event, until it stops watching', () => {
  const log = new EventLog();
  let called = 0;
  const stop = log.watch(() => (called += 1));
  log.add(RUN);
  log.add(said('Hello'));
  stop();
  log.add(said('Hi'));
  expect(called).toBe(2);
});
