/**
 * `servchat inspect --format ndjson`: a JSON document to a line; `README.md` beside this file says what each field is.
 */
import type { CaptureFindings, ConversationFindings } from '../eavesdropper/findings/findings.js';
import type { Find } from '../eavesdropper/inspect.js';
import { INSPECTION } from './inspection-json.js';
import { jsonLine } from './json-document.js';

/** As it ends: ends in LF. */
export function conversationLine(conversation: ConversationFindings): string {
  return jsonLine({ type: 'conversation', ...conversation });
}

/** The last line: what the file is, and what was looked for in it. */
export function fileLine(findings: CaptureFindings, finds: readonly Find[]): string {
  // Each conversation has had its line: JSON leaves out what is undefined.
  return jsonLine({ type: 'file', ...INSPECTION, ...findings, conversations: undefined, finds });
}
