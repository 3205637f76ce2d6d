/**
 * Someone outside asks the program to stop (Ctrl-C, `kill`, a closed window). The first time it leaves politely; the
 * second time it ends immediately.
 */
import os from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

interface Asked {
  readonly leave: (signal: Signal) => void;
  before: boolean;
}

/** The parts that can leave, the innermost last. Only the last one is asked. */
const leavers: Asked[] = [];
/**
 * A window that is closed tells so more than once: its terminal ends, and the system and the shell in it send SIGHUP.
 */
let hungUp = false;

/**
 * Calls `leave` when asked to stop. When asked again, the process ends. Returns a function that removes the listener.
 */
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

/** Exits with the status of a process that a signal ended. Because it is an exit, the terminal is restored. */
export function endAtOnce(signal: Signal): void {
  process.exit(128 + os.constants.signals[signal]);
}
