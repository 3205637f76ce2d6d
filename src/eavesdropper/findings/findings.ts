/**
 * What the listener found in a capture, as data. Everything here was read from the file alone.
 *
 * Times are seconds since the Unix epoch (Wireshark's `frame.time_epoch`); frame numbers are Wireshark's `frame.number`
 * and conversation numbers its `tcp.stream`; offsets are bytes from the start of one direction of a conversation, as
 * Wireshark's Follow TCP Stream counts them.
 */

import type { Shape } from '../disguises/disguises.js';
import type { FragmentReport } from '../../packets/headers/fragments.js';
import type { ProtocolFindings } from '../content/protocols.js';
import type { ReadabilityFindings } from '../content/readability.js';
import type { LineMode, SealedMode } from '../../protocol/modes.js';
import type { Side } from '../../protocol/side.js';

export type { ProtocolFindings } from '../content/protocols.js';
export type { EntropyFindings } from '../content/entropy.js';
export type { ReadabilityFindings } from '../content/readability.js';

export interface Address {
  readonly address: string;
  readonly port: number;
}

/** Where in the capture something stands. `frame` carried its first byte, `lastFrame` its last. */
export interface Place {
  readonly conversation: number;
  readonly side: Side;
  readonly offset: number;
  readonly frame: number;
  readonly lastFrame: number;
  readonly time: number;
}

/** Why reading stopped before the end of the file: what came before is reported all the same. */
export interface Damage {
  /** One line, for people. */
  readonly message: string;
  /** The number that the packet would have had. */
  readonly packet: number;
  /** Bytes from the start of the file. */
  readonly offset: number;
}

export interface CaptureFindings {
  readonly file: string;
  /** How packets begin: of the first packet, where they differ. */
  readonly linkType: LinkType;
  readonly packets: number;
  readonly damage: Damage | null;
  /** Packets that belong to no TCP conversation, by kind: `UDP`, `ARP`, `snapped`, … */
  readonly otherPackets: Readonly<Record<string, number>>;
  readonly conversations: readonly ConversationFindings[];
  /** What more the file says of itself. */
  readonly contents: ContentsFindings;
  readonly leftOut: LeftOut;
}

export interface LinkType {
  readonly number: number;
  readonly name: string;
}

export interface ContentsFindings {
  readonly format: 'pcap' | 'pcapng' | 'snoop';
  readonly compressed: boolean;
  /** TCP conversations in it, whether or not they are asked for or listed. */
  readonly conversations: number;
  readonly linkTypes: readonly (LinkType & { readonly packets: number })[];
  /** What people noted in the file, and how many notes there are past those that are listed. */
  readonly comments: readonly {
    readonly on: 'section' | 'interface' | 'packet';
    readonly packet: number | null;
    readonly text: string;
  }[];
  readonly unlistedComments: number;
  /**
   * Packets that are older than one before them, by over a millisecond: what is in order of time has none, and no such
   * field.
   */
  readonly outOfOrder?: number;
  /**
   * How many conversations have a number, as in Wireshark, but no packet: only a header was captured, which an ICMP
   * error quotes or which is damaged. `conversations` does not count them. Absent if there are none.
   */
  readonly onlyHeaders?: number;
  /** What became of the IP packets that came in fragments, whatever they carried. Absent where none did. */
  readonly fragments?: FragmentReport;
}

/** What the listener's bounds on memory kept it from telling: all zero for most captures. */
export interface LeftOut {
  /** Conversations past those that are listed. */
  readonly conversations: number;
  /** Packets and bytes that came for a conversation which had been let go: they are in no stream. */
  readonly latePackets: number;
  readonly lateBytes: number;
  /** Pairs of addresses and ports that were forgotten: numbers may differ from Wireshark's from then on. */
  readonly forgottenPairs: number;
}

export interface ConversationFindings {
  readonly number: number;
  readonly client: Address;
  readonly server: Address;
  readonly frames: number;
  readonly started: number;
  readonly ended: number;
  readonly streams: Readonly<Record<Side, StreamFindings>>;
  /** `plaintext`: lines of text both ways; `encrypted`: it opens with servchat's HELLO; `unknown`: anything else. */
  readonly mode: LineMode | 'unknown';
  readonly handshake: HandshakeFindings | null;
  readonly messages: readonly SeenMessage[];
  /** How many messages there are past the first 100,000, which alone are listed. Absent where all are. */
  readonly unlistedMessages?: number;
  /** What a key log said about this conversation, where one was given. */
  readonly opening: Opening | null;
  /** `closed`: by FIN of both sides; `reset`: by RST; `unseen`: the capture does not hold its end. */
  readonly ending: 'closed' | 'reset' | 'unseen';
  /** A protocol that is known by how it begins; null for all others, servchat's among them. */
  readonly protocol: ProtocolFindings | null;
  /** Bytes of both sides that messages were not looked for in: those past what is kept of a long conversation. */
  readonly unreadBytes: number;
}

export interface StreamFindings {
  readonly bytes: number;
  /** 64 hex digits over all bytes; null where it was not asked for. */
  readonly sha256: string | null;
  /** Bytes that the sequence numbers announce and the capture does not hold. */
  readonly missing: number;
  /** Retransmitted segments whose bytes differ from those seen first. */
  readonly conflicts: number;
  /** Bytes that came again so late that what they repeat was held no more, and could not be compared. */
  readonly uncompared: number;
  readonly readability: ReadabilityFindings;
}

