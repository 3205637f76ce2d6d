/** The terminal and the report say how a capture was made, if that is known, and only then. */
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { howCaptured } from '../../src/cli/how-captured.js';
import { parseProvenance } from '../../src/wireshark/provenance.js';
import { run, server, servchat, temporaryDirectory } from '../servchat-process.js';

async function chat(name: string): Promise<{ file: string; output: readonly string[] }> {
  const file = path.join(temporaryDirectory(), name);
  const { chair, port } = await server(['--mode', 'plaintext', '--capture', file]);
  const client = servchat(['connect', `127.0.0.1:${port}`, '--mode', 'plaintext']);
  await client.shows('Connected');
  client.say('Hello');
  client.say('Exit');
  expect([await client.ended, await chair.ended]).toEqual([0, 0]);
  return { file, output: chair.output };
}

async function reportOn(file: string): Promise<string> {
  const out = path.join(temporaryDirectory(), 'report');
  expect(await run(['lesson', '--capture', file, '--out', out])).toMatchObject({ status: 0 });
  return fs.readFileSync(`${out}.md`, 'utf8');
}

describe('a chat captured with --capture', () => {
  test.each(['a.pcap', 'a.pcapng'])(
    '%s: the terminal says it at the end of the chat, and the report says it',
    async (name) => {
      const { file, output } = await chat(name);
      expect(output).toContain(`The chat is captured in ${file}, by a tap on this side's socket.`);
      expect(await reportOn(file)).toContain('captured by a tap, at the socket of one of the two programs');
    },
  );

  test('a pcapng says it in any folder; a pcap, or a changed capture, does not', async () => {
    const elsewhere = temporaryDirectory();
    const [pcap, pcapng] = [(await chat('a.pcap')).file, (await chat('a.pcapng')).file];
    for (const [file, way] of [
      [pcap, 'given'],
      [pcapng, 'tap'],
    ] as const) {
      const copy = path.join(elsewhere, path.basename(file));
      fs.copyFileSync(file, copy);
      expect((await howCaptured(copy)).way).toBe(way);
    }
    const bytes = fs.readFileSync(pcap);
    bytes[bytes.length - 1]! ^= 1;
    fs.writeFileSync(pcap, bytes);
    expect(await reportOn(pcap)).toContain('The file does not say how it was captured');
  });
});

test('a tap is known to have made the samples', async () => {
  for (const mode of ['plaintext', 'encrypted', 'tls']) {
    expect(await howCaptured(`captures/samples/${mode}.pcap`)).toMatchObject({ way: 'tap', side: 'client' });
  }
});

test('a demo’s own captures, read by `lesson` afterwards', async () => {
  const out = temporaryDirectory();
  expect(await run(['demo', 'plaintext', '--capture-with', 'tap', '--annotate', '--out', out])).toMatchObject({
    status: 0,
  });
  for (const name of ['plaintext.pcap', 'plaintext.pcapng'])
    expect(await reportOn(path.join(out, name))).toContain(
      'captured by a tap, at the socket of one of the two programs',
    );
});

test('a note with another content is ignored', () => {
  for (const note of [
    null,
    1,
    'tap',
    [],
    { way: 'tap' },
    { way: 'tap', side: 'attacker', rebuilt: [] },
    { way: 'tap', side: 'client', rebuilt: [1] },
    { way: 'live' },
  ]) {
    expect(parseProvenance(note)).toEqual({ way: 'unknown' });
  }
  const live = { way: 'live', tool: 'tcpdump', interfaceName: 'lo' };
  expect(parseProvenance(JSON.parse(JSON.stringify(live)))).toEqual(live);
});
