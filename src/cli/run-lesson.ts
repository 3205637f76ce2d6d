/** `lesson`: writes the report about captures to a file. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { tryStream } from '../demo/two-sends.js';
import type { IfThere } from '../files/output-file.js';
import { counted } from '../faces/phrases.js';
import type { Source } from '../lesson/chapter-source.js';
import { formatReportKey } from '../lesson/class/answer-keys.js';
import { chapterSources } from '../lesson/lesson-folder.js';
import { gatherLesson, type Material } from '../lesson/gather.js';
import { giftOf } from '../lesson/report/gift.js';
import {
  checkReport,
  publishReport,
  ownChapters,
  reportFiles,
  reportOf,
  writeReport,
  type Report,
} from '../lesson/write-report.js';
import { printable } from '../printable.js';
import { BesideReport } from './beside-report.js';
import { REPORT_ATTACKS } from './report-attacks.js';
import { replayOf } from './report-replay.js';
import { fillFolder } from './fill-folder.js';
import { howCaptured } from './how-captured.js';
import { readPrivateKey, readText, refusePipe } from './files.js';
import { readKeys } from './keys.js';
import { complain } from './rows.js';
import { COMMAND } from './options.js';

export interface LessonOptions {
  readonly capture?: readonly string[];
  readonly keys?: string;
  readonly privateKey?: string;
  readonly attacks?: string;
  readonly chapters?: string;
  readonly gift?: string;
  readonly key?: string;
  readonly out?: string;
  readonly force: IfThere;
  readonly open: boolean;
  readonly class?: string;
  readonly seed: string;
}

/** Where the report goes by default. */
export const REPORT_FOLDER = 'lessons';
/** First the attacks that the user ran with --all; if there are none, those of the last demo. */
const ATTACKS = [path.join('captures', 'attacks', 'matrix.json'), path.join('captures', REPORT_ATTACKS)];
const SAMPLES = fileURLToPath(new URL('../../captures/samples', import.meta.url));
/** The two messages that show how two writes can arrive as one read. */
const TWO_SENDS = ['Meet me at noon', 'Bring the papers'];

export async function lesson({
  capture,
  keys,
  privateKey,
  attacks,
  chapters,
  gift,
  key,
  out,
  open,
  force,
}: LessonOptions): Promise<void> {
  const named = out === undefined ? null : reportFiles(out);
  if (named !== null) checkReport(named, force);
  const giftFile = gift === undefined ? null : new BesideReport(gift, 'questions', force);
  const keyFile = key === undefined ? null : new BesideReport(key, 'answer key', force);
  const sources = chapters === undefined ? ownChapters() : chapterSources(chapters);
  const found = capture === undefined ? foundCaptures() : { files: capture, keyLog: null, privateKey: null };
  found.files.forEach(refusePipe);
  const report = await makeReport({
    captures: await Promise.all(found.files.map(async (file) => ({ file, captured: await howCaptured(file) }))),
    keyLog: keys ?? found.keyLog,
    privateKey: privateKey ?? found.privateKey,
    attacks: attacks ?? ATTACKS.find((file) => fs.existsSync(file)) ?? null,
    sources,
  });
  if (named !== null) writeReport(report, named, force);
  const files = named ?? (await fillFolder(REPORT_FOLDER, (folder) => publishReport(report, folder)));
  process.stdout.write(`From ${found.files.join(' and ')}:\n  ${files.html}\n  ${files.markdown}\n`);
  const { run, questions } = report;
  if (giftFile !== null)
    say(`  ${giftFile.write(giftOf(questions))}, with ${counted(questions.length, 'question')} for Moodle`);
  if (keyFile !== null)
    say(`  ${keyFile.write(formatReportKey(run, questions))}, for lesson grade: keep it to yourself`);
  if (open) await openInBrowser(files.html);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The same for what a demo has just recorded. */
export async function makeReport({
  captures,
  keyLog,
  privateKey,
  attacks,
  sources,
}: {
  readonly captures: Material['captures'];
  readonly keyLog: string | null;
  readonly privateKey: string | null;
  readonly attacks: string | null;
  /** The chapters from `folder`; by default those that come with the program. */
  readonly sources?: readonly Source[];
}): Promise<Report> {
  const gathered = await gatherLesson({
    captures: captures.map((given) => ({ ...given, ...keyLogBeside(given.file) })),
    keyLog: keyLog === null ? null : { file: keyLog, ...(await readKeys(keyLog)) },
    privateKey: privateKey === null ? null : { file: privateKey, pem: readPrivateKey(privateKey) },
    attacks: attacks === null ? null : { file: attacks, json: readText(attacks, 'attacks') },
    stream: await tryStream(TWO_SENDS),
    command: COMMAND,
  });
  return reportOf(gathered, sources, await replayOf(gathered, keyLog));
}

/** The key log's name by our custom: `tls.keylog` belongs to `tls.pcap`. */
function keyLogBeside(capture: string): { readonly keyLogBeside?: string } {
  const file = capture.replace(/\.pcap(ng)?(\.gz)?$/, '.keylog');
  return file !== capture && fs.existsSync(file) ? { keyLogBeside: file } : {};
}

/** The captures of the last demo; if there are none, the samples that come with the program. */
function foundCaptures(): {
  readonly files: readonly string[];
  readonly keyLog: string | null;
  readonly privateKey: string | null;
} {
  const folder = fs.existsSync(path.join('captures', 'plaintext.pcap'))
    ? 'captures'
    : path.relative(process.cwd(), SAMPLES);
  const there = (name: string): string | null => {
    const file = path.join(folder, name);
    return fs.existsSync(file) ? file : null;
  };
  const files = [there('plaintext.pcap'), there('encrypted.pcap'), there('tls.pcap')].filter((file) => file !== null);
  return { files, keyLog: there('encrypted.keylog'), privateKey: there('encrypted.key.pem') };
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** A program that cannot open a page says so within this time. One that can may run until the browser is closed. */
const OPENING_MS = 2000;

/** Opens the page, or says in a line where it is. */
async function openInBrowser(file: string): Promise<void> {
  const { env, platform } = process;
  const page = path.resolve(file);
  const noDisplay =
    platform === 'linux' &&
    [env['DISPLAY'], env['WAYLAND_DISPLAY'], env['BROWSER']].every((value) => (value ?? '') === '');
  const why = noDisplay ? 'this machine has no display here' : await problemOfOpening(page);
  if (why !== null) complain(`Cannot open a browser: ${why}. Open this page yourself: ${printable(page)}`);
}

async function problemOfOpening(page: string): Promise<string | null> {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, page], { stdio: 'ignore', detached: true });
  return new Promise((resolve) => {
    const opened = setTimeout(() => {
      child.unref();
      resolve(null);
    }, OPENING_MS);
    child.on('error', () => {
      clearTimeout(opened);
      resolve(`there is no ${program}`);
    });
    child.on('exit', (status) => {
      clearTimeout(opened);
      resolve(status === 0 ? null : `${program} could not`);
    });
  });
}
