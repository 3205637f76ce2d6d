/**
 * Datagrams of UDP. The listener does not follow them, and searches nothing in them. But a chat can run over UDP too,
 * so it says how many of them anyone could read.
 */
import { Readability } from './content/readability.js';
import { isText } from './disguises/text-bytes.js';
import { uint16 } from '../bytes/integers.js';
import type { DatagramFindings } from './findings/findings.js';

const HEADER_BYTES = 8;
const LENGTH_AT = 4;
/** A shorter one says nothing: some programs send a byte to show that they are there. */
const LEAST_BYTES = 2;
/** More are counted, but not looked at. */
const MOST_LOOKED_AT = 20_000;
/** Of each: enough to tell a text from what only looks like it. */
const MOST_BYTES = 2048;
const SHOWN_CHARACTERS = 160;

export class Datagrams {
  #readable = 0;
  #lookedAt = 0;
  #unlooked = 0;
  #first: DatagramFindings['first'] | null = null;

  /** Takes the datagram whose header begins at `start`, as far as it was captured. */
  take(data: Buffer, start: number, end: number, frame: number): void {
    if (end - start < HEADER_BYTES + LEAST_BYTES) return;
    if (this.#lookedAt >= MOST_LOOKED_AT) {
      this.#unlooked += 1;
      return;
    }
    this.#lookedAt += 1;
    const from = start + HEADER_BYTES;
    const to = Math.min(end, start + Math.max(HEADER_BYTES, uint16(data, start + LENGTH_AT)), from + MOST_BYTES);
    const payload = data.subarray(from, to);
    if (payload.length < LEAST_BYTES || !isText(payload, payload.length) || !isReadable(payload)) return;
    this.#readable += 1;
    this.#first ??= { frame, text: payload.toString('utf8').slice(0, SHOWN_CHARACTERS) };
  }

  /** null if none can be read. */
  findings(): DatagramFindings | null {
    if (this.#first === null) return null;
    const unlooked = this.#unlooked === 0 ? {} : { unlooked: this.#unlooked };
    return { readable: this.#readable, first: this.#first, ...unlooked };
  }
}

/** Base64 of ciphertext is text too, and nobody can read it. */
function isReadable(payload: Buffer): boolean {
  const readability = new Readability();
  readability.take(payload, 0, payload.length, true);
  const { text, disguised } = readability.findings();
  return 2 * Object.values(disguised).reduce((sum, bytes) => sum + bytes, text) > payload.length;
}
