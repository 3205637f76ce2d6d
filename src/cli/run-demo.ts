/** `demo`: plays, reads back what was recorded, and says where everything lies and what to look at next. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { play, type Captured, type Recording } from '../demo/play.js';
import type { ScriptLine } from '../demo/script.js';
import { compareCaptures } from '../eavesdropper/compare.js';
import { inspectCapture } from '../eavesdropper/inspect.js';
import { comparisonTable } from '../lesson/comparison-table.js';
import { inspectionTable } from '../lesson/inspection-table.js';
import { captureNextSteps, comparisonNextSteps } from '../lesson/next-steps.js';
import { printable } from '../printable.js';
import type { Mode } from '../protocol/modes.js';
import type { Provenance } from '../wireshark/annotate.js';
import { DEFAULT_SCRIPT, readScript } from './files.js';
import { DEFAULT_PORT } from './options.js';
import { annotateBeside } from './run-annotate.js';
import { runReportAttacks } from './report-attacks.js';
import { COMMAND, DEFAULT_REPORT, makeReport } from './run-lesson.js';
import { look } from './screen.js';

export interface DemoOptions {
  readonly script?: string;
  readonly out?: string;
  readonly captureWith: 'auto' | 'live' | 'tap';
  readonly annotate: boolean;
}

export interface DemoCompareOptions extends DemoOptions {
  /** Whether to run the attacks that the report's chapters speak of. */
  readonly attacks: boolean;
}

const PROGRAM = fileURLToPath(new URL('main.js', import.meta.url));
const CAPTURES = 'captures';

export async function demoOne(mode: Mode, options: DemoOptions): Promise<void> {
  const recording = await perform(mode, readScript(options.script ?? DEFAULT_SCRIPT), options);
  const { findings } = await inspectCapture(recording.capture);
  say('', inspectionTable(findings, [], look()));
  say(captureNextSteps(findings, { keyLog: recording.keyLog, command: COMMAND }));
}

export async function demoCompare(options: DemoCompareOptions): Promise<void> {
  const script = readScript(options.script ?? DEFAULT_SCRIPT);
  const plaintext = await perform('plaintext', script, options);
  const encrypted = await perform('encrypted', script, options);
  const tls = await perform('tls', script, options);
  const comparison = await compareCaptures(plaintext.capture, encrypted.capture, script, tls.capture);
  say('', comparisonTable(comparison, look()));

  const report = await makeReport({
    captures: [plaintext, encrypted, tls].map(({ capture, captured }) => ({ file: capture, captured })),
    keyLog: encrypted.keyLog,
    privateKey: encrypted.privateKey,
    attacks: options.attacks ? await runReportAttacks(PROGRAM, options.out ?? CAPTURES) : null,
    out: options.out === undefined ? DEFAULT_REPORT : path.join(options.out, 'report.html'),
  });
  say(comparisonNextSteps(comparison, { report: [report.html, report.markdown], keyLog: encrypted.keyLog, command: COMMAND }));
}

async function perform(mode: Mode, script: readonly ScriptLine[], options: DemoOptions): Promise<Recording> {
  say(`Playing the conversation in ${mode} mode:`);
  const recording = await play({
    program: PROGRAM,
    script,
    mode,
    directory: options.out ?? CAPTURES,
    captureWith: options.captureWith,
    port: DEFAULT_PORT,
    onMessage: ({ side, text }) => {
      say(`  ${side}: ${printable(text)}`);
    },
  });
  say(`Captured in ${recording.capture}: ${capturedWords(recording.captured)}`);
  if (options.annotate) say(await annotateBeside(recording.capture, provenanceOf(recording.captured)));
  say('');
  return recording;
}

function capturedWords(captured: Captured): string {
  if (captured.way === 'live') return `live, the kernel's packets on ${captured.interfaceName} by ${captured.tool}`;
  const { rebuilt, why } = captured;
  const reason = why === null ? '' : ` Not live: ${why}.`;
  return `a tap on the client's socket. Rebuilt around its bytes: ${rebuilt.join(', ')}.${reason}`;
}

function provenanceOf(captured: Captured): Provenance {
  return captured.way === 'live' ? captured : { way: 'tap', side: 'client', rebuilt: captured.rebuilt };
}

function say(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
