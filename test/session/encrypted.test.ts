/**
 * Encrypted mode as transcripts. `line` is what a side sends, and `tell` is what else it does. No test here uses a
 * socket.
 */
import { createHash, generateKeyPairSync } from 'node:crypto';

import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { computeCheck } from '../../src/crypto/integrity.js';
import { generateKeyPair } from '../../src/crypto/rsa.js';
import { splitSessionKey } from '../../src/crypto/session-key.js';
import { MAX_TEXT_BYTES, formatFrame, parseFrame, type MessageFrame } from '../../src/protocol/frames.js';
import { INTEGRITY_NAMES, type Integrity } from '../../src/protocol/integrity.js';
import type { Problem } from '../../src/protocol/events.js';
import { parseToken } from '../../src/protocol/token.js';
import { EncryptedClientSession, EncryptedServerSession } from '../../src/session/encrypted.js';
import type { Action, Session } from '../../src/session/session.js';
import { told as toldWith } from './told.js';

const keyPair = await generateKeyPair(2048);
const sessionKey = splitSessionKey(Buffer.from(Array.from({ length: 64 }, (_, index) => index)));
const NOW = 1_700_000_000;
const clock = (): number => NOW;
const TOO_SLOW: Problem = { type: 'refused', reason: 'timeout', seconds: 10 };

/** The bytes that the actions send. */
function wire(actions: Iterable<Action>): Buffer {
  return Buffer.concat([...actions].flatMap((action) => (action.type === 'send' ? [action.bytes] : [])));
}

const told = (actions: Iterable<Action>): string[] =>
  toldWith(actions, (bytes) => bytes.toString().replace(/^(\S+ \S{0,19}).*\n/s, '$1'));

const problem = (pattern: string): unknown => expect.stringMatching(new RegExp(`^PROBLEM .*${pattern}`));

const newClient = (integrity: Integrity = 'hmac-sha256-seq'): Session =>
  new EncryptedClientSession({ keyPair, integrity, clock });
/** A server whose connection has opened. It sends nothing at that moment. */
function newServer(allowed: readonly Integrity[] = ['hmac-sha256-seq']): Session {
  const server = new EncryptedServerSession({ allowed, newSessionKey: () => sessionKey, clock });
  expect(server.opened()).toEqual([]);
  return server;
}

/** A client and a server that have finished the handshake. */
function chatting(integrity: Integrity = 'hmac-sha256-seq'): { client: Session; server: Session } {
  const client = newClient(integrity);
  const server = newServer([integrity]);
  const answer = wire(server.received(wire(client.opened())));
  Array.from(client.received(answer));
  expect([client.phase, server.phase]).toEqual(['chatting', 'chatting']);
  return { client, server };
}

/** The frame that a side would send for `text`, made here from the keys and the protocol's page. */
function messageFrame(
  text: string | Buffer,
  n = 0,
  direction: 'client' | 'server' = 'client',
  integrity: Integrity = 'hmac-sha256-seq',
): MessageFrame {
  const token = sessionKey.fernet.encrypt(Buffer.from(text), { now: NOW });
  return { kind: 'MESSAGE', token, check: computeCheck(integrity, sessionKey.hmac, { direction, n }, token) };
}

