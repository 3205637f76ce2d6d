/** Good files with a few random changes. The same seed gives the same files. */

export type Random = (below: number) => number;

/**
 * Returns whole numbers from 0 to below `below`: a linear congruential generator, of which only the upper bits are
 * used.
 */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Numbers at which code that handles lengths often goes wrong. */
const NUMBERS = [
  0, 1, 3, 4, 7, 8, 11, 12, 15, 16, 19, 20, 27, 28, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x40000,
  0x40001, 0xffffff, 0x1000000, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff,
];

const MUTATIONS: readonly ((bytes: Buffer, at: number, random: Random) => Buffer)[] = [
  function flipBit(bytes, at, random) {
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random(8)), at);
    return bytes;
  },
  function setByte(bytes, at, random) {
    bytes.writeUInt8(random(256), at);
    return bytes;
  },
  function setNumber(bytes, at, random) {
    const number = NUMBERS[random(NUMBERS.length)] ?? 0;
    // Most fields begin at a multiple of four bytes.
    const aligned = at & ~3;
    if (aligned + 4 > bytes.length) return bytes;
    if (random(2) === 0) bytes.writeUInt32LE(number, aligned);
    else bytes.writeUInt32BE(number, aligned);
    return bytes;
  },
  function setShortNumber(bytes, at, random) {
    if (at + 2 > bytes.length) return bytes;
    const number = (NUMBERS[random(NUMBERS.length)] ?? 0) & 0xffff;
    if (random(2) === 0) bytes.writeUInt16LE(number, at);
    else bytes.writeUInt16BE(number, at);
    return bytes;
  },
  function cut(bytes, at) {
    return bytes.subarray(0, at);
  },
  function remove(bytes, at, random) {
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(40))]);
  },
  function repeat(bytes, at, random) {
    const end = at + 1 + random(200);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
  },
  function insert(bytes, at, random) {
    const noise = Buffer.from(Array.from({ length: 1 + random(12) }, () => random(256)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
];

/** Returns a copy of one of `originals` with one to six changes. */
export function mutated(originals: readonly Buffer[], random: Random): Buffer {
  let bytes: Buffer = Buffer.from(originals[random(originals.length)] ?? Buffer.alloc(0));
  for (let changes = 1 + random(6); changes > 0 && bytes.length > 0; changes -= 1) {
    const mutate = MUTATIONS[random(MUTATIONS.length)];
    if (mutate !== undefined) bytes = mutate(bytes, random(bytes.length), random);
  }
  return bytes;
}
