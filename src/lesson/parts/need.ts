/** What a chapter may need of a run, by name; `needs.ts` says what each means. */
import type { Mode } from '../../protocol/modes.js';

export type Need =
  /** A chat in this mode. */
  | Mode
  | 'capture'
  | 'plaintext-message'
  | 'handshake'
  | 'token'
  | 'comparison'
  | 'tls-comparison'
  | 'key-log'
  | 'tls-key-log'
  | 'private-key'
  | 'attacks';
