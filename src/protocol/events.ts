/**
 * What happens at one end of a chat, as data. Reasons are codes. Only the field `detail` is a sentence.
 *
 * The session and the endpoints report what happened as these events. `endpoints/sentences.ts` turns them into
 * sentences for a person. `event-lines.ts` in this folder turns them into lines of JSON for a program.
 * `../lesson/README.md` lists the fields.
 */
import type { Integrity } from './integrity.js';
import type { Mode } from './modes.js';
import type { Side } from './side.js';

export interface Fingerprint {
  readonly of: Side;
  /** 64 hex digits: the fingerprint of the client's public key or of the server's certificate. */
  readonly sha256: string;
  /** Whether this side refuses every other key. */
  readonly insisted: boolean;
  /** Whether this side keeps the private key for other chats. */
  readonly kept: boolean;
}

export interface Address {
  /** An IP address, or the host name that the person typed. */
  readonly address: string;
  readonly port: number;
}

/** @typeParam Text how a message is stored: the bytes as received, or the text in a line of JSON. */
export type ChatEvent<Text = string> =
  /**
   * The server waits for clients. `certificate` is its fingerprint, 64 hex digits; null in the other modes than tls.
   */
  | ({ readonly type: 'listening'; readonly mode: Mode; readonly certificate: string | null } & Address)
  /** The chat has begun. Address and port are those of the other side. `integrity` is null except in encrypted mode. */
  | ({ readonly type: 'connected'; readonly mode: Mode; readonly integrity: Integrity | null } & Address)
  | ({ readonly type: 'fingerprint' } & Fingerprint)
  /**
   * Only with --expect-fingerprint: the client's first message has arrived, which proves that the client has the
   * private key.
   */
  | { readonly type: 'proved' }
  /** A message from the other person has arrived. */
  | { readonly type: 'message'; readonly from: Side; readonly text: Text }
  /** This side has sent its person's message. */
  | { readonly type: 'sent'; readonly text: string }
  /**
   * What crossed the wire for the messages reported before it, or for the word with which the other side left: their
   * line, or in tls mode the TLS records that hold them.
   */
  | { readonly type: 'wire'; readonly from: Side; readonly as: 'line' | 'records'; readonly bytes: Text }
  /** This side's person typed a message that is too long to send. The chat goes on. */
  | { readonly type: 'unsent'; readonly bytes: number; readonly most: number }
  /** Someone said EXIT or END. In a mode that cannot tell the difference, they may also have closed the connection. */
  | { readonly type: 'left'; readonly by: Side }
  /** `at` is the address of a client that connected to the server but never joined the chat. */
  | (Problem & { readonly at?: string })
  /**
   * How many more clients connected in these seconds but never joined the chat. It does not count clients that had
   * their own event.
   */
  | { readonly type: 'turned-away'; readonly clients: number; readonly seconds: number }
  /**
   * What crossed the wire has been captured. The paths are as the person typed them. `hadChat` is false where every
   * connection ended before a chat began. `keyLog` is null where no key was written.
   */
  | {
      readonly type: 'captured';
      readonly file: string;
      readonly hadChat: boolean;
      readonly keyLog: string | null;
      readonly mode: Mode;
    }
  /** The chat is over. */
  | { readonly type: 'over'; readonly ok: boolean }
  /** The connection is closed, but the server stays open. The next client can join. */
  | { readonly type: 'waiting' };

/** Something went wrong, and the connection ends because of it. */
export type Problem =
  /** This side refuses what it received. */
  | ({ readonly type: 'refused' } & Refusal)
  /**
   * The other side, or someone in between, reports a refusal with an ERROR frame. Its code is from the protocol or is
   * any other text.
   */
  | { readonly type: 'reported'; readonly code: string }
  /** The stream ended too early: in the handshake, or in the chat before something that had to come first. */
  | { readonly type: 'cut-off'; readonly missing: 'handshake' | 'first message' | 'leaving word' | 'TLS goodbye' }
  /** The connection broke. `cause` is the system's error code. */
  | { readonly type: 'lost'; readonly cause: string }
  /** The connection could not be made. `cause` is the system's error code, or `timeout`. */
  | ({ readonly type: 'failed'; readonly what: 'listen' | 'connect'; readonly cause: string } & Address);

/** `message` counts the other side's messages from 1. `detail` is for people and may change. */
export type Refusal =
  | { readonly reason: 'mode'; readonly ours: Mode; readonly theirs: Mode }
  /** The client sent nothing for this many seconds. In our mode, the client must speak first. */
  | { readonly reason: 'silence'; readonly ours: Mode; readonly seconds: number }
  | { readonly reason: 'version' }
  /** The client asked for a check that this server does not allow. */
  | { readonly reason: 'integrity'; readonly asked: string; readonly allowed: readonly Integrity[] }
  | { readonly reason: 'weak-key'; readonly detail: string }
  /**
   * The key or the certificate is not the one that this side requires. `sha256` is the fingerprint that it received.
   */
  | { readonly reason: 'fingerprint'; readonly of: Side; readonly sha256: string }
  /** The session key was not made for our public key. */
  | { readonly reason: 'envelope' }
  /** The line is not a frame. */
  | { readonly reason: 'frame'; readonly detail: string }
  /** A frame came at a point where it is not allowed. */
  | { readonly reason: 'out-of-place'; readonly frame: string; readonly during: 'handshake' | 'chat' }
  | { readonly reason: 'line-too-long'; readonly most: number }
  /** The check after the token is wrong. */
  | { readonly reason: 'check'; readonly message: number; readonly integrity: Integrity }
  /** The check is good, but for another place: for that message (counted from 1) of that side. */
  | {
      readonly reason: 'sequence';
      readonly message: number;
      readonly belongsTo: { readonly by: Side; readonly message: number };
    }
  /** The check is right, but the signature inside the token is wrong. */
  | { readonly reason: 'signature'; readonly message: number }
  /** Check and signature are right, but the token is wrong in another way. */
  | { readonly reason: 'token'; readonly message: number; readonly detail: string }
  /** The text in the token is not one line of UTF-8. */
  | { readonly reason: 'text'; readonly message: number }
  | { readonly reason: 'tls'; readonly fault: TlsFault; readonly during: 'handshake' | 'chat'; readonly detail: string }
  /** The handshake took longer than this many seconds. */
  | { readonly reason: 'timeout'; readonly seconds: number }
  /** Another client is in the chat. */
  | { readonly reason: 'busy' }
  /** Another client has proved that it has the private key of this public key, and this client had not. */
  | { readonly reason: 'unproven' }
  /** The received bytes made this program fail. */
  | { readonly reason: 'unexpected'; readonly detail: string };

/** TLS reports an error. `detail` has OpenSSL's own name for it. */
export type TlsFault =
  /** A record was changed, repeated, dropped or moved. `altered-there`: the other side says so. */
  | 'altered'
  | 'altered-there'
  /** The received bytes are not TLS. */
  | 'no-tls'
  | 'version'
  /** It is TLS, but for another program than servchat. */
  | 'application'
  /** The other side does not accept our certificate. */
  | 'certificate'
  | 'closed'
  | 'timeout'
  | 'other';

const PROBLEM_TYPES: readonly string[] = [
  'refused',
  'reported',
  'cut-off',
  'lost',
  'failed',
] satisfies readonly Problem['type'][];

export function isProblem<Text>(event: ChatEvent<Text>): event is Problem & { readonly at?: string } {
  return PROBLEM_TYPES.includes(event.type);
}
