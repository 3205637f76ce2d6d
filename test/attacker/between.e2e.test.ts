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
