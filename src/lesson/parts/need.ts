/** What a chapter may need of a run, by name; `needs.ts` says what each means. */
export type Need =
  | 'capture'
  | 'plaintext'
  | 'plaintext-message'
  | 'encrypted'
  | 'handshake'
  | 'token'
  | 'comparison'
  | 'tls'
  | 'tls-comparison'
  | 'key-log'
  | 'tls-key-log'
  | 'private-key'
  | 'attacks';
