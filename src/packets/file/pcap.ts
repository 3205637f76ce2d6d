/** Writes capture files in the classic pcap format. */
import { ftruncateSync } from 'node:fs';

import { describeFileError } from '../../file-error.js';
import {
  WholeFile,
  closeOutput,
  createOutput,
  discardOutput,
  writeAll,
  writePatiently,
  type IfThere,
} from '../../files/output-file.js';
import { printable } from '../../printable.js';
import { CaptureFileError } from './capture-file.js';
import { formatPcapHeader, formatPcapRecord, type CaptureTime } from './pcap-format.js';

export { CaptureFileError } from './capture-file.js';

/** Writes a file record by record. */
export class PcapWriter {
  readonly #path: string;
  readonly #file: number;
  readonly #way: Way;
  /** Bytes of whole records. */
  #length = 0;
  #isOpen = true;

  /**
   * Creates a file at `path`. It is a complete capture after each packet, so nothing is lost if the process dies.
   *
   * @throws CaptureFileError where that is not possible, for example because there is a file already.
   */
  static open(path: string, linkType: number, ifThere: IfThere = 'refuse'): PcapWriter {
    return creating(path, () => {
      const file = createOutput({ path, ifThere });
      const finish = (): void => {
        closeOutput(path, file);
      };
      const discard = (): void => {
        discardOutput(path, file);
      };
      return new PcapWriter(path, file, linkType, { write: writeAll, finish, discard, keepsPart: true });
    });
  }

  /** As {@link open}, but the file appears at `path` only when it is closed. @throws CaptureFileError */
  static whole(path: string, linkType: number, ifThere: IfThere): PcapWriter {
    return creating(path, () => {
      const file = new WholeFile({ path, ifThere });
      const finish = (): void => {
        file.commit();
      };
      const discard = (): void => {
        file.abandon();
      };
      return new PcapWriter(path, file.descriptor, linkType, {
        write: writePatiently,
        finish,
        discard,
        keepsPart: false,
      });
    });
  }

  private constructor(path: string, file: number, linkType: number, way: Way) {
    this.#path = path;
    this.#file = file;
    this.#way = way;
    this.#append(formatPcapHeader(linkType));
  }

  /**
   * Appends a packet. If that fails, the file is closed without it; if it held no packet yet, it is removed.
   *
   * @throws CaptureFileError where it cannot be written; RangeError where {@link formatPcapRecord} does.
   */
  write(time: CaptureTime, data: Uint8Array): void {
    this.#append(formatPcapRecord(time, data));
  }

  /** May be called twice. @throws CaptureFileError where the file cannot be put at its path, or is no longer there. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    creating(this.#path, this.#way.finish);
  }

  /** Instead of {@link close}: leaves nothing of the file. */
  abandon(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#way.discard();
  }

  #append(bytes: Buffer): void {
    // After the file is closed, its number may belong to another file.
    if (!this.#isOpen)
      throw new CaptureFileError(`Cannot write the capture ${printable(this.#path)}: it has been closed`);
    try {
      this.#way.write(this.#file, bytes);
      this.#length += bytes.length;
    } catch (error) {
      this.#dropHalfRecord();
      if (this.#length > 0 && this.#way.keepsPart) this.close();
      else this.abandon();
      throw unwritable(this.#path, error);
    }
  }

  #dropHalfRecord(): void {
    try {
      ftruncateSync(this.#file, this.#length);
    } catch {
      // A device or a pipe cannot be shortened. The failed write is reported anyway.
    }
  }
}

interface Way {
  readonly write: (file: number, bytes: Uint8Array) => void;
  readonly finish: () => void;
  readonly discard: () => void;
  /** Whether to keep the records that were written when one could not be. */
  readonly keepsPart: boolean;
}

/** An error of the system while `path` is being made, as our error. */
function creating<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw error instanceof CaptureFileError ? error : unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): CaptureFileError {
  return new CaptureFileError(`Cannot write the capture ${printable(path)}: ${describeFileError(error)}`);
}