describe('a chat', () => {
  test('the handshake as it is on the wire', () => {
    const client = newClient();
    const server = newServer();

    const opening = client.opened();
    expect(wire(opening).toString()).toBe(
      `HELLO servchat/1 hmac-sha256-seq\nPUBLIC-KEY ${keyPair.spki.toString('base64')}\n`,
    );

    const answer = [...server.received(wire(opening))];
    expect(told(answer)).toEqual([
      '> SESSION-KEY ' + /SESSION-KEY (.{19})/.exec(wire(answer).toString())![1]!,
      'ready',
    ]);
    const [ready] = [...client.received(wire(answer))];
    const fingerprint = createHash('sha256').update(keyPair.spki).digest('hex');
    expect(ready).toEqual({
      type: 'ready',
      keys: { fingerprint, integrity: 'hmac-sha256-seq', sessionKey: sessionKey.bytes },
    });
    expect(answer.at(-1)).toEqual(ready);
  });

  test.each(INTEGRITY_NAMES)('messages in both directions, and the end, with %s', (integrity) => {
    const { client, server } = chatting(integrity);
    expect(told(server.received(wire(client.said('Hello'))))).toEqual(['shows Hello']);
    expect(told(client.received(wire(server.said('Hi'))))).toEqual(['shows Hi']);
    expect(told(server.received(Buffer.concat([wire(client.said('')), wire(client.said('Ünïcødé 👋'))])))).toEqual([
      'shows ',
      'shows Ünïcødé 👋',
    ]);
    const leaving = client.said(' Exit ');
    expect(told(leaving)).toEqual([expect.stringMatching(/^> MESSAGE gAAAA/), 'leaving']);
    expect(told(server.received(wire(leaving)))).toEqual(['left by peer']);
    expect(told(client.peerEnded())).toEqual(['left by us']);
    expect([client.phase, server.phase]).toEqual(['over', 'over']);
  });

  test('a side that has left still learns of a refusal, but shows no message that comes late', () => {
    const { client, server } = chatting();
    const changed = messageFrame('Hello', 1);
    client.said('Exit');
    expect(told(client.received(wire(server.said('Hi'))))).toEqual([]);
    const refusal = wire(server.received(formatFrame(changed)));
    expect(told(client.received(refusal))).toEqual([problem('type=reported code=rejected')]);
    expect(client.phase).toBe('over');
  });

  test('the typed text is never on the wire, and the same text never looks the same', () => {
    const { client } = chatting();
    const first = wire(client.said('Nice to Meet you')).toString();
    const second = wire(client.said('Nice to Meet you')).toString();
    expect(first).not.toContain('Nice');
    expect(second.split(' ')[1]).not.toBe(first.split(' ')[1]);
    expect(parseToken(first.split(' ')[1]!).timestamp).toBe(NOW);
  });

  test('the server does the same, however the network cuts the bytes', () => {
    const client = newClient();
    const opening = wire(client.opened());
    const { client: speaker } = chatting();
    const stream = Buffer.concat([
      opening,
      ...['Hello', 'How are you?', 'EXIT'].map((text) => wire(speaker.said(text))),
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
        const server = newServer();
        const edges = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const lines = edges.slice(1).flatMap((end, index) => told(server.received(stream.subarray(edges[index], end))));
        expect(lines.slice(1)).toEqual(['ready', 'shows Hello', 'shows How are you?', 'left by peer']);
      }),
      { numRuns: 30 },
    );
  });

  test('a message that would not fit a line is not sent, and the chat continues', () => {
    const { client, server } = chatting();
    expect(told(client.said('x'.repeat(MAX_TEXT_BYTES + 1)))).toEqual([
      `unsent: ${MAX_TEXT_BYTES + 1} of ${MAX_TEXT_BYTES}`,
    ]);
    expect(told(server.received(wire(client.said('x'.repeat(MAX_TEXT_BYTES)))))).toEqual([
      `shows ${'x'.repeat(MAX_TEXT_BYTES)}`,
    ]);
  });

  test('a message with a line break throws: only the caller can split it', () => {
    expect(() => chatting().client.said('a\nb')).toThrow(RangeError);
  });
});

describe('what a server in encrypted mode refuses in the handshake', () => {
  const spki = (bits: number): string =>
    generateKeyPairSync('rsa', { modulusLength: bits })
      .publicKey.export({ type: 'spki', format: 'der' })
      .toString('base64');
  const hello = 'HELLO servchat/1 hmac-sha256-seq\n';

  test.each([
    ['a message in plaintext', 'Hello\n', 'mode-mismatch', 'reason=mode ours=encrypted theirs=plaintext'],
    ['a greeting in capitals', 'HELLO there\n', 'mode-mismatch', 'reason=mode ours=encrypted theirs=plaintext'],
    ['an HTTP request', 'GET / HTTP/1.1\r\n', 'mode-mismatch', 'reason=mode ours=encrypted theirs=plaintext'],
    ['a ClientHello of TLS', '\x16\x03\x01', 'mode-mismatch', 'reason=mode ours=encrypted theirs=tls'],
    ['half a word', 'HELP', 'mode-mismatch', 'reason=mode ours=encrypted theirs=plaintext'],
    ['another version', 'HELLO servchat/2 sha256\n', 'unsupported-version', 'reason=version'],
    [
      'a weaker check',
      'HELLO servchat/1 sha256\n',
      'integrity-refused',
      'reason=integrity asked=sha256 allowed=."hmac-sha256-seq".',
    ],
    ['a check that does not exist', 'HELLO servchat/1 rot13\n', 'integrity-refused', 'reason=integrity asked=rot13'],
    ['HELLO twice', hello + hello, 'bad-frame', 'reason=out-of-place frame=HELLO during=handshake'],
    [
      'a message before the key',
      `${hello}MESSAGE gA== ${'0'.repeat(64)}\n`,
      'bad-frame',
      'reason=out-of-place frame=MESSAGE',
    ],
    ['a key of 1024 bits', `${hello}PUBLIC-KEY ${spki(1024)}\n`, 'weak-key', 'reason=weak-key detail=.*1024 bits'],
    ['a key that is random bytes', `${hello}PUBLIC-KEY AAAA\n`, 'weak-key', 'reason=weak-key detail=.*SPKI'],
    [
      'a line that never ends',
      `HELLO servchat/1 ${'x'.repeat(70_000)}`,
      'line-too-long',
      'reason=line-too-long most=65536',
    ],
  ])('%s', (_, input, code, why) => {
    const server = newServer();
    expect(told(server.received(Buffer.from(input, 'latin1')))).toEqual([`> ERROR ${code}`, problem(why)]);
    expect(server.phase).toBe('over');
  });

  test('a side does not answer when the connection ends during the handshake', () => {
    expect(told(newServer().peerEnded())).toEqual([problem('type=cut-off missing=handshake')]);
  });

  test('silence, when the driver says that the time is up', () => {
    expect(told(newServer().refuse('timeout', TOO_SLOW))).toEqual([
      '> ERROR timeout',
      problem('reason=timeout seconds=10'),
    ]);
  });

  test('a weaker check is accepted if it is allowed', () => {
    const server = newServer(['hmac-sha256-seq', 'sha256']);
    expect(told(server.received(wire(newClient('sha256').opened()))).at(-1)).toBe('ready');
  });
});

