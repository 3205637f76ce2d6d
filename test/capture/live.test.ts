import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import ts from 'typescript';

import { LiveCaptureFailed, LiveCaptureUnavailable, startLive } from '../../src/capture/live.js';
import { decode } from '../../src/packets/headers/decode.js';
import { TCP_FLAGS } from '../../src/packets/headers/packet.js';
import { whyNoLiveCapture } from '../live-available.js';
import { readFile } from '../packets/reading.js';
import { describeWithTool, testUnless } from '../tools.js';

const folder = mkdtempSync(path.join(tmpdir(), 'servchat-live-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const unavailable = await whyNoLiveCapture();

let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
});

/** Sends `bytes` to the echo server. Resolves when all of them have come back. */
async function echo(bytes: Buffer): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.end(bytes);
  let count = 0;
  for await (const chunk of socket) count += (chunk as Buffer).length;
  expect(count).toBe(bytes.length);
}

/**
 * The bytes that went to the server according to the capture, each segment at its place. Bytes that the capture lost
 * are zero.
 */
async function payloadTo(file: string, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let first = 0;
  const { damage } = await readFile(file, (packet) => {
    const decoded = decode(packet);
    if (decoded.kind !== 'tcp' || decoded.segment.destinationPort !== port) return;
    const { flags, sequence, payload } = decoded.segment;
    if ((flags & TCP_FLAGS.SYN) !== 0) first = sequence + 1;
    payload.copy(bytes, (sequence - first) >>> 0);
  });
  expect(damage).toBeNull();
  return bytes;
}

/** The processes that write the capture `file`. */
function writersOf(file: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').includes(file);
    } catch {
      return false;
    }
  });
}

describeWithTool('tcpdump', 'startLive', () => {
  testUnless(unavailable, 'captures everything from the first byte to the last, each time', async () => {
    for (let round = 0; round < 3; round += 1) {
      const file = path.join(folder, `round-${round}.pcap`);
      const recorder = await startLive({ port, file });
      const bytes = Buffer.alloc(500_000, `round ${round} `);
      await echo(bytes);
      const { packets, dropped } = await recorder.stop();
      expect((await payloadTo(file, bytes.length)).equals(bytes)).toBe(true);
      expect(packets).toBeGreaterThan(10);
      expect(dropped).toBe(0);
    }
  });

  testUnless(unavailable, 'stop can be called twice, and leaves no process behind', async () => {
    const file = path.join(folder, 'twice.pcap');
    const recorder = await startLive({ port, file });
    expect(recorder.tool).toMatch(/^(tcpdump|dumpcap)$/);
    expect(['lo', 'lo0', '\\Device\\NPF_Loopback']).toContain(recorder.interfaceName);
    const first = recorder.stop();
    expect(await recorder.stop()).toBe(await first);
    if (process.platform === 'linux') await writersGone(file);
  });

  testUnless(
    unavailable ?? (process.platform === 'linux' ? null : 'this needs /proc'),
    'a tool that ended early is reported',
    async () => {
      const file = path.join(folder, 'early.pcap');
      const recorder = await startLive({ port, file });
      await endWriters(file);
      await expect(recorder.stop()).rejects.toBeInstanceOf(LiveCaptureFailed);
    },
  );

  testUnless(
    unavailable ?? (process.platform === 'linux' ? null : 'this needs /proc'),
    'the tool ends when we end, even if we are killed',
    async () => {
      const file = path.join(folder, 'orphan.pcap');
      const program = path.join(folder, 'orphan.mjs');
      writeFileSync(
        program,
        `${javascriptOf('src/capture/live.ts')}\nawait startLive(${JSON.stringify({ port, file })});\nconsole.log('started');`,
      );
      const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
      expect(String(await once(parent.stdout, 'data'))).toBe('started\n');
      expect(writersOf(file).length).toBeGreaterThan(0);

      parent.kill('SIGKILL');
      await writersGone(file);
      // The tool had the time to finish its file.
      expect(await readFile(file, () => undefined)).toMatchObject({
        interfaces: [{ linkType: 1 }],
        packets: 0,
        damage: null,
      });
    },
  );
});

describe('without live capture', () => {
  test('a file that cannot be written makes it unavailable, in one line', async () => {
    const file = path.join(folder, 'no', 'such', 'folder.pcap');
    const problem = await startLive({ port: 1, file }).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(LiveCaptureUnavailable);
    expect((problem as Error).message).toMatch(
      /^Cannot capture live: tcpdump[^\n]*; dumpcap[^\n]*tap, which needs no special rights$/,
    );
    if (process.platform === 'linux') await writersGone(file);
  });
});

/** The JavaScript that the build makes of it. The module imports nothing of ours. */
function javascriptOf(source: string): string {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
  return ts.transpileModule(readFileSync(source, 'utf8'), { compilerOptions }).outputText;
}

async function endWriters(file: string): Promise<void> {
  for (const pid of writersOf(file)) process.kill(Number(pid), 'SIGKILL');
  await writersGone(file);
}

/** Resolves when no process has `file` among its arguments. If one stays, the test fails by its time limit. */
async function writersGone(file: string): Promise<void> {
  while (writersOf(file).length > 0) await delay(10);
}
