/** The packets of a capture of any format, each as an object of its own. */
import { readCapture } from '../packets/file/read-capture.js';
import type { CaptureEnd } from '../packets/file/capture-reader.js';
import type { CapturedPacket } from '../packets/headers/packet.js';

/**
 * Hands out the packets of the capture at `path` one by one; the bytes of each are valid until `onPacket` returns.
 *
 * @throws CaptureFileError for what is no capture, or cannot be read to its end.
 */
export async function eachPacket(path: string, onPacket: (packet: CapturedPacket) => void): Promise<CaptureEnd> {
  return readCapture(path, ({ number, seconds, nanoseconds, linkType, originalLength, data, start, end }) => {
    onPacket({ number, seconds, nanoseconds, linkType, originalLength, data: data.subarray(start, end) });
  });
}
