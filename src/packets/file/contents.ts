/** What a capture file holds besides packets: the interfaces that they were captured on, and comments. */
import type { PacketView } from '../headers/packet.js';

export interface CaptureInterface {
  /** LINKTYPE_ value. */
  readonly linkType: number;
  /** As the capturing system called it, if the file says so: `eth0`, `\Device\NPF_{…}`. */
  readonly name: string | null;
  readonly packets: number;
}

export interface CaptureComment {
  readonly on: 'section' | 'interface' | 'packet';
  /** Number of the packet, or null where the comment is on none. */
  readonly packet: number | null;
  readonly text: string;
}

export interface Contents {
  /** The first {@link MAX_LISTED_INTERFACES} of them, in the order of the file. */
  readonly interfaces: readonly CaptureInterface[];
  /** How many interfaces were not listed. */
  readonly otherInterfaces: number;
  /** The link types of those interfaces that have packets, in the order of their first. */
  readonly linkTypes: readonly { readonly linkType: number; readonly packets: number }[];
  /** The first {@link MAX_COMMENTS} of them, in the order of the file, each cut to {@link MAX_COMMENT_BYTES}. */
  readonly comments: readonly CaptureComment[];
  /** How many comments were not listed. */
  readonly otherComments: number;
  /** TLS key logs that the file holds (Decryption Secrets Block), up to {@link MAX_SECRET_BYTES} of them. */
  readonly tlsKeyLogs: readonly Buffer[];
}

const MAX_LISTED_INTERFACES = 256;
const MAX_COMMENTS = 1000;
const MAX_COMMENT_BYTES = 4096;
const MAX_SECRET_BYTES = 64 * 1024 * 1024;

/** An interface while its packets are being counted. */
export interface CountedInterface {
  readonly linkType: number;
  readonly name: string | null;
  packets: number;
}

/** Collects what a file says, up to the bounds above. */
export class ContentsNotes {
  readonly #interfaces: CountedInterface[] = [];
  #otherInterfaces = 0;
  /** By link type. */
  readonly #packets = new Map<number, number>();
  readonly #comments: CaptureComment[] = [];
  #otherComments = 0;
  readonly #tlsKeyLogs: Buffer[] = [];
  #secretBytes = 0;

  interface(one: CountedInterface): void {
    if (this.#interfaces.length < MAX_LISTED_INTERFACES) this.#interfaces.push(one);
    else this.#otherInterfaces += 1;
  }

  packet({ linkType }: PacketView, on: CountedInterface): void {
    on.packets += 1;
    this.#packets.set(linkType, (this.#packets.get(linkType) ?? 0) + 1);
  }

  comment(on: CaptureComment['on'], packet: number | null, bytes: Buffer): void {
    if (this.#comments.length < MAX_COMMENTS)
      this.#comments.push({ on, packet, text: bytes.toString('utf8', 0, MAX_COMMENT_BYTES) });
    else this.#otherComments += 1;
  }

  /** `text` is copied. */
  tlsKeyLog(text: Buffer): void {
    this.#secretBytes += text.length;
    if (text.length > 0 && this.#secretBytes <= MAX_SECRET_BYTES) this.#tlsKeyLogs.push(Buffer.from(text));
  }

  /** What has been collected so far. */
  contents(): Contents {
    return {
      interfaces: this.#interfaces.map(({ linkType, name, packets }) => ({ linkType, name, packets })),
      otherInterfaces: this.#otherInterfaces,
      linkTypes: [...this.#packets].map(([linkType, packets]) => ({ linkType, packets })),
      comments: this.#comments,
      otherComments: this.#otherComments,
      tlsKeyLogs: this.#tlsKeyLogs,
    };
  }
}
