/** Changes a line of the chat in the ways that need no key of the two people. Lines are given and returned with LF. */
import { createHash } from 'node:crypto';

import { formatBase64 } from '../bytes/base64.js';
import { formatFrame, frameOf, type Frame } from '../protocol/frames.js';
import { Declined } from './declined.js';

/** What the line holds in base64. @throws Declined if it holds nothing like that. */
export function insideOf(line: Buffer): Buffer {
  const frame = frameIn(line);
  switch (frame?.kind) {
    case 'PUBLIC-KEY':
      return frame.spki;
    case 'SESSION-KEY':
      return frame.envelope;
    case 'MESSAGE':
      return Buffer.from(frame.token, 'base64url');
    default:
      throw nothingInside();
  }
}

/** The line with other bytes in base64, and all else as it was. @throws Declined if it holds nothing in base64. */
export function withInside(line: Buffer, inside: Buffer): Buffer {
  const frame = frameIn(line);
  switch (frame?.kind) {
    case 'PUBLIC-KEY':
      return formatFrame({ ...frame, spki: inside });
    case 'SESSION-KEY':
      return formatFrame({ ...frame, envelope: inside });
    case 'MESSAGE':
      return formatFrame({ ...frame, token: formatBase64(inside, 'base64url') });
    default:
      throw nothingInside();
  }
}

/**
 * The MESSAGE line with a new check: SHA-256 over its token. It is the only check that needs no key.
 *
 * @throws Declined if the line is not a MESSAGE.
 */
export function withRehash(line: Buffer): Buffer {
  const frame = frameIn(line);
  if (frame?.kind !== 'MESSAGE')
    throw new Declined('Only a MESSAGE line of encrypted mode has a check that could be computed anew.');
  return formatFrame({ ...frame, check: createHash('sha256').update(frame.token, 'latin1').digest() });
}

function nothingInside(): Declined {
  return new Declined('This piece has no key, envelope or token in it. Edit its bytes as they are on the wire.');
}

/** The frame of a line with its LF. null if it is not one. */
export function frameIn(line: Buffer): Frame | null {
  return frameOf(line.at(-1) === 0x0a ? line.subarray(0, -1) : line);
}
