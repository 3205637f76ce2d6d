/**
 * What the listener found in a capture, as data. All of it comes from the file alone.
 *
 * Times are seconds since the Unix epoch (Wireshark's `frame.time_epoch`). Frame numbers are Wireshark's
 * `frame.number`, conversation numbers its `tcp.stream`. Offsets are bytes from the start of one direction of a
 * conversation, as Wireshark's Follow TCP Stream counts them.
 */

import type { Disguises, Shape } from '../disguises/disguises.js';
import type { FragmentReport } from '../../packets/headers/fragments.js';
import type { ClientHelloFields, ServerHelloFields } from '../tls/hello-fields.js';
import type { ContentName } from '../tls/content-types.js';
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

/** A place in the capture. `frame` carried its first byte, `lastFrame` its last. */
export interface Place {
  readonly conversation: number;
  /** Absent for TCP. A conversation over UDP has the number of its place in {@link CaptureFindings.udp}. */
  readonly transport?: 'UDP';
  readonly side: Side;
  readonly offset: number;
  readonly frame: number;
  readonly lastFrame: number;
  readonly time: number;
}

/** Why reading stopped before the end of the file. Everything before that is still reported. */
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
  /** How packets begin. If they differ: how the first packet begins. */
  readonly linkType: LinkType;
  readonly packets: number;
  readonly damage: Damage | null;
  /** Packets that belong to no TCP conversation, by kind: `UDP`, `DNS`, `QUIC`, `ARP`, `snapped`, … */
  readonly otherPackets: Readonly<Record<string, number>>;
  readonly conversations: readonly ConversationFindings[];
  /** What went between two ends in datagrams of UDP, but for protocols that are no chat. Absent if there is nothing. */
  readonly udp?: readonly UdpConversation[];
  /** What else the file says about itself. */
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
  /** The number of TCP conversations in the file, including those that are not listed or not asked for. */
  readonly conversations: number;
  readonly linkTypes: readonly (LinkType & { readonly packets: number })[];
  /** Comments that people wrote into the file, and how many more there are than those listed. */
  readonly comments: readonly {
    readonly on: 'section' | 'interface' | 'packet';
    readonly packet: number | null;
    readonly text: string;
  }[];
  readonly unlistedComments: number;
  /**
   * Packets that are older than one before them by more than a millisecond. Absent if all packets are in order of time.
   */
  readonly outOfOrder?: number;
  /**
   * How many conversations have a number, as in Wireshark, but no packet: only a header was captured, which an ICMP
   * error quotes or which is damaged. `conversations` does not count them. Absent if there are none.
   */
  readonly onlyHeaders?: number;
  /**
   * How many lines the TLS key log has that is inside the file. The listener does not use them, but anyone who has the
   * file can. Absent if there is none.
   */
  readonly tlsSecrets?: number;
  /** Datagrams of UDP that hold text that anyone can read. Absent if there are none. */
  readonly datagrams?: DatagramFindings;
  /** What happened to IP packets that came in fragments, whatever they carried. Absent if there were none. */
  readonly fragments?: FragmentReport;
}

/** What went between two ends in datagrams of UDP, each of which is a message. */
export interface UdpConversation {
  /** Who sent first. */
  readonly client: Address;
  readonly server: Address;
  readonly datagrams: number;
  readonly bytes: number;
  /** The bytes of the datagrams that anyone can read. */
  readonly readable: number;
  /** Those that anyone can read, in the order of the capture. */
  readonly messages: readonly ReadableMessage[];
  /** How many more can be read and are not listed. Absent if all are. */
  readonly unlistedMessages?: number;
  /** The disguise of its messages, where they show it together. */
  readonly disguise?: Disguises;
}

/** What anyone can read in datagrams of UDP. */
export interface DatagramFindings {
  /** How many of them are text, as it stands or in a disguise, from their first byte to their last. */
  readonly readable: number;
  readonly first: { readonly frame: number; readonly text: string };
  /** How many were not looked at, because there are so many. Absent if all were. */
  readonly unlooked?: number;
}

/** What the listener could not report because its memory is limited. All zero for most captures. */
export interface LeftOut {
  /** How many conversations are not listed. */
  readonly conversations: number;
  /** Packets and bytes for a conversation that was already dropped from memory. They are in no stream. */
  readonly latePackets: number;
  readonly lateBytes: number;
  /** Pairs of addresses and ports that were forgotten: numbers may differ from Wireshark's from then on. */
  readonly forgottenPairs: number;
}

