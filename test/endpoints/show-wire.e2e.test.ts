/** --show-wire: for each message, tshark finds in the capture what is shown under it. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect } from '@jest/globals';

import { servchat, server, temporaryDirectory } from '../servchat-process.js';
import { testWithTool } from '../tools.js';

interface Told {
  readonly type: string;
  readonly from: string;
  readonly bytes: string;
  readonly text?: string;
}

/** What is shown of the wire after the last event of this type. */
function lineFor(end: readonly Told[], type: string): Told | undefined {
  const next = end[end.findLastIndex((each) => each.type === type) + 1];
  return next?.type === 'wire' ? next : undefined;
}

/** The lines of the output that are events. */
function events(output: readonly string[]): Told[] {
  return output.map((line) => JSON.parse(line) as Told);
}

function tshark(capture: string, ...args: readonly string[]): string[] {
  const output = execFileSync('tshark', ['-r', capture, '-d', 'tcp.port==1-65535,tls', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return output.split('\n').filter((line) => line !== '');
}

/**
 * A chat where both sides write, with one message longer than a TLS record. Returns what each end printed, and its
 * capture.
 */
async function chat(mode: string): Promise<{ client: Told[]; server: Told[]; capture: string; keys: string }> {
  const directory = temporaryDirectory();
  const [capture, keys] = ['chat.pcap', 'keys'].map((name) => path.join(directory, name)) as [string, string];
  const { chair, port } = await serverTelling(mode);
  const keyLog = mode === 'tls' ? ['--keylog', keys] : [];
  const other = servchat([
    'connect',
    `127.0.0.1:${port}`,
    '--mode',
    mode,
    '--show-wire',
    '--format',
    'ndjson',
    '--capture',
    capture,
    ...keyLog,
  ]);
  await Promise.all([chair.shows('"connected"'), other.shows('"connected"')]);
  for (const [from, to, text] of [
    [other, chair, 'Hello'],
    [chair, other, 'Hi there'],
    [other, chair, 'x'.repeat(20_000)],
    [chair, other, 'Bye'],
  ] as const) {
    from.say(text);
    await to.shows('"message"');
    await to.shows('"wire"');
  }
  other.say('exit');
  await Promise.all([chair.ended, other.ended]);
  return { client: events(other.output), server: events(chair.output), capture, keys };
}

async function serverTelling(mode: string): ReturnType<typeof server> {
  const chair = servchat(['serve', '--port', '0', '--mode', mode, '--show-wire', '--format', 'ndjson']);
  const listening = JSON.parse(await chair.shows('"listening"')) as { port: number };
  return { chair, port: listening.port };
}

describe('what is shown under a message', () => {
  for (const mode of ['plaintext', 'encrypted']) {
    testWithTool('tshark', `in ${mode} mode: the lines of the capture, at both ends`, async () => {
      const { client, server: serverEnd, capture } = await chat(mode);
      const stream = tshark(capture, '-T', 'fields', '-e', 'tcp.payload').join('');
      for (const end of [client, serverEnd]) {
        const wire = end.filter(({ type }) => type === 'wire');
        expect(wire.map(({ from }) => from).slice(0, 4)).toEqual(['client', 'server', 'client', 'server']);
        for (const { bytes } of wire) expect(stream).toContain(bytes);
        const at = end.findIndex(({ type }) => type === 'wire');
        expect(end[at - 1]?.type).toMatch(/^(message|sent)$/);
      }
      // The person who leaves and the person who is left both see the line with the word.
      const leaving = [lineFor(client, 'sent'), lineFor(serverEnd, 'left')];
      expect(leaving[1]).toEqual(leaving[0]);
      if (mode === 'plaintext') expect(leaving[0]?.text).toBe('exit');
      else expect(leaving[0]?.text).toMatch(/^MESSAGE /);
      if (mode === 'plaintext') expect(client.find(({ type }) => type === 'wire')?.text).toBe('Hello');
      else expect(client.find(({ type }) => type === 'wire')?.text).toMatch(/^MESSAGE gAAAA[\w-]+=* [0-9a-f]{64}$/);
    });
  }

  testWithTool('tshark', 'in tls mode: the records that tshark opens to that message, at both ends', async () => {
    const { client, server: serverEnd, capture, keys } = await chat('tls');
    expect(fs.existsSync(keys)).toBe(true);
    const opened = tshark(
      capture,
      '-o',
      `tls.keylog_file:${keys}`,
      '-Y',
      'data',
      '-T',
      'fields',
      '-e',
      'tcp.payload',
      '-e',
      'data.data',
    );
    // A packet of the capture holds what was read at once: the record, and perhaps a TLS ticket before it.
    const textIn = (bytes: string): string => {
      const line = opened.find((each) => each.split('\t')[0]?.includes(bytes));
      return Buffer.from(line?.split('\t')[1]?.replaceAll(',', '') ?? '', 'hex').toString();
    };
    for (const end of [client, serverEnd]) {
      const wire = end.filter(({ type }) => type === 'wire').map(({ bytes }) => bytes);
      expect(wire.length).toBeGreaterThanOrEqual(4);
      // A packet may hold the word's record and the record that ends TLS.
      expect(textIn(lineFor(end, end === client ? 'sent' : 'left')?.bytes ?? 'none')).toMatch(/^exit\n/);
      expect([textIn(wire[0]!), textIn(wire[1]!), textIn(wire[3]!)]).toEqual(['Hello\n', 'Hi there\n', 'Bye\n']);
      expect([wire[0]!, wire[1]!, wire[3]!].map((bytes) => bytes.length / 2 - 22)).toEqual(
        ['Hello\n', 'Hi there\n', 'Bye\n'].map(({ length }) => length),
      );
      // The long message is in two records: 2^14 bytes, and the rest. Each has 5 bytes before it and 17 around it.
      expect(Buffer.from(wire[2]!, 'hex')).toHaveLength(20_001 + 2 * 22);
      expect(tshark(capture, '-T', 'fields', '-e', 'tcp.payload').join('')).toContain(wire[2]);
    }
  });
});

testWithTool('tshark', 'the line that an attacker changed, and the ERROR that answers it', async () => {
  const { chair, port } = await serverTelling('encrypted');
  const out = temporaryDirectory();
  const between = servchat(['attack', 'flip', '--to', `127.0.0.1:${port}`, '--out', out]);
  const [, relayPort = ''] = /127\.0\.0\.1:(\d+)/.exec(await between.shows('Clients connect to')) ?? [];
  const client = servchat(['connect', `127.0.0.1:${relayPort}`, '--show-wire', '--format', 'ndjson']);
  await Promise.all([chair.shows('"connected"'), client.shows('"connected"')]);
  client.say('Hello');
  await Promise.all([chair.ended, client.ended]);
  between.kill('SIGINT');
  await between.ended;
  const refused = lineFor(events(chair.output), 'refused');
  const sent = lineFor(events(client.output), 'sent');
  expect(refused).toMatchObject({ from: 'client', text: expect.stringMatching(/^MESSAGE gAAAA/) });
  expect(refused?.bytes).not.toBe(sent?.bytes);
  const payloads = (side: string): string[] =>
    tshark(path.join(out, `flip.${side}-side.pcap`), '-T', 'fields', '-e', 'tcp.payload');
  expect(payloads('server')).toContain(`${refused?.bytes}0a`);
  expect(payloads('client')).toContain(`${sent?.bytes}0a`);
  expect(lineFor(events(client.output), 'reported')).toMatchObject({ from: 'server', text: 'ERROR rejected' });
});
