/**
 * What happens at one end of a chat, as data: reasons are codes, and no field but `detail` is a sentence.
 *
 * The session and the endpoints say what happened in these words. `endpoints/sentences.ts` makes sentences of them for
 * a person; `event-lines.ts` beside this file makes lines of JSON of them for a program. `../lesson/README.md` lists
 * the fields.
 */
import type { Integrity } from './integrity.js';
import type { Mode } from './modes.js';
import type { Side } from './side.js';

export interface Fingerprint {
  readonly of: Side;
  /** 64 hex digits: of the client's public key or of the server's certificate. */
  readonly sha256: string;
  /** Whether this side takes no other. */
  readonly insisted: boolean;
  /** Whether this side keeps the private key for other chats. */
  readonly kept: boolean;
}

export interface Address {
  /** An IP address, or the name that the person gave. */
  readonly address: string;
  readonly port: number;
}

/** @typeParam Text what a message is held as: the bytes that came, or the text in a line of JSON. */
export type ChatEvent<Text = string> =
  /** The server waits for clients. `certificate` is its fingerprint, 64 hex digits, and null outside of tls mode. */
  | ({ readonly type: 'listening'; readonly mode: Mode; readonly certificate: string | null } & Address)
  /** The chat has begun. Address and port are the other side's; `integrity` is null outside of encrypted mode. */
  | ({ readonly type: 'connected'; readonly mode: Mode; readonly integrity: Integrity | null } & Address)
  | ({ readonly type: 'fingerprint' } & Fingerprint)
  /** Under --expect-fingerprint: the client's first message has come, so it has the private key. */
  | { readonly type: 'proved' }
  /** The other person's message has come. */
  | { readonly type: 'message'; readonly from: Side; readonly text: Text }
  /** A message of this side's person is on its way. */
  | { readonly type: 'sent'; readonly text: string }
  /** What crossed the wire for the messages before it: their line, or in tls mode the records of TLS that hold them. */
  | { readonly type: 'wire'; readonly from: Side; readonly as: 'line' | 'records'; readonly bytes: Text }
  /** A message of this side's person that is too long to be sent; the chat goes on. */
  | { readonly type: 'unsent'; readonly bytes: number; readonly most: number }
  /** Somebody said EXIT or END, or closed the connection in a mode that cannot tell the two apart. */
  | { readonly type: 'left'; readonly by: Side }
  /** `at` is the address of somebody who never was in the chat: they came to the server's door and no further. */
  | (Problem & { readonly at?: string })
  /**
   * The number of clients that came to the server's door and no further, in so many seconds, besides those told before
   * it.
   */
  | { readonly type: 'turned-away'; readonly clients: number; readonly seconds: number }
  /** The chat has been captured: paths as the person gave them. */
  | { readonly type: 'captured'; readonly file: string; readonly keyLog: string | null; readonly mode: Mode }
  /** The chat is over. */
  | { readonly type: 'over'; readonly ok: boolean }
  /** The server is kept open, the connection is closed, and the seat is free for the next client. */
  | { readonly type: 'waiting' };

/** Something went wrong, and the connection ends for it. */
export type Problem =
  /** This side does not take what came. */
  | ({ readonly type: 'refused' } & Refusal)
  /**
   * The other side, or somebody between, says that it refuses: an ERROR frame, with a code of the protocol or any other
   * text.
   */
  | { readonly type: 'reported'; readonly code: string }
  /** The stream ended before its time: in the handshake, or in the chat without what must come first. */
  | { readonly type: 'cut-off'; readonly missing: 'handshake' | 'first message' | 'leaving word' | 'TLS goodbye' }
  /** The connection broke; `cause` is the system's code for it. */
  | { readonly type: 'lost'; readonly cause: string }
  /** No connection came about; `cause` is the system's code for it, or `timeout`. */
  | ({ readonly type: 'failed'; readonly what: 'listen' | 'connect'; readonly cause: string } & Address);

/** `message` counts the other side's messages from 1. `detail` is for people and may change. */
export type Refusal =
  | { readonly reason: 'mode'; readonly ours: Mode; readonly theirs: Mode }
  /** A client that has sent nothing for so many seconds, where one in our mode speaks first. */
  | { readonly reason: 'silence'; readonly ours: Mode; readonly seconds: number }
  | { readonly reason: 'version' }
  /** The client asked for a check that this server does not take. */
  | { readonly reason: 'integrity'; readonly asked: string; readonly allowed: readonly Integrity[] }
  | { readonly reason: 'weak-key'; readonly detail: string }
  /** The key or the certificate is not the one that this side insists on; `sha256` is what came. */
  | { readonly reason: 'fingerprint'; readonly of: Side; readonly sha256: string }
  /** The session key was not made for our public key. */
  | { readonly reason: 'envelope' }
  /** A line that is no frame. */
  | { readonly reason: 'frame'; readonly detail: string }
  /** A frame that has no place here. */
  | { readonly reason: 'out-of-place'; readonly frame: string; readonly during: 'handshake' | 'chat' }
  | { readonly reason: 'line-too-long'; readonly most: number }
  /** The check beside the token does not fit. */
  | { readonly reason: 'check'; readonly message: number; readonly integrity: Integrity }
  /** The check is good, and belongs to another place: to that message (counted from 1) of that side. */
  | {
      readonly reason: 'sequence';
      readonly message: number;
      readonly belongsTo: { readonly by: Side; readonly message: number };
    }
  /** The check fits, and the signature inside the token does not. */
  | { readonly reason: 'signature'; readonly message: number }
  /** Check and signature fit, and the token is wrong in another way. */
  | { readonly reason: 'token'; readonly message: number; readonly detail: string }
  /** What the token holds is not one line of UTF-8. */
  | { readonly reason: 'text'; readonly message: number }
  | { readonly reason: 'tls'; readonly fault: TlsFault; readonly during: 'handshake' | 'chat'; readonly detail: string }
  /** The handshake took longer than so many seconds. */
  | { readonly reason: 'timeout'; readonly seconds: number }
  /** Another client is in the chat. */
  | { readonly reason: 'busy' }
  /** Another client with the same key has proved that it has the private key, and this one had not. */
  | { readonly reason: 'unproven' }
  /** What came made this program fail. */
  | { readonly reason: 'unexpected'; readonly detail: string };

/** What TLS objects to. `detail` has OpenSSL's own name for it. */
export type TlsFault =
  /** A record was changed, repeated, dropped or moved; `altered-there`: so says the other side. */
  | 'altered'
  | 'altered-there'
  /** What came is no TLS. */
  | 'no-tls'
  | 'version'
  /** TLS, but for another program than servchat. */
  | 'application'
  /** The other side does not take our certificate. */
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
