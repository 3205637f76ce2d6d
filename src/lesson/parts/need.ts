/** The names of what a chapter may need. `needs.ts` says what each name means. */
import type { Mode } from '../../protocol/modes.js';

export type Need =
  /** A capture of a chat in this mode. */
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
