/**
 * Live capture: tcpdump or dumpcap records the kernel's own packets on the loopback interface.
 *
 * Both need rights that an ordinary user seldom has. Both also take time to start and to stop. So `startLive` returns a
 * recorder only when its tool really captures, and `stop` waits until the file is complete.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** Live capture is not possible here. The message is one line that says why, and what to do. */
export class LiveCaptureUnavailable extends Error {
  override readonly name = 'LiveCaptureUnavailable';
}

/** A live capture started but is not reliable: its tool ended early or did not stop. */
export class LiveCaptureFailed extends Error {
  override readonly name = 'LiveCaptureFailed';
}

export interface LiveOptions {
  /** Captures packets with this TCP port at either end. */
  readonly port: number;
  /** The pcap file to write. */
  readonly file: string;
}

export interface LiveSummary {
  /** The tool's own count, if it reported one. */
  readonly packets?: number;
  /** Packets that passed the filter but were lost because a buffer was full. */
  readonly dropped?: number;
}

export interface LiveRecorder {
  /** The program that captures: `tcpdump` or `dumpcap`. */
  readonly tool: string;
  /** The tool's name for it, such as `lo`. */
  readonly interfaceName: string;
  /**
   * Stops after the packets that have crossed so far. Resolves when the file is complete. You may call it again.
   *
   * @throws LiveCaptureFailed if the tool ended earlier, or does not stop.
   */
  stop(): Promise<LiveSummary>;
}

/**
 * Starts to capture on the loopback interface. Resolves when packets are really being recorded.
 *
 * @throws LiveCaptureUnavailable if no tool is installed, or none has the right to capture.
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
  /** An absolute path, because `-` alone would mean standard output. */
  readonly file: string;
}

interface CaptureTool {
  readonly name: string;
  arguments(target: Target): readonly string[];
  /** The text that the tool prints on standard error when it captures. */
  readonly ready: string;
  /** How long to wait after the last packet, if the tool cannot report its progress. Milliseconds. */
  readonly settleMs: number;
  /** Matches the tool's answer to SIGUSR1: how many packets it has captured so far. null if it gives no answer. */
  readonly progress: RegExp | null;
  readonly packets: RegExp;
  readonly dropped: RegExp;
}

/**
 * The MTU of Linux's loopback interface plus an Ethernet header. With 65,535, the largest packets would lose their last
 * bytes.
 */
const LARGEST_PACKET = 65_536 + 14;

const TCPDUMP: CaptureTool = {
  name: 'tcpdump',
  arguments: ({ interfaceName, filter, file }) => [
    ...['-i', interfaceName, '-w', file],
    // --immediate-mode and -U: deliver and write each packet immediately. The kernel then divides its buffer into slots
    // of the snap length. With the default snap length, a burst of packets fills the buffer and most are lost. So -s is
    // no larger than the largest packet, and -B gives the buffer 64 MiB.
    ...['--immediate-mode', '-U', '-s', String(LARGEST_PACKET), '-B', '65536'],
    // If root runs tcpdump, it changes to another user by default, who may not write the file.
    ...(process.getuid?.() === 0 ? ['-Z', 'root'] : []),
    filter,
  ],
  ready: 'listening on',
  settleMs: 600,
  // BSD and macOS use another signal for this. There, SIGUSR1 would end the tool.
  progress: process.platform === 'linux' ? /\d+ packets? captured,/g : null,
  packets: /^(\d+) packets? captured/m,
  dropped: /^(\d+) packets? dropped by kernel/m,
};

const DUMPCAP: CaptureTool = {
  name: 'dumpcap',
  // -P: pcap, not pcapng. -q: no running count of packets.
  arguments: ({ interfaceName, filter, file }) => ['-i', interfaceName, '-f', filter, '-w', file, '-P', '-q'],
  // dumpcap prints "Capturing on" before it really captures.
  ready: 'File: ',
  // dumpcap loses packets of about the last 300 ms before the signal.
  settleMs: 600,
  progress: null,
  packets: /^Packets captured: (\d+)/m,
  dropped: /^Packets received\/dropped on interface .*: \d+\/(\d+)/m,
};

/** tcpdump comes first because it can report its progress. */
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
  /** What the tool has printed on standard error. */
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

  /** Resolves to null when the tool captures, or else to the reason why it does not. */
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
    // On SIGINT, both tools finish the file and exit normally. Windows has no such signal: there the tool is simply
    // ended.
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== 0 && signalCode !== 'SIGINT') throw this.#failed(`failed: ${signalCode ?? this.#complaint()}`);
    return { ...this.#count('packets'), ...this.#count('dropped') };
  }

  /**
   * Waits until the tool has read all packets so far. This is necessary because both tools drop unread packets when
   * they get the signal to stop.
   *
   * The kernel has a packet ready for the tool before the receiver gets it. So if the tool has run since then and its
   * count did not grow, it has read everything. Its answers show that it has run. We wait for three equal answers to be
   * sure.
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

  /** The tool's own error message: the last line that begins with its name. */
  #complaint(): string {
    if (/permission|not permitted/i.test(this.#said)) return `it may not capture on ${this.interfaceName}`;
    const prefix = `${this.tool}: `;
    const line = this.#said.split('\n').findLast((said) => said.startsWith(prefix));
    return line?.slice(prefix.length).trim() ?? 'it ended without saying why';
  }
}

type CaptureProcess = ChildProcessByStdio<Writable, null, Readable>;

/**
 * Runs `program` so that it ends when we end, even if we crash. Ctrl-C at the terminal goes to the whole process group,
 * so `program` is also protected from ending before we do.
 *
 * A shell starts a watcher and then becomes the program. The watcher reads from us. A line means that the program has
 * ended by itself. The end of the stream means that we have ended, and then the watcher ends the program.
 */
function spawnBound(program: string, programArguments: readonly string[]): CaptureProcess {
  if (process.platform === 'win32') return spawnUntilExit(program, programArguments);
  const script = 'exec 3<&0; (read -r line <&3 || kill -TERM $$) >/dev/null 2>&1 & exec "$@" 3<&- </dev/null';
  const child = spawn('/bin/sh', ['-c', script, 'sh', program, ...programArguments], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  });
  child.stdin.on('error', () => {
    // The watcher has already ended.
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

/**
 * Folders where Wireshark installs dumpcap without adding them to PATH, and folders that are not in an ordinary user's
 * PATH.
 */
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
