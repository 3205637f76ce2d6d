/** `servchat inspect --format json`; `README.md` beside this file says what each field is. */
import type { CaptureFindings } from '../eavesdropper/findings/findings.js';
import type { Find } from '../eavesdropper/inspect.js';
import { jsonDocument } from './json-document.js';

/** Raised when a field is renamed, removed or changes its meaning; a new field leaves it as it is. */
export const INSPECTION = { format: 'servchat inspection', version: 2 } as const;

/** One JSON document that ends in LF. */
export function inspectionJson(findings: CaptureFindings, finds: readonly Find[]): string {
  return jsonDocument({ ...INSPECTION, ...findings, finds });
}
