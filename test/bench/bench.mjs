/**
 * `npm run bench`: how fast the listener reads compared with tshark and tcpflow, how much memory it needs, and how fast
 * the chat is. It makes its own captures in a temporary folder. Each program runs as a separate process. The result is
 * its time on the clock, with its processor time next to it, because other work on the machine lengthens only the
 * first.
 */
import { spawn, spawnSync, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { performance } from 'node:perf_hooks';
import { chatting } from './chat.mjs';
import { writeCapture } from './made-capture.mjs';

const MAIN = resolve('dist/cli/main.js');
const LISTENER = resolve('test/bench/listener.mjs');
/**
 * How often to run what takes a minute, and what takes seconds. On a shared machine, the result of a few runs is partly
 * luck.
 */
const RUNS = { long: 3, short: 9 };
const folder = mkdtempSync(join(tmpdir(), 'servchat-bench-'));

function say(line = '') {
  process.stdout.write(`${line}\n`);
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

function isInstalled(command) {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', command]).status === 0;
}

/** One run, in milliseconds of the clock and of the processor, measured by bash's `time`. */
function measured([command, ...args], options = {}) {
  // Its shell throws away what a program prints. Only the times are left.
  const { stderr } = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>/dev/null', 'bash', command, ...args],
    { encoding: 'utf8', ...options },
  );
  const [clock, user, system] = stderr
    .trim()
    .split(/\s+/)
    .map((value) => 1000 * Number(value));
  return { clock, processor: user + system };
}

/**
 * The best of each program's `runs`. The programs take turns, so that a slow moment of the machine does not hit only
 * one.
 */
function bestOf(programs) {
  const best = programs.map(() => ({ clock: Infinity, processor: Infinity }));
  for (let round = 0; round < RUNS.short; round += 1) {
    for (const [index, { command, options, runs = RUNS.short }] of programs.entries()) {
      if (round >= runs) continue;
      // Writes one program's data to the disk now, so that it does not slow down the next.
      spawnSync('sync');
      const time = measured(command, options);
      if (time.clock < best[index].clock) best[index] = time;
    }
  }
  return best;
}

function row(name, time, ours) {
  if (time === undefined) return say(`  ${name.padEnd(46)} not installed`);
  const ratio =
    ours === undefined
      ? ''
      : `  ours is ${(time.clock / ours.clock).toFixed(1)} times as fast (processor: ${(time.processor / ours.processor).toFixed(1)})`;
  return say(
    `  ${name.padEnd(46)} ${seconds(time.clock).padStart(8)}  processor ${seconds(time.processor).padStart(8)}${ratio}`,
  );
}

function listening() {
  say('A million packets in 2,000 conversations that interleave');
  const file = join(folder, 'million.pcap');
  writeCapture(file, { packets: 1_000_000, conversations: 2000 });
  const flows = join(folder, 'flows');
  mkdirSync(flows);
  const others = [
    {
      name: 'tshark -T fields -e tcp.stream -e tcp.len',
      command: ['tshark', '-r', file, '-T', 'fields', '-e', 'tcp.stream', '-e', 'tcp.len'],
      runs: RUNS.long,
    },
    { name: 'tcpflow -r', command: ['tcpflow', '-q', '-r', file], options: { cwd: flows } },
  ];
  const inspect = [process.execPath, MAIN, 'inspect', file];
  const [ours, hashing, ...theirs] = bestOf([
    { command: inspect },
    { command: [...inspect, '--format', 'ndjson'] },
    ...others.filter(({ command }) => isInstalled(command[0])),
  ]);
  row('servchat inspect', ours);
  row('servchat inspect --format ndjson, with SHA-256', hashing);
  for (const { name, command } of others) row(name, isInstalled(command[0]) ? theirs.shift() : undefined, ours);
  rmSync(flows, { recursive: true });
  say('  share of each stage, from a profile of one run with SHA-256, all in one thread:');
  const stages = JSON.parse(
    execFileSync(process.execPath, [LISTENER, 'stages', file], { encoding: 'utf8', maxBuffer: 1 << 26 }),
  );
  for (const [stage, share] of stages) say(`    ${stage.padEnd(24)} ${(100 * share).toFixed(0).padStart(3)} %`);
  rmSync(file);
}

const LARGE = { packets: 4_000_000, conversations: 2000, least: 400, most: 1400 };

/** Over 2 GB, once as a file, which is examined in a second thread, and once from standard input, which is not. */
async function memory() {
  say();
  say(
    `A capture of ${LARGE.packets.toLocaleString('en')} packets in ${LARGE.conversations.toLocaleString('en')} conversations, with SHA-256`,
  );
  const file = join(folder, 'large.pcap');
  writeCapture(file, LARGE);
  const { size } = statSync(file);
  await peak(`${(size / 1e9).toFixed(2)} GB in a file`, [process.execPath, LISTENER, 'memory', file]);
  rmSync(file);
  // It is made piece by piece: the maker waits until the reader has read what it wrote.
  const maker = spawn(process.execPath, [LISTENER, 'make', ...Object.values(LARGE).map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await peak('the same on standard input, as it is made', [process.execPath, LISTENER, 'memory', '-'], maker.stdout);
}

async function peak(name, [command, ...args], input = null) {
  const started = performance.now();
  const child = spawn(command, args, { stdio: [input === null ? 'ignore' : 'pipe', 'pipe', 'inherit'] });
  input?.pipe(child.stdin);
  let kibibytes = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text) => {
    kibibytes += text;
  });
  await new Promise((done) => child.on('close', done));
  say(
    `  ${name.padEnd(46)} ${seconds(performance.now() - started).padStart(8)}  resident memory at its highest ${Math.round((Number(kibibytes) * 1024) / 1e6)} MB`,
  );
}

function starting() {
  const [help, bare] = bestOf([
    { command: [process.execPath, MAIN, '--help'] },
    { command: [process.execPath, '-e', '0'] },
  ]);
  say();
  say('Starting');
  say(
    `  servchat --help ${Math.round(help.clock)} ms, node -e 0 ${Math.round(bare.clock)} ms: ${(help.clock / bare.clock).toFixed(2)} times as long`,
  );
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
