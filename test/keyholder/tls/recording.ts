/** Records TLS connections of other people's programs through a relay, with their key log. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { TapRecorder } from '../../../src/capture/tap.js';
import { TlsKeyLog } from '../../../src/keyholder/tls/tls-key-log.js';
import { tlsOpenerWith } from '../../../src/keyholder/tls/tls-opening.js';
import { inspectCapture } from '../../../src/eavesdropper/inspect.js';
import { tshark } from '../../packets/tshark.js';
import { PATIENCE_MS } from '../../patience.js';
import { temporaryDirectory } from '../../servchat-process.js';
import type { ConversationFindings } from '../../../src/eavesdropper/findings/findings.js';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that openssl made and signed with its own key. */
export function certificate(kind: 'rsa' | 'ec' = 'rsa'): Certificate {
  const folder = temporaryDirectory();
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  const algorithm = kind === 'rsa' ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const request = ['req', '-x509', '-newkey', ...algorithm, '-nodes', '-subj', '/CN=chat.example', '-days', '30'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { cert, key };
}

export interface Recording {
  readonly capture: string;
  readonly keyLog: string;
}

/** A port that Wireshark assigns to no protocol, so it does not misread what comes before TLS. */
const SERVER_PORT = 44_330;

/** Records what passes between `talk`, which gets the relay's port, and the server at `target`. */
export async function recorded(
  target: number,
  talk: (port: number, keyLog: string) => Promise<void>,
): Promise<Recording> {
  const folder = temporaryDirectory();
  const [capture, keyLog] = [path.join(folder, 'tls.pcap'), path.join(folder, 'keys')];
  const recorder = TapRecorder.open(capture);
  const open: Promise<void>[] = [];
  let count = 0;
  const relay = net.createServer({ allowHalfOpen: true }, (client) => {
    count += 1;
    const server = net.connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    // Fixed ports, because Wireshark could take a random one for another protocol.
    const ends = {
      client: { address: '127.0.0.1', port: 51_000 + count },
      server: { address: '127.0.0.1', port: SERVER_PORT },
    };
    const tap = recorder.connection(ends, 'client');
    client.on('data', (bytes) => void (tap.sent(bytes), server.write(bytes)));
    server.on('data', (bytes) => void (tap.received(bytes), client.write(bytes)));
    client.on('end', () => void (tap.ended(), server.end()));
    server.on('end', () => void (tap.peerEnded(), client.end()));
    for (const socket of [client, server]) socket.on('error', () => void (client.destroy(), server.destroy()));
    open.push(
      ...[client, server].map(
        (socket) =>
          new Promise<void>((resolve) =>
            socket.on('close', () => {
              resolve();
            }),
          ),
      ),
    );
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  try {
    await talk((relay.address() as net.AddressInfo).port, keyLog);
    await Promise.all(open);
  } finally {
    relay.close();
    recorder.close();
  }
  return { capture, keyLog };
}

/** Starts `openssl s_server`, which answers each line with its letters reversed, until `stop`. */
export async function opensslServer(
  parameters: readonly string[],
): Promise<{ readonly port: number; readonly stop: () => void }> {
  const port = await freePort();
  const chair = spawn('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, ...parameters], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  await shows(chair, 'ACCEPT');
  return { port, stop: () => void chair.kill('SIGKILL') };
}

/**
 * Sends each line when the answer to the one before has come. A line that is only `K` or `R` is a command of
 * `s_client`.
 */
export async function opensslClient(
  port: number,
  parameters: readonly string[],
  lines: readonly string[],
): Promise<void> {
  const chair = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...parameters], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) =>
    chair.on('close', () => {
      resolve();
    }),
  );
  let output = '';
  chair.stdout.on('data', (bytes: Buffer) => void (output += bytes.toString('latin1')));
  chair.stderr.resume();
  const until = async (test: () => boolean): Promise<void> => {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end && !test() && chair.exitCode === null;) await sleep(10);
  };
  await until(() => /Verify return code|read R BLOCK|Early data was/.test(output));
  for (const line of lines) {
    chair.stdin.write(`${line}\n`);
    const answer = Buffer.from(line).reverse().toString('latin1');
    if (line.length <= 1) await sleep(200);
    else await until(() => output.includes(answer));
  }
  chair.stdin.write('Q\n');
  await Promise.race([ended, sleep(PATIENCE_MS, undefined, { ref: false })]);
  chair.kill('SIGKILL');
  await ended;
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
  return port;
}

async function shows(chair: ChildProcess, what: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let output = '';
    const look = (bytes: Buffer): void => {
      output += bytes.toString('latin1');
      if (output.includes(what)) resolve();
    };
    chair.stdout?.on('data', look);
    chair.stderr?.on('data', look);
    chair.on('close', () => {
      reject(new Error(output));
    });
  });
}

export interface BothSides {
  readonly client: string;
  readonly server: string;
}

/** The conversations with the key log applied, each with its contents in hex. */
export async function opened(
  capture: string,
  keyLog: Buffer | string,
): Promise<(ConversationFindings & { readonly inside: BothSides })[]> {
  const bytes = typeof keyLog === 'string' ? fs.readFileSync(keyLog) : keyLog;
  const { findings } = await inspectCapture(capture, {
    tlsOpener: tlsOpenerWith(new TlsKeyLog(bytes)),
    searchable: false,
  });
  return findings.conversations.map((conversation) => ({ ...conversation, inside: insideOf(conversation) }));
}

export function insideOf({ tls }: ConversationFindings): BothSides {
  const said = (side: string): string =>
    (tls?.records ?? [])
      .flatMap(({ place, opened: inner }) =>
        place.side === side && inner?.ok === true && inner.type === 'application data' ? [inner] : [],
      )
      .map(({ text, base64 }) =>
        (text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text)).toString('hex'),
      )
      .join('');
  return { client: said('client'), server: said('server') };
}

/** What tshark shows as Follow TLS Stream with the same key log. Its first node is the side that sends data first. */
export function tsharkInside(capture: string, keyLog: string, stream = 0, serverPort = SERVER_PORT): BothSides {
  const output = tshark(['-r', capture, '-o', `tls.keylog_file:${keyLog}`, '-q', '-z', `follow,tls,raw,${stream}`]);
  const rows = output.split('\n');
  const said = (pattern: RegExp): string => rows.flatMap((row) => pattern.exec(row)?.[1] ?? []).join('');
  const [first, second] = [said(/^([0-9a-f]+)$/), said(/^\t([0-9a-f]+)$/)];
  return output.includes(`Node 0: 127.0.0.1:${serverPort}`)
    ? { client: second, server: first }
    : { client: first, server: second };
}
