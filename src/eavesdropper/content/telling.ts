/** What a framing tells of a stream: how its messages are marked, and what the one at hand says. */
import type { InnerText } from './inner-text.js';

/** What of one message is kept for {@link OnMessage}, in bytes. */
const MOST_SAID = 65_536;

export class Telling {
  /** Bytes that only mark messages. */
  framingBytes = 0;
  /** How messages are marked; null as long as nothing marks them. */
  marks: string | null = null;
  readonly controls = new Map<string, number>();
  /** What came out of a packed body so far, and whether its last part could be read. */
  inner: InnerText | null = null;
  wasReadable = false;
  /** Whether what is told goes on with what was told before. */
  isNext = false;
  /** Framings in messages of framings. */
  nested = 0;
  /** Whether what is counted was said already, or is no part of the message. */
  isSaid = false;
  isAside = false;
  #said: Buffer[] = [];
  #saidBytes = 0;

  get hasSaid(): boolean {
    return this.#saidBytes > 0;
  }

  /** The message at hand says this. */
  say(text: Buffer): void {
    if (this.isSaid || this.isAside || this.#saidBytes >= MOST_SAID) return;
    this.#said.push(Buffer.from(text.subarray(0, MOST_SAID - this.#saidBytes)));
    this.#saidBytes += text.length;
  }

  /** What the message said that ends here. */
  endOfMessage(): Buffer {
    if (this.#said.length === 0) return NOTHING;
    const said = Buffer.concat(this.#said);
    this.#said = [];
    this.#saidBytes = 0;
    return said;
  }
}

const NOTHING = Buffer.alloc(0);
