/** The attacker's bench, and ready-made attacks, between two real processes. */
import path from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { parseAttackMatrix } from '../../src/faces/attack-json.js';
import { outcomePhrase } from '../../src/faces/attack-words.js';
import type { Side } from '../../src/protocol/side.js';
import { run, temporaryDirectory } from '../servchat-process.js';
import { TALK, TestLab } from './lab-fixture.js';

/** The number of the piece that waits first. */
async function held(lab: TestLab, label: string): Promise<number> {
  return (await lab.next('came', ({ piece }) => piece.label === label)).piece.id;
}

describe('hold', () => {
  test('the handshake by hand: with the learner’s key in the middle, both sides are content with different keys', async () => {
    const lab = new TestLab();
    await lab.chatting();
    await lab.do({ do: 'hold', on: true });
    await lab.do({
      do: 'start',
      mode: 'encrypted',
      integrity: 'hmac-sha256-seq',
      attack: null,
      insists: false,
      elsewhere: null,
      hold: null,
    });
    await lab.do({ do: 'pass', piece: await held(lab, 'HELLO') });
    const key = await held(lab, 'PUBLIC-KEY');
    await lab.do({ do: 'swap-key', piece: key });
    await lab.do({ do: 'pass', piece: key });
    expect(await lab.next('went', ({ of }) => of === key)).toMatchObject({ deed: 'changed' });
    await lab.do({ do: 'pass', piece: await held(lab, 'SESSION-KEY') });
    await lab.chatting();
    const [one, other] = lab.all('fingerprint');
    expect(one!.of).toBe('client');
    expect(other!.of).toBe('client');
    expect(one!.sha256).not.toBe(other!.sha256);

    await lab.do({ do: 'say', side: 'client', text: 'Meet me at noon' });
    const message = await held(lab, 'MESSAGE');
    expect(await lab.next('understood')).toMatchObject({ from: 'client', text: 'Meet me at noon' });
    await lab.do({ do: 'reseal', piece: message, text: 'Meet me at six' });
    expect((await lab.next('altered')).piece).toMatchObject({ id: message, label: 'MESSAGE' });
    await lab.do({ do: 'pass', piece: message });
    expect(await lab.next('shown')).toMatchObject({ side: 'server', text: 'Meet me at six' });
    expect(lab.all('complained')).toEqual([]);
  });

  test('a goodbye that waits is not overtaken by the end of the connection', async () => {
    const lab = new TestLab();
    await lab.chatting();
    await lab.do({ do: 'hold', on: true });
    await lab.do({ do: 'say', side: 'client', text: 'one' });
    await lab.do({ do: 'say', side: 'client', text: 'Exit' });
    const last = await held(lab, 'Exit');
    // The client's program has ended by itself when it waited for an answer long enough.
    await lab.next('seat', ({ side, state }) => side === 'client' && state === 'over');
    await lab.do({ do: 'pass-all' });
    expect(await lab.next('went', ({ of }) => of === last)).toMatchObject({ deed: 'passed on' });
    await lab.next('seat', ({ side, state }) => side === 'server' && state === 'over');
    expect(lab.all('shown')).toEqual([{ type: 'shown', side: 'server', text: 'one' }]);
    expect(lab.all('complained')).toEqual([]);
  });

  test('a flipped bit in TLS: the receiver refuses, and says that TLS noticed', async () => {
    const lab = new TestLab();
    await lab.start({ mode: 'tls' });
    await lab.do({ do: 'hold', on: true });
    await lab.do({ do: 'say', side: 'client', text: 'one' });
    // Other records may wait too: the server's session tickets.
    const { id: piece } = (await lab.next('came', (came) => came.piece.message === 0)).piece;
    await lab.do({ do: 'flip', piece, of: 'wire', byte: 7, bit: 0 });
    await lab.do({ do: 'pass', piece });
    expect(await lab.next('complained', ({ side }) => side === 'server')).toMatchObject({ reason: 'tls' });
    expect(lab.all('shown')).toEqual([]);
  });

  test('cut: an encrypted chat notices that the goodbye is missing', async () => {
    const lab = new TestLab();
    await lab.start({ mode: 'encrypted', integrity: 'sha256' });
    await lab.do({ do: 'cut' });
    await lab.next('cut');
    expect(await lab.next('complained')).toMatchObject({ reason: 'cut-off' });
    await lab.until(
      () => lab.all('seat').some(({ side, state }) => side === 'client' && state === 'over'),
      'an end of the client',
    );
    await lab.do({ do: 'say', side: 'client', text: 'too late' });
    expect((await lab.next('declined')).says).toMatch(/Start a new chat/);
  });

  test('what a command declines, it says', async () => {
    const lab = new TestLab();
    await lab.chatting();
    await lab.do({ do: 'pass', piece: 99 });
    expect((await lab.next('declined')).says).toMatch(/“Hold each message”/);
  });
});

