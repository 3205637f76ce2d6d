/**
 * Live capture: the kernel's own packets, taken from the loopback interface by tcpdump or dumpcap.
 *
 * Both need rights that an ordinary user seldom has, and each is slow in its own way to begin and to end. So a recorder
 * is handed out only once its tool really captures, and stopping waits until the file is whole.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** There is no live capture to be had here: one line that says why, and what to do. */
export class LiveCaptureUnavailable extends Error {
  override readonly name = 'LiveCaptureUnavailable';
}

/** A live capture began but cannot be relied on: its tool ended early or did not stop. */
export class LiveCaptureFailed extends Error {
  override readonly name = 'LiveCaptureFailed';
}

export interface LiveOptions {
  /** TCP port, at either end, of the packets to take. */
  readonly port: number;
  /** The pcap file to write. */
  readonly file: string;
}

export interface LiveSummary {
  /** As the tool counted them, where it told. */
  readonly packets?: number;
  /** Packets that passed the filter and were lost for want of room. */
  readonly dropped?: number;
}

export interface LiveRecorder {
  /** The program that captures: `tcpdump` or `dumpcap`. */
  readonly tool: string;
  /** As the tool calls it: `lo`, say. */
  readonly interfaceName: string;
  /**
   * Stops after the packets that have crossed so far, and settles when the file is whole. May be called again.
   *
   * @throws LiveCaptureFailed where the tool had ended before, or does not stop.
   */
  stop(): Promise<LiveSummary>;
}

/**
 * Starts to capture the loopback interface, and settles once packets are really taken.
 *
 * @throws LiveCaptureUnavailable where no tool is installed or none may capture.
 */
export async function startLive({ port, file }: LiveOptions): Promise<LiveRecorder> {
  const target: Target = { interfaceName: loopbackName(), filter: `tcp port ${port}`, file: path.resolve(file) };
  const reasons: string[] = [];
  for (const tool of TOOLS) {
    const program = findProgram(tool.name);
    if (program === null) {
      reasons.push(`${tool.name} is not installed`);
      continue;
    }
    const recorder = new ToolRecorder(tool, program, target);
    const problem = await recorder.started();
    if (problem === null) return recorder;
    reasons.push(`${tool.name}: ${problem}`);
  }
  throw new LiveCaptureUnavailable(
    `Cannot capture live: ${reasons.join('; ')}; install one, or allow it to capture (as root, or with setcap cap_net_raw,cap_net_admin=eip), or use the tap, which needs no special rights`,
  );
}

interface Target {
  readonly interfaceName: string;
  readonly filter: string;
  /** Absolute, since `-` alone would mean standard output. */
  readonly file: string;
}

interface CaptureTool {
  readonly name: string;
  arguments(target: Target): readonly string[];
  /** What it says on standard error once it captures. */
  readonly ready: string;
  /** How long it must be left alone after the last packet so that it has taken it, where it cannot be asked. */
  readonly settleMs: number;
  /** Its answer to SIGUSR1: how many packets it has taken so far. */
  readonly progress: RegExp | null;
  readonly packets: RegExp;
  readonly dropped: RegExp;
}

/**
 * The MTU of Linux's loopback interface and an Ethernet header. With 65,535 the largest packets lose their last bytes.
 */
const LARGEST_PACKET = 65_536 + 14;

const TCPDUMP: CaptureTool = {
  name: 'tcpdump',
  arguments: ({ interfaceName, filter, file }) => [
    ...['-i', interfaceName, '-w', file],
    // Each packet is delivered and written at once. With the default snap length that drops most of a burst, since the
    // kernel's buffer is then divided into slots of that size; hence no more than a packet can have, and 64 MiB for
    // them.
    ...['--immediate-mode', '-U', '-s', String(LARGEST_PACKET), '-B', '65536'],
    // Root would otherwise become a user who may not write the file.
    ...(process.getuid?.() === 0 ? ['-Z', 'root'] : []),
    filter,
  ],
  ready: 'listening on',
  settleMs: 600,
  // BSD and macOS have a signal of their own for this, and SIGUSR1 would end it.
  progress: process.platform === 'linux' ? /\d+ packets? captured,/g : null,
  packets: /^(\d+) packets? captured/m,
  dropped: /^(\d+) packets? dropped by kernel/m,
};

const DUMPCAP: CaptureTool = {
  name: 'dumpcap',
  // -P: pcap, not pcapng. -q: no running count of packets.
  arguments: ({ interfaceName, filter, file }) => ['-i', interfaceName, '-f', filter, '-w', file, '-P', '-q'],
  // Its "Capturing on" comes before it does.
  ready: 'File: ',
  // What came in the last 300 ms or so before the signal is lost.
  settleMs: 600,
  progress: null,
  packets: /^Packets captured: (\d+)/m,
  dropped: /^Packets received\/dropped on interface .*: \d+\/(\d+)/m,
};

/** In the order of preference: tcpdump can be asked how far it is. */
const TOOLS: readonly CaptureTool[] = [TCPDUMP, DUMPCAP];

const START_LIMIT_MS = 5_000;
const STOP_LIMIT_MS = 5_000;
const SETTLE_LIMIT_MS = 5_000;
const ASK_AGAIN_MS = 20;

class ToolRecorder implements LiveRecorder {
  readonly tool: string;
  readonly interfaceName: string;
  readonly #tool: CaptureTool;
  readonly #child: CaptureProcess;
  /** What the tool has said on standard error. */
  #said = '';
  #running = true;
  readonly #ended: Promise<void>;
  #stopping: Promise<LiveSummary> | null = null;

