/** Runs the attacks that the report's chapters speak of, so that the first report has no holes. */
import os from 'node:os';
import path from 'node:path';

import { DemoError } from '../demo/chair-process.js';
import { runMatrix } from '../demo/attack-matrix.js';
import { attacksAskedFor } from '../lesson/asked-attacks.js';
import { attackMatrixJson } from '../faces/attack-json.js';
import { counted } from '../faces/phrases.js';
import { ownChapters } from '../lesson/write-report.js';
import { printable } from '../printable.js';
import { publishDocument, publishRuns } from './attack-files.js';
import { fillFolder } from './fill-folder.js';
import { progressBar } from './progress.js';

/** A folder of their own: what `attack --all` has written stays. */
export const REPORT_ATTACKS = path.join('demo-attacks', 'matrix.json');

/** Writes the outcomes below `folder`. Their file; null where the attacks could not be run, which is told. */
export async function runReportAttacks(program: string, folder: string): Promise<string | null> {
  const runs = attacksAskedFor(ownChapters());
  process.stdout.write(`Running the attacks that the report speaks of: ${counted(runs.length, 'run')} of a chat with an attacker in between.\n`);
  const bar = await progressBar('attacks', runs.length);
  try {
    // One more than there are processors: a run spends some of its time waiting.
    return await fillFolder(path.dirname(path.join(folder, REPORT_ATTACKS)), async (own) => {
      const matrix = await runMatrix({ program, runs, directory: own.workplace, atOnce: os.availableParallelism() + 1, onCell: () => { bar.step(); } });
      const document = attackMatrixJson({ ...matrix, cells: publishRuns(matrix.cells, own) });
      return publishDocument(document, path.basename(REPORT_ATTACKS), own);
    });
  } catch (error) {
    if (!(error instanceof DemoError)) throw error;
    process.stdout.write(`The attacks could not be run: ${printable(error.message)}. The report says how to run them yourself.\n`);
    return null;
  } finally {
    bar.stop();
  }
}
