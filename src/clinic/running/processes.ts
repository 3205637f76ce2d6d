/**
 * All processes that a program of the clinic has started, found and ended.
 *
 * A program may fork, start a session of its own, or leave its parent. What stays with all of its children is the
 * environment: each carries a *mark*, a variable that we set at the start. On Linux we read it in `/proc`. A child that
 * was given another environment is found by its parent, its group or its session. Elsewhere `ps` tells parents and
 * groups only.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

/** The variable that holds the mark. */
export const MARK = 'SERVCHAT_CLINIC_MARK';

/** A process, as the system lists it. */
interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Processor time that it has used, in milliseconds; 0 where that is not known. */
  readonly usedMs: number;
  /** When it started, in ticks since the system did; Infinity where that is not known. */
  readonly startedAt: number;
  /** Whether it runs, waits for a processor, or for a disk. */
  readonly isRunnable: boolean;
}

/** Which processes are meant: those with the mark, the ones below `root`, and those of its group and session. */
export interface Family {
  /** The value of {@link MARK}, or its beginning: then all programs of a check are meant. */
  readonly mark: string;
  /** The process that we started ourselves. It leads its group and its session. */
  readonly root: number | null;
}

const HAS_PROC = process.platform === 'linux';
/** What /proc counts processor time in: 100 each second, on every Linux that Node runs on. */
const TICK_MS = 10;

/** The processes of a family that are running now, without our own, and without those that have ended. */
export function membersOf(family: Family): readonly Listed[] {
  const all = listed();
  const known = new Map<number, boolean>();
  const byPid = new Map(all.map((each) => [each.pid, each]));
  const isMember = (one: Listed): boolean => {
    const before = known.get(one.pid);
    if (before !== undefined) return before;
    // Where parents lead in a circle, which a table that changes while it is read may show, the answer is no.
    known.set(one.pid, false);
    const parent = byPid.get(one.parent);
    const answer = isOf(one, family) || (parent !== undefined && parent.pid !== process.pid && isMember(parent));
    known.set(one.pid, answer);
    return answer;
  };
  return all.filter((one) => one.pid !== process.pid && isMember(one));
}

function isOf({ pid, group, session, startedAt }: Listed, { mark, root }: Family): boolean {
  if (root !== null && (pid === root || group === root || session === root)) return true;
  // What is older than we are was not started by us. On a busy machine, to read all environments takes long.
  return startedAt >= ownStart() && hasMark(pid, mark);
}

let ownStartedAt: number | null = null;

function ownStart(): number {
  if (ownStartedAt === null) {
    const line = read('/proc/self/stat');
    ownStartedAt = (line === null ? null : parseStat(line)?.startedAt) ?? 0;
  }
  return ownStartedAt;
}

function hasMark(pid: number, mark: string): boolean {
  if (!HAS_PROC) return false;
  const environment = read(`/proc/${pid}/environ`);
  return environment !== null && `\0${environment}`.includes(`\0${MARK}=${mark}`);
}

export interface Work {
  /** How much processor time they have used so far, in milliseconds. One that has ended counts as 0. */
  readonly usedMs: number;
  /** Whether one of them runs or waits for a processor: on a busy machine, one that works may get none for a while. */
  readonly isRunnable: boolean;
}

/** How these processes are at work. null where the system does not say. */
export function workOf(pids: readonly number[]): Work | null {
  if (!HAS_PROC) return null;
  const found = pids.flatMap((pid) => {
    const line = read(`/proc/${pid}/stat`);
    return line === null ? [] : (parseStat(line) ?? []);
  });
  return {
    usedMs: found.reduce((sum, { usedMs }) => sum + usedMs, 0),
    isRunnable: found.some(({ isRunnable }) => isRunnable),
  };
}

/** How often we look again for processes that were started while others were ended. */
const MOST_ROUNDS = 50;

/**
 * Ends a family, at once and for sure. First all are stopped, so that none starts another one while we look.
 *
 * It does not wait for anything, so it can also run while our own process ends. Returns how many it could not end.
 */
export function endFamily(family: Family): number {
  let left = 0;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const members = stopped(family);
    left = members.size;
    if (left === 0) return 0;
    for (const pid of members) signal(pid, 'SIGKILL');
    if (round > 0) pause(2);
  }
  return left;
}

/**
 * Stops them, until no new one is found. One that was started while we looked, without the mark and in a session of its
 * own, is known by its parent alone, so no parent may end before.
 */
function stopped(family: Family): ReadonlySet<number> {
  const known = new Set<number>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = known.size;
    for (const { pid } of membersOf(family)) {
      if (!known.has(pid)) signal(pid, 'SIGSTOP');
      known.add(pid);
    }
    if (known.size === before) break;
  }
  return known;
}

/** Sends a signal to every process of a family. */
export function signalFamily(family: Family, name: NodeJS.Signals): void {
  for (const { pid } of membersOf(family)) signal(pid, name);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

/** Waits without letting anything else run. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function listed(): readonly Listed[] {
  return HAS_PROC ? listedInProc() : listedByPs();
}

function listedInProc(): readonly Listed[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const line = read(`/proc/${name}/stat`);
      const one = line === null ? null : parseStat(line);
      return one === null ? [] : [one];
    });
}

/**
 * A line of `/proc/PID/stat` (proc(5)). The name of the program stands in brackets and may itself hold brackets and
 * spaces. null for a process that has ended and waits for its parent.
 */
export function parseStat(line: string): Listed | null {
  const pid = Number.parseInt(line, 10);
  const [state, parent, group, session, ...rest] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return null;
  // The 14th and 15th field of the line, which are the 8th and 9th after the session.
  const usedMs = (Number(rest[7]) + Number(rest[8])) * TICK_MS;
  // The 22nd field of the line.
  const startedAt = Number(rest[15]);
  const isRunnable = state === 'R' || state === 'D';
  return { pid, parent: Number(parent), group: Number(group), session: Number(session), usedMs, startedAt, isRunnable };
}

/** Many small files are read again and again, so all are read into the same bytes. */
const PIECE = Buffer.alloc(64 * 1024);

/** A process that ends while we read it, or that belongs to another user, cannot be read. */
function read(file: string): string | null {
  let handle: number | null = null;
  try {
    const opened = (handle = fs.openSync(file, 'r'));
    const more = (): number => fs.readSync(opened, PIECE, 0, PIECE.length, null);
    let text = '';
    for (let count = more(); count > 0; count = more()) text += PIECE.toString('latin1', 0, count);
    return text;
  } catch {
    return null;
  } finally {
    if (handle !== null) fs.closeSync(handle);
  }
}

function listedByPs(): readonly Listed[] {
  const table = execFileSync('ps', ['-axo', 'pid=,ppid=,pgid=,stat='], { encoding: 'latin1' });
  return table.split('\n').flatMap((line) => {
    const [, pid, parent, group, state] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)/.exec(line) ?? [];
    if (pid === undefined || state?.startsWith('Z') === true) return [];
    const [leader, startedAt] = [Number(group), Infinity];
    const of = { pid: Number(pid), parent: Number(parent), group: leader, session: leader };
    return [{ ...of, usedMs: 0, startedAt, isRunnable: false }];
  });
}
