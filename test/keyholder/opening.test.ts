import { describe, expect, test } from '@jest/globals';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import {
  CONVERSATION,
  FINGERPRINT,
  SESSION_KEY,
  captureOf,
  checkOf,
  conversationOf,
  encryptedChat,
  handshake,
  noise,
  plaintextChat,
  tokenOf,
  withFiles,
} from '../eavesdropper/chats.js';
import { pcapOf } from '../eavesdropper/wire.js';
import type { ConversationFindings } from '../../src/eavesdropper/findings/findings.js';
import type { Sent } from '../eavesdropper/chats.js';
import { openerWith } from '../../src/keyholder/opening.js';
import { INTEGRITY_NAMES } from '../../src/protocol/integrity.js';

const KEYS = new Map([[FINGERPRINT, SESSION_KEY]]);

async function opened(capture: Buffer, keys: ReadonlyMap<string, Buffer> = KEYS): Promise<ConversationFindings> {
  const { findings } = await withFiles({ 'made.pcap': capture }, async (path) =>
    inspectCapture(path('made.pcap'), { opener: await openerWith(keys) }),
  );
  return findings.conversations[0]!;
}

/** What each token contained, or why it was refused. */
function read({ messages }: ConversationFindings): (string | null)[] {
  return messages.map((message) => {
    if (message.kind === 'readable' || message.opened === null) return null;
    return message.opened.ok ? message.opened.text : `refused: ${message.opened.why}`;
  });
}

function message(side: 'client' | 'server', token: string, check: string): Sent {
  return { side, bytes: `MESSAGE ${token} ${check}\n` };
}

test.each(INTEGRITY_NAMES)('%s: each check is verified and each token decrypted', async (integrity) => {
  const chat = await opened(captureOf(encryptedChat(CONVERSATION, integrity)));
  expect(chat.opening).toEqual({ keyFound: true, verified: CONVERSATION.length, refused: 0 });
  expect(read(chat)).toEqual(CONVERSATION.map(({ text }) => text));
});

test.each(['', ' ', 'Grüße 👋', 'x'.repeat(16), 'y'.repeat(5000)])('a text such as %j', async (text) => {
  expect(read(await opened(captureOf(encryptedChat([{ side: 'client', text }]))))).toEqual([text]);
});

test('a capture that the key log does not cover', async () => {
  const chat = await opened(captureOf(encryptedChat(CONVERSATION)), new Map([['0'.repeat(64), SESSION_KEY]]));
  expect(chat.opening).toEqual({ keyFound: false, verified: 0, refused: 0 });
  expect(new Set(read(chat))).toEqual(new Set([null]));
});

test('a plaintext chat has nothing to decrypt', async () => {
  expect((await opened(captureOf(plaintextChat(CONVERSATION)))).opening).toBeNull();
});

test('the wrong key decrypts nothing', async () => {
  const chat = await opened(captureOf(encryptedChat(CONVERSATION)), new Map([[FINGERPRINT, noise(64)]]));
  expect(chat.opening).toEqual({ keyFound: true, verified: 0, refused: CONVERSATION.length });
});

