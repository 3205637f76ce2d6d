/**
 * The chat's part of the benchmark; to run only this part: `node test/bench/chat.mjs`. Two processes on loopback, in
 * each mode and with each integrity check. The result is messages per second, one way, from the client's standard input
 * to the server's standard output.
 *
 * Ours are the commands that a person starts, `serve` and `connect`, with pipes in place of the person. The time
 * includes reading, encrypting, sending, checking, decrypting, escaping and showing. It does not include the start, the
 * key exchange and the first messages. The Python pair does the same with `cryptography`, except the escaping. The bare
 * pair of node:net or node:tls only carries the bytes: it writes each message separately, or each piece of its input as
 * it came. All pairs are fed and watched in the same way. The processor time of both sides is next to the rate, because
 * other work on the machine lowers the rate and hardly raises the processor time.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import process from 'node:process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { startProcess } from './bench-process.mjs';

const MAIN = resolve('dist/cli/main.js');
const BARE = resolve('test/bench/bare-peer.mjs');
const PYTHON_PEER = resolve('test/bench/stream_peer.py');
/** Debian's own interpreter. Another one in PATH would not find the distribution's `cryptography`. */
const PYTHON = '/usr/bin/python3';
const ROUNDS = 3;
/** Messages before those that are timed, so that the time does not include a program's warm-up. */
const AHEAD = 10_000;

/** The fastest pair needs enough messages to be measured, and the slowest must not take too long. */
const CHATS = [
  { name: 'plaintext', mode: 'plaintext', messages: 100_000 },
  { name: 'encrypted, sha256', mode: 'encrypted', integrity: 'sha256', messages: 20_000 },
  { name: 'encrypted, hmac-sha256', mode: 'encrypted', integrity: 'hmac-sha256', messages: 20_000 },
  { name: 'encrypted, hmac-sha256-seq', mode: 'encrypted', integrity: 'hmac-sha256-seq', messages: 20_000 },
  { name: 'tls', mode: 'tls', messages: 100_000 },
];

export async function chatting(say) {
  const python = spawnSync(PYTHON, ['-c', 'import cryptography']).status === 0;
  say(`Chat: messages a second between two processes on loopback, the best of ${ROUNDS} rounds`);
  for (const chat of CHATS) {
    const pairs = pairsFor(chat).filter(({ name }) => python || name !== PYTHON_PAIR);
    const best = new Map(pairs.map(({ name }) => [name, { rate: 0, processor: Infinity }]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const pair of pairs) {
        const [before, { rate, processor }] = [best.get(pair.name), await measured(pair, chat.messages)];
        best.set(pair.name, { rate: Math.max(before.rate, rate), processor: Math.min(before.processor, processor) });
      }
    }
    say(`  ${chat.name}, ${chat.messages.toLocaleString('en')} messages`);
    for (const [name, { rate, processor }] of best) say(`    ${row(name, rate, processor, best.get(OURS))}`);
    if (!python) say(`    ${PYTHON_PAIR.padEnd(36)} not installed`);
  }
}

function row(name, rate, processor, ours) {
  const ratio =
    name === OURS
      ? ''
      : `  ours is ${(ours.rate / rate).toFixed(2)} times as fast (processor: ${(processor / ours.processor).toFixed(2)})`;
  return `${name.padEnd(36)} ${Math.round(rate).toLocaleString('en').padStart(9)} a second  processor ${processor.toFixed(1).padStart(5)} µs each${ratio}`;
}

const OURS = 'servchat';
const PYTHON_PAIR = 'Python, cryptography';

/** Each server prints its port in its first line, and `connected` in a later one. */
function pairsFor({ mode, integrity }) {
  const node = process.execPath;
  const ours = ['--mode', mode, ...(integrity === undefined ? [] : ['--integrity', integrity])];
  const pairs = [
    {
      name: OURS,
      server: [node, MAIN, 'serve', '--port', '0', ...ours],
      client: (port) => [node, MAIN, 'connect', `127.0.0.1:${port}`, ...ours],
    },
    {
      name: PYTHON_PAIR,
      server: [PYTHON, PYTHON_PEER, 'server', integrity ?? mode],
      client: (port) => [PYTHON, PYTHON_PEER, 'client', integrity ?? mode, '127.0.0.1', port],
    },
  ];
  if (mode === 'encrypted') return pairs;
  const transport = mode === 'tls' ? 'node:tls' : 'node:net';
  for (const by of ['message', 'piece']) {
    pairs.push({
      name: `${transport}, a write for each ${by}`,
      server: [node, BARE, 'server', mode],
      client: (port) => [node, BARE, 'client', mode, port, by],
    });
  }
  return pairs;
}

/**
 * Returns messages per second, from the moment the client gets the first to the moment the server has shown the last,
 * and microseconds of the processor for each message, both sides together. Checks afterwards that all were shown.
 */
async function measured({ server: serverCommand, client: clientCommand }, messages) {
  const processes = [];
  const start = (command) => {
    processes.push(startProcess(command));
    return processes.at(-1);
  };
  try {
    const server = start(serverCommand);
    const [, port] = await server.shows(/^(?:server started on 127\.0\.0\.1:)?(\d+)\b.*\n/);
    const client = start(clientCommand(port));
    await Promise.all([server.shows(/connected/i), client.shows(/connected/i)]);
    const processor = () => server.processor() + client.processor();
    const [ahead, text] = [conversation(AHEAD), conversation(messages)];
    client.write(ahead);
    await server.endsWith(LAST);
    const before = { processor: processor(), clock: performance.now() };
    client.write(text);
    await server.endsWith(LAST, ahead.length + text.length);
    const took = { clock: performance.now() - before.clock, processor: processor() - before.processor };
    client.write('EXIT\n');
    await Promise.all([client.ends(), server.ends()]);
    if (
      !server
        .output()
        .replaceAll('client: ', '')
        .includes(ahead + text)
    )
      throw new Error(`Cannot measure ${serverCommand.join(' ')}: it did not show what was typed`);
    return { rate: messages / (took.clock / 1000), processor: (1000 * took.processor) / messages };
  } finally {
    await Promise.all(processes.map((each) => each.stop()));
  }
}

const WORDS =
  'hello are you coming to the class today we look at packets in Wireshark and then at what a listener can read'.split(
    ' ',
  );
const LAST = 'this is the last of them\n';

/** Lines of 22 to 39 characters, all different. */
function conversation(messages) {
  let text = '';
  for (let n = 0; n < messages - 1; n += 1)
    text += `message ${n}: ${WORDS[n % 7]} ${WORDS[n % 11]} ${WORDS[n % WORDS.length]}\n`;
  return text + LAST;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await chatting((line) => process.stdout.write(`${line}\n`));
}
