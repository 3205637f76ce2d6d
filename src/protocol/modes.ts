/** The modes of a chat: what crosses the wire. */
export const MODES = ['plaintext', 'encrypted', 'tls'] as const;
export type Mode = (typeof MODES)[number];
