/** Writes the document of `servchat inspect --format json`. `README.md` in this folder explains each field. */
import type { CaptureFindings } from '../eavesdropper/findings/findings.js';
import type { Find } from '../eavesdropper/inspect.js';
import { jsonDocument } from './json-document.js';

/** Goes up when a field is renamed, removed or changes its meaning. A new field does not change it. */
export const INSPECTION = { format: 'servchat inspection', version: 2 } as const;

/** One JSON document that ends in LF. */
export function inspectionJson(findings: CaptureFindings, finds: readonly Find[]): string {
  return jsonDocument({ ...INSPECTION, ...findings, finds });
}
