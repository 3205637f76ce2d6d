/** `demo`: plays a conversation, reads the captures back, and says where everything is and what to look at next. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { play, type HowRecorded, type Recording } from '../demo/play.js';
import type { ScriptLine } from '../demo/script.js';
import { compareCaptures, hasEncrypted } from '../eavesdropper/comparison/compare.js';
import { inspectCapture } from '../eavesdropper/inspect.js';
import type { OwnFolder } from '../files/own-folder.js';
import { comparisonTable } from '../faces/comparison-table.js';
import { inspectionTable } from '../faces/inspection-table.js';
import { captureNextSteps, comparisonNextSteps } from '../faces/next-steps.js';
import { otherPortLines } from '../faces/other-port.js';
import { publishReport, type ReportFiles } from '../lesson/write-report.js';
import { printable } from '../printable.js';
import type { Mode } from '../protocol/modes.js';
import type { Provenance } from '../wireshark/provenance.js';
import { readScript } from './files.js';
import { COMMAND, DEFAULT_PORT } from './options.js';
import { fillFolder } from './fill-folder.js';
import { annotateInto } from './run-annotate.js';
import { runReportAttacks } from './report-attacks.js';
import { REPORT_FOLDER, makeReport } from './run-lesson.js';
import { look } from './screen.js';

export interface DemoOptions {
  readonly script: string;
  readonly out?: string;
  readonly captureWith: 'auto' | 'live' | 'tap';
  readonly annotate: boolean;
}

export interface DemoCompareOptions extends DemoOptions {
  /** Whether to run the attacks that the report's chapters show. */
  readonly attacks: boolean;
}

const PROGRAM = fileURLToPath(new URL('main.js', import.meta.url));
const CAPTURES = 'captures';

export async function demoOne(mode: Mode, options: DemoOptions): Promise<void> {
  const script = readScript(options.script);
  await fillFolder(options.out ?? CAPTURES, async (folder) => {
    const recording = await perform(mode, script, options, folder);
    const { findings } = await inspectCapture(recording.capture);
    say('', inspectionTable(findings, [], look()));
    say(captureNextSteps(findings, { keyLog: recording.keyLog, command: COMMAND }));
  });
}

export async function demoCompare(options: DemoCompareOptions): Promise<void> {
  const script = readScript(options.script);
  await fillFolder(options.out ?? CAPTURES, async (folder) => {
    // One after the other: each takes the same port.
    const recordings: Readonly<Record<Mode, Recording>> = {
      plaintext: await perform('plaintext', script, options, folder),
      encrypted: await perform('encrypted', script, options, folder),
      tls: await perform('tls', script, options, folder),
    };
    const { plaintext, encrypted, tls } = recordings;
    const comparison = await compareCaptures(plaintext.capture, encrypted.capture, { script, tls: tls.capture });
    say('', comparisonTable(comparison, look()));

    const report = await makeReport({
      captures: Object.values(recordings).map(({ capture, captured }) => ({ file: capture, captured })),
      keyLog: encrypted.keyLog,
      privateKey: encrypted.privateKey,
      attacks: options.attacks ? await runReportAttacks(PROGRAM, folder.path) : null,
    });
    const put = (own: OwnFolder): ReportFiles => publishReport(report, own);
    const files = options.out === undefined ? await fillFolder(REPORT_FOLDER, put) : put(folder);
    if (!hasEncrypted(comparison)) return;
    say(
      comparisonNextSteps(comparison, {
        report: [files.html, files.markdown],
        keyLog: encrypted.keyLog,
        command: COMMAND,
      }),
    );
  });
}

async function perform(
  mode: Mode,
  script: readonly ScriptLine[],
  options: DemoOptions,
  folder: OwnFolder,
): Promise<Recording> {
  say(`Playing the conversation in ${mode} mode:`);
  const recording = await play({
    program: PROGRAM,
    script,
    mode,
    directory: folder.workplace,
    captureWith: options.captureWith,
    port: DEFAULT_PORT,
    onMessage: ({ side, text }) => {
      say(`  ${side}: ${printable(text)}`);
    },
  });
  const placed = published(recording, folder);
  say(`Captured in ${placed.capture}: ${capturedWords(placed.captured)}`, ...otherPortLines(placed, DEFAULT_PORT));
  if (options.annotate) say(await annotateInto(folder, placed.capture, provenanceOf(placed.captured)));
  say('');
  return placed;
}

/** Moves what was recorded in the workplace of `folder` to its final place. */
function published(recording: Recording, folder: OwnFolder): Recording {
  const place = (file: string | null): string | null => (file === null ? null : folder.publish(path.basename(file)));
  const capture = folder.publish(path.basename(recording.capture), provenanceOf(recording.captured));
  return { ...recording, capture, keyLog: place(recording.keyLog), privateKey: place(recording.privateKey) };
}

function capturedWords(captured: HowRecorded): string {
  if (captured.way === 'live') return `live, the kernel's packets on ${captured.interfaceName} by ${captured.tool}`;
  const { rebuilt, why } = captured;
  const reason = why === null ? '' : ` Not live: ${why}.`;
  return `a tap on the client's socket. Rebuilt around its bytes: ${rebuilt.join(', ')}.${reason}`;
}

function provenanceOf(captured: HowRecorded): Provenance {
  return captured.way === 'live' ? captured : { way: 'tap', side: 'client', rebuilt: captured.rebuilt };
}

function say(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
