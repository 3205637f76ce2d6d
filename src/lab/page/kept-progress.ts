/**
 * The learner's progress, as this browser keeps it. Nothing of it leaves the machine unless they save it as a file.
 */
import { newProgress, type Progress } from './progress.js';

const PLACE = 'servchat lab';
const VERSION = 1;

/** A new progress if there is none, or none that can be read. */
export function keptProgress(): Progress {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? 'null') as unknown;
    return isProgress(kept) ? { run: kept.run, attempts: kept.attempts } : newProgress();
  } catch {
    return newProgress();
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

function isProgress(value: unknown): value is Progress {
  if (!isObject(value) || value['version'] !== VERSION) return false;
  const { run, attempts } = value;
  return (
    typeof run === 'string' &&
    /^[0-9a-f]{32}$/.test(run) &&
    isObject(attempts) &&
    Object.values(attempts).every(isAttempt)
  );
}

function isAttempt(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { question, asked, answer, right, time, met, gaveUp } = value;
  return (
    [question, asked, answer, time].every((each) => typeof each === 'string') &&
    (right === null || typeof right === 'boolean') &&
    typeof met === 'boolean' &&
    typeof gaveUp === 'boolean'
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
