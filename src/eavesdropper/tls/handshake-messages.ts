/**
 * The messages of the TLS handshake (RFC 8446, section 4): a type, a length of three bytes, a body. One record can
 * contain several, and a message can continue in the next record.
 */

export const MESSAGE = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  endOfEarlyData: 5,
  encryptedExtensions: 8,
  finished: 20,
  keyUpdate: 24,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map([
  [MESSAGE.helloRequest, 'HelloRequest'],
  [MESSAGE.clientHello, 'ClientHello'],
  [MESSAGE.serverHello, 'ServerHello'],
  [4, 'NewSessionTicket'],
  [MESSAGE.endOfEarlyData, 'EndOfEarlyData'],
  [MESSAGE.encryptedExtensions, 'EncryptedExtensions'],
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
  /** Its name in RFC 8446 or 5246. For an unknown message, the number of its type. */
  readonly name: string;
  readonly body: Buffer;
}

const HEADER_BYTES = 4;
/** No real certificate chain is longer than 100 kB. A length above this is not a message's. */
const MOST_BODY = 2 ** 17;

/** Finds the messages in the contents of records. It holds at most one unfinished message. */
export class HandshakeReader {
  #held: Buffer[] = [];
  #heldLength = 0;
  /** The length of the unfinished message, header and body. 0 if it is not known yet. */
  #needed = 0;
  #isLost = false;

  /**
   * Returns the messages that `content` completes. It copies what it holds, so `content` must be valid only during the
   * call. After an impossible length it returns none, because nobody knows where the next message starts.
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

/** Its name in RFC 8446 or 5246. undefined for an unknown type. */
export function messageName(type: number): string | undefined {
  return NAMES.get(type);
}
