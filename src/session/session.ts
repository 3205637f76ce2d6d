/**
 * One side's chat as a pure state machine: something happened, here is what to do about it.
 *
 * There is no socket here, no terminal, no timer and no clock: the driver (`endpoints/driver.ts`) tells what happened
 * and carries out the actions, in their order. So each rule of the protocol can be read, and tested, as a transcript.
 *
 *                 opened()            received(…)                said(…), received(…)
 *      ── new ──────────▶ handshake ──────────────▶ chatting ─────────────────────────▶ over
 *                              │  anything wrong, the stream's end, the time limit        ▲
 *                              └──────────────────────────────────────────────────────────┘
 *
 * In plaintext mode there is no handshake: the chat begins as soon as the connection stands.
 */
import type { Problem } from '../protocol/events.js';
import type { ErrorCode } from '../protocol/frames.js';
import type { Integrity } from '../protocol/integrity.js';

export interface Session {
  readonly phase: 'handshake' | 'chatting' | 'over';
  /** The connection stands. Call it first, and once. */
  opened(): readonly Action[];
  /** Bytes arrived, cut wherever the network cut them. */
  received(bytes: Uint8Array): Iterable<Action>;
  /** The person typed a line. @throws RangeError where `text` holds an LF: that would be several messages. */
  said(text: string): readonly Action[];
  /** The other side has closed its half. */
  peerEnded(): readonly Action[];
  /** This side ends the connection for a reason of its own: the handshake took too long, the server is busy. */
  refuse(code: ErrorCode, problem: Problem): readonly Action[];
}

export type Action =
  | { readonly type: 'send'; readonly bytes: Buffer }
  /** The handshake is done. */
  | { readonly type: 'ready'; readonly keys: SessionKeys | null }
  /**
   * The other person's message: UTF-8, or anything at all in plaintext mode. To be escaped before it is shown. `line`
   * is what it came in.
   */
  | { readonly type: 'show'; readonly text: Buffer; readonly line: Buffer }
  /** A line of so many bytes that cannot be sent; the chat goes on. */
  | { readonly type: 'unsent'; readonly bytes: number; readonly most: number }
  /** Nothing follows: close this half once all is sent. */
  | { readonly type: 'over'; readonly outcome: ChatEnd };

/** What the two sides agreed on, for the person to compare and for a key log. */
export interface SessionKeys {
  /** SHA-256 of the client's public key, 64 hex digits. */
  readonly fingerprint: string;
  readonly integrity: Integrity;
  /** 64 bytes. Secret. */
  readonly sessionKey: Buffer;
}

export type ChatEnd =
  { readonly ok: true; readonly leftBy: 'us' | 'peer' } | { readonly ok: false; readonly problem: Problem };