/** What crosses in clear before the first token. A part is null while the capture does not hold it. */
export interface HandshakeFindings {
  readonly hello: { readonly place: Place; readonly integrity: string } | null;
  readonly publicKey: {
    readonly place: Place;
    /** null where the bytes are no RSA key. */
    readonly bits: number | null;
    /** SHA-256 of the SPKI DER, 64 hex digits. */
    readonly fingerprint: string;
    /** The SPKI DER in base64, as it stands on the wire. */
    readonly spki?: string;
  } | null;
  readonly sessionKey: {
    readonly place: Place;
    readonly envelopeBytes: number;
    /** The RSA-OAEP ciphertext in base64, as it stands on the wire. */
    readonly envelope?: string;
  } | null;
  /** ERROR frames, each code as it stands on the wire. */
  readonly errors: readonly { readonly place: Place; readonly code: string }[];
}

export type SeenMessage = ReadableMessage | SealedMessage;

export interface ReadableMessage {
  readonly kind: 'readable';
  /** Counted from 1 over both directions, in the order of the capture. */
  readonly number: number;
  readonly place: Place;
  readonly text: string;
}

export interface SealedMessage {
  readonly kind: 'sealed';
  readonly number: number;
  readonly place: Place;
  readonly token: {
    /** The token as it stands on the wire: base64url with padding. */
    readonly text: string;
    /** Characters of base64url, as they stand on the wire. */
    readonly characters: number;
    /** The token's own clock, in clear: seconds since the Unix epoch. */
    readonly created: number;
    readonly ciphertextBytes: number;
    /** The lengths that the text can have, in bytes of UTF-8: PKCS#7 padding hides no more than this. */
    readonly textBytes: { readonly least: number; readonly most: number };
  };
  /** The check as it stands on the wire: 64 hex digits. */
  readonly check: string;
  /** With the session's key from a key log: what the token held, or why it was refused. null without a key. */
  readonly opened: OpenedMessage | null;
}

/** A sealed record of TLS that holds one line of a chat. */
export interface TlsMessage {
  readonly place: Place;
  /** The length of the text without its LF: TLS does not pad unless it is asked to. */
  readonly textBytes: number;
}

export type OpenedMessage =
  | { readonly ok: true; readonly text: string; readonly check: 'verified' }
  | { readonly ok: false; readonly why: string };

/** `keyFound: false`: the key log has no line for this conversation's public key. */
export interface Opening {
  readonly keyFound: boolean;
  readonly verified: number;
  readonly refused: number;
}

export interface Hit {
  readonly place: Place;
  readonly shape: Shape;
  /**
   * `text`: somebody's words, where a message can stand. `protocol word`: in what the protocol itself needs (a word of
   * servchat's own, a key, the handshake of TLS, the header of a record), where no message ever stands.
   * `chance`: inside noise (a token, a long run of base64 or hex that decodes to no text, opaque bytes), and short
   * enough to turn up there by accident. `search.ts` says from where on.
   * Only `text` makes a message readable; the other two are told, since a learner who searches will meet them.
   */
  readonly meaning: 'text' | 'protocol word' | 'chance';
  /** What it stands in, where that is no message: `the TLS handshake (ClientHello: ALPN)`. Absent for `text`. */
  readonly within?: string;
}

/** The outcome of one search. */
export type Verdict =
  | { readonly readable: true; readonly hit: Hit; readonly others: readonly Hit[] }
  | { readonly readable: false; readonly control: Control; readonly others: readonly Hit[] };

/**
 * Whether the same search, on the plaintext twin, finds the message: without it "not found" proves nothing.
 * `isOtherConversation`: the two captures hold different conversations.
 */
export type Control =
  | { readonly proves: true; readonly hit: Hit }
  | { readonly proves: false; readonly why: string; readonly isOtherConversation?: true };

/**
 * Whether two captures can hold the same chat. `texts`: a key has opened all of it, and the texts are the same.
 * `lengths`: nothing that can be known without a key speaks against it, neither the number of messages nor who sent
 * them nor their lengths.
 */
export type Agreement =
  | {
      readonly agrees: true;
      readonly by: 'texts' | 'lengths';
      /** How many messages both hold; false where one of the captures ends before the chat does. */
      readonly messages: number;
      readonly isWhole: boolean;
    }
  | { readonly agrees: false; readonly why: string };

/** Captures of the same conversation, message by message. */
export interface Comparison {
  readonly plaintext: CaptureFindings;
  /** null where plaintext is compared with TLS alone. */
  readonly encrypted: CaptureFindings | null;
  /** The same conversation in tls mode. Absent where it is not compared. */
  readonly tls?: CaptureFindings;
  /** Which conversation of each capture it is. */
  readonly conversations: { readonly plaintext: number } & Readonly<Record<SealedMode, number | null>>;
  /**
   * Of each with the plaintext one; null where it is not compared. Where they do not agree, no verdict is given that
   * needs it.
   */
  readonly agreement: Readonly<Record<SealedMode, Agreement | null>>;
  readonly messages: readonly ComparedMessage[];
  /**
   * What to know about the comparison, a line each, with names from the files in them. Absent where there is nothing.
   */
  readonly notes?: readonly string[];
}

export interface ComparedMessage {
  readonly number: number;
  readonly side: Side;
  readonly text: string;
  readonly plaintext: Verdict;
  /** null where no encrypted capture is compared. */
  readonly encrypted: Verdict | null;
  /** The sealed message at the same turn of the same side, where the encrypted capture has one. */
  readonly sealed: SealedMessage | null;
  /** What the tls capture gives away of it, and the record at the same turn of the same side. */
  readonly tls?: { readonly verdict: Verdict; readonly record: TlsMessage | null };
}

/** A comparison that has an encrypted capture in it. */
export interface EncryptedComparison extends Comparison {
  readonly encrypted: CaptureFindings;
  readonly messages: readonly (ComparedMessage & { readonly encrypted: Verdict })[];
}
