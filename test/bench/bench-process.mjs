/** A process of the benchmark: it gets its input, its output is watched, and it ends with its run. */
import { spawn } from 'node:child_process';
import { Buffer } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import { clearTimeout, setTimeout } from 'node:timers';

const LIMIT_MS = 30_000;

export function startProcess([program, ...args]) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const pieces = [];
  let bytes = 0;
  const output = () => Buffer.concat(pieces).toString();
  let wake = () => undefined;
  child.stdout.on('data', (piece) => {
    pieces.push(piece);
    bytes += piece.length;
    wake();
  });
  // A process that has ended reads no input. The code below reports that it has ended.
  child.stdin.on('error', () => undefined);
  const name = [program, ...args].join(' ');
  const closed = new Promise((done) => {
    child.on('error', done);
    child.on('close', (status) =>
      done(status === 0 ? null : new Error(`Cannot measure ${name}: it ended with status ${status}`)),
    );
  });
  const within = async (what, promise) => {
    let timer;
    const late = new Promise((_, fail) => {
      timer = setTimeout(
        () => fail(new Error(`Cannot measure ${name}: it did not ${what} in ${LIMIT_MS / 1000} s`)),
        LIMIT_MS,
      );
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
  };
  const until = (what, found) => {
    const seen = new Promise((done) => {
      wake = () => {
        const answer = found();
        if (answer) done(answer);
      };
      wake();
    });
    const gone = closed.then((problem) => {
      throw problem ?? new Error(`Cannot measure ${name}: it ended too early`);
    });
    return within(what, Promise.race([seen, gone]));
  };

  return {
    /** Returns the milliseconds of processor time that it has used so far; NaN if the kernel does not say. */
    processor: () => {
      const status = `/proc/${child.pid}/stat`;
      if (!existsSync(status)) return NaN;
      // The name may contain spaces. Of the fields after it, utime and stime are the 12th and 13th, in hundredths of a
      // second (proc(5)).
      const [utime, stime] = readFileSync(status, 'utf8').split(') ').at(-1).split(' ').slice(11, 13);
      return 10 * (Number(utime) + Number(stime));
    },
    write: (text) => child.stdin.write(text),
    output,
    shows: (pattern) => until(`show ${pattern}`, () => pattern.exec(output())),
    /**
     * Waits for at least `length` bytes that end with `text`. It looks only at the last pieces, so that watching costs
     * almost nothing.
     */
    endsWith: (text, length = 0) =>
      until(
        `show ${text.trim()}`,
        () => bytes >= length && Buffer.concat(pieces.slice(-2)).subarray(-text.length).equals(Buffer.from(text)),
      ),
    /** Waits until it has ended by itself. */
    ends: () => {
      child.stdin.end();
      return within(
        'end',
        closed.then((problem) => {
          if (problem !== null) throw problem;
        }),
      );
    },
    /** Ends it if it is still running. */
    stop: () => {
      child.kill('SIGKILL');
      return closed;
    },
  };
}