describe('what a client in encrypted mode refuses in the handshake', () => {
  test.each([
    [
      'a message in plaintext',
      'Hi\n',
      ['> ERROR mode-mismatch', problem('reason=mode ours=encrypted theirs=plaintext')],
    ],
    [
      'an envelope for another key',
      `SESSION-KEY ${Buffer.alloc(256, 1).toString('base64')}\n`,
      ['> ERROR rejected', problem('reason=envelope')],
    ],
    [
      'an envelope that is not base64',
      'SESSION-KEY %%%\n',
      ['> ERROR bad-frame', problem('reason=frame detail=.*base64')],
    ],
    ['an alert of TLS', '\x15\x03\x03', ['> ERROR mode-mismatch', problem('reason=mode ours=encrypted theirs=tls')]],
    [
      'a server that says that it is in plaintext mode',
      'ERROR plaintext-mode\n',
      [problem('reason=mode ours=encrypted theirs=plaintext')],
    ],
    [
      'a server that says that it is in tls mode',
      'ERROR tls-mode\n',
      [problem('reason=mode ours=encrypted theirs=tls')],
    ],
    ['an error', 'ERROR busy\n', [problem('type=reported code=busy')]],
    ['an error that it does not know', 'ERROR constructor\n', [problem('type=reported code=constructor')]],
    ['an error with an escape code in it', 'ERROR \x1b[31mred\n', [problem('type=reported code=\x1b.31mred')]],
  ])('%s', (_, input, expected) => {
    const client = newClient();
    client.opened();
    expect(told(client.received(Buffer.from(input, 'latin1')))).toEqual(expected);
    expect(client.phase).toBe('over');
  });

  test('a session key of another length', () => {
    const client = newClient();
    client.opened();
    const server = new EncryptedServerSession({
      allowed: ['hmac-sha256-seq'],
      newSessionKey: () => ({ ...sessionKey, bytes: Buffer.alloc(32) }),
      clock,
    });
    server.opened();
    expect(told(client.received(wire(server.received(wire(newClient().opened())))))).toEqual([
      '> ERROR rejected',
      problem('reason=envelope'),
    ]);
  });
});

