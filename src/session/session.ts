/**
 * One side of a chat as a pure state machine. Each method says what happened, and returns what to do about it.
 *
 * This room has no socket, no terminal, no timer and no clock. The driver (`endpoints/driver.ts`) reports what happened
 * and carries out the actions in order. So you can read and test each rule of the protocol as a transcript.
 *
 *                 opened()            received(…)                said(…), received(…)
 *      ── new ──────────▶ handshake ──────────────▶ chatting ─────────────────────────▶ over
 *                              │  anything wrong, the stream's end, the time limit        ▲
 *                              └──────────────────────────────────────────────────────────┘
 *
 * When our own person leaves, the session is `leaving` until the other side closes too. Until then, the other side may
 * still say that it refused what we said.
 *
 * Plaintext mode has no handshake: the chat begins as soon as the connection is made.
 */
import type { Problem } from '../protocol/events.js';
import type { ErrorCode } from '../protocol/error-codes.js';
import type { Integrity } from '../protocol/integrity.js';

export interface Session {
  readonly phase: 'handshake' | 'chatting' | 'leaving' | 'over';
  /** The connection is made. Call this first, and only once. */
  opened(): readonly Action[];
  /** Bytes arrived. They may end anywhere, even in the middle of a character. */
  received(bytes: Uint8Array): Iterable<Action>;
  /** The person typed a line. @throws RangeError if `text` contains an LF, because that would be several messages. */
  said(text: string): readonly Action[];
  /** The other side has closed its half. */
  peerEnded(): readonly Action[];
  /** This side ends the connection for its own reason, such as a handshake that took too long or a busy server. */
  refuse(code: ErrorCode, problem: Problem): readonly Action[];
}

export type Action =
  | { readonly type: 'send'; readonly bytes: Buffer }
  /** The handshake is done. */
  | { readonly type: 'ready'; readonly keys: SessionKeys | null }
  /**
   * The other person's message: UTF-8, or any bytes in plaintext mode. Escape it before you show it. `line` is the line
   * that carried it.
   */
  | { readonly type: 'show'; readonly text: Buffer; readonly line: Buffer }
  /** A line of this many bytes is too long to send. The chat goes on. */
  | { readonly type: 'unsent'; readonly bytes: number; readonly most: number }
  /** Our person has left. Close this half after everything is sent, and wait a moment for the other side to close. */
  | { readonly type: 'leaving' }
  /**
   * Nothing follows. Close this half after everything is sent. `line` is the line of the other side that ended the
   * chat: the word with which the other person left, an ERROR, or a line that we refuse. Absent if no line ended it.
   */
  | { readonly type: 'over'; readonly outcome: ChatEnd; readonly line?: Buffer };

/** What the two sides agreed on. People compare the fingerprint; a key log stores both. */
export interface SessionKeys {
  /** SHA-256 of the client's public key, 64 hex digits. */
  readonly fingerprint: string;
  readonly integrity: Integrity;
  /** 64 bytes. Secret. */
  readonly sessionKey: Buffer;
}

export type ChatEnd =
  { readonly ok: true; readonly leftBy: 'us' | 'peer' } | { readonly ok: false; readonly problem: Problem };