/** `too long`: it has more than 256 KiB. `too much work`: the keys and messages of the whole capture are too many. */
export type KeysUnsought = 'too long' | 'too much work';

export interface ConversationFindings {
  readonly number: number;
  readonly client: Address;
  readonly server: Address;
  /**
   * Present if the client is a guess: the start was not captured, the content does not show it, and so the side with
   * the higher port counts as the client.
   */
  readonly guessedSides?: true;
  readonly frames: number;
  readonly started: number;
  readonly ended: number;
  readonly streams: Readonly<Record<Side, StreamFindings>>;
  /**
   * `plaintext`: messages that anyone can read, as they stand or in a disguise such as base64; `encrypted`: it begins
   * with servchat's HELLO; `unknown`: anything else, toy ciphers included.
   */
  readonly mode: LineMode | 'unknown';
  readonly handshake: HandshakeFindings | null;
  readonly messages: readonly SeenMessage[];
  /**
   * How many messages are not listed: the list ends at 100,000, or earlier if memory is short. Absent if all are
   * listed.
   */
  readonly unlistedMessages?: number;
  /**
   * The sides that send no line ends, and whose messages nothing else marks. Each message is a piece that was sent at
   * once, which is a guess. Absent if there is no such side.
   */
  readonly guessedBorders?: readonly Side[];
  /** The disguise of its messages, where they show it only together. Each says in `as` whether it is in it. */
  readonly disguise?: Disguises;
  /** What a key log revealed about this conversation. Absent without a key log. */
  readonly opening: Opening | null;
  /** `closed`: by FIN of both sides; `reset`: by RST; `unseen`: the capture does not contain the end. */
  readonly ending: 'closed' | 'reset' | 'unseen';
  /** A protocol recognised by its first bytes; null for all others, including servchat's own. */
  readonly protocol: ProtocolFindings | null;
  /** The TLS part, from the start or after some lines: the hellos, and each record. Absent if it does not use TLS. */
  readonly tls?: TlsFindings;
  /** Absent unless the conversation starts unencrypted and changes to TLS. */
  readonly tlsFrom?: TlsFrom;
  /** Keys that crossed the wire where anybody can read them, in order. Absent where none was noticed. */
  readonly wireKeys?: readonly WireKey[];
  /**
   * Why keys were not looked for in all of the conversation, so that an absent {@link wireKeys} does not mean that none
   * crossed. Absent if they were, or nobody asked, or a known protocol seals all of it.
   */
  readonly wireKeysUnsought?: KeysUnsought;
  /** Absent unless the cipher gives equal bytes for equal plaintexts, and that shows. */
  readonly sameBytes?: SameBytes;
  /**
   * Bytes of both sides that were not searched for messages, because a long conversation is only kept up to a limit.
   */
  readonly unreadBytes: number;
}

/** How a cipher shows what is said twice. `chat/same-bytes.ts` says when that is certain. */
export interface SameBytes {
  /** `blocks`: as in ECB mode; `beginnings`: a fixed IV, or ECB; `keystream`: the same one for each message. */
  readonly kind: 'blocks' | 'beginnings' | 'keystream';
  /** The size of a block in bytes. Absent for a keystream. */
  readonly blockBytes?: number;
  /** How many blocks are equal to an earlier one; of a keystream, how many more messages use it. */
  readonly again: number;
  /** Of two messages that show it. */
  readonly places: readonly [Place, Place];
}

/**
 * A key that crossed the wire where anybody can read it. A key is told only with the texts that it opens, which prove
 * it; a private key also where it opens nothing.
 */
export interface WireKey {
  /** Of the key. */
  readonly place: Place;
  /** `Fernet key`, `AES-256 key`, `RSA private key, 2048 bits` */
  readonly what: string;
  /** How it is written there. */
  readonly written:
    'bytes' | 'hex' | 'base64' | 'text' | 'SHA-256 of a word' | 'MD5 of a word' | 'PEM' | 'DER' | 'DER in base64';
  /** The place of the private key that unlocks it. Absent where it crossed as it is. */
  readonly sealedWith?: Place;
  /** How it was used: `AES-128-CBC, the IV before each message`. null where nothing is known that it opens. */
  readonly cipher: string | null;
  /** How many messages of the conversation it opens. */
  readonly opened: number;
  /** What they say, in order; the first 1,000 at most. */
  readonly texts: readonly { readonly place: Place; readonly text: string }[];
}

