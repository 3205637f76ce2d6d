/**
 * `npm run bench`: how fast the listener reads, beside tshark and tcpflow, in how much memory, and how fast the chat is.
 * It makes its own captures in a temporary folder. Each program runs as a process of its own; its time is the time on the
 * clock, and its processor time stands beside it, since other work on the machine lengthens the first and not the second.
 */
import { spawn, spawnSync, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { performance } from 'node:perf_hooks';
import { chatting } from './chat.mjs';
import { writeCapture } from './made-capture.mjs';

const MAIN = resolve('dist/cli/main.js');
const LISTENER = resolve('test/bench/listener.mjs');
const RUNS = 3;
const folder = mkdtempSync(join(tmpdir(), 'servchat-bench-'));

function say(line = '') {
  process.stdout.write(`${line}\n`);
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/**
 * The best of several runs, in milliseconds of the clock and of the processor, by bash's `time`; null where the program is not
 * installed.
 */
function measured(command, args, options = {}, runs = RUNS) {
  if (spawnSync('sh', ['-c', `command -v "$1"`, 'sh', command]).status !== 0) return null;
  let best = null;
  for (let run = 0; run < runs; run += 1) {
    // What a program prints is thrown away by its own shell, and only the times come out.
    const { stderr } = spawnSync('bash', ['-c', 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>/dev/null', 'bash', command, ...args], { encoding: 'utf8', ...options });
    const [clock, user, system] = stderr.trim().split(/\s+/).map((value) => 1000 * Number(value));
    if (best === null || clock < best.clock) best = { clock, processor: user + system };
  }
  return best;
}

function row(name, time, ours) {
  if (time === null) return say(`  ${name.padEnd(44)} not installed`);
  const ratio = ours === undefined ? '' : `  ours is ${(time.clock / ours.clock).toFixed(1)} times as fast (processor: ${(time.processor / ours.processor).toFixed(1)})`;
  return say(`  ${name.padEnd(44)} ${seconds(time.clock).padStart(8)}  processor ${seconds(time.processor).padStart(8)}${ratio}`);
}

function listening() {
  say('A million packets in 2,000 conversations that interleave');
  const file = join(folder, 'million.pcap');
  writeCapture(file, { packets: 1_000_000, conversations: 2000 });
  const ours = measured(process.execPath, [MAIN, 'inspect', file]);
  row('servchat inspect', ours);
  row('tshark -T fields -e tcp.stream -e tcp.len', measured('tshark', ['-r', file, '-T', 'fields', '-e', 'tcp.stream', '-e', 'tcp.len'], {}, 1), ours);
  const flows = join(folder, 'flows');
  mkdirSync(flows);
  row('tcpflow -r', measured('tcpflow', ['-q', '-r', file], { cwd: flows }), ours);
  rmSync(flows, { recursive: true });
  say('  share of each stage, from a profile of one run:');
  const stages = JSON.parse(execFileSync(process.execPath, [LISTENER, 'stages', file], { encoding: 'utf8', maxBuffer: 1 << 26 }));
  for (const [stage, share] of stages) say(`    ${stage.padEnd(24)} ${(100 * share).toFixed(0).padStart(3)} %`);
  rmSync(file);
}

/** 2 GB through standard input, so that no disk has to hold them. */
async function memory() {
  const packets = 4_000_000;
  const child = spawn(process.execPath, [LISTENER, 'memory'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let bytes = 0;
  child.stdout.setEncoding('utf8');
  let answer = '';
  child.stdout.on('data', (text) => {
    answer += text;
  });
  const ended = new Promise((done) => child.on('close', done));
  const started = performance.now();
  // Made piece by piece: the maker waits until the reader has taken what it was given.
  const maker = spawn(process.execPath, [LISTENER, 'make', String(packets), '2000', '400', '1400'], { stdio: ['ignore', 'pipe', 'inherit'] });
  maker.stdout.on('data', (piece) => {
    bytes += piece.length;
  });
  maker.stdout.pipe(child.stdin);
  await ended;
  say();
  say(`${(bytes / 1e9).toFixed(2)} GB on standard input, ${packets.toLocaleString('en')} packets in 2,000 conversations`);
  say(`  ${seconds(performance.now() - started)}; resident memory at its highest ${Math.round(Number(answer) / 1024)} MB`);
}

function starting() {
  const help = measured(process.execPath, [MAIN, '--help'], {}, 10);
  const bare = measured(process.execPath, ['-e', '0'], {}, 10);
  say();
  say('Starting');
  say(`  servchat --help ${Math.round(help.clock)} ms, node -e 0 ${Math.round(bare.clock)} ms: ${(help.clock / bare.clock).toFixed(2)} times as long`);
}

try {
  say(`${cpus()[0].model.trim()}, ${cpus().length} processors, Node ${process.version}`);
  say();
  listening();
  await memory();
  starting();
  say();
  await chatting(say);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
