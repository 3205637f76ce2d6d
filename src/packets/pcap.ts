/** Capture files in the classic pcap format, written. */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

import { describeFileError } from '../file-error.js';
import { printable } from '../printable.js';
import { CaptureFileError } from './capture-file.js';
import { formatPcapHeader, formatPcapRecord, type CaptureTime } from './pcap-format.js';

export { CaptureFileError } from './capture-file.js';

/** Writes a file that is whole after each packet, so that nothing is lost if the process dies. */
export class PcapWriter {
  readonly #path: string;
  readonly #file: number;
  /** Bytes of whole records. */
  #length = 0;
  #open = true;

  /**
   * Creates the file at `path`, or empties it.
   *
   * @throws CaptureFileError where that cannot be done.
   */
  static open(path: string, linkType: number): PcapWriter {
    const writer = new PcapWriter(path);
    writer.#append(formatPcapHeader(linkType));
    return writer;
  }

  private constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, 'w');
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /**
   * Appends a packet. If that fails the file is closed, as it was before.
   *
   * @throws CaptureFileError where it cannot be written; RangeError for what {@link formatPcapRecord} does not take.
   */
  write(time: CaptureTime, data: Uint8Array): void {
    this.#append(formatPcapRecord(time, data));
  }

  /** May be called again. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#file);
  }

  #append(bytes: Buffer): void {
    // The number of a closed file may by now be another file's.
    if (!this.#open) throw new CaptureFileError(`Cannot write the capture ${printable(this.#path)}: it has been closed`);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
      this.#length += bytes.length;
    } catch (error) {
      this.#dropHalfRecord();
      this.close();
      throw unwritable(this.#path, error);
    }
  }

  #dropHalfRecord(): void {
    try {
      ftruncateSync(this.#file, this.#length);
    } catch {
      // A device or a pipe cannot be shortened; that the write failed is reported all the same.
    }
  }
}

function unwritable(path: string, error: unknown): CaptureFileError {
  return new CaptureFileError(`Cannot write the capture ${printable(path)}: ${describeFileError(error)}`);
}
