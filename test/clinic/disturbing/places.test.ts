/** Where a message is changed, and how: within base64, hex and digits the form stays as it is. */
import { describe, expect, test } from '@jest/globals';

import { placesIn } from '../../../src/clinic/disturbing/places.js';

const TEXT = 'Otter swims in the river and Heron sleeps under a tree';

/** How many bits differ. */
function distance(one: Buffer, other: Buffer): number {
  expect(other).toHaveLength(one.length);
  return [...one].reduce((sum, byte, at) => sum + ((byte ^ (other[at] ?? 0)).toString(2).match(/1/g) ?? []).length, 0);
}

test('a letter of a text that can be read becomes another letter', () => {
  const message = Buffer.from(`{"from":"client","text":"${TEXT}"}\n`);
  const changed = placesIn([message], TEXT)[0]?.change(message) ?? message;
  expect(distance(message, changed)).toBe(1);
  const { text } = JSON.parse(changed.toString()) as { text: string };
  expect(text).not.toBe(TEXT);
  expect(text).toMatch(/^[A-Za-z ]{54}$/);
});

test('in bytes, one bit is flipped, in the IV behind a length too', () => {
  const message = Buffer.alloc(100, 0xa5);
  const places = placesIn([message], TEXT);
  for (const { change } of places) expect(distance(message, change(message))).toBe(1);
  const where = places.map(({ change }) => change(message).findIndex((byte) => byte !== 0xa5));
  expect(where.some((at) => at >= 4 && at < 20)).toBe(true);
  expect(where).toContain(99);
  expect(where.at(-1)).toBe(0);
});

test('each write of a message is changed somewhere', () => {
  const pieces = [Buffer.alloc(16, 1), Buffer.alloc(64, 2), Buffer.alloc(32, 4)];
  const message = Buffer.concat(pieces);
  const where = placesIn(pieces, TEXT).map(({ change }) => {
    const changed = change(message);
    return message.findIndex((byte, at) => byte !== changed[at]);
  });
  for (const [from, to] of [
    [0, 16],
    [16, 80],
    [80, 112],
  ] as const)
    expect(where.some((at) => at >= Math.max(from, 1) && at < to)).toBe(true);
});

describe.each([
  { name: 'base64', encode: (bytes: Buffer) => bytes.toString('base64') },
  { name: 'hex', encode: (bytes: Buffer) => bytes.toString('hex') },
  { name: 'HEX', encode: (bytes: Buffer) => bytes.toString('hex').toUpperCase() },
  { name: 'base64url', encode: (bytes: Buffer) => `${bytes.toString('base64url')}==` },
])('in $name', ({ encode, name }) => {
  const kind = name.startsWith('base64') ? 'base64' : 'hex';
  const bytes = Buffer.from(Array.from({ length: 61 }, (_, at) => (at * 37 + 251) % 256));
  const message = Buffer.from(`${encode(bytes)}\n`);

  test('one bit of what is encoded is flipped, and it is still of that form', () => {
    const places = placesIn([message], TEXT).filter(({ isContent }) => isContent);
    expect(places.length).toBeGreaterThan(2);
    for (const { change } of places) {
      const changed = change(message).toString('latin1');
      expect(distance(bytes, Buffer.from(changed.trim(), kind))).toBe(1);
      expect(changed).toMatch(
        name === 'hex' ? /^[0-9a-f]+\n$/ : name === 'HEX' ? /^[0-9A-F]+\n$/ : /^[\w+/-]+={0,2}\n$/,
      );
    }
  });
});

test('digits become digits, and the line end stays', () => {
  const message = Buffer.from('1873,22,90441,7\n');
  for (const { change, isContent } of placesIn([message], TEXT))
    if (isContent) expect(change(message).toString()).toMatch(/^[\d,-]+\n$/);
});

test('the place is named as a person counts', () => {
  const message = Buffer.alloc(10, 0xff);
  const [place] = placesIn([message], TEXT).slice(-1);
  expect(place).toMatchObject({ name: 'byte 1 of 10', isContent: false });
});
