/** What in a handshake can be an IV or a nonce that crosses once, for all messages. */
import { encodedIn } from '../../eavesdropper/chat/sealed-units.js';
import type { Chunk } from '../wire/treatment.js';
import { framesIn } from './frames.js';
import { pickledIn } from './pickled.js';

const LENGTHS: readonly number[] = [16, 12, 8];
const MOST = 4;

export function ivsIn(chunks: readonly Chunk[]): readonly Buffer[] {
  const found = chunks.flatMap(({ bytes }) => [
    bytes,
    ...encodedIn(bytes).map((part) => part.bytes),
    ...(framesIn(bytes) ?? []).map((frame) => frame.bytes),
    ...(pickledIn(bytes) ?? []).flatMap((field) => (field.kind === 'bytes' ? [field.bytes] : [])),
  ]);
  const ivs = found.filter(({ length }) => LENGTHS.includes(length));
  return [...new Map(ivs.map((iv) => [iv.toString('latin1'), iv])).values()].slice(0, MOST);
}