export interface StreamFindings {
  readonly bytes: number;
  /** 64 hex digits, over all bytes; null if nobody asked for it. */
  readonly sha256: string | null;
  /** Bytes that the sequence numbers announce but the capture does not contain. */
  readonly missing: number;
  /** Retransmitted segments whose bytes differ from those seen first. */
  readonly conflicts: number;
  /** Bytes that were repeated so late that the first copy was no longer held and could not be compared. */
  readonly uncompared: number;
  readonly readability: ReadabilityFindings;
}

/** What is sent unencrypted before the first token. A part is null if the capture does not contain it. */
export interface HandshakeFindings {
  readonly hello: { readonly place: Place; readonly integrity: string } | null;
  readonly publicKey: {
    readonly place: Place;
    /** null if the bytes are not an RSA key. */
    readonly bits: number | null;
    /** SHA-256 of the SPKI DER, 64 hex digits. */
    readonly fingerprint: string;
    /** The SPKI DER in base64, as on the wire. */
    readonly spki?: string;
  } | null;
  readonly sessionKey: {
    readonly place: Place;
    readonly envelopeBytes: number;
    /** The RSA-OAEP ciphertext in base64, as on the wire. */
    readonly envelope?: string;
  } | null;
  /** ERROR frames, with each code as on the wire. */
  readonly errors: readonly { readonly place: Place; readonly code: string }[];
}

export type SeenMessage = ReadableMessage | SealedMessage;

export interface ReadableMessage {
  readonly kind: 'readable';
  /** Counted from 1 over both directions, in the order of the capture. */
  readonly number: number;
  readonly place: Place;
  readonly text: string;
  /** The disguise out of which the text came, where the messages of the chat show it together. Absent otherwise. */
  readonly as?: Disguises;
  /** How many blanks behind the text fill it up to a size. They are not in `text`. Absent if there are few or none. */
  readonly padding?: number;
}

export interface SealedMessage {
  readonly kind: 'sealed';
  readonly number: number;
  readonly place: Place;
  readonly token: {
    /** The token as on the wire: base64url with padding. */
    readonly text: string;
    /** The token's length on the wire, in characters. */
    readonly characters: number;
    /** The time in the token, which is unencrypted: seconds since the Unix epoch. */
    readonly created: number;
    readonly ciphertextBytes: number;
    /** The lengths that the text can have, in bytes of UTF-8. PKCS#7 padding hides no more than this. */
    readonly textBytes: { readonly least: number; readonly most: number };
  };
  /** The check as on the wire: 64 hex digits. */
  readonly check: string;
  /** What the session key from a key log reveals: the text of the token, or why it was refused. null without a key. */
  readonly opened: OpenedMessage | null;
}

