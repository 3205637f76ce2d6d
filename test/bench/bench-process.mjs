/** A process of the benchmark: given its input, watched for what it shows, ended with its run. */
import { spawn } from 'node:child_process';
import { Buffer } from 'node:buffer';
import { clearTimeout, setTimeout } from 'node:timers';

const LIMIT_MS = 30_000;

export function startProcess([program, ...args]) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const pieces = [];
  const output = () => Buffer.concat(pieces).toString();
  let wake = () => undefined;
  child.stdout.on('data', (piece) => {
    pieces.push(piece);
    wake();
  });
  // Who has ended takes no input; that it ended is told below.
  child.stdin.on('error', () => undefined);
  const name = [program, ...args].join(' ');
  const closed = new Promise((done) => {
    child.on('error', done);
    child.on('close', (status) => done(status === 0 ? null : new Error(`Cannot measure ${name}: it ended with status ${status}`)));
  });
  const within = async (what, promise) => {
    let timer;
    const late = new Promise((_, fail) => {
      timer = setTimeout(() => fail(new Error(`Cannot measure ${name}: it did not ${what} in ${LIMIT_MS / 1000} s`)), LIMIT_MS);
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
    write: (text) => child.stdin.write(text),
    output,
    shows: (pattern) => until(`show ${pattern}`, () => pattern.exec(output())),
    /** Looks at the last piece alone, so that watching costs next to nothing. */
    endsWith: (text) => until(`show ${text}`, () => Buffer.concat(pieces.slice(-2)).subarray(-text.length).equals(Buffer.from(text))),
    /** Once it has ended by itself. */
    ends: () => {
      child.stdin.end();
      return within('end', closed.then((problem) => {
        if (problem !== null) throw problem;
      }));
    },
    /** Ends it if it still runs. */
    stop: () => {
      child.kill('SIGKILL');
      return closed;
    },
  };
}
