/**
 * Writes the lines of `servchat inspect --format ndjson`, one JSON document a line. `README.md` in this folder explains
 * each field.
 */
import type { CaptureFindings, ConversationFindings } from '../eavesdropper/findings/findings.js';
import type { Find } from '../eavesdropper/inspect.js';
import { INSPECTION } from './inspection-json.js';
import { jsonLine } from './json-document.js';

/** Written when the conversation ends. The line ends in LF. */
export function conversationLine(conversation: ConversationFindings): string {
  return jsonLine({ type: 'conversation', ...conversation });
}

/** The last line: what the file is, and what the search found in it. */
export function fileLine(findings: CaptureFindings, finds: readonly Find[]): string {
  // Each conversation already has its own line. JSON leaves out a field that is undefined.
  return jsonLine({ type: 'file', ...INSPECTION, ...findings, conversations: undefined, finds });
}