/** An encrypted TLS record that contains one line of a chat. */
export interface TlsMessage {
  readonly place: Place;
  /** The length of the text in bytes, without its LF. TLS adds no padding unless it is told to. */
  readonly textBytes: number;
  /** The line as a key log opens it, or why the key log does not. null without a key log. */
  readonly opened: { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string } | null;
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

/**
 * Where a conversation that starts unencrypted changes to TLS, as after STARTTLS or CONNECT: the frame of the client's
 * hello, which the server answers with its hello. After that it is encrypted.
 */
export interface TlsFrom {
  readonly frame: number;
  readonly version: string | null;
}

/** A TLS conversation, as anyone can read it; and what a key log decrypts, if one was given. */
export interface TlsFindings {
  /** null if the capture does not contain it. */
  readonly clientHello: (ClientHelloFields & { readonly place: Place }) | null;
  readonly serverHello: (ServerHelloFields & { readonly place: Place }) | null;
  /** Whether the server first asked the client for a second hello (HelloRetryRequest). */
  readonly retry: boolean;
  /** In the order of the capture; at most 100,000. */
  readonly records: readonly TlsRecordFindings[];
  /** Bytes after the last listed record: there are missing bytes before them, or they are not TLS. */
  readonly unread: Readonly<Record<Side, number>>;
  readonly opening: TlsOpening | null;
}

export interface TlsRecordFindings {
  readonly place: Place;
  /** The type in its header. An encrypted record of TLS 1.3 always says `application data`. */
  readonly type: ContentName;
  /** The length of what follows its header, in bytes. */
  readonly bytes: number;
  /** Whether the capture contains all of it. */
  readonly isWhole: boolean;
  readonly sealed: boolean;
  /** The handshake messages that end in it, or what an alert says, if it is not encrypted. */
  readonly messages: readonly string[];
  /** null without a key log, or if the key log decrypts nothing of this conversation. */
  readonly opened: OpenedRecord | null;
}

export type OpenedRecord =
  | {
      readonly ok: true;
      readonly type: ContentName;
      /** The length of the content. Zeros that hide it are not counted here: `padding` gives their number. */
      readonly bytes: number;
      readonly padding: number;
      readonly messages: readonly string[];
      /** Whether the client sent it before the server answered (0-RTT): an attacker can send it again. */
      readonly earlyData?: true;
      /** Present if the server did not take it (RFC 8446, section 4.2.10): its answer says so. */
      readonly earlyDataRefused?: true;
      /** For application data: the text if it is UTF-8, otherwise its bytes. */
      readonly text?: string;
      readonly base64?: string;
    }
  | { readonly ok: false; readonly why: string };

/** `keyFound`: whether the key log has a line for this client random. `why`: the reason why it decrypts nothing. */
export interface TlsOpening {
  readonly keyFound: boolean;
  readonly opened: number;
  readonly refused: number;
  readonly why: string | null;
}

/** The most hits that are reported for one shape and one meaning: an `e` is nearly everywhere. */
export const MAX_HITS = 16;

export interface Hit {
  readonly place: Place;
  readonly shape: Shape;
  /**
   * `text`: a message that someone typed, at a place where a message can be. `protocol word`: inside something that the
   * protocol itself needs, where a message never is: one of servchat's own words, a key, the TLS handshake, the header
   * of a record. `chance`: inside noise (a token, a long run of base64 or hex whose content is not text, opaque bytes),
   * and short enough to be there by accident; `search.ts` says how short.
   *
   * Only `text` makes a message readable. The other two are reported because a learner who searches will meet them.
   */
  readonly meaning: 'text' | 'protocol word' | 'chance';
  /** What contains the hit, if that is not a message: `the TLS handshake (ClientHello: ALPN)`. Absent for `text`. */
  readonly within?: string;
}

/** The result of one search. */
export type Verdict =
  | { readonly readable: true; readonly hit: Hit; readonly others: readonly Hit[] }
  | { readonly readable: false; readonly control: Control; readonly others: readonly Hit[] };

/**
 * Whether the same search finds the message in the plaintext capture of the same chat. Without this, "not found" proves
 * nothing. `isOtherConversation`: the two captures contain different conversations.
 */
export type Control =
  | { readonly proves: true; readonly hit: Hit }
  | { readonly proves: false; readonly why: string; readonly isOtherConversation?: true };

/**
 * Whether two captures can contain the same chat. `texts`: a key decrypted all of it, and the texts are the same.
 * `lengths`: without a key, nothing contradicts it: the number of messages, their senders and their lengths all agree.
 */
export type Agreement =
  | {
      readonly agrees: true;
      readonly by: 'texts' | 'lengths';
      /** How many messages are in both. */
      readonly messages: number;
      /** Whether both have the same number of messages. false: one of the captures ends before the chat does. */
      readonly isWhole: boolean;
    }
  | { readonly agrees: false; readonly why: string };

/** Captures of the same conversation, message by message. */
export interface Comparison {
  readonly plaintext: CaptureFindings;
  /** null if plaintext is compared with TLS only. */
  readonly encrypted: CaptureFindings | null;
  /** The same conversation in tls mode. Absent if it is not compared. */
  readonly tls?: CaptureFindings;
  /** The number of the compared conversation in each capture. */
  readonly conversations: { readonly plaintext: number } & Readonly<Record<SealedMode, number | null>>;
  /**
   * Whether each one agrees with the plaintext capture; null if it is not compared. If they disagree, no verdict is
   * given that depends on agreement.
   */
  readonly agreement: Readonly<Record<SealedMode, Agreement | null>>;
  readonly messages: readonly ComparedMessage[];
  /** Remarks about the comparison, one line each, with unescaped names of files. Absent if there are none. */
  readonly notes?: readonly string[];
}

export interface ComparedMessage {
  readonly number: number;
  readonly side: Side;
  readonly text: string;
  readonly plaintext: Verdict;
  /** null if no encrypted capture is compared. */
  readonly encrypted: Verdict | null;
  /** The sealed message at the same turn of the same side, if the encrypted capture has one. */
  readonly sealed: SealedMessage | null;
  /** What the tls capture reveals about it, and the record at the same turn of the same side. */
  readonly tls?: { readonly verdict: Verdict; readonly record: TlsMessage | null };
}

/** A comparison that includes an encrypted capture. */
export interface EncryptedComparison extends Comparison {
  readonly encrypted: CaptureFindings;
  readonly messages: readonly (ComparedMessage & { readonly encrypted: Verdict })[];
}
