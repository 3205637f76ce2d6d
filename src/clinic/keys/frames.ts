/** A piece that is one frame or several, each with its length in front. */

export interface Framed {
  /** Where the content stands in the piece. */
  readonly start: number;
  readonly bytes: Buffer;
}

type Read = (bytes: Buffer, at: number) => number;
const HEADERS: readonly { readonly size: number; readonly read: Read }[] = [
  { size: 4, read: (bytes, at) => bytes.readUInt32BE(at) },
  { size: 4, read: (bytes, at) => bytes.readUInt32LE(at) },
  { size: 2, read: (bytes, at) => bytes.readUInt16BE(at) },
  { size: 2, read: (bytes, at) => bytes.readUInt16LE(at) },
  { size: 8, read: (bytes, at) => Number(bytes.readBigUInt64BE(at)) },
  { size: 1, read: (bytes, at) => bytes[at] ?? 0 },
];
const LEAST_CONTENT = 8;

/** null unless the lengths lead from the first byte exactly to the last. */
export function framesIn(piece: Buffer): readonly Framed[] | null {
  for (const { size, read } of HEADERS) {
    const frames: Framed[] = [];
    let at = 0;
    while (at + size < piece.length) {
      const start = at + size;
      const end = start + read(piece, at);
      if (end <= start || end > piece.length) break;
      frames.push({ start, bytes: piece.subarray(start, end) });
      at = end;
    }
    if (at === piece.length && frames.some(({ bytes }) => bytes.length >= LEAST_CONTENT)) return frames;
  }
  return null;
}
