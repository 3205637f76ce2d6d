/** `servchat attack --format json`; `README.md` beside this file says what each field is. */
import type { Matrix } from '../attacker/matrix.js';
import { jsonDocument } from './json-document.js';

/** Raised when a field is renamed, removed or changes its meaning; a new field leaves it as it is. */
const ATTACKS_VERSION = 1;

/** One JSON document that ends in LF. */
export function attackMatrixJson({ attacks, settings, cells }: Matrix): string {
  return jsonDocument({
    format: 'servchat attacks',
    version: ATTACKS_VERSION,
    attacks,
    settings,
    cells: cells.map(({ setting, ...cell }) => ({ ...cell, setting: setting.name })),
  });
}
