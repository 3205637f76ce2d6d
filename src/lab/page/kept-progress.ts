/**
 * The learner's progress, as this browser keeps it. Nothing of it leaves the machine unless they save it as a file.
 */
import { LONGEST_NAME, type Attempt, type Progress } from './progress.js';

const PLACE = 'servchat lab';
/** Progress of this version that an older lab kept has no name and no hints. */
const VERSION = 1;

/** null if there is none, or none that can be read. */
export function keptProgress(): Progress | null {
  try {
    return progressIn(JSON.parse(localStorage.getItem(PLACE) ?? 'null') as unknown);
  } catch {
    return null;
  }
}

/** @returns whether the browser keeps it. A page from a file, or a private window, may have no place for it. */
export function keep(progress: Progress): boolean {
  try {
    localStorage.setItem(PLACE, JSON.stringify({ version: VERSION, ...progress }));
    return true;
  } catch {
    return false;
  }
}

/** Calls back when another tab has kept something. */
export function onKeptElsewhere(notice: () => void): void {
  window.addEventListener('storage', ({ key }) => {
    if (key === null || key === PLACE) notice();
  });
}

function progressIn(value: unknown): Progress | null {
  if (!isObject(value) || value['version'] !== VERSION) return null;
  const { run, name = '', attempts } = value;
  if (typeof run !== 'string' || !/^[0-9a-f]{32}$/.test(run)) return null;
  if (typeof name !== 'string' || name.length > LONGEST_NAME || !isObject(attempts)) return null;
  const all = Object.entries(attempts).map(([experiment, attempt]) => [experiment, attemptIn(attempt)] as const);
  if (!all.every((each): each is readonly [string, Attempt] => each[1] !== null)) return null;
  return { run, name, attempts: Object.fromEntries(all) };
}

function attemptIn(value: unknown): Attempt | null {
  if (!isObject(value)) return null;
  const { question, asked, answer, right, time, met, gaveUp, hints = 0 } = value;
  if (typeof question !== 'string' || typeof asked !== 'string' || typeof time !== 'string') return null;
  if (typeof answer !== 'string' || (right !== null && typeof right !== 'boolean')) return null;
  if (typeof met !== 'boolean' || typeof gaveUp !== 'boolean') return null;
  if (typeof hints !== 'number' || !Number.isInteger(hints) || hints < 0) return null;
  return { question, asked, answer, right, time, met, gaveUp, hints };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
