/** The door of the relay for Java. The bytes are those of RFC 1928, sections 3 to 6. */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { parseRequest, SocksDoor } from '../../../src/clinic/wire/socks.js';
import { testUnless } from '../../tools.js';

const WANTED = 5000;

let door: SocksDoor;
let taken: net.Socket[];
beforeEach(async () => {
  taken = [];
  door = await SocksDoor.open({
    port: () => WANTED,
    accept: (client) => {
      taken.push(client);
      client.on('data', (bytes) => client.end(`heard ${bytes.toString()}`));
    },
  });
});
afterEach(async () => {
  for (const client of taken) client.destroy();
  await door.close();
});

/** Says all this, each piece alone, and returns what came until the end. */
async function said(...pieces: readonly string[]): Promise<string> {
  const socket = net.connect({ host: '127.0.0.1', port: door.port, noDelay: true });
  const came: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => came.push(bytes));
  const over = new Promise((resolve) => socket.once('close', resolve).on('error', () => undefined));
  for (const piece of pieces) {
    socket.write(Buffer.from(piece, 'hex'));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await over;
  return Buffer.concat(came).toString('hex');
}

const GRANTED = '05000001' + '7f000001' + '0000';
const hello = Buffer.from('hello').toString('hex');
const heard = Buffer.from('heard hello').toString('hex');

test('a connection to the wanted port is taken, in whatever pieces and by whatever kind of address it is asked for', async () => {
  const byAddress = '05010001' + '7f000001' + '1388';
  expect(await said('050100', byAddress, hello)).toBe(`0500${GRANTED}${heard}`);
  const bytes = `05020002${byAddress}`.match(/../g) ?? [];
  expect(await said(...bytes, hello)).toBe(`0500${GRANTED}${heard}`);
  // “localhost”, and ::1.
  expect(await said('050100', '0501000309' + '6c6f63616c686f7374' + '1388', hello)).toBe(`0500${GRANTED}${heard}`);
  expect(await said('050100', '05010004' + '00'.repeat(15) + '01' + '1388', hello)).toBe(`0500${GRANTED}${heard}`);
  // All at once.
  expect(await said('050100' + byAddress + hello)).toBe(`0500${GRANTED}${heard}`);
});

test('a connection to another port goes there', async () => {
  const other = net.createServer((socket) => socket.end('other'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as net.AddressInfo;
  const request = '05010001' + '7f000001' + port.toString(16).padStart(4, '0');
  expect(await said('050100', request)).toBe(`0500${GRANTED}${Buffer.from('other').toString('hex')}`);
  expect(taken).toEqual([]);
  await new Promise((resolve) => other.close(resolve));
});

test('what is no request of version 5 to connect is refused', async () => {
  expect(await said('04011388' + '7f000001' + '00')).toBe('');
  const refused = '0500' + '05070001' + '7f000001' + '0000';
  expect(await said('050100', '05020001' + '7f000001' + '1388')).toBe(refused);
  expect(await said('050100', '05010009' + '7f000001' + '1388')).toBe(refused);
  expect(parseRequest(Buffer.from('05010004' + '0'.repeat(30) + '01' + '1388', 'hex'))?.host).toBe(
    '0000:0000:0000:0000:0000:0000:0000:0001',
  );
});

const hasJava = spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0;

testUnless(hasJava ? null : 'java is not installed', 'Java comes through it, to its own machine too', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-socks-'));
  try {
    const source = `
      public class Client {
        public static void main(String[] given) throws Exception {
          java.net.Socket socket = new java.net.Socket("localhost", ${WANTED});
          socket.getOutputStream().write("hello".getBytes());
          System.out.println(new String(socket.getInputStream().readAllBytes()));
        }
      }`;
    fs.writeFileSync(path.join(folder, 'Client.java'), source);
    const options = `-DsocksProxyHost=127.0.0.1 -DsocksProxyPort=${door.port} -DsocksNonProxyHosts=`;
    const java = spawn('java', ['Client.java'], {
      cwd: folder,
      env: { ...process.env, JAVA_TOOL_OPTIONS: options },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let shown = '';
    java.stdout.on('data', (bytes: Buffer) => (shown += bytes.toString()));
    await new Promise((resolve) => java.once('close', resolve));
    expect(shown).toBe('heard hello\n');
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
