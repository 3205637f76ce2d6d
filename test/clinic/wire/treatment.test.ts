/** What the relay does with what comes, without any relay. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';

import { apart, bytewise, cutWithin, endsWithin, gathered, passing } from '../../../src/clinic/wire/treatment.js';
import type { Burst, Chunk, Control } from '../../../src/clinic/wire/treatment.js';

function chunk(text: string, number = 0): Chunk {
  return { number, link: 0, from: 'client', bytes: Buffer.from(text), at: 0, frame: null };
}

/** Notes what is sent, as `text after ms`. */
function noting(): { readonly control: Control; readonly sent: string[] } {
  const sent: string[] = [];
  const control: Control = {
    send: (_, to, bytes, afterMs = 0) => sent.push(`${to} ${Buffer.from(bytes).toString()} ${afterMs}`),
    end: () => undefined,
    reset: () => undefined,
  };
  return { control, sent };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('passing changes nothing', () => {
  const { control, sent } = noting();
  passing().came(chunk('abc'), control);
  expect(sent).toEqual(['server abc 0']);
});

test('bytewise sends each byte alone, while it is on', () => {
  const { control, sent } = noting();
  const treatment = bytewise(3, ({ number }) => number > 0);
  treatment.came(chunk('ab', 0), control);
  treatment.came(chunk('cd', 1), control);
  expect(sent).toEqual(['server ab 0', 'server c 3', 'server d 3']);
});

test('a cut within a letter leaves a piece of one byte, and loses none', () => {
  const { control, sent } = noting();
  cutWithin(60).came(chunk('abcdef'), control);
  cutWithin(60).came(chunk('g'), control);
  expect(sent).toEqual(['server abc 60', 'server d 60', 'server ef 60', 'server g 60']);
});

test('apart divides what came together where the sender has noted the end of a write', () => {
  const { control, sent } = noting();
  const treatment = apart(60, () => [2, 1, 3]);
  treatment.came(chunk('ab'), control);
  treatment.came(chunk('cdef'), control);
  jest.runAllTimers();
  expect(sent).toEqual(['server ab 60', 'server c 60', 'server def 60']);
});

test('gathered waits until the side is quiet', () => {
  const bursts: Burst[] = [];
  const { control } = noting();
  const treatment = gathered(40, (burst) => bursts.push(burst));
  treatment.came(chunk('ab'), control);
  jest.advanceTimersByTime(39);
  treatment.came(chunk('c'), control);
  jest.advanceTimersByTime(39);
  expect(bursts).toEqual([]);
  jest.advanceTimersByTime(1);
  treatment.came(chunk('d'), control);
  jest.runAllTimers();
  expect(bursts.map(({ bytes }) => bytes.toString())).toEqual(['abc', 'd']);
});

describe('the ends of writes within some bytes', () => {
  test.each([
    [[16, 32, 32], 0, 80, [16, 48]],
    [[16, 32, 32], 16, 64, [32]],
    [[16, 32, 32], 20, 20, []],
    [[16, 32, 32], 20, 30, [28]],
    [[16, 32, 32], 80, 10, []],
    [[], 0, 10, []],
  ])('%j from %d, %d bytes', (writes, start, length, ends) => {
    expect(endsWithin(writes, start, length)).toEqual(ends);
  });
});
