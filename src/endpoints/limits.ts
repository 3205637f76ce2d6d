/** How long an end waits for the other, in milliseconds. */

/**
 * Where someone works on the wire by hand, as in the lab, lines come later than from a program. With this variable in
 * the environment, an end waits for so many seconds, 1 to 3600, before and during the handshake.
 */
export const PATIENCE_VARIABLE = 'SERVCHAT_PATIENCE';

const patience = patienceMs(process.env[PATIENCE_VARIABLE]);

/** The longest time that we wait for a side that has begun a handshake and does not finish it. */
export const HANDSHAKE_LIMIT_MS = patience ?? 10_000;

/** The longest time that we wait for a client that says nothing, in a mode in which the client speaks first. */
export const SILENCE_LIMIT_MS = patience ?? 5_000;

/** After our last byte, how long the other side has to close as well. */
export const CLOSING_LIMIT_MS = 2_000;

/** null if the variable is not set, or is not such a number. */
function patienceMs(seconds: string | undefined): number | null {
  const count = /^\d{1,4}$/.test(seconds ?? '') ? Number(seconds) : 0;
  return count >= 1 && count <= 3600 ? count * 1000 : null;
}
