/** What can be wrong with a capture file, for the person who gave it. */

/** A capture file cannot be read or written: one line for the person, which says what to do. */
export class CaptureFileError extends Error {
  override readonly name = 'CaptureFileError';
}

/** Where a file cannot be read any further. */
export interface Damage {
  /** One line, without a full stop. */
  readonly message: string;
  /** Number of the first packet that could not be read. */
  readonly packet: number;
  /** Bytes from the beginning of the file, unpacked if it was compressed, to that packet's record. */
  readonly offset: number;
}

/** The damage at packet `packet`, whose record begins at byte `offset`. `what` continues the sentence. */
export function damageAt(packet: number, offset: number, what: string): Damage {
  return { message: `Packet ${packet}, at byte ${offset} of the file, ${what}`, packet, offset };
}
