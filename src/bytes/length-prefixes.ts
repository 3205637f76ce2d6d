/** The lengths that programs put in front of their messages: 2, 4 or 8 bytes, in either order. */

export interface LengthPrefix {
  readonly bytes: number;
  readonly order: 'most significant byte first' | 'least significant byte first';
  /** The length at `at`. All bytes of it must be there. */
  readonly read: (data: Buffer, at: number) => number;
}

const BIG = 'most significant byte first';
const LITTLE = 'least significant byte first';

/** Those met most often first. */
export const LENGTH_PREFIXES: readonly LengthPrefix[] = [
  { bytes: 4, order: BIG, read: (data, at) => data.readUInt32BE(at) },
  { bytes: 4, order: LITTLE, read: (data, at) => data.readUInt32LE(at) },
  { bytes: 2, order: BIG, read: (data, at) => data.readUInt16BE(at) },
  { bytes: 2, order: LITTLE, read: (data, at) => data.readUInt16LE(at) },
  { bytes: 8, order: BIG, read: (data, at) => Number(data.readBigUInt64BE(at)) },
  { bytes: 8, order: LITTLE, read: (data, at) => Number(data.readBigUInt64LE(at)) },
];
