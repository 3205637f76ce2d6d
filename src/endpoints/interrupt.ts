/** Asked to stop from outside (Ctrl-C, `kill`, a closed window): once politely, then at once. */
import os from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

interface Asked {
  readonly leave: (signal: Signal) => void;
  before: boolean;
}

/** Who can leave, the innermost last: it alone is asked. */
const leavers: Asked[] = [];
/** A window that is closed tells so more than once: its terminal ends, and the system and the shell in it send SIGHUP. */
let hungUp = false;

/** Calls `leave` when asked to stop; asked once more, the process ends. Returns what takes the listener off. */
export function onInterrupt(leave: (signal: Signal) => void): () => void {
  const leaver = { leave, before: false };
  if (leavers.length === 0) for (const signal of SIGNALS) process.on(signal, interrupt);
  leavers.push(leaver);
  return () => {
    const at = leavers.indexOf(leaver);
    if (at !== -1) leavers.splice(at, 1);
    if (leavers.length === 0) for (const signal of SIGNALS) process.off(signal, interrupt);
  };
}

/** As if `signal` had come. */
export function interrupt(signal: Signal): void {
  if (signal === 'SIGHUP' && hungUp) return;
  hungUp ||= signal === 'SIGHUP';
  const leaver = leavers.at(-1);
  if (leaver === undefined || leaver.before) {
    endAtOnce(signal);
    return;
  }
  leaver.before = true;
  leaver.leave(signal);
}

/** With the exit status of a process that the signal ended, but by an exit: the terminal is left as it was found. */
export function endAtOnce(signal: Signal): void {
  process.exit(128 + os.constants.signals[signal]);
}
