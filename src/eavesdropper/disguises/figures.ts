/**
 * The run of bytes that numbers, Morse code and the like have in common: digits, and the signs that stand between them.
 * They share one, because each run costs all text some time (see `AnyOf` in `runs.ts`).
 */
import { lettersOf, type Run } from './runs.js';

/** A shorter stretch is a date, an address or a few numbers. */
export const LEAST_FIGURES = 12;

export const FIGURES: Run = {
  letters: lettersOf(Buffer.from('0123456789abcdefABCDEFxX \t\r:,;-\\[]()"._/|')),
  least: LEAST_FIGURES,
};
