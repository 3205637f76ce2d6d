/** A hash without a key is found wherever it stands, and can be made anew; one with a key is not. */
import { createHash, createHmac } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { bareHashIn } from '../../../src/clinic/disturbing/bare-hash.js';
import { placeAt } from '../../../src/clinic/disturbing/places.js';

const iv = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const body = Buffer.from(Array.from({ length: 48 }, (_, at) => (at * 91 + 7) % 256));
const hashed = (id: string, bytes: Buffer): Buffer => createHash(id).update(bytes).digest();
const length = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);

interface Form {
  readonly name: string;
  readonly hash: string;
  /** What is under the hash, and what crosses. */
  readonly pack: (covered: Buffer) => Buffer;
  readonly unpack: (message: Buffer) => { readonly covered: Buffer; readonly seal: Buffer };
  readonly id: string;
}

const line = (fields: Record<string, string>): Buffer => Buffer.from(`${JSON.stringify(fields)}\n`);
const fieldsOf = (message: Buffer): Record<string, string> => JSON.parse(message.toString()) as Record<string, string>;

const FORMS: readonly Form[] = [
  {
    name: 'behind the bytes',
    hash: 'SHA-256',
    id: 'sha256',
    pack: (covered) => length(Buffer.concat([covered, hashed('sha256', covered)])),
    unpack: (message) => ({ covered: message.subarray(4, -32), seal: message.subarray(-32) }),
  },
  {
    name: 'before the bytes, without the IV',
    hash: 'MD5',
    id: 'md5',
    pack: (covered) => Buffer.concat([hashed('md5', covered), iv, covered]),
    unpack: (message) => ({ covered: message.subarray(32), seal: message.subarray(0, 16) }),
  },
  {
    name: 'as hex in JSON, of what base64 encodes',
    hash: 'SHA-1',
    id: 'sha1',
    pack: (covered) => line({ data: covered.toString('base64'), hash: hashed('sha1', covered).toString('hex') }),
    unpack: (message) => {
      const { data = '', hash = '' } = fieldsOf(message);
      return { covered: Buffer.from(data, 'base64'), seal: Buffer.from(hash, 'hex') };
    },
  },
  {
    name: 'as hex in JSON, of the base64 itself',
    hash: 'SHA-256',
    id: 'sha256',
    pack: (covered) => {
      const data = covered.toString('base64');
      return line({ data, hash: hashed('sha256', Buffer.from(data)).toString('hex') });
    },
    unpack: (message) => {
      const { data = '', hash = '' } = fieldsOf(message);
      return { covered: Buffer.from(data), seal: Buffer.from(hash, 'hex') };
    },
  },
  {
    name: 'within one base64',
    hash: 'SHA-256',
    id: 'sha256',
    pack: (covered) => Buffer.from(`${Buffer.concat([covered, hashed('sha256', covered)]).toString('base64')}\n`),
    unpack: (message) => {
      const whole = Buffer.from(message.toString(), 'base64');
      return { covered: whole.subarray(0, -32), seal: whole.subarray(-32) };
    },
  },
];

describe.each(FORMS)('$hash $name', ({ hash, id, pack, unpack }) => {
  test('it is found, and made anew for a changed message', () => {
    const message = pack(body);
    const found = bareHashIn(message);
    expect(found?.name).toBe(hash);
    expect(found?.places.length).toBeGreaterThan(0);
    for (const place of found?.places ?? []) {
      const changed = found?.remade(placeAt(message, place).change(message)) ?? message;
      const { covered, seal } = unpack(changed);
      expect(covered).not.toEqual(unpack(message).covered);
      expect(seal).toEqual(hashed(id, covered));
    }
  });
});

test('an HMAC is none', () => {
  const seal = createHmac('sha256', 'a key').update(body).digest();
  expect(bareHashIn(length(Buffer.concat([body, seal])))).toBeNull();
  expect(bareHashIn(line({ data: body.toString('base64'), mac: seal.toString('hex') }))).toBeNull();
});

test('a long message is not searched', () => {
  const long = Buffer.alloc(100_000, 7);
  expect(bareHashIn(Buffer.concat([long, hashed('sha256', long)]))).toBeNull();
});
