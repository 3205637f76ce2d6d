/** A folder that a command fills with files whose names it chooses. Says what was in the way there, and who. */
import { describeFileError } from '../file-error.js';
import { OwnFolder } from '../files/own-folder.js';
import { printable } from '../printable.js';
import { complain } from './rows.js';

/** Longer than any command takes. */
const PATIENCE_MS = 5 * 60_000;

/** @throws Error in one line where the folder cannot be written to; whatever `fill` throws. */
export async function fillFolder<Result>(
  path: string,
  fill: (folder: OwnFolder) => Result | Promise<Result>,
): Promise<Result> {
  const folder = await OwnFolder.open(path, PATIENCE_MS, (why) => {
    complain(why);
  });
  try {
    return await fill(folder);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new Error(`Cannot write to the folder ${printable(path)}: ${describeFileError(error)}`, { cause: error });
  } finally {
    folder.close();
    if (folder.kept !== null) process.stdout.write(`${keptWords(folder.kept)}\n`);
  }
}

function keptWords({ folder, names }: NonNullable<OwnFolder['kept']>): string {
  const list = names.map(printable).join(', ');
  const files = names.length === 1 ? `the file ${list}` : `${names.length} files (${list})`;
  const why = 'that was here before: servchat did not make it, or someone has changed it since';
  return `Kept in ${printable(folder)}: ${files} ${why}.`;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
