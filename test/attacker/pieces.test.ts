import { describe, expect, test } from '@jest/globals';

import { PieceCutter } from '../../src/attacker/pieces.js';
import { isLoopback, startRelay } from '../../src/attacker/relay.js';
import { nothing } from '../../src/attacker/attacks/nothing.js';
import { RecordError, RecordReader } from '../../src/protocol/tls-records.js';
import { cut } from './frames.js';

describe('pieces', () => {
  test('in plaintext mode each line is a message, counted for each side', () => {
    expect(
      cut(['client', 'a'], ['server', 'b'], ['client', 'c']).map(({ kind, from, message }) => [kind, from, message]),
    ).toEqual([
      ['text', 'client', 0],
      ['text', 'server', 0],
      ['text', 'client', 1],
    ]);
  });

  test('a HELLO that is not the first line is a message that someone typed', () => {
    expect(cut(['client', 'a'], ['client', 'HELLO servchat/1 sha256']).map(({ kind }) => kind)).toEqual([
      'text',
      'text',
    ]);
  });

  test('in encrypted mode the handshake is not a message', () => {
    const pieces = cut(
      ['client', 'HELLO servchat/1 sha256'],
      ['client', 'PUBLIC-KEY AAAA'],
      ['server', 'SESSION-KEY AAAA'],
    );
    expect(pieces.map(({ kind, message }) => [kind, message])).toEqual([
      ['frame', null],
      ['frame', null],
      ['frame', null],
    ]);
  });

  test('the pieces are the same, however the bytes are cut', () => {
    const cutter = new PieceCutter();
    const bytes = Buffer.from('HELLO servchat/1 sha256\nERROR busy\n');
    const kinds = Array.from(bytes, (byte) => [...cutter.pieces('client', Buffer.of(byte))]).flat();
    expect(kinds.map(({ kind, bytes: line }) => [kind, line.toString()])).toEqual([
      ['frame', 'HELLO servchat/1 sha256\n'],
      ['frame', 'ERROR busy\n'],
    ]);
  });

  test('a record whose length is more than TLS allows', () => {
    expect(() => [...new RecordReader().records(Buffer.of(23, 3, 3, 0xff, 0xff))]).toThrow(RecordError);
  });
});

describe('where the relay goes', () => {
  test.each([
    ['127.0.0.1', true],
    ['127.1.2.3', true],
    ['localhost', true],
    ['::1', true],
    ['127.0.0.1.example.org', false],
    ['0.0.0.0', false],
    ['192.0.2.1', false],
    ['example.org', false],
  ])('%s: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });

  test('another machine is refused, unless a flag says that its owner agreed', async () => {
    const options = {
      attack: nothing,
      target: { host: '192.0.2.1', port: 9 },
      port: 0,
      taps: { client: null, server: null },
      onChange: () => undefined,
    };
    await expect(startRelay({ ...options, beyondLoopback: false })).rejects.toThrow('--attack-another-machine');
    const relay = await startRelay({ ...options, beyondLoopback: true });
    await relay.close();
  });
});
