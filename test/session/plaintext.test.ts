import { describe, expect, test } from '@jest/globals';

import type { Side } from '../../src/protocol/events.js';
import { PlaintextSession } from '../../src/session/plaintext.js';
import type { Action } from '../../src/session/session.js';
import { told as toldWith } from './told.js';

const told = (actions: Iterable<Action>): string[] => toldWith(actions, (bytes) => bytes.toString('latin1'));

function opened(side: Side): PlaintextSession {
  const session = new PlaintextSession(side);
  expect(told(session.opened())).toEqual(['ready']);
  return session;
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('plaintext mode', () => {
  test('a line is a message, both ways, and nothing else is sent', () => {
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
    expect(told(client.said('Exit'))).toEqual(['> Exit\n', 'left by us']);
    expect(told(client.said('more'))).toEqual([]);
    const server = opened('server');
    expect(told(server.received(bytes('Bye\nexit\nnever shown\n')))).toEqual(['shows Bye', 'left by peer']);
    expect(server.phase).toBe('over');
  });

  test('the end of the stream cannot be told from leaving; an unfinished line is shown', () => {
    const server = opened('server');
    server.received(bytes(''));
    expect(told(server.received(bytes('Bye')))).toEqual([]);
    expect(told(server.peerEnded())).toEqual(['shows Bye', 'left by peer']);
    expect(told(server.peerEnded())).toEqual([]);
  });

  test('a side in encrypted mode is recognised by its HELLO', () => {
    expect(told(opened('server').received(bytes('HELLO servchat/1 hmac-sha256-seq\nPUBLIC-KEY AAAA\n')))).toEqual([
      'PROBLEM type=refused reason=mode ours=plaintext theirs=encrypted',
    ]);
  });

  test('but only in the first line: later it is what somebody says', () => {
    expect(told(opened('server').received(bytes('Hi\nHELLO servchat/1 x\n')))).toEqual(['shows Hi', 'shows HELLO servchat/1 x']);
  });

  test.each([
    ['ERROR mode-mismatch', 'reason=mode ours=plaintext theirs=encrypted'],
    ['ERROR timeout', 'reason=mode ours=plaintext theirs=encrypted'],
    ['ERROR busy', 'type=reported code=busy'],
    ['ERROR line-too-long', 'type=reported code=line-too-long'],
  ])('a client understands a server that opens with %s', (line, why) => {
    expect(told(opened('client').received(bytes(`${line}\n`)))).toEqual([expect.stringContaining(why)]);
  });

  test.each([
    ['server', 'ERROR busy\n'],
    ['client', 'ERROR made-up\n'],
    ['client', 'HELLO servchat/1 sha256\n'],
    ['client', 'ERROR\n'],
  ] as const)('a %s shows %j as a message', (role, line) => {
    expect(told(opened(role).received(bytes(line)))).toEqual([`shows ${line.trimEnd()}`]);
  });

  test('a line that never ends is refused, what came before it is shown', () => {
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

  test('a message with a line break is several, which only the caller can know', () => {
    expect(() => opened('client').said('a\nb')).toThrow(RangeError);
  });

  test('a server that is busy says so in a line', () => {
    expect(told(new PlaintextSession('server').refuse('busy', { type: 'refused', reason: 'busy' }))).toEqual(['> ERROR busy\n', 'PROBLEM type=refused reason=busy']);
  });
});
