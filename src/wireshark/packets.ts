/** Reads the packets of a capture in any format. Each packet is an object. */
import { readCapture } from '../packets/file/read-capture.js';
import type { CaptureEnd } from '../packets/file/capture-reader.js';
import type { CapturedPacket } from '../packets/headers/packet.js';

/**
 * Calls `onPacket` with each packet of the capture at `path`. The bytes of a packet are valid only until `onPacket`
 * returns.
 *
 * @throws CaptureFileError if the file is not a capture, or cannot be read to its end.
 */
export async function eachPacket(path: string, onPacket: (packet: CapturedPacket) => void): Promise<CaptureEnd> {
  return readCapture(path, ({ number, seconds, nanoseconds, linkType, originalLength, data, start, end }) => {
    onPacket({ number, seconds, nanoseconds, linkType, originalLength, data: data.subarray(start, end) });
  });
}
