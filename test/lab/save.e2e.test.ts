/** What the lab saves, and that no file of the user is lost. */
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { expect, test } from '@jest/globals';

import type { Numbered } from '../../src/lab/events.js';
import { run } from '../servchat-process.js';
import { TestLab } from './lab-fixture.js';

test('only the client’s half, if the relay changed nothing; without the keys, unless they are asked for', async () => {
  const lab = new TestLab();
  await lab.start({ mode: 'encrypted', integrity: 'hmac-sha256' });
  await lab.do({ do: 'say', side: 'client', text: 'Meet me at noon' });
  await lab.next('shown');
  await lab.do({ do: 'save', keyLog: false });
  expect(fs.readdirSync(lab.out).filter((name) => !name.startsWith('.'))).toEqual(['encrypted-1.client-half.pcapng']);
  await lab.do({ do: 'save', keyLog: true });
  const { files } = await lab.next('saved', (event) => event.files.length === 2);
  expect(files.map(({ what, path: file }) => [what, path.basename(file)])).toEqual([
    ['capture', 'encrypted-2.client-half.pcapng'],
    ['key log', 'encrypted-2.client-half.keylog'],
  ]);
  expect(files[1]!.says).toMatch(/[Aa]nyone who has/);
  expect(fs.statSync(files[1]!.path).mode & 0o777).toBe(0o600);
  const opened = await run(['inspect', files[0]!.path, '--keys', files[1]!.path]);
  expect(opened.output).toContain('Meet me at noon');
  const closed = await run(['inspect', files[0]!.path]);
  expect(closed.output).not.toContain('Meet me at noon');
});

test('both halves, if they differ', async () => {
  const lab = new TestLab();
  await lab.chatting();
  await lab.do({ do: 'hold', on: true });
  await lab.do({ do: 'say', side: 'client', text: 'Meet me' });
  const { piece } = await lab.next('came');
  await lab.do({ do: 'edit-text', piece: piece.id, text: 'Beat me' });
  await lab.do({ do: 'pass', piece: piece.id });
  await lab.next('shown');
  await lab.do({ do: 'save', keyLog: true });
  const { files } = await lab.next('saved');
  expect(files.map(({ what }) => what)).toEqual(['capture', 'capture']);
  const said = await Promise.all(files.map(({ path: file }) => run(['inspect', file])));
  expect(said[0]!.output).toContain('Meet me');
  expect(said[1]!.output).toContain('Beat me');
  expect(said[1]!.output).not.toContain('Meet me');
});

test('a file of the user with such a name stays, and the next number is taken', async () => {
  const lab = new TestLab();
  await lab.chatting();
  fs.mkdirSync(lab.out, { recursive: true });
  fs.writeFileSync(path.join(lab.out, 'plaintext-1.client-half.pcapng'), 'mine');
  await lab.do({ do: 'save', keyLog: false });
  expect((await lab.next('saved')).files[0]!.path).toBe(path.join(lab.out, 'plaintext-2.client-half.pcapng'));
  expect(fs.readFileSync(path.join(lab.out, 'plaintext-1.client-half.pcapng'), 'utf8')).toBe('mine');
});

test('a folder that cannot be written to: a sentence, and the chat goes on', async () => {
  const lab = new TestLab();
  await lab.chatting();
  fs.mkdirSync(path.dirname(lab.out), { recursive: true });
  fs.writeFileSync(lab.out, 'a file, not a folder');
  await lab.do({ do: 'save', keyLog: false });
  const { says } = await lab.next('declined');
  expect(says).toMatch(/^[A-Z][^\n]+\.$/);
  expect(says).not.toMatch(/E[A-Z]{4,}/);
  await lab.do({ do: 'say', side: 'client', text: 'still here' });
  await lab.next('shown');
});

test('the run as a page', async () => {
  const lab = new TestLab();
  await lab.chatting();
  await lab.do({ do: 'say', side: 'client', text: '</script><img src=x onerror=alert(1)>' });
  await lab.next('shown');
  await lab.do({ do: 'save', keyLog: false });
  const capture = await lab.next('saved');
  await lab.do({ do: 'save-page' });
  const { files } = await lab.next('saved');
  // The files of one run have one name.
  expect(capture.files.map(({ path: file }) => file)).toEqual([path.join(lab.out, 'plaintext-1.client-half.pcapng')]);
  expect(files).toEqual([
    { path: path.join(lab.out, 'plaintext-1.html'), what: 'page', says: expect.stringMatching(/\.$/) },
  ]);
  const page = fs.readFileSync(files[0]!.path, 'utf8');
  const [, packed] = /id="runs">(.*?)<\/script>/.exec(page) ?? [];
  const [held] = JSON.parse(gunzipSync(Buffer.from(packed!, 'base64')).toString()) as { events: Numbered[] }[];
  expect(held!.events.map(({ event }) => event)).toContainEqual({
    type: 'said',
    side: 'client',
    text: '</script><img src=x onerror=alert(1)>',
  });
  expect(held!.events.filter(({ event }) => event.type === 'saved')).toEqual([]);
  await lab.do({ do: 'save-page' });
  expect((await lab.next('saved')).files[0]!.path).toBe(path.join(lab.out, 'plaintext-2.html'));
  expect(page).not.toContain('<img src=x');
});
