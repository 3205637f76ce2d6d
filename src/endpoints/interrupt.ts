/** Asked to stop from outside (Ctrl-C without a line editor, `kill`, a closed window): once politely, then at once. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls `leave` at the first signal; a second one ends the process as usual. Returns what takes the listener off. */
export function onInterrupt(leave: () => void): () => void {
  const listener = (): void => {
    off();
    leave();
  };
  const off = (): void => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return off;
}
