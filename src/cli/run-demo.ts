/** `demo`: plays, reads back what was recorded, and says where everything lies and what to look at next. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { play, type Captured, type Recording } from '../demo/play.js';
import type { ScriptLine } from '../demo/script.js';
import { compareCaptures } from '../eavesdropper/compare.js';
import { inspectCapture } from '../eavesdropper/inspect.js';
import { comparisonTable } from '../lesson/comparison-table.js';
import { inspectionTable } from '../lesson/inspection-table.js';
import type { Lesson } from '../lesson/lesson.js';
import { lessonMarkdown } from '../lesson/lesson-markdown.js';
import { captureNextSteps, comparisonNextSteps } from '../lesson/next-steps.js';
import { printable } from '../printable.js';
import type { Provenance } from '../wireshark/annotate.js';
import { DEFAULT_SCRIPT, readKeyLog, readScript } from './files.js';
import { DEFAULT_PORT, type Mode } from './options.js';
import { annotateBeside } from './run-annotate.js';
import { look } from './screen.js';

export interface DemoOptions {
  readonly script?: string;
  readonly out?: string;
  readonly captureWith: 'auto' | 'live' | 'tap';
  readonly annotate: boolean;
}

const PROGRAM = fileURLToPath(new URL('main.js', import.meta.url));
/** Run from a checkout by npm or npx, the command is not on the shell's path. */
const COMMAND = process.env['npm_command'] === undefined ? 'servchat' : 'npx servchat';
const CAPTURES = 'captures';
const LESSONS = 'lessons';

export async function demoOne(mode: Mode, options: DemoOptions): Promise<void> {
  const recording = await perform(mode, readScript(options.script ?? DEFAULT_SCRIPT), options);
  const { findings } = await inspectCapture(recording.capture);
  say('', inspectionTable(findings, [], look()));
  say(captureNextSteps(findings, { keyLog: recording.keyLog, command: COMMAND }));
}

export async function demoCompare(options: DemoOptions): Promise<void> {
  const script = readScript(options.script ?? DEFAULT_SCRIPT);
  const plaintext = await perform('plaintext', script, options);
  const encrypted = await perform('encrypted', script, options);
  const comparison = await compareCaptures(plaintext.capture, encrypted.capture, script);
  say('', comparisonTable(comparison, look()));

  const report = path.join(options.out ?? LESSONS, 'report.md');
  writeReport(
    report,
    lessonMarkdown({
      comparison,
      captured: { plaintext: plaintext.captured, encrypted: encrypted.captured },
      keys: await openedWith(encrypted),
    }),
  );
  say(comparisonNextSteps(comparison, { report, keyLog: encrypted.keyLog, command: COMMAND }));
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

/** The encrypted conversation once more, opened with its key, to take a token apart. */
async function openedWith({ capture, keyLog }: Recording): Promise<Lesson['keys']> {
  if (keyLog === null) return null;
  const { findings } = await inspectCapture(capture, { keys: readKeyLog(keyLog) });
  const conversation = findings.conversations.find(({ mode }) => mode === 'encrypted');
  return conversation === undefined ? null : { file: keyLog, conversation };
}

function writeReport(file: string, text: string): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`Cannot write the report ${file}: ${code ?? 'unknown error'}; choose another directory with --out`, { cause: error });
  }
}

function say(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
