/** How long an end waits for the other, in milliseconds. */

/** A side that starts a handshake and does not finish it is not waited for longer than this. */
export const HANDSHAKE_LIMIT_MS = 10_000;

/** Nor is a client that says nothing at all, in a mode in which the client speaks first. */
export const SILENCE_LIMIT_MS = 5_000;

/** After our last byte, how long the other side has to close as well. */
export const CLOSING_LIMIT_MS = 2_000;
