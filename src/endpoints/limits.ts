/** How long an end waits for the other, in milliseconds. */

/** The longest time that we wait for a side that has begun a handshake and does not finish it. */
export const HANDSHAKE_LIMIT_MS = 10_000;

/** The longest time that we wait for a client that says nothing, in a mode in which the client speaks first. */
export const SILENCE_LIMIT_MS = 5_000;

/** After our last byte, how long the other side has to close as well. */
export const CLOSING_LIMIT_MS = 2_000;
