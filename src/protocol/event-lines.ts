/**
 * Events as lines of JSON, written and read back: what `serve` and `connect` print with `--format ndjson`.
 *
 * The first line names the format and its version. A line is ASCII, so that nothing that came from a wire does anything
 * to a terminal.
 */
import { isUtf8 } from 'node:buffer';

import { isProblem, type ChatEvent, type Problem } from './events.js';
import type { Mode } from './modes.js';
import type { Side } from './side.js';

/** Raised when an event or a field is renamed, removed or changes its meaning; a new one leaves it as it is. */
const EVENTS_VERSION = 1;
const FORMAT = 'servchat chat';

/** The first line, LF not included: what follows, and whose end of the chat it is. */
export function formatHeadLine(side: Side, mode: Mode): string {
  return json({ type: 'format', format: FORMAT, version: EVENTS_VERSION, side, mode });
}

/**
 * The event's line, LF not included. A message that is not UTF-8 has its bytes in `hex` as well; what crossed the wire
 * has its bytes in hex, and a line its text.
 *
 * @param says a sentence for people, which goes beside a problem; programs are not to read it.
 */
export function formatEventLine(event: ChatEvent<Buffer>, says: string): string {
  if (event.type === 'message') {
    const text = event.text.toString('utf8');
    return json({ ...event, text, ...(isUtf8(event.text) ? {} : { hex: event.text.toString('hex') }) });
  }
  if (event.type === 'wire') {
    const bytes = event.bytes.toString('hex');
    return json({ ...event, bytes, ...(event.as === 'line' ? { text: event.bytes.toString('utf8') } : {}) });
  }
  return json(isProblem(event) ? { ...event, says } : event);
}

/**
 * What a line says; null for the head line, and for a line that is no event, such as what a runtime prints by itself.
 */
export function parseEventLine(line: string): ParsedEvent | null {
  try {
    const event: unknown = JSON.parse(line);
    if (typeof event !== 'object' || event === null || !('type' in event)) return null;
    return event.type === 'format' ? null : (event as ParsedEvent);
  } catch {
    return null;
  }
}

export type ParsedEvent = Exclude<ChatEvent, Problem> | (Problem & { readonly at?: string; readonly says: string });

/** JSON with all that is not printable ASCII as \u escapes. */
function json(value: object): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
