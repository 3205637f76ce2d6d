/**
 * Writes events as lines of JSON and reads them back. `serve` and `connect` print these lines with `--format ndjson`.
 *
 * The first line names the format and its version. Every line is ASCII, so that bytes from the wire cannot control a
 * terminal.
 */
import { isUtf8 } from 'node:buffer';

import { isProblem, type ChatEvent, type Problem } from './events.js';
import type { Mode } from './modes.js';
import type { Side } from './side.js';

/** We raise it when an event or a field is renamed or removed, or changes its meaning. Adding one does not raise it. */
const EVENTS_VERSION = 1;
const FORMAT = 'servchat chat';

/** The first line, without its LF. It says what follows and which side of the chat it is about. */
export function formatHeadLine(side: Side, mode: Mode): string {
  return json({ type: 'format', format: FORMAT, version: EVENTS_VERSION, side, mode });
}

/**
 * The event's line, without its LF. A message that is not UTF-8 also has its bytes in `hex`. A `wire` event has its
 * bytes in hex, and the text as well if it is a line.
 *
 * @param says a sentence for people. It is added to a problem. Programs should not parse it.
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
 * Reads a line. Returns null for the first line, and for a line that is not an event, for example one that the runtime
 * printed.
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

/** JSON in which every character that is not printable ASCII is a \u escape. */
function json(value: object): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
