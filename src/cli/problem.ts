/** Says in words what went wrong, where the command itself has not done so. */
import { describeFileError } from '../file-error.js';
import { printable } from '../printable.js';

/**
 * One line for the person, never a bare system code. A command has words for faults of its files; this has words for
 * the rest.
 */
export function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error && 'syscall' in error)) return error.message;
  const file = 'path' in error && typeof error.path === 'string' ? ` ${printable(error.path)}` : '';
  return `Cannot go on${file === '' ? '' : ` with${file}`}: ${describeFileError(error)}`;
}
