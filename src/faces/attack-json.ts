/** Writes and reads the document of `servchat attack --format json`. `README.md` in this folder explains each field. */
import type { Cell, Matrix, Setting } from '../attacker/matrix.js';
import { jsonDocument } from './json-document.js';

/** Goes up when a field is renamed, removed or changes its meaning. A new field does not change it. */
const ATTACKS_VERSION = 2;
const FORMAT = 'servchat attacks';

/** One JSON document that ends in LF. */
export function attackMatrixJson({ attacks, settings, cells }: Matrix): string {
  return jsonDocument({
    format: FORMAT,
    version: ATTACKS_VERSION,
    attacks,
    settings,
    cells: cells.map(({ setting, ...cell }) => ({ ...cell, setting: setting.name })),
  });
}

/**
 * Reads a document of {@link attackMatrixJson}. @throws Error with a message of one line if it is not such a document.
 */
export function parseAttackMatrix(json: string): Matrix {
  const document = parsed(json) as Partial<Omit<Matrix, 'cells'>> & {
    format?: unknown;
    version?: unknown;
    cells?: readonly (Omit<Cell, 'setting'> & { setting: string })[];
  };
  const { format, version, attacks, settings, cells } = document;
  if (
    format !== FORMAT ||
    version !== ATTACKS_VERSION ||
    !Array.isArray(attacks) ||
    !Array.isArray(settings) ||
    !Array.isArray(cells)
  ) {
    throw new Error(
      format === FORMAT
        ? `Cannot use the attacks: the file is of another version of servchat; run servchat attack --all once more`
        : `Cannot use the attacks: this is not a document of servchat attack --format json`,
    );
  }
  const byName = new Map((settings as readonly Setting[]).map((setting) => [setting.name, setting]));
  return {
    attacks: attacks as Matrix['attacks'],
    settings: settings as Matrix['settings'],
    cells: (cells as readonly (Omit<Cell, 'setting'> & { setting: string })[]).flatMap(({ setting: name, ...cell }) => {
      const setting = byName.get(name);
      return setting === undefined ? [] : [{ ...cell, setting }];
    }),
  };
}

function parsed(json: string): object {
  try {
    const document: unknown = JSON.parse(json);
    return typeof document === 'object' && document !== null ? document : {};
  } catch {
    return {};
  }
}
