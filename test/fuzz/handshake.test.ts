/** Handshakes with random changes: whatever bytes come, a session answers and never throws. */
import { generateKeyPairSync } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { generateKeyPair } from '../../src/crypto/rsa.js';
import { generateSessionKey } from '../../src/crypto/session-key.js';
import { ERROR_CODES } from '../../src/protocol/error-codes.js';
import { formatFrame } from '../../src/protocol/frames.js';
import { INTEGRITY_NAMES } from '../../src/protocol/integrity.js';
import { EncryptedClientSession, EncryptedServerSession } from '../../src/session/encrypted.js';
import type { Action, Session } from '../../src/session/session.js';
import { SEED } from './asked.js';
import { mutated, randomFrom } from './mutations.js';

const clock = (): number => 1_700_000_000;
const keyPair = await generateKeyPair(2048);
/** A server with a connection that waits for HELLO. */
function newServer(): Session {
  const server = new EncryptedServerSession({ allowed: INTEGRITY_NAMES, newSessionKey: generateSessionKey, clock });
  server.opened();
  return server;
}
const newClient = (): Session => new EncryptedClientSession({ keyPair, integrity: 'hmac-sha256-seq', clock });
const wire = (actions: Iterable<Action>): Buffer =>
  Buffer.concat([...actions].flatMap((action) => (action.type === 'send' ? [action.bytes] : [])));

const HELLO = Buffer.from('HELLO servchat/1 hmac-sha256-seq\n');

/** The keys that are changed. Their DER differs in length, and their algorithms in kind. */
const KEYS: readonly Buffer[] = [
  keyPair.spki,
  generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey.export({ type: 'spki', format: 'der' }),
  generateKeyPairSync('rsa-pss', { modulusLength: 2048, hashAlgorithm: 'sha256' }).publicKey.export({
    type: 'spki',
    format: 'der',
  }),
  generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey.export({
    type: 'spki',
    format: 'der',
  }),
  generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }),
];

/** The result of a handshake: the code that a side answers with, or that it continued. */
function outcomeOf(session: Session, bytes: Buffer): string {
  const answer = wire(session.received(bytes)).toString('latin1');
  return /^ERROR (.*)\n$/.exec(answer)?.[1] ?? session.phase;
}

function tally(count: number, run: (random: ReturnType<typeof randomFrom>) => string): Record<string, number> {
  const outcomes: Record<string, number> = {};
  for (let seed = 0; seed < count; seed += 1) {
    const outcome = run(randomFrom(SEED + seed));
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return outcomes;
}

describe('a server', () => {
  test('accepts or refuses each public key, whatever was changed in it', () => {
    const outcomes = tally(3_000, (random) => {
      const spki = mutated(KEYS, random);
      return outcomeOf(newServer(), Buffer.concat([HELLO, formatFrame({ kind: 'PUBLIC-KEY', spki })]));
    });
    // An empty field makes a line that is not a frame. A changed modulus without a small factor looks like any other.
    expect(Object.keys(outcomes).filter((outcome) => !['weak-key', 'chatting', 'bad-frame'].includes(outcome))).toEqual(
      [],
    );
    expect(outcomes['weak-key']).toBeGreaterThan(1_000);
    expect(outcomes['chatting']).toBeGreaterThan(5);
  });

  test('accepts or refuses each modulus of the right length', () => {
    const at = keyPair.spki.indexOf(Buffer.from('0282010100', 'hex')) + 5;
    const outcomes = tally(500, (random) => {
      const spki = Buffer.from(keyPair.spki);
      for (let index = 0; index < 256; index += 1) spki[at + index] = random(256);
      spki[at] = (spki[at] ?? 0) | 0x80;
      return outcomeOf(newServer(), Buffer.concat([HELLO, formatFrame({ kind: 'PUBLIC-KEY', spki })]));
    });
    // Half of all numbers are even.
    expect(outcomes['weak-key']).toBeGreaterThan(250);
    expect((outcomes['weak-key'] ?? 0) + (outcomes['chatting'] ?? 0)).toBe(500);
  });

  test('answers each changed handshake, and then continues or ends', () => {
    const opening = wire(newClient().opened());
    const outcomes = tally(3_000, (random) => outcomeOf(newServer(), mutated([opening], random)));
    const known: readonly string[] = [...ERROR_CODES, 'handshake', 'chatting', 'over'];
    expect(Object.keys(outcomes).filter((outcome) => !known.includes(outcome))).toEqual([]);
    for (const common of ['bad-frame', 'handshake', 'mode-mismatch']) expect(outcomes[common]).toBeGreaterThan(50);
  });
});

test('a client answers each changed SESSION-KEY, and then continues or ends', () => {
  const answer = wire(newServer().received(wire(newClient().opened())));
  const outcomes = tally(1_000, (random) => {
    const client = newClient();
    client.opened();
    return outcomeOf(client, mutated([answer], random));
  });
  // An envelope with one changed bit cannot be decrypted.
  expect(outcomes['rejected']).toBeGreaterThan(5);
});
