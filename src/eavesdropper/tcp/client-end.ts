/** Which end of a conversation is the client, as far as what they say tells. */
import { isHello } from '../../protocol/frames.js';
import { protocolOf } from '../content/protocols.js';
import type { Stream } from './stream.js';

/**
 * Whether the first of two ends sends what a client sends and the second what a server sends. null if that is not
 * clear.
 */
export function isClientOf(one: Stream, other: Stream): boolean | null {
  const [first, second] = [headOf(one), headOf(other)];
  if (isHello(first) !== isHello(second)) return isHello(first);
  const forwards = protocolOf({ client: first, server: second });
  const backwards = protocolOf({ client: second, server: first });
  if (forwards === null || backwards === null) return forwards === backwards ? null : forwards !== null;
  // TLS records look the same from both sides, but a hello does not.
  const versions = [forwards, backwards].map((found) => found.name === 'TLS' && found.version !== null);
  return versions[0] === versions[1] ? null : (versions[0] ?? null);
}

/** More than the first bytes of a TLS ClientHello, which is the longest greeting. */
const MOST_HEAD = 4096;

function headOf({ isWhole, bytes, head }: Stream): Buffer {
  return isWhole ? bytes.subarray(0, MOST_HEAD) : head;
}
