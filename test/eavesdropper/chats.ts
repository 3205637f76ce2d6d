/** Chats as bytes on the wire, made only with node:crypto. The encrypted ones share no code with ours. */
import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { client, pcapOf, server } from './wire.js';
import type { Integrity } from '../../src/protocol/integrity.js';
import type { Packet } from './wire.js';

export interface Said {
  readonly side: 'client' | 'server';
  readonly text: string;
}

/** The conversation of the assignment. */
export const CONVERSATION: readonly Said[] = [
  { side: 'client', text: 'Hello' },
  { side: 'server', text: 'Hi' },
  { side: 'client', text: 'I am from cyber security department' },
  { side: 'server', text: 'I am from Computer science department' },
  { side: 'client', text: 'Nice to Meet you' },
  { side: 'server', text: 'Nice to Meet you too' },
  { side: 'client', text: 'Ok Bye' },
  { side: 'server', text: 'Bye' },
  { side: 'client', text: 'Exit' },
];

/** Bytes that one side sends in one write. */
export interface Sent {
  readonly side: 'client' | 'server';
  readonly bytes: Buffer | string;
}

/**
 * Three packets that open a connection, then one packet for each of `sent`. The client's first byte is 101, the
 * server's 501.
 */
export function conversationOf(sent: readonly Sent[]): Packet[] {
  const next = { client: 101, server: 501 };
  const packets = [client(100, 0, 'S'), server(500, 101, 'SA'), client(101, 501, 'A')];
  for (const { side, bytes } of sent) {
    packets.push(
      side === 'client' ? client(next.client, next.server, 'PA', bytes) : server(next.server, next.client, 'PA', bytes),
    );
    next[side] += Buffer.byteLength(bytes);
  }
  return packets;
}

export function plaintextChat(said: readonly Said[]): Sent[] {
  return said.map(({ side, text }) => ({ side, bytes: `${text}\n` }));
}

/**
 * A public key of 2048 bits, from `openssl genrsa 2048 | openssl rsa -pubout`. Many test files need one, and to make a
 * new one takes long. No test depends on its value.
 */
const SPKI = Buffer.from(
  `
  MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyenaDGPzBp88p8qTJiXT
  CL42qm8V4xzizZBOPCepbEeJIj/CE0xCiSw18jdi1ZONqkZIBg6mvsteLm65tYGa
  EfdWjBqQUFN8EYWoKS93P+5a1A0ehf7//h8UykqT+fNwjJ+N4t9WnUEApZE10Ltn
  2nrkNkKmitS+pIgEncrS8eAczM0GlDNUrWmHNtV9eBy1z22lIcD6FuOhNJ+tI3fs
  fC4ByPJQsKCe6my+kiHwrsgXP5feOgGqVpoccz+LiXQRBJH/Ur9qxtTFrKEuO50H
  rD3wBB2aaye3w/DrC07eRtWFvVQnEdHUwctZa1MTO7erH6XqgAAiInXA1fGt+ENi
  HQIDAQAB
  `,
  'base64',
);
export const FINGERPRINT = createHash('sha256').update(SPKI).digest('hex');
export const SESSION_KEY = Buffer.from(Array.from({ length: 64 }, (_, index) => (index * 37 + 11) % 256));
export const CREATED = 1_700_000_123;

const IV = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');

/** A Fernet token, made by the steps of the spec. */
export function tokenOf(
  text: string | Buffer,
  { key = SESSION_KEY, padding = true }: { key?: Buffer; padding?: boolean } = {},
): string {
  const cipher = createCipheriv('aes-128-cbc', key.subarray(16, 32), IV).setAutoPadding(padding);
  const head = Buffer.alloc(9);
  head[0] = 0x80;
  head.writeBigUInt64BE(BigInt(CREATED), 1);
  const signed = Buffer.concat([head, IV, cipher.update(text), cipher.final()]);
  const hmac = createHmac('sha256', key.subarray(0, 16)).update(signed).digest();
  const token = Buffer.concat([signed, hmac]).toString('base64url');
  return token + '='.repeat((4 - (token.length % 4)) % 4);
}

export function checkOf(integrity: Integrity, side: string, number: number, token: string): string {
  switch (integrity) {
    case 'sha256':
      return createHash('sha256').update(token).digest('hex');
    case 'hmac-sha256':
      return createHmac('sha256', SESSION_KEY.subarray(32)).update(token).digest('hex');
    case 'hmac-sha256-seq':
      return createHmac('sha256', SESSION_KEY.subarray(32)).update(`${side} ${number} ${token}`).digest('hex');
  }
}

export function handshake(integrity: string): Sent[] {
  return [
    { side: 'client', bytes: `HELLO servchat/1 ${integrity}\n` },
    { side: 'client', bytes: `PUBLIC-KEY ${SPKI.toString('base64')}\n` },
    { side: 'server', bytes: `SESSION-KEY ${noise(256).toString('base64')}\n` },
  ];
}

export function encryptedChat(said: readonly Said[], integrity: Integrity = 'hmac-sha256-seq'): Sent[] {
  const counts = { client: 0, server: 0 };
  const messages = said.map(({ side, text }) => {
    const token = tokenOf(text);
    const check = checkOf(integrity, side, counts[side], token);
    counts[side] += 1;
    return { side, bytes: `MESSAGE ${token} ${check}\n` };
  });
  return [...handshake(integrity), ...messages];
}

/** Random-looking bytes, the same in each run. */
export function noise(length: number, seed = 'noise'): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
    createHash('sha256').update(`${seed} ${index}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

/** Calls `use` with the paths of files that contain these bytes, and then removes them. */
export async function withFiles<T>(
  files: Readonly<Record<string, Buffer>>,
  use: (path: (name: string) => string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'servchat-'));
  try {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    return await use((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function captureOf(sent: readonly Sent[]): Buffer {
  return pcapOf(conversationOf(sent));
}
