/** `compare`: what can be read in each of two or three captures of one conversation. */
import { compareCaptures } from '../eavesdropper/comparison/compare.js';
import { comparisonJson } from '../faces/comparison-json.js';
import { comparisonTable } from '../faces/comparison-table.js';
import { readScript } from './files.js';
import { openersFor } from './keys.js';
import { look } from './screen.js';
import { WaitingForPipe } from './waiting-for-pipe.js';

interface CompareOptions {
  readonly script?: string;
  readonly keys?: string;
  readonly format: 'table' | 'json';
}

export async function compare(
  plain: string,
  second: string,
  tls: string | undefined,
  { script, keys, format }: CompareOptions,
): Promise<void> {
  const waiting = new WaitingForPipe();
  const comparison = await compareCaptures(plain, second, {
    reading: { onOpening: waiting.begin, onChunk: waiting.end },
    ...(script === undefined ? {} : { script: readScript(script) }),
    ...(keys === undefined ? {} : { openers: await openersFor(keys) }),
    ...(tls === undefined ? {} : { tls }),
  }).finally(waiting.end);
  process.stdout.write(format === 'json' ? comparisonJson(comparison) : comparisonTable(comparison, look()));
}
