/** Runs the attacks that the report's chapters show, so that the first report is complete. */
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

/** A separate folder, so that the files of `attack --all` stay. */
export const REPORT_ATTACKS = path.join('demo-attacks', 'matrix.json');

/** Writes the results below `folder`. Returns their file, or null (and says why) where the attacks could not be run. */
export async function runReportAttacks(program: string, folder: string): Promise<string | null> {
  const runs = attacksAskedFor(ownChapters());
  process.stdout.write(
    `Running the attacks that the report shows: ${counted(runs.length, 'run')} of a chat with an attacker in the middle.\n`,
  );
  const bar = await progressBar('attacks', runs.length);
  try {
    // One more than there are processors, because a run waits for some of its time.
    return await fillFolder(path.dirname(path.join(folder, REPORT_ATTACKS)), async (own) => {
      const matrix = await runMatrix({
        program,
        runs,
        directory: own.workplace,
        atOnce: os.availableParallelism() + 1,
        onCell: () => {
          bar.step();
        },
      });
      const document = attackMatrixJson({ ...matrix, cells: publishRuns(matrix.cells, own) });
      return publishDocument(document, path.basename(REPORT_ATTACKS), own);
    });
  } catch (error) {
    if (!(error instanceof DemoError)) throw error;
    process.stdout.write(
      `The attacks could not be run: ${printable(error.message)}. The report says how to run them yourself.\n`,
    );
    return null;
  } finally {
    bar.stop();
  }
}
