/**
 * Messages whose letters are in every capture of their mode, whatever people type. The real program plays them. Also
 * attempts that failed.
 */
import fs from 'node:fs';
import path from 'node:path';

import { expect, test } from '@jest/globals';

import type { Comparison } from '../../src/eavesdropper/findings/findings.js';
import { run, server } from '../servchat-process.js';
import { recordedScript } from './recorded-script.js';

/** Words of the protocols themselves, and texts so short that they occur everywhere. */
const SCRIPT = [
  'client: servchat',
  'server: a',
  'client: 1',
  'server: HELLO',
  'client: servchat/1',
  'server: hmac-sha256',
  'client: MESSAGE',
  'server: h',
  'client: EXIT',
];
const CERTAIN = ['servchat', 'HELLO', 'servchat/1', 'hmac-sha256', 'MESSAGE'];
const RECORDS_AT = 24;

test('no encrypted message is called readable, and a chance hit is not called a control', async () => {
  const { directory, output } = await recordedScript(SCRIPT, 'tap');
  expect(output).toContain('9 of 9 messages readable in plaintext, 0 of 9 encrypted, 0 of 9 in TLS');
  const file = (name: string): string => path.join(directory, `${name}.pcap`);

  // The same, after a failed attempt: a TLS client at a server in encrypted mode.
  const { chair, port } = await server(['--mode', 'encrypted']);
  const failed = path.join(directory, 'failed.pcap');
  await run(['connect', `127.0.0.1:${port}`, '--mode', 'tls', '--capture', failed]);
  chair.kill('SIGKILL');
  fs.writeFileSync(
    file('both'),
    Buffer.concat([fs.readFileSync(failed), fs.readFileSync(file('tls')).subarray(RECORDS_AT)]),
  );

  const { messages, conversations, agreement } = JSON.parse(
    (await run(['compare', file('plaintext'), file('encrypted'), file('both'), '--format', 'json'])).output,
  ) as Comparison;
  expect(conversations).toEqual({ plaintext: 0, encrypted: 0, tls: 1 });
  expect(agreement).toMatchObject({ encrypted: { agrees: true }, tls: { agrees: true } });
  for (const { text, encrypted, tls } of messages) {
    for (const verdict of [encrypted!, tls!.verdict]) {
      expect([text, verdict.readable]).toEqual([text, false]);
      if (CERTAIN.includes(text))
        expect([text, verdict]).toEqual([
          text,
          expect.objectContaining({ control: expect.objectContaining({ proves: true }) }),
        ]);
    }
  }
  expect(messages[0]!.tls!.verdict.others).toMatchObject([
    { meaning: 'protocol word', within: 'the TLS handshake (ClientHello: ALPN)' },
  ]);
  const alone = JSON.parse((await run(['inspect', failed, '--find', 'servchat', '--format', 'json'])).output) as {
    finds: { verdict: { readable: boolean } }[];
  };
  expect(alone.finds[0]!.verdict.readable).toBe(false);
});