  constructor(tool: CaptureTool, program: string, target: Target) {
    this.tool = tool.name;
    this.interfaceName = target.interfaceName;
    this.#tool = tool;
    this.#child = spawnBound(program, tool.arguments(target));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#running = false;
        resolve();
      };
      this.#child.once('close', end).once('error', (error) => {
        this.#said += `${tool.name}: ${error.message}\n`;
        end();
      });
    });
  }

  /** Null once it captures, else why it does not. */
  async started(): Promise<string | null> {
    const ready = new Promise<void>((resolve) => {
      this.#child.stderr.on('data', () => {
        if (this.#said.includes(this.#tool.ready)) resolve();
      });
    });
    const inTime = await within(START_LIMIT_MS, Promise.race([ready, this.#ended]));
    if (inTime && this.#running) return null;
    this.#child.kill('SIGKILL');
    return inTime ? this.#complaint() : `it did not start within ${START_LIMIT_MS / 1000} s`;
  }

  stop(): Promise<LiveSummary> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<LiveSummary> {
    if (!this.#running) throw this.#failed(`ended early: ${this.#complaint()}`);
    await this.#settle();
    this.#child.kill('SIGINT');
    if (!(await within(STOP_LIMIT_MS, this.#ended))) {
      this.#child.kill('SIGKILL');
      throw this.#failed(`did not stop within ${STOP_LIMIT_MS / 1000} s`);
    }
    // Both answer SIGINT by finishing the file and ending well; on Windows there is no such signal, and it just ends.
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== 0 && signalCode !== 'SIGINT') throw this.#failed(`failed: ${signalCode ?? this.#complaint()}`);
    return { ...this.#count('packets'), ...this.#count('dropped') };
  }

  /**
   * Waits until all packets so far have been taken: a signal to stop makes both tools drop what they have not read yet.
   *
   * The kernel has a packet ready before its receiver gets it, so a tool that has run since then and has taken no more
   * has taken all. That it has run is known from its answers; three that are the same, to be sure.
   */
  async #settle(): Promise<void> {
    const { progress, settleMs } = this.#tool;
    if (progress === null) {
      await delay(settleMs);
      return;
    }
    const from = this.#said.length;
    for (const deadline = Date.now() + SETTLE_LIMIT_MS; this.#running && Date.now() < deadline;) {
      this.#child.kill('SIGUSR1');
      await delay(ASK_AGAIN_MS);
      const [last, ...before] = (this.#said.slice(from).match(progress) ?? []).slice(-3).reverse();
      if (before.length === 2 && before.every((answer) => answer === last)) return;
    }
  }

  #failed(what: string): LiveCaptureFailed {
    return new LiveCaptureFailed(`Cannot complete the live capture: ${this.tool} ${what}`);
  }

  #count(what: 'packets' | 'dropped'): LiveSummary {
    const count = this.#tool[what].exec(this.#said)?.[1];
    return count === undefined ? {} : { [what]: Number(count) };
  }

  /** The tool's own words for what is wrong: the last line that it began with its name. */
  #complaint(): string {
    if (/permission|not permitted/i.test(this.#said)) return `it may not capture on ${this.interfaceName}`;
    const prefix = `${this.tool}: `;
    const line = this.#said.split('\n').findLast((said) => said.startsWith(prefix));
    return line?.slice(prefix.length).trim() ?? 'it ended without saying why';
  }
}

type CaptureProcess = ChildProcessByStdio<Writable, null, Readable>;

/**
 * Runs `program` so that it does not outlive us, however we end, and so that Ctrl-C at our terminal, which goes to the
 * whole process group, does not end it before we do.
 *
 * A shell starts a watcher and then becomes the program. The watcher reads from us: a line means that the program has
 * ended by itself; the end of the stream means that we have, and it ends the program.
 */
function spawnBound(program: string, programArguments: readonly string[]): CaptureProcess {
  if (process.platform === 'win32') return spawnUntilExit(program, programArguments);
  const script = 'exec 3<&0; (read -r line <&3 || kill -TERM $$) >/dev/null 2>&1 & exec "$@" 3<&- </dev/null';
  const child = spawn('/bin/sh', ['-c', script, 'sh', program, ...programArguments], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  });
  child.stdin.on('error', () => {
    // The watcher is gone already.
  });
  child.once('exit', () => child.stdin.end('\n'));
  return child;
}

function spawnUntilExit(program: string, programArguments: readonly string[]): CaptureProcess {
  const child = spawn(program, programArguments, {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  const kill = (): void => {
    child.kill();
  };
  process.once('exit', kill);
  child.once('close', () => process.off('exit', kill));
  return child;
}

async function within(limitMs: number, event: Promise<void>): Promise<boolean> {
  const timeout = new AbortController();
  const late = delay(limitMs, false, { signal: timeout.signal }).catch(() => false);
  try {
    return await Promise.race([event.then(() => true), late]);
  } finally {
    timeout.abort();
  }
}

function loopbackName(): string {
  switch (process.platform) {
    case 'win32':
      return '\\Device\\NPF_Loopback';
    case 'linux':
      return 'lo';
    default:
      return 'lo0';
  }
}

/** Where Wireshark puts dumpcap without telling PATH, and where an ordinary user's PATH does not lead. */
const MORE_FOLDERS: readonly string[] =
  process.platform === 'win32'
    ? ['C:\\Program Files\\Wireshark']
    : ['/usr/sbin', '/sbin', '/usr/local/sbin', '/opt/homebrew/bin', '/Applications/Wireshark.app/Contents/MacOS'];

function findProgram(name: string): string | null {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), ...MORE_FOLDERS].filter(
    (folder) => folder !== '',
  );
  return folders.map((folder) => path.join(folder, file)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
