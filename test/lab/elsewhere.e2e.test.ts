/** A person takes a chair from a terminal of their own, with the lines that the page shows. */
import net from 'node:net';

import { describe, expect, test } from '@jest/globals';

import { MAIN, TestProcess } from '../servchat-process.js';
import { describeWithTool } from '../tools.js';
import { TestLab } from './lab-fixture.js';

/** Types the line into a shell, as a person does. */
function typed(line: string): TestProcess {
  return new TestProcess('bash', ['-c', `exec ${line.replace(/^servchat /, `"${process.execPath}" "${MAIN}" `)}`]);
}

describe.each([
  ['plaintext', false],
  ['encrypted', true],
  ['tls', true],
] as const)('%s', (mode, insists) => {
  test('the client is a terminal', async () => {
    const lab = new TestLab();
    await lab.do({ do: 'start', mode, integrity: null, attack: null, insists, elsewhere: 'client', hold: null });
    const { side, lines } = await lab.next('join');
    expect(side).toBe('client');
    await lab.do({ do: 'say', side: 'client', text: 'not from here' });
    expect((await lab.next('declined')).says).toMatch(/your own terminal/);
    const terminal = typed(lines.servchat);
    await lab.chatting();
    terminal.say('from my terminal');
    expect(await lab.next('shown')).toMatchObject({ side: 'server', text: 'from my terminal' });
    await lab.do({ do: 'say', side: 'server', text: 'hello terminal' });
    expect(await terminal.shows('hello terminal')).toContain('hello terminal');
    terminal.say('Exit');
    expect(await terminal.ended).toBe(0);
    await lab.next('seat', (event) => event.side === 'client' && event.state === 'over');
  });

  test('the server is a terminal', async () => {
    const lab = new TestLab();
    await lab.do({ do: 'start', mode, integrity: null, attack: null, insists, elsewhere: 'server', hold: null });
    const { lines } = await lab.next('join');
    await lab.do({ do: 'say', side: 'client', text: 'too early' });
    expect((await lab.next('declined')).says).toMatch(/terminal first/);
    expect(lab.all('complained')).toEqual([]);
    const terminal = typed(lines.servchat);
    await terminal.shows('server started');
    await lab.do({ do: 'say', side: 'client', text: 'hello terminal' });
    await terminal.shows('hello terminal');
    terminal.say('from my terminal');
    expect(await lab.next('shown')).toMatchObject({ side: 'client', text: 'from my terminal' });
    terminal.kill('SIGKILL');
    await terminal.ended;
    await lab.next('seat', ({ side, state }) => side === 'client' && (state === 'gone' || state === 'over'));
  });
});

test('a program that ends in the middle of a line: its bytes have a row, and frames in both captures', async () => {
  const lab = new TestLab();
  await lab.do({
    do: 'start',
    mode: 'plaintext',
    integrity: null,
    attack: null,
    insists: false,
    elsewhere: 'client',
    hold: null,
  });
  const { lines } = await lab.next('join');
  const socket = net.connect(Number(/\d+$/.exec(lines.nc!)![0]), '127.0.0.1');
  await lab.chatting();
  socket.end('half a li');
  const { piece } = await lab.next('came');
  expect(piece).toMatchObject({ label: 'half a li', from: 'client', half: 'client', length: 9, message: null });
  const went = await lab.next('went');
  expect(went).toMatchObject({ of: piece.id, deed: 'passed on', piece: { half: 'server', hex: piece.hex } });
  expect([piece.frame, went.piece.frame]).toEqual([expect.any(Number), expect.any(Number)]);
  socket.destroy();
});

describeWithTool('nc', 'netcat', () => {
  test('is the client of a plaintext chat, and no other', async () => {
    const lab = new TestLab();
    await lab.do({
      do: 'start',
      mode: 'tls',
      integrity: null,
      attack: null,
      insists: false,
      elsewhere: 'client',
      hold: null,
    });
    expect((await lab.next('join')).lines.nc).toBeNull();
    await lab.do({
      do: 'start',
      mode: 'plaintext',
      integrity: null,
      attack: null,
      insists: false,
      elsewhere: 'client',
      hold: null,
    });
    const { lines } = await lab.next('join');
    const nc = typed(lines.nc!);
    await lab.chatting();
    nc.say('by hand');
    expect(await lab.next('shown')).toMatchObject({ side: 'server', text: 'by hand' });
    await lab.do({ do: 'say', side: 'server', text: 'hello nc' });
    await nc.shown('hello nc\n');
  });

  test('is the server of a plaintext chat', async () => {
    const lab = new TestLab();
    await lab.do({
      do: 'start',
      mode: 'plaintext',
      integrity: null,
      attack: null,
      insists: false,
      elsewhere: 'server',
      hold: null,
    });
    const { lines } = await lab.next('join');
    const nc = typed(lines.nc!);
    // netcat does not say when it listens. Until then, the lab says what to do.
    do await lab.do({ do: 'say', side: 'client', text: 'hello nc' });
    while ((await lab.nextOf(['said', 'declined'])).type === 'declined');
    await nc.shown('hello nc\n');
    nc.say('by hand');
    expect(await lab.next('shown')).toMatchObject({ side: 'client', text: 'by hand' });
  });
});
