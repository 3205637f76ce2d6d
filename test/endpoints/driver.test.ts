/** The driver with a real socket and a session, without a person. */
import net from 'node:net';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { drive, type Chat, type ChatHooks } from '../../src/endpoints/driver.js';
import { PlaintextSession } from '../../src/session/plaintext.js';
import type { ChatEnd, Session } from '../../src/session/session.js';

let listener: net.Server;
let ours: net.Socket;
let peer: net.Socket;

beforeEach(async () => {
  listener = net.createServer({ allowHalfOpen: true });
  const accepted = new Promise<net.Socket>((resolve) => listener.once('connection', resolve));
  await new Promise((resolve) =>
    listener.listen(0, '127.0.0.1', () => {
      resolve(null);
    }),
  );
  peer = net.connect((listener.address() as net.AddressInfo).port, '127.0.0.1');
  ours = await accepted;
});
afterEach(async () => {
  ours.destroy();
  peer.destroy();
  await new Promise((resolve) => listener.close(resolve));
});

/** A chat that keeps its events. `full` says whether its screen can take more. */
function chat(
  screen: { full: boolean },
  faults: Partial<Session> = {},
): { chat: Chat; shown: string[]; next: () => Promise<void>; over: ChatEnd[]; rests: () => boolean } {
  const shown: string[] = [];
  const over: ChatEnd[] = [];
  let rests = false;
  let wake: () => void = () => undefined;
  const hooks: ChatHooks = {
    ready: () => undefined,
    show: (texts) => {
      shown.push(texts.join('\n'));
      wake();
      return !screen.full;
    },
    sent: () => undefined,
    unsent: () => undefined,
    drained: () => undefined,
    leaving: () => {
      rests = true;
    },
    over: (outcome) => over.push(outcome),
  };
  const next = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  return {
    chat: drive({ socket: ours, tap: null }, Object.assign(new PlaintextSession('server'), faults), hooks),
    shown,
    next,
    over,
    rests: () => rests,
  };
}

test('while the screen is full, nothing is read and the peer has to wait', async () => {
  const screen = { full: true };
  const { chat: ourChat, shown, next } = chat(screen);
  ourChat.start();
  const first = next();
  peer.write('one\n');
  await first;
  expect(ours.isPaused()).toBe(true);
  screen.full = false;
  const second = next();
  ourChat.shown();
  expect(ours.isPaused()).toBe(false);
  peer.write('two\n');
  await second;
  expect(shown).toEqual(['one', 'two']);
});

test('messages that came together are shown together, and messages typed together are one write', async () => {
  const { chat: ourChat, shown, next } = chat({ full: false });
  ourChat.start();
  const writes: string[] = [];
  const write = ours.write.bind(ours);
  ours.write = (bytes: Buffer) => {
    writes.push(bytes.toString());
    return write(bytes);
  };
  const first = next();
  peer.write('one\ntwo\n');
  await first;
  expect(shown).toEqual(['one\ntwo']);
  ourChat.said(['three', 'four']);
  ourChat.said(['five']);
  expect(writes).toEqual(['three\nfour\n', 'five\n']);
});

test('after the word that ends the chat, no more input is read', () => {
  const { chat: ourChat, rests } = chat({ full: false });
  ourChat.start();
  const asked: string[] = [];
  ourChat.said(
    (function* () {
      for (const text of ['one', 'exit', 'two']) {
        if (rests()) return;
        asked.push(text);
        yield text;
      }
    })(),
  );
  expect(asked).toEqual(['one', 'exit']);
});

test('a chat that ends while the screen is full still closes', async () => {
  const { chat: ourChat, next, over } = chat({ full: true });
  ourChat.start();
  const first = next();
  peer.write('one\n');
  await first;
  peer.on('end', () => peer.end());
  peer.resume();
  ourChat.leave();
  expect(await ourChat.ended).toEqual({ ok: true, leftBy: 'us' });
  expect(over).toEqual([{ ok: true, leftBy: 'us' }]);
});

test('a peer that keeps sending after the end is cut off after a fixed time', async () => {
  const { chat: ourChat } = chat({ full: false });
  ourChat.start();
  peer.on('error', () => undefined);
  ourChat.leave();
  // The peer never ends its direction.
  expect(await ourChat.ended).toEqual({ ok: true, leftBy: 'us' });
});

test('a connection that breaks is reported once as a problem', async () => {
  const { chat: ourChat, over } = chat({ full: false });
  ourChat.start();
  peer.resetAndDestroy();
  expect(await ourChat.ended).toEqual({
    ok: false,
    problem: { type: 'lost', cause: expect.stringMatching(/^(ECONNRESET|closed)$/) },
  });
  expect(over).toHaveLength(1);
});

test('an error in a session ends only its connection, and what came before it is shown', async () => {
  const {
    chat: ourChat,
    over,
    shown,
  } = chat(
    { full: false },
    {
      *received() {
        yield { type: 'show', text: Buffer.from('good'), line: Buffer.from('good') };
        throw new TypeError('a fault of ours');
      },
    },
  );
  ourChat.start();
  const answer = new Promise((resolve) =>
    peer.once('data', (bytes: Buffer) => {
      resolve(bytes.toString());
    }),
  );
  peer.on('end', () => peer.end());
  peer.write('anything\n');
  const problem = { type: 'refused', reason: 'unexpected', detail: 'TypeError: a fault of ours' };
  expect(await ourChat.ended).toEqual({ ok: false, problem });
  expect([over, shown, await answer]).toEqual([[{ ok: false, problem }], ['good'], 'ERROR rejected\n']);
});
