/**
 * The messages of the TLS handshake (RFC 8446, section 4): a type, a length of three bytes, a body. Several can stand
 * in one record, and one can go on in the next.
 */

export const MESSAGE = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  endOfEarlyData: 5,
  finished: 20,
  keyUpdate: 24,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map([
  [MESSAGE.helloRequest, 'HelloRequest'],
  [MESSAGE.clientHello, 'ClientHello'],
  [MESSAGE.serverHello, 'ServerHello'],
  [4, 'NewSessionTicket'],
  [MESSAGE.endOfEarlyData, 'EndOfEarlyData'],
  [8, 'EncryptedExtensions'],
  [11, 'Certificate'],
  [12, 'ServerKeyExchange'],
  [13, 'CertificateRequest'],
  [14, 'ServerHelloDone'],
  [15, 'CertificateVerify'],
  [16, 'ClientKeyExchange'],
  [MESSAGE.finished, 'Finished'],
  [22, 'CertificateStatus'],
  [MESSAGE.keyUpdate, 'KeyUpdate'],
  [25, 'CompressedCertificate'],
]);

export interface HandshakeMessage {
  readonly type: number;
  /** As RFC 8446 or 5246 calls it; of another one, its type as a number. */
  readonly name: string;
  readonly body: Buffer;
}

const HEADER_BYTES = 4;
/** A certificate chain of 100 kB is longer than any that is used. What claims more is no message. */
const MOST_BODY = 2 ** 17;

/** From the contents of records to messages; holds at most one that is not whole. */
export class HandshakeReader {
  #held: Buffer[] = [];
  #heldLength = 0;
  /** Of the message that is held: header and body; 0 while that is not known. */
  #needed = 0;
  #isLost = false;

  /**
   * The messages that `content` completes. What is held is copied, so that `content` is needed no longer than the call.
   * After a claim of an impossible length there are none: nobody knows where the next one begins.
   */
  take(content: Buffer): readonly HandshakeMessage[] {
    if (this.#isLost || content.length === 0) return [];
    this.#held.push(Buffer.from(content));
    this.#heldLength += content.length;
    if (this.#heldLength < Math.max(HEADER_BYTES, this.#needed)) return [];
    return this.#messagesIn(Buffer.concat(this.#held));
  }

  #messagesIn(bytes: Buffer): readonly HandshakeMessage[] {
    const messages: HandshakeMessage[] = [];
    let at = 0;
    this.#needed = 0;
    while (at + HEADER_BYTES <= bytes.length) {
      const length = bytes.readUIntBE(at + 1, 3);
      if (length > MOST_BODY) this.#isLost = true;
      const next = at + HEADER_BYTES + length;
      if (this.#isLost || next > bytes.length) {
        this.#needed = next - at;
        break;
      }
      const type = bytes[at] ?? 0;
      messages.push({
        type,
        name: messageName(type) ?? `message of type ${type}`,
        body: bytes.subarray(at + HEADER_BYTES, next),
      });
      at = next;
    }
    this.#held = this.#isLost || at === bytes.length ? [] : [bytes.subarray(at)];
    this.#heldLength = this.#held[0]?.length ?? 0;
    return messages;
  }
}

/** As RFC 8446 or 5246 calls it; undefined of another type. */
export function messageName(type: number): string | undefined {
  return NAMES.get(type);
}