describe('a conversation is played', () => {
  test('in order, and the chat goes on after it', async () => {
    const lab = new TestLab();
    await lab.chatting();
    await lab.do({ do: 'play', script: null });
    await lab.next('playing', ({ done, of }) => of > 0 && done === of);
    await lab.next('shown', ({ text }) => text === TALK.at(-1)!.text);
    await lab.do({ do: 'say', side: 'server', text: 'and on' });
    await lab.next('shown', ({ text }) => text === 'and on');
    expect(lab.all('shown').map(({ text }) => text)).toEqual([...TALK.map(({ text }) => text), 'and on']);
  });

  test('with hold, each message waits for the one before; it can be stopped', async () => {
    const lab = new TestLab();
    const by = (side: Side): readonly string[] =>
      lab.all('said').flatMap((said) => (said.side === side ? said.text : []));
    await lab.chatting();
    await lab.do({ do: 'hold', on: true });
    await lab.do({ do: 'play', script: 'client: one\nserver: two\nclient: three\n' });
    const one = await held(lab, 'one');
    await lab.do({ do: 'pass', piece: one });
    await lab.do({ do: 'drop', piece: await held(lab, 'two') });
    await held(lab, 'three');
    await lab.do({ do: 'play', script: 'client: a\nclient: b' });
    await held(lab, 'a');
    await lab.do({ do: 'stop-playing' });
    await lab.do({ do: 'pass-all' });
    await lab.do({ do: 'say', side: 'server', text: 'last' });
    await lab.until(() => by('client').length >= 3 && by('server').includes('last'), 'all that was said');
    expect([by('client'), by('server')]).toEqual([
      ['one', 'three', 'a'],
      ['two', 'last'],
    ]);
  });

  test('a text that is not a conversation is declined with its line', async () => {
    const lab = new TestLab();
    await lab.chatting();
    await lab.do({ do: 'play', script: 'client: one\nlistener: two' });
    expect((await lab.next('declined')).says).toContain('line 2');
  });
});

describe('a ready-made attack', () => {
  test('its deeds are shown, and the learner cannot interfere', async () => {
    const lab = new TestLab();
    await lab.start({ mode: 'plaintext', attack: 'modify' });
    await lab.do({ do: 'play', script: null });
    const went = await lab.next('went', ({ deed }) => deed === 'changed');
    expect(went.piece.label).toBe('Beat me at noon');
    const came = lab.all('came').find(({ piece }) => piece.id === went.of)!;
    expect(came.piece.label).toBe('Meet me at noon');
    await lab.do({ do: 'hold', on: true });
    expect((await lab.next('declined')).says).toMatch(/ready-made/);
  });

  test('one that reads later gets the stolen key, and then understands', async () => {
    const lab = new TestLab();
    await lab.start({ mode: 'encrypted', integrity: 'hmac-sha256', attack: 'record-now-read-later' });
    await lab.do({ do: 'play', script: null });
    expect(await lab.next('understood')).toMatchObject({ from: 'client', text: 'Meet me at noon' });
    expect(lab.all('went').every(({ deed }) => deed === 'passed on')).toBe(true);
  });

  test('one in the middle of TLS sends records of its own', async () => {
    const lab = new TestLab();
    await lab.start({ mode: 'tls', attack: 'key-swap' });
    await lab.do({ do: 'say', side: 'client', text: 'Meet me' });
    expect(await lab.next('understood')).toMatchObject({ from: 'client', text: 'Meet me' });
    expect(await lab.next('shown')).toMatchObject({ side: 'server', text: 'Beat me' });
    expect(lab.all('went').some(({ of, deed }) => of === null && deed === 'added')).toBe(true);
  });

  test.each([
    [['modify', 'plaintext']],
    [['replay', 'encrypted', 'hmac-sha256-seq']],
    // In plaintext, nobody can tell this end from a goodbye.
    [['truncate', 'plaintext']],
    // The real server never comes into the chat, and only the client types.
    [['fake-server', 'plaintext']],
  ] as const)('%j: what came of it is told in the words of servchat attack', async ([attack, mode, integrity]) => {
    const check = integrity === undefined ? [] : ['--integrity', integrity];
    const out = path.join(temporaryDirectory(), 'attacks');
    const { output } = await run(['attack', attack, '--mode', mode, ...check, '--format', 'json', '--out', out]);
    const [cell] = parseAttackMatrix(output).cells;
    const words = outcomePhrase(cell!);

    const lab = new TestLab();
    await lab.start({ mode, integrity: integrity ?? null, attack }, attack === 'fake-server' ? 1 : 2);
    await lab.do({ do: 'play', script: null });
    const { says } = await lab.next('outcome');
    expect(says.toLowerCase()).toBe(`${words.toLowerCase()}.`);
    expect(lab.all('outcome')).toHaveLength(1);
  });

  test('that does not exist is declined, and the chat goes on', async () => {
    const lab = new TestLab();
    await lab.chatting();
    await lab.do({
      do: 'start',
      mode: 'plaintext',
      integrity: null,
      attack: 'no-such',
      insists: false,
      elsewhere: null,
      hold: null,
    });
    await lab.next('declined');
    await lab.do({ do: 'say', side: 'client', text: 'still here' });
    await lab.next('shown', ({ text }) => text === 'still here');
  });
});
