/**
 * Measures the server of the lab: how long a message takes from Enter in one chair to its text in the other, as a page
 * sees it; and the memory of the server after 10,000 messages.
 *
 *     npm run bench:lab
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';

const TIMED = 200;
const MANY = 10_000;
/** So many messages are on their way at the same time. */
const AT_ONCE = 20;

/** Reads the events, and sends commands. */
class Page {
  #url;
  #agent = new http.Agent({ keepAlive: true });
  #waiting = new Set();

  constructor(url) {
    this.#url = url;
    http.get(`${url}events`, (response) => {
      let rest = '';
      response.setEncoding('utf8');
      response.on('error', () => undefined);
      response.on('data', (chunk) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop();
        for (const line of lines) if (line.startsWith('data: ')) this.#happened(JSON.parse(line.slice(6)).event);
      });
    });
  }

  #happened(event) {
    const now = performance.now();
    for (const each of this.#waiting) {
      if (!each.holds(event)) continue;
      this.#waiting.delete(each);
      each.resolve(now);
    }
  }

  /** Resolves to the time at which such an event came. */
  next(holds) {
    return new Promise((resolve) => this.#waiting.add({ holds, resolve }));
  }

  async chatting() {
    const seats = ['client', 'server'].map((side) =>
      this.next((event) => event.type === 'seat' && event.side === side && event.state === 'chatting'),
    );
    await Promise.all(seats);
  }

  send(command) {
    return new Promise((resolve, reject) => {
      const request = http.request(`${this.#url}command`, {
        method: 'POST',
        agent: this.#agent,
        headers: { 'content-type': 'application/json' },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        response.resume().on('end', resolve);
      });
      request.end(JSON.stringify(command));
    });
  }
}

const out = mkdtempSync(join(tmpdir(), 'servchat-bench-'));
const lab = spawn(process.execPath, ['dist/cli/main.js', 'lab', '--out', out], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const url = await addressOf(lab);
  const page = new Page(url);
  for (const [mode, integrity] of [
    ['plaintext', null],
    ['encrypted', 'hmac-sha256-seq'],
    ['tls', null],
  ]) {
    await page.send({ do: 'start', mode, integrity, attack: null, insists: false, elsewhere: null, hold: null });
    await page.chatting();
    print(`${mode}: from Enter to the text in the other chair, ${TIMED} messages`, await timed(page));
  }
  await page.send({
    do: 'start',
    mode: 'encrypted',
    integrity: null,
    attack: null,
    insists: false,
    elsewhere: null,
    hold: null,
  });
  await page.chatting();
  print('memory of the server before', `${memoryOf(lab.pid)} MB`);
  const began = performance.now();
  await many(page);
  const seconds = (performance.now() - began) / 1000;
  print(`memory after ${MANY} messages`, `${memoryOf(lab.pid)} MB, the most ${memoryOf(lab.pid, 'VmHWM')} MB`);
  print('for these', `${seconds.toFixed(1)} s, ${Math.round(MANY / seconds)} messages a second`);
} finally {
  lab.kill('SIGINT');
  await new Promise((resolve) => lab.once('close', resolve));
  rmSync(out, { recursive: true, force: true });
}

function print(what, value) {
  process.stdout.write(`${what}: ${value}\n`);
}

async function timed(page) {
  const times = [];
  for (let count = 0; count < TIMED; count += 1) {
    const text = `message ${count}`;
    const shown = page.next((event) => event.type === 'shown' && event.text === text);
    const began = performance.now();
    await Promise.all([page.send({ do: 'say', side: count % 2 === 0 ? 'client' : 'server', text }), shown]);
    times.push((await shown) - began);
  }
  times.sort((one, other) => one - other);
  const at = (share) => `${times[Math.floor(share * (times.length - 1))].toFixed(1)} ms`;
  return `median ${at(0.5)}, of 20 the slowest ${at(0.95)}, slowest ${at(1)}`;
}

async function many(page) {
  let sent = 0;
  const last = page.next((event) => event.type === 'shown' && event.text.startsWith(`message ${MANY - 1} `));
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (sent < MANY) await page.send({ do: 'say', side: 'client', text: `message ${sent++} of a long chat` });
    }),
  );
  await last;
}

/** Of Linux, in megabytes. */
function memoryOf(pid, what = 'VmRSS') {
  const [, kilobytes] = new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

function addressOf({ stdout }) {
  return new Promise((resolve) => {
    let text = '';
    stdout.on('data', (chunk) => {
      text += chunk;
      const [url] = /http:\S+/.exec(text) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
}
