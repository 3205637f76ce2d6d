import type { Place } from '../findings/findings.js';
import type { HeldBytes } from './stream.js';
import type { Side } from '../../protocol/side.js';

/**
 * The place of the bytes from `start` to `end` in one direction. If there are none, the place of the byte that comes
 * next.
 */
export function placeOf(conversation: number, side: Side, stream: HeldBytes, start: number, end: number): Place {
  const { frame, time } = stream.carrierOf(start);
  const { frame: lastFrame } = stream.carrierOf(Math.max(start, end - 1));
  const { transport } = stream;
  return {
    conversation,
    ...(transport === undefined ? {} : { transport }),
    side,
    offset: stream.base + start,
    frame,
    lastFrame,
    time,
  };
}