describe('refused', () => {
  const seq = (side: 'client' | 'server', number: number, text: string): Sent => {
    const token = tokenOf(text);
    return message(side, token, checkOf('hmac-sha256-seq', side, number, token));
  };
  const withSeq = handshake('hmac-sha256-seq');

  test.each(INTEGRITY_NAMES)('%s: a check that was changed', async (integrity) => {
    const token = tokenOf('Hello');
    const check = checkOf(integrity, 'client', 0, token).replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    const chat = await opened(captureOf([...handshake(integrity), message('client', token, check)]));
    expect(read(chat)).toEqual([expect.stringMatching(/^refused: its check is wrong/)]);
    expect(chat.opening).toEqual({ keyFound: true, verified: 0, refused: 1 });
  });

  test('a changed token with a check that anyone can make', async () => {
    const token = tokenOf('Hello').replace(/(?<=^.{40})./, (letter) => (letter === 'A' ? 'B' : 'A'));
    const chat = await opened(
      captureOf([...handshake('sha256'), message('client', token, checkOf('sha256', 'client', 0, token))]),
    );
    expect(read(chat)).toEqual([expect.stringMatching(/^refused: .*HMAC is wrong/)]);
  });

  test('a token of another key with a check that anyone can make', async () => {
    const token = tokenOf('Hello', { key: noise(64) });
    const chat = await opened(
      captureOf([...handshake('sha256'), message('client', token, checkOf('sha256', 'client', 0, token))]),
    );
    expect(read(chat)).toEqual([expect.stringMatching(/^refused: .*HMAC is wrong/)]);
  });

  test('replayed: with a number it fails, without one it passes', async () => {
    expect(read(await opened(captureOf([...withSeq, seq('client', 0, 'Pay'), seq('client', 0, 'Pay')])))).toEqual([
      'Pay',
      expect.stringMatching(/^refused: its check is wrong/),
    ]);
    const token = tokenOf('Pay');
    const plain = message('client', token, checkOf('hmac-sha256', 'client', 0, token));
    expect(read(await opened(captureOf([...handshake('hmac-sha256'), plain, plain])))).toEqual(['Pay', 'Pay']);
  });

  test('reflected: the same message, sent back as if it came from the other side', async () => {
    const sent = seq('client', 0, 'Hello');
    expect(read(await opened(captureOf([...withSeq, sent, { ...sent, side: 'server' }])))).toEqual([
      'Hello',
      expect.stringMatching(/^refused: its check is wrong/),
    ]);
  });

  test('a MESSAGE that is not a valid frame still counts in its sender’s numbers', async () => {
    const broken: Sent = { side: 'client', bytes: `MESSAGE ${tokenOf('x')} nocheck\n` };
    expect(read(await opened(captureOf([...withSeq, broken, seq('client', 1, 'Hello')])))).toEqual(['Hello']);
  });

  test('after missing bytes the number is unknown, so the check is not judged', async () => {
    const lost = seq('client', 0, 'lost');
    const packets = conversationOf([...withSeq, lost, seq('client', 1, 'Hello'), seq('server', 0, 'Hi')]);
    expect(read(await opened(pcapOf(packets.filter(({ data }) => data !== lost.bytes))))).toEqual([
      `refused: its check counts the messages, and ${lost.bytes.length} bytes are missing before it`,
      'Hi',
    ]);
  });

  test('after missing bytes a check without a number is still verified', async () => {
    const sent = encryptedChat(CONVERSATION, 'hmac-sha256');
    const packets = conversationOf(sent);
    expect(read(await opened(pcapOf(packets.filter(({ data }) => data !== sent[3]!.bytes))))).toEqual(
      CONVERSATION.slice(1).map(({ text }) => text),
    );
  });

  test('an unknown kind of check', async () => {
    const chat = await opened(captureOf([...handshake('md5'), seq('client', 0, 'Hello')]));
    expect(read(chat)).toEqual([expect.stringMatching(/does not know the check/)]);
  });

  test('a text that is not UTF-8', async () => {
    const token = tokenOf(Buffer.from('ff', 'hex'));
    const chat = await opened(
      captureOf([...handshake('sha256'), message('client', token, checkOf('sha256', 'client', 0, token))]),
    );
    expect(read(chat)).toEqual([expect.stringMatching(/^refused: the fernet package refuses it/)]);
  });

  test('wrong padding', async () => {
    const token = tokenOf(Buffer.from(`fifteen bytes..\x40`, 'latin1'), { padding: false });
    const chat = await opened(
      captureOf([...handshake('sha256'), message('client', token, checkOf('sha256', 'client', 0, token))]),
    );
    expect(read(chat)).toEqual(['refused: its padding is wrong']);
  });
});

test('other code does not see the method that the fernet package adds to every string', async () => {
  await opened(captureOf(encryptedChat(CONVERSATION)));
  const met: string[] = [];
  for (const key in Object('ab')) met.push(key);
  expect(met).toEqual(['0', '1']);
});
