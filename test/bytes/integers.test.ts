/** The readers of integers give the same values as those of Buffer. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { uint16, uint16LittleEndian, uint32, uint32LittleEndian, uint8 } from '../../src/bytes/integers.js';

const READERS = [
  { name: 'uint8', length: 1, ours: uint8, theirs: (bytes: Buffer, at: number) => bytes.readUInt8(at) },
  { name: 'uint16', length: 2, ours: uint16, theirs: (bytes: Buffer, at: number) => bytes.readUInt16BE(at) },
  { name: 'uint32', length: 4, ours: uint32, theirs: (bytes: Buffer, at: number) => bytes.readUInt32BE(at) },
  {
    name: 'uint16LittleEndian',
    length: 2,
    ours: uint16LittleEndian,
    theirs: (bytes: Buffer, at: number) => bytes.readUInt16LE(at),
  },
  {
    name: 'uint32LittleEndian',
    length: 4,
    ours: uint32LittleEndian,
    theirs: (bytes: Buffer, at: number) => bytes.readUInt32LE(at),
  },
] as const;

describe.each(READERS)('$name', ({ length, ours, theirs }) => {
  test('reads what Buffer reads', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: length, maxLength: length }), fc.nat(9), (value, at) => {
        const bytes = Buffer.concat([Buffer.alloc(at, 0xff), value, Buffer.alloc(3, 0xff)]);
        expect(ours(bytes, at)).toBe(theirs(bytes, at));
      }),
    );
  });

  test('reads zeros past the end', () => {
    expect(ours(Buffer.alloc(0), 0)).toBe(0);
    expect(ours(Buffer.of(0xff), 1)).toBe(0);
    expect(ours(Buffer.of(0x80), 0)).toBe(theirs(Buffer.of(0x80, 0, 0, 0), 0));
  });
});
