/** What programs showed, as a short quotation for a person. It is escaped, so nothing of it is obeyed. */
import { printable } from '../printable.js';
import type { Seat } from './seat.js';

const MOST_SIGNS = 160;

/** The end of a text in one line. */
export function quoted(text: string): string {
  const line = printable(text.trim().replace(/\s*\n\s*/g, ' / '));
  return line.length <= MOST_SIGNS ? `“${line}”` : `“…${line.slice(-MOST_SIGNS)}”`;
}

export const WHO: Readonly<Record<Seat, string>> = {
  server: 'the server',
  client: 'the client',
  second: 'the second client',
};

/** At the beginning of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `16, 32 and 64` */
export function listed(items: readonly (string | number)[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