describe('what a side refuses in the chat', () => {
  let client: Session;
  let server: Session;
  beforeEach(() => {
    ({ client, server } = chatting());
  });
  const refusal = (why: string): unknown[] => ['> ERROR rejected', problem(why)];

  test('a wrong check', () => {
    const frame = messageFrame('Hello');
    frame.check[0]! ^= 1;
    expect(told(server.received(formatFrame(frame)))).toEqual(
      refusal('reason=check message=1 integrity=hmac-sha256-seq'),
    );
  });

  test('a wrong token with a right check', () => {
    const good = messageFrame('Hello');
    const bytes = Buffer.from(good.token, 'base64url');
    bytes[30]! ^= 1;
    const token = `${bytes.toString('base64url')}${'='.repeat((4 - (bytes.toString('base64url').length % 4)) % 4)}`;
    const check = computeCheck('hmac-sha256-seq', sessionKey.hmac, { direction: 'client', n: 0 }, token);
    expect(told(server.received(formatFrame({ kind: 'MESSAGE', token, check })))).toEqual(
      refusal('reason=signature message=1'),
    );
  });

  test('a token from the future with a right check', () => {
    const token = sessionKey.fernet.encrypt(Buffer.from('Hello'), { now: NOW + 61 });
    const check = computeCheck('hmac-sha256-seq', sessionKey.hmac, { direction: 'client', n: 0 }, token);
    expect(told(server.received(formatFrame({ kind: 'MESSAGE', token, check })))).toEqual(
      refusal('reason=token message=1 detail=.*future'),
    );
  });

  test('a replay', () => {
    const line = wire(client.said('Hello'));
    expect(told(server.received(line))).toEqual(['shows Hello']);
    expect(told(server.received(line))).toEqual(
      refusal('reason=sequence message=2 belongsTo={"by":"client","message":1}'),
    );
  });

  test('a message that an attacker dropped', () => {
    client.said('Hello');
    expect(told(server.received(wire(client.said('How are you?'))))).toEqual(
      refusal('reason=sequence message=1 belongsTo={"by":"client","message":2}'),
    );
  });

  test('two messages in the wrong order', () => {
    const first = wire(client.said('one'));
    const second = wire(client.said('two'));
    expect(told(server.received(Buffer.concat([second, first])))).toEqual(
      refusal('reason=sequence message=1 belongsTo={"by":"client","message":2}'),
    );
  });

  test('its own message sent back', () => {
    expect(told(client.received(wire(client.said('Hello'))))).toEqual(
      refusal('reason=sequence message=1 belongsTo={"by":"client","message":1}'),
    );
  });

  test.each([
    ['a line break inside', Buffer.from('a\nb')],
    ['bytes that are not UTF-8', Buffer.of(0xff)],
  ])('a text with %s', (_, text) => {
    expect(told(server.received(formatFrame(messageFrame(text))))).toEqual(refusal('reason=text message=1'));
  });

  test.each([
    ['plaintext', 'Hello\n', '> ERROR bad-frame'],
    ['a frame of the handshake', 'HELLO servchat/1 sha256\n', '> ERROR bad-frame'],
    ['a line without end', 'MESSAGE '.padEnd(70_000, 'A'), '> ERROR line-too-long'],
  ])('%s', (_, input, answer) => {
    expect(told(server.received(Buffer.from(input)))).toEqual([answer, problem('')]);
  });

  test('an error of the other side ends the chat and is not answered', () => {
    expect(told(client.received(Buffer.from('ERROR rejected\n')))).toEqual([problem('type=reported code=rejected')]);
  });

  test('during the chat, a wrong-mode error is an error like any other', () => {
    expect(told(client.received(Buffer.from('ERROR tls-mode\n')))).toEqual([problem('type=reported code=tls-mode')]);
  });

  test('the end of the stream without EXIT is not leaving', () => {
    expect(told(server.peerEnded())).toEqual([problem('type=cut-off missing=leaving word')]);
  });

  test('after the end nothing is accepted, sent or shown', () => {
    const line = wire(client.said('Hello'));
    server.refuse('timeout', TOO_SLOW);
    expect(told(server.received(line))).toEqual([]);
    expect(server.said('Hi')).toEqual([]);
    expect(server.peerEnded()).toEqual([]);
    expect(server.refuse('busy', TOO_SLOW)).toEqual([]);
  });

  test('in the same read, messages before the bad one are shown', () => {
    const good = wire(client.said('Hello'));
    expect(told(server.received(Buffer.concat([good, Buffer.from('noise\n')])))).toEqual([
      'shows Hello',
      '> ERROR bad-frame',
      problem(''),
    ]);
  });
});

test('hmac-sha256 lets a replay through, which is why it is not the default', () => {
  const { client, server } = chatting('hmac-sha256');
  const line = wire(client.said('Hello'));
  expect([...told(server.received(line)), ...told(server.received(line))]).toEqual(['shows Hello', 'shows Hello']);
});

test('sha256 can be recomputed by anyone, and then Fernet refuses', () => {
  const { client, server } = chatting('sha256');
  const { token } = parseFrame(wire(client.said('Hello')).subarray(0, -1)) as MessageFrame;
  const bytes = Buffer.from(token, 'base64url');
  bytes[30]! ^= 1;
  const changed = `${bytes.toString('base64url')}==`.slice(0, token.length);
  const check = createHash('sha256').update(changed).digest();
  expect(told(server.received(formatFrame({ kind: 'MESSAGE', token: changed, check })))).toEqual([
    '> ERROR rejected',
    problem('reason=signature message=1'),
  ]);
});
