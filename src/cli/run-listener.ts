/** `inspect` and `compare`: what the listener finds, in the form that was asked for. */
import { compareCaptures } from '../eavesdropper/compare.js';
import { findTexts, inspectCapture } from '../eavesdropper/inspect.js';
import { comparisonJson } from '../lesson/comparison-json.js';
import { comparisonTable } from '../lesson/comparison-table.js';
import { inspectionJson } from '../lesson/inspection-json.js';
import { inspectionTable } from '../lesson/inspection-table.js';
import { readKeyLog, readScript } from './files.js';
import { look } from './screen.js';

interface InspectOptions {
  readonly find: readonly string[];
  readonly keys?: string;
  readonly format: 'table' | 'json';
}

/** Whether the capture could be read to its end. */
export async function inspect(file: string, { find, keys, format }: InspectOptions): Promise<boolean> {
  const capture = await inspectCapture(file, keys === undefined ? {} : { keys: readKeyLog(keys) });
  const finds = findTexts(capture, find);
  process.stdout.write(format === 'json' ? inspectionJson(capture.findings, finds) : inspectionTable(capture.findings, finds, look()));
  const { damage } = capture.findings;
  if (damage !== null) process.stderr.write(`servchat: ${damage.message}\n`);
  return damage === null;
}

interface CompareOptions {
  readonly script?: string;
  readonly format: 'table' | 'json';
}

export async function compare(plain: string, encrypted: string, { script, format }: CompareOptions): Promise<void> {
  const comparison = await compareCaptures(plain, encrypted, script === undefined ? undefined : readScript(script));
  process.stdout.write(format === 'json' ? comparisonJson(comparison) : comparisonTable(comparison, look()));
}
