import { describe, expect, test } from '@jest/globals';

import { PlaintextSession } from '../../src/session/plaintext.js';
import type { Action } from '../../src/session/session.js';
import { told as toldWith } from './told.js';
import type { Side } from '../../src/protocol/side.js';

const told = (actions: Iterable<Action>): string[] => toldWith(actions, (bytes) => bytes.toString('latin1'));

function opened(side: Side): PlaintextSession {
  const session = new PlaintextSession(side);
  expect(told(session.opened())).toEqual(['ready']);
  return session;
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('plaintext mode', () => {
  test('each line is a message, in both directions, and nothing else is sent', () => {
    const server = opened('server');
    expect(told(server.received(bytes('Hello\n')))).toEqual(['shows Hello']);
    expect(told(server.said('Hi'))).toEqual(['> Hi\n']);
  });

  test('TCP is a stream: half a line waits, three lines are three messages', () => {
    const server = opened('server');
    expect(told(server.received(bytes('Hel')))).toEqual([]);
    expect(told(server.received(bytes('lo\r\nHow\n\nare')))).toEqual(['shows Hello', 'shows How', 'shows ']);
    expect(told(server.received(bytes(' you\n')))).toEqual(['shows are you']);
  });

  test('EXIT is sent like any message, and ends it', () => {
    const client = opened('client');
    expect(told(client.said('Exit'))).toEqual(['> Exit\n', 'leaving']);
    expect(told(client.said('more'))).toEqual([]);
    expect(told(client.received(bytes('crossed our EXIT\n')))).toEqual([]);
    expect(told(client.peerEnded())).toEqual(['left by us']);
    expect(client.phase).toBe('over');
    const server = opened('server');
    expect(told(server.received(bytes('Bye\nexit\nnever shown\n')))).toEqual(['shows Bye', 'left by peer']);
    expect(server.phase).toBe('over');
  });

  test('the end of the stream looks the same as leaving; an unfinished line is shown', () => {
    const server = opened('server');
    server.received(bytes(''));
    expect(told(server.received(bytes('Bye')))).toEqual([]);
    expect(told(server.peerEnded())).toEqual(['shows Bye', 'left by peer']);
    expect(told(server.peerEnded())).toEqual([]);
  });

  const other = (theirs: string): string => `PROBLEM type=refused reason=mode ours=plaintext theirs=${theirs}`;

  test.each([
    ['encrypted', 'HELLO servchat/1 hmac-sha256-seq\nPUBLIC-KEY AAAA\n'],
    ['tls', '\x16\x03\x01\x06\x0a\x01\x00\n\n\n'],
  ])(
    'a client in %s mode is recognised by its first bytes, however the network cuts them; none are shown',
    (theirs, first) => {
      for (const cut of [1, 2, 5, first.length]) {
        const server = opened('server');
        const actions = [...server.received(bytes(first.slice(0, cut))), ...server.received(bytes(first.slice(cut)))];
        expect(told(actions)).toEqual(['> ERROR plaintext-mode\n', other(theirs)]);
      }
    },
  );

  test.each(['HELLO\n', 'HELLO servchat\n', 'HELP\n', 'H\n', '\x16 with a control character\n'])(
    '%j starts neither mode, and is shown',
    (line) => {
      const server = opened('server');
      expect(Array.from(line).flatMap((byte) => told(server.received(bytes(byte))))).toEqual([
        `shows ${line.trimEnd()}`,
      ]);
    },
  );

  test('the start of a HELLO is shown when the stream ends', () => {
    const server = opened('server');
    expect(told(server.received(bytes('HELLO serv')))).toEqual([]);
    expect(told(server.peerEnded())).toEqual(['shows HELLO serv', 'left by peer']);
  });

  test('a server in tls mode is recognised by an alert, and not answered', () => {
    expect(told(opened('client').received(bytes('\x15\x03\x01\x00\x02\x02\x46')))).toEqual([other('tls')]);
    expect(told(opened('server').received(bytes('\x15\x03\x01\n')))).toEqual(['shows \x15\x03\x01']);
  });

  test('inside TLS nothing is recognised as another mode: everything is a message', () => {
    for (const line of ['HELLO servchat/1 x', '\x16\x03\x01']) {
      const server = new PlaintextSession('server', 'tls');
      server.opened();
      expect(told(server.received(bytes(`${line}\n`)))).toEqual([`shows ${line}`]);
    }
  });

  test('another mode is recognised only in the first line: a later HELLO is a message', () => {
    expect(told(opened('server').received(bytes('Hi\nHELLO servchat/1 x\n')))).toEqual([
      'shows Hi',
      'shows HELLO servchat/1 x',
    ]);
  });

  test.each([
    ['ERROR mode-mismatch', 'reason=mode ours=plaintext theirs=encrypted'],
    ['ERROR timeout', 'reason=mode ours=plaintext theirs=encrypted'],
    ['ERROR tls-mode', 'reason=mode ours=plaintext theirs=tls'],
    ['ERROR busy', 'type=reported code=busy'],
    ['ERROR line-too-long', 'type=reported code=line-too-long'],
  ])('a client understands a server that opens with %s', (line, why) => {
    expect(told(opened('client').received(bytes(`${line}\n`)))).toEqual([expect.stringContaining(why)]);
  });

  test.each([
    ['ERROR mode-mismatch\n', 'reason=mode ours=plaintext theirs=encrypted'],
    ['ERROR tls-mode\n', 'reason=mode ours=plaintext theirs=tls'],
    ['\x15\x03\x01\x00\x02\x02\x46', 'reason=mode ours=plaintext theirs=tls'],
    ['ERROR busy\r\n', 'type=reported code=busy'],
    ['ERROR busy', 'type=reported code=busy'],
  ])('a client that has left is still told that the server refuses it: %j', (answer, why) => {
    const client = opened('client');
    expect(told([...client.said('Hello'), ...client.said('exit')])).toEqual(['> Hello\n', '> exit\n', 'leaving']);
    const heard = Array.from(answer).flatMap((byte) => told(client.received(bytes(byte))));
    expect([...heard, ...told(client.peerEnded())]).toEqual([expect.stringContaining(why)]);
  });

  test('a server that has left still learns that its client is in another mode; nothing is sent after EXIT', () => {
    const server = opened('server');
    expect(told(server.said('exit'))).toEqual(['> exit\n', 'leaving']);
    expect(told(server.received(bytes('HELLO servchat/1 sha256\n')))).toEqual([other('encrypted')]);
    expect(told(server.peerEnded())).toEqual([]);
  });

  test('after leaving, only an ERROR in the server’s first line is a problem', () => {
    const client = opened('client');
    expect(told(client.received(bytes('Hi\n')))).toEqual(['shows Hi']);
    client.said('exit');
    expect(told(client.received(bytes('ERROR busy\n')))).toEqual([]);
    expect(told(client.received(bytes('x'.repeat(65_536))))).toEqual(['left by us']);
  });

  test.each([
    ['server', 'ERROR busy\n'],
    ['client', 'ERROR made-up\n'],
    ['client', 'HELLO servchat/1 sha256\n'],
    ['client', 'ERROR\n'],
  ] as const)('a %s shows %j as a message', (role, line) => {
    expect(told(opened(role).received(bytes(line)))).toEqual([`shows ${line.trimEnd()}`]);
  });

  test('a line that never ends is refused, and the lines before it are shown', () => {
    const server = opened('server');
    expect(told(server.received(bytes(`Hello\n${'x'.repeat(65_536)}`)))).toEqual([
      'shows Hello',
      '> ERROR line-too-long\n',
      'PROBLEM type=refused reason=line-too-long most=65536',
    ]);
  });

  test('the longest message is 65,535 bytes', () => {
    const client = opened('client');
    expect(told(client.said('x'.repeat(65_536)))).toEqual(['unsent: 65536 of 65535']);
    expect(told(client.said('x'.repeat(65_535)))).toEqual([`> ${'x'.repeat(65_535)}\n`]);
  });

  test('a message with a line break throws: only the caller can split it', () => {
    expect(() => opened('client').said('a\nb')).toThrow(RangeError);
  });

  test('a busy server says so in one line', () => {
    expect(told(new PlaintextSession('server').refuse('busy', { type: 'refused', reason: 'busy' }))).toEqual([
      '> ERROR busy\n',
      'PROBLEM type=refused reason=busy',
    ]);
  });
});
