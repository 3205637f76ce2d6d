/** Writes the document of `servchat compare --format json`. `README.md` in this folder explains each field. */
import type { Comparison } from '../eavesdropper/findings/findings.js';
import { tally } from './comparison-summary.js';
import { jsonDocument } from './json-document.js';

/** Goes up when a field is renamed, removed or changes its meaning. A new field does not change it. */
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
