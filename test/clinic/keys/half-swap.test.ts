/** A relay between two programs that agree on a key. Both are played here, with node:crypto. */
import { createCipheriv, createDecipheriv, createECDH, createHash, getDiffieHellman, hkdfSync } from 'node:crypto';

import { expect, test } from '@jest/globals';

import { agreementsIn } from '../../../src/clinic/keys/agreements.js';
import { HalfSwap } from '../../../src/clinic/keys/half-swap.js';
import type { Chunk, Control } from '../../../src/clinic/wire/treatment.js';
import type { Side } from '../../../src/protocol/side.js';

const TEXT = 'Otter swims in the river';

interface Program {
  readonly hello: Buffer;
  readonly keyFrom: (hello: Buffer) => Buffer;
}

/** What the relay sends on. */
function relayed(swap: HalfSwap, chunk: Chunk): Buffer {
  const sent: Buffer[] = [];
  const control: Control = {
    send: (_link, _to, bytes) => {
      sent.push(Buffer.from(bytes));
    },
    end: () => undefined,
    reset: () => undefined,
  };
  swap.came(chunk, control);
  return Buffer.concat(sent);
}

function chunk(number: number, from: Side, bytes: Buffer): Chunk {
  return { number, link: 0, from, bytes, at: 0, frame: number + 4 };
}

function sealed(key: Buffer, text: string): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16, 7));
  return Buffer.concat([Buffer.alloc(16, 7), cipher.update(text), cipher.final()]);
}

function opened(key: Buffer, bytes: Buffer): string {
  const decipher = createDecipheriv('aes-256-cbc', key, bytes.subarray(0, 16));
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString();
}

const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest();

function curve(): Program {
  const ecdh = createECDH('prime256v1');
  const hello = Buffer.from(`${JSON.stringify({ key: ecdh.generateKeys('base64') })}\n`);
  const theirs = (bytes: Buffer): string => (JSON.parse(bytes.toString()) as { key: string }).key;
  return { hello, keyFrom: (other) => sha256(ecdh.computeSecret(theirs(other), 'base64')) };
}

function numbers(): Program {
  const dh = getDiffieHellman('modp14');
  dh.generateKeys();
  const hello = Buffer.from(`${BigInt(`0x${dh.getPublicKey('hex')}`)}\n`);
  const secret = (other: Buffer): string => {
    const digits = BigInt(other.toString().trim()).toString(16);
    return BigInt(`0x${dh.computeSecret(digits.padStart(512, '0'), 'hex', 'hex')}`).toString();
  };
  return { hello, keyFrom: (other) => sha256(secret(other)) };
}

function textbook(): Program {
  // 1009 and 11 are typed into both programs, and never cross.
  const exponent = 417n + BigInt(Math.floor(TEXT.length / 2));
  const raised = (base: bigint): bigint => base ** exponent % 1009n;
  const hello = Buffer.from(`${raised(11n)}\n`);
  return { hello, keyFrom: (other) => sha256(raised(BigInt(other.toString().trim())).toString()) };
}

function expanded(): Program {
  const ecdh = createECDH('secp256k1');
  const hello = ecdh.generateKeys();
  return {
    hello,
    keyFrom: (other) => Buffer.from(hkdfSync('sha256', ecdh.computeSecret(other), '', 'handshake data', 32)),
  };
}

test.each([
  ['points in JSON', curve],
  ['numbers of a group that everybody knows', numbers],
  ['numbers of a prime that does not cross', textbook],
  ['points as bytes, and HKDF', expanded],
])('%s: both take our half, what they say opens, and the other one gets it', (_, program) => {
  const before = [program(), program()];
  const handshake = before.map(({ hello }, index) => chunk(index, index === 0 ? 'server' : 'client', hello));
  // OpenSSL takes no 1, so a program that calculates with it ends there.
  const fit = agreementsIn(handshake).filter(
    (agreement) => program !== numbers || (agreement.kind === 'numbers' && agreement.group !== null),
  );
  const outcomes = fit.map((agreement) => {
    const swap = new HalfSwap(agreement, 0);
    const [server, client] = [program(), program()];
    const toClient = relayed(swap, chunk(0, 'server', server.hello));
    const toServer = relayed(swap, chunk(1, 'client', client.hello));
    expect(toClient.equals(server.hello)).toBe(false);
    const [serverKey, clientKey] = [server.keyFrom(toServer), client.keyFrom(toClient)];
    swap.expected = TEXT;
    const arrived = relayed(swap, chunk(2, 'client', sealed(clientKey, TEXT)));
    return {
      opened: swap.opened.map(({ text, side }) => [text, side]),
      arrived: swap.opened.length > 0 && opened(serverKey, arrived) === TEXT,
    };
  });
  expect(outcomes).toContainEqual({ opened: [[TEXT, 'client']], arrived: true });
});

test('what is sealed with another key does not open, and crosses as it is', () => {
  const programs = [curve(), curve()];
  const handshake = programs.map(({ hello }, index) => chunk(index, index === 0 ? 'server' : 'client', hello));
  const swap = new HalfSwap(agreementsIn(handshake)[0]!, 0);
  for (const each of handshake) relayed(swap, each);
  swap.expected = TEXT;
  const message = sealed(sha256('a secret that both know'), TEXT);
  expect(relayed(swap, chunk(2, 'client', message))).toEqual(message);
  swap.openLate(TEXT, 'client', [chunk(2, 'client', message)]);
  expect(swap.opened).toEqual([]);
});
