/** `servchat compare --format json`; `README.md` beside this file says what each field is. */
import type { Comparison } from '../eavesdropper/findings/findings.js';
import { tally } from './comparison-summary.js';
import { jsonDocument } from './json-document.js';

/** Raised when a field is renamed, removed or changes its meaning; a new field leaves it as it is. */
const COMPARISON_VERSION = 3;

/** One JSON document that ends in LF. */
export function comparisonJson(comparison: Comparison): string {
  const { plaintext, encrypted, tls, conversations, agreement, messages, notes = [] } = comparison;
  return jsonDocument({
    format: 'servchat comparison',
    version: COMPARISON_VERSION,
    agreement,
    tally: tally(comparison),
    messages,
    notes,
    conversations,
    captures: { plaintext, encrypted, ...(tls === undefined ? {} : { tls }) },
  });
}
