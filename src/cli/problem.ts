/** What went wrong, in words, where no command has put it into words itself. */
import { describeFileError } from '../file-error.js';
import { printable } from '../printable.js';

/** One line for the person. Never a bare system code: a command words what went wrong with its files, and this the rest. */
export function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error && 'syscall' in error)) return error.message;
  const file = 'path' in error && typeof error.path === 'string' ? ` ${printable(error.path)}` : '';
  return `Cannot go on${file === '' ? '' : ` with${file}`}: ${describeFileError(error)}`;
}
