/** `check`: runs a pair of programs, and prints what the clinic found. */
import { check } from '../clinic/check.js';
import { describedPair, readPair, type Pair } from '../clinic/pair.js';
import type { QuestionId } from '../clinic/question-ids.js';
import { checkJson } from '../faces/check-json.js';
import { checkLines } from '../faces/check-table.js';
import type { IfThere } from '../files/output-file.js';
import { printable } from '../printable.js';
import { refuseTakenFiles, writeCheckFiles, type CheckFiles } from './check-files.js';
import { inRows } from './rows.js';
import { look } from './screen.js';

export interface CheckOptions {
  readonly server?: string;
  readonly client?: string;
  readonly port?: number;
  readonly format: 'table' | 'json';
  /** The page; with a class, the folder of the pages. */
  readonly report?: string;
  readonly captures?: string;
  readonly force: IfThere;
  readonly only?: readonly QuestionId[];
  readonly class?: string;
  /** A capture of a chat, where no program is run. */
  readonly capture?: string;
  /** Whether a chat.json is to be written. */
  readonly init?: boolean;
  /** The table of a class. */
  readonly out?: string;
}

/**
 * Returns whether the check was made. What it found does not matter for that.
 *
 * @throws PairError
 */
export async function runCheck(
  file: string | undefined,
  options: CheckOptions,
  wrongUsage: (message: string) => never,
): Promise<boolean> {
  const pair = pairOf(file, options, wrongUsage);
  const { server, client } = pair.parts;
  const { report = null, captures = null, force } = options;
  const files: CheckFiles = { report, captures, force };
  refuseTakenFiles(files);
  say(
    `This runs “${printable(server.command)}” and “${printable(client.command)}” several times, with your rights. Ctrl-C ends it.`,
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  const result = await check(pair, {
    keepCaptures: (report ?? captures) !== null,
    ...(options.only !== undefined && { only: options.only }),
    onQuestion: ({ does }) => {
      say(`servchat ${does} …`);
    },
  });
  if (options.format === 'json') process.stdout.write(checkJson(result));
  else for (const line of ['', ...checkLines(result, look())]) process.stdout.write(`${line}\n`);
  // The answer stands at the terminal already, so it is not lost if this fails.
  const written = writeCheckFiles(result, files, null);
  if (written.length > 0) say(`Written: ${written.map(printable).join(', ')}`);
  return true;
}

function pairOf(file: string | undefined, options: CheckOptions, wrongUsage: (message: string) => never): Pair {
  const { server, client, port } = options;
  if (file !== undefined) {
    if (server !== undefined || client !== undefined || port !== undefined)
      return wrongUsage('--server, --client and --port stand in the file; leave them out');
    return readPair(file);
  }
  if (server === undefined || client === undefined) return wrongUsage('give --server and --client, or a chat.json');
  const described = { server: { command: server }, client: { command: client }, ...(port !== undefined && { port }) };
  return describedPair(described, process.cwd());
}

/** What it does goes to standard error, so that standard output holds only the answer. */
function say(line: string): void {
  process.stderr.write(inRows(line, process.stderr));
}
