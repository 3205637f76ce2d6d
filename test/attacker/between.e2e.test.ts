/** `attack --to`: a relay between two people that reports each step. */
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { expect, test } from '@jest/globals';

import { server, servchat, temporaryDirectory } from '../servchat-process.js';

test('it reports each piece as it passes: its direction, and what the attack did with it', async () => {
  const { chair, port } = await server(['--mode', 'plaintext']);
  const out = temporaryDirectory();
  const between = servchat(['attack', 'modify', '--to', `127.0.0.1:${port}`, '--out', out]);
  const [, relayPort] = /127\.0\.0\.1:(\d+);/.exec(await between.shows('Clients connect to'))!;
  const client = net.connect(Number(relayPort), '127.0.0.1');
  client.write(`Meet me ${'x'.repeat(120)} \x1b[31mred\n`);
  await chair.shows('Beat me');
  chair.say('Yes');
  await once(client, 'data');
  client.destroy();
  await between.shows('Yes');
  expect(between.output.join('\n')).toMatch(/^from the client: Meet me \S*/m);
  expect(between.output.join('\n')).toMatch(/^ {4}changed, to the server: Beat me/m);
  expect(between.output.join('\n')).toMatch(
    /^from the server: Yes, frame \d+\n {4}passed on, to the client, frame \d+$/m,
  );
  expect(between.raw).not.toContain('\x1b');
  between.kill('SIGINT');
  expect(await between.ended).toBe(0);
  // The frames that it reported are in the files that it named.
  const named = between.output.join('\n').match(/\S+\.pcap/g) ?? [];
  expect(named).toEqual(['client', 'server'].map((side) => path.join(out, `modify.${side}-side.pcap`)));
  for (const file of named) expect(fs.statSync(file).size).toBeGreaterThan(0);
});

/** A chat through the attack in tls mode. Returns what the attacker's terminal showed. */
async function throughTls(name: string, says: readonly string[], shows: string): Promise<readonly string[]> {
  const { port } = await server(['--mode', 'tls']);
  const between = servchat(['attack', name, '--to', `127.0.0.1:${port}`, '--out', temporaryDirectory()]);
  const [, relayPort] = /127\.0\.0\.1:(\d+);/.exec(await between.shows('Clients connect to'))!;
  const client = servchat(['connect', `127.0.0.1:${relayPort}`, '--mode', 'tls']);
  await client.shows('Connected');
  for (const text of says) client.say(text);
  await between.shows(shows);
  client.say('EXIT');
  await client.ended;
  await between.shows('understood, from the client: EXIT');
  between.kill('SIGINT');
  await between.ended;
  return between.output;
}

test('in tls mode: what came is told before what the attacker made of it, and a goodbye is no handshake', async () => {
  const output = await throughTls('key-swap', ['Meet me'], 'understood, from the client: Meet me');
  const understood = output.findIndex((line) => line.includes('understood, from the client: Meet me'));
  const came = output.findLastIndex((line, at) => at < understood && line.startsWith('from the client: TLS record'));
  expect(came).toBeGreaterThan(-1);
  // Nothing else came in between.
  expect(output.slice(came + 1, understood).filter((line) => line.startsWith('from '))).toEqual([]);
  // Something that was only understood did not come from the attacker.
  expect(output.join('\n')).not.toMatch(/the attacker speaks:\n {4}not passed on/);
  const chat = output.slice(output.findIndex((line) => line.includes('TLS record')));
  expect(chat.filter((line) => /^ {4}(added|changed).*TLS handshake/.test(line))).toEqual([]);
});

test('it says what to do to see the attack', async () => {
  const { chair, port } = await server(['--mode', 'plaintext']);
  const between = servchat(['attack', 'drop', '--to', `127.0.0.1:${port}`, '--out', temporaryDirectory()]);
  const toSee = await between.shows('To see it: ');
  const [, relayPort] = /127\.0\.0\.1:(\d+);/.exec(await between.shows('Clients connect to'))!;
  const client = servchat(['connect', `127.0.0.1:${relayPort}`, '--mode', 'plaintext']);
  client.say('one');
  await chair.shows('one');
  client.say('EXIT');
  await between.shows('the connection was closed');
  // EXIT is the second message: it was swallowed.
  between.kill('SIGINT');
  await between.ended;
  expect(toSee).toContain('three things');
  expect(between.output.join('\n')).not.toContain('changed nothing');
});

test('an attack that found nothing says so, and names what it needs', async () => {
  const { chair, port } = await server(['--mode', 'plaintext']);
  const between = servchat(['attack', 'rehash', '--to', `127.0.0.1:${port}`, '--out', temporaryDirectory()]);
  const [, relayPort] = /127\.0\.0\.1:(\d+);/.exec(await between.shows('Clients connect to'))!;
  const client = servchat(['connect', `127.0.0.1:${relayPort}`, '--mode', 'plaintext']);
  client.say('Meet me');
  client.say('EXIT');
  await chair.ended;
  await between.shows('the connection was closed');
  between.kill('SIGINT');
  await between.ended;
  expect(between.output.join('\n')).toMatch(
    /The attacker changed nothing\.\nTo see the attack: Chat in encrypted mode/,
  );
});

test('guess-by-length guesses when it is ended', async () => {
  const { chair, port } = await server(['--mode', 'tls']);
  const between = servchat(['attack', 'guess-by-length', '--to', `127.0.0.1:${port}`, '--out', temporaryDirectory()]);
  const [, relayPort] = /127\.0\.0\.1:(\d+);/.exec(await between.shows('Clients connect to'))!;
  const client = servchat(['connect', `127.0.0.1:${relayPort}`, '--mode', 'tls']);
  client.say('Meet me at noon');
  await chair.shows('Meet me at noon');
  client.say('EXIT');
  await chair.ended;
  between.kill('SIGINT');
  await between.ended;
  expect(between.output.join('\n')).toContain('guessed, from the client: Meet me at noon');
});

test('fake-server has no capture of a side that it never talked to', async () => {
  const { port } = await server(['--mode', 'plaintext']);
  const out = temporaryDirectory();
  const between = servchat(['attack', 'fake-server', '--to', `127.0.0.1:${port}`, '--out', out]);
  const [, relayPort] = /127\.0\.0\.1:(\d+);/.exec(await between.shows('Clients connect to'))!;
  const client = servchat(['connect', `127.0.0.1:${relayPort}`, '--mode', 'plaintext']);
  client.say('Hello');
  await client.shows('Of course');
  client.say('EXIT');
  await client.ended;
  between.kill('SIGINT');
  await between.ended;
  expect(between.output.join('\n')).not.toContain('server-side');
  expect(fs.readdirSync(out).filter((name) => name.endsWith('.pcap'))).toEqual(['fake-server.client-side.pcap']);
});

test('a server that does not answer is named', async () => {
  const between = servchat(['attack', 'nothing', '--to', '127.0.0.1:9', '--out', temporaryDirectory()]);
  const [, relayPort] = /127\.0\.0\.1:(\d+);/.exec(await between.shows('Clients connect to'))!;
  net.connect(Number(relayPort), '127.0.0.1').on('error', () => undefined);
  await between.complains('nobody answers at 127.0.0.1:9');
  between.kill('SIGINT');
  expect(await between.ended).toBe(0);
});
