/** `check --capture`: no program is run; the listener’s findings answer what they can. */
import { checkCapture } from '../clinic/recorded/check-capture.js';
import { recordedJson } from '../faces/check-json.js';
import { recordedLines } from '../faces/check-table.js';
import { describeFileError } from '../file-error.js';
import { checkOutput, writeOutput } from '../files/output-file.js';
import { recordedPage } from '../lesson/check/recorded-page.js';
import { printable } from '../printable.js';
import type { CheckOptions } from './run-check.js';
import { inRows } from './rows.js';
import { look } from './screen.js';

/** @throws CaptureFileError, Error in one line */
export async function runCheckCapture(file: string, options: CheckOptions): Promise<void> {
  const { report, force, format, port = null } = options;
  if (report !== undefined)
    writing(report, () => {
      checkOutput({ path: report, ifThere: force });
    });
  const result = await checkCapture(file, port);
  if (format === 'json') process.stdout.write(recordedJson(result));
  else for (const line of ['', ...recordedLines(result, look())]) process.stdout.write(`${line}\n`);
  if (report === undefined) return;
  writing(report, () => {
    writeOutput({ path: report, ifThere: force }, recordedPage(result));
  });
  process.stderr.write(inRows(`Written: ${printable(report)}`, process.stderr));
}

function writing(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new Error(`Cannot write the report ${printable(file)}: ${describeFileError(error)}`, { cause: error });
  }
}
