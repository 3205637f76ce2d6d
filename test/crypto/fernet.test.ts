import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import fernet from 'fernet';

import { Fernet, InvalidTokenError } from '../../src/crypto/fernet.js';

// The Fernet spec's vectors: https://github.com/fernet/spec, generate.json, verify.json and invalid.json.
const SPEC_KEY = Buffer.from('cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=', 'base64url');
const SPEC_TOKEN =
  'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';
const SPEC_IV = Uint8Array.from({ length: 16 }, (_, index) => index);
/** One instance for all tests: each token is checked on its own, whatever came before. */
const spec = new Fernet(SPEC_KEY);
const time = (text: string): number => Date.parse(text) / 1000;

const INVALID: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'incorrect mac',
    'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==',
    '1985-10-26T01:20:01-07:00',
    /signature/,
  ],
  ['too short', 'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA==', '1985-10-26T01:20:01-07:00', /too short/],
  [
    'invalid base64',
    '%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==',
    '1985-10-26T01:20:01-07:00',
    /base64url/,
  ],
  [
    'payload size not multiple of block size',
    'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm',
    '1985-10-26T01:20:01-07:00',
    /blocks/,
  ],
  [
    'payload padding error',
    'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==',
    '1985-10-26T01:20:01-07:00',
    /padding/,
  ],
  [
    'far-future TS (unacceptable clock skew)',
    'gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==',
    '1985-10-26T01:20:01-07:00',
    /future/,
  ],
  [
    'expired TTL',
    'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==',
    '1985-10-26T01:21:31-07:00',
    /too old/,
  ],
  [
    'incorrect IV (causes padding error)',
    'gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==',
    '1985-10-26T01:20:01-07:00',
    /padding/,
  ],
];

describe("the spec's vectors", () => {
  test('generate', () => {
    const now = time('1985-10-26T01:20:00-07:00');
    expect(spec.encrypt(Buffer.from('hello'), { now, iv: SPEC_IV })).toBe(SPEC_TOKEN);
  });

  test('verify', () => {
    const now = time('1985-10-26T01:20:01-07:00');
    expect(spec.decrypt(SPEC_TOKEN, { now, ttl: 60 }).toString()).toBe('hello');
  });

  test.each(INVALID)('invalid: %s', (_, token, now, why) => {
    const open = (): Buffer => spec.decrypt(token, { now: time(now), ttl: 60 });
    expect(open).toThrow(InvalidTokenError);
    expect(open).toThrow(why);
  });
});

describe('strictness', () => {
  const now = time('1985-10-26T01:20:01-07:00');

  test.each([
    ['junk after the padding', `${SPEC_TOKEN}-GARBAGE`],
    ['no padding', SPEC_TOKEN.replace(/=+$/, '')],
    ['the standard alphabet', SPEC_TOKEN.replaceAll('_', '/')],
    ['white space', `${SPEC_TOKEN}\n`],
    // The last character before the padding holds four bits that are part of no byte.
    ['stray bits', SPEC_TOKEN.replace('DA==', 'DB==')],
    ['nothing', ''],
  ])('refuses a good token with %s', (_, token) => {
    expect(token).not.toBe(SPEC_TOKEN);
    expect(() => spec.decrypt(token, { now })).toThrow(InvalidTokenError);
  });

  test('a token with any one bit changed is refused', () => {
    const bytes = Buffer.from(SPEC_TOKEN, 'base64url');
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const token = `${changed.toString('base64url')}==`;
      expect(() => spec.decrypt(token, { now })).toThrow(InvalidTokenError);
    }
  });

  test('a token may be up to 60 s in the future', () => {
    const token = spec.encrypt(Buffer.from('hello'), { now: 1_000_060 });
    expect(spec.decrypt(token, { now: 1_000_000 }).toString()).toBe('hello');
    expect(() => spec.decrypt(token, { now: 999_999 })).toThrow('future');
  });

  test('without a ttl, a token never expires', () => {
    const token = spec.encrypt(Buffer.from('hello'), { now: 0 });
    expect(spec.decrypt(token, { now: 4_000_000_000 }).toString()).toBe('hello');
  });

  test('keys and IVs of a wrong length are refused', () => {
    expect(() => new Fernet(SPEC_KEY.subarray(1))).toThrow(RangeError);
    expect(() => spec.encrypt(Buffer.from(''), { now, iv: new Uint8Array(15) })).toThrow(RangeError);
  });
});

describe('beside the fernet package', () => {
  const secret = new fernet.Secret(SPEC_KEY.toString('base64'));

  test('it opens our tokens', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const token = spec.encrypt(Buffer.from(text), { now: Date.now() / 1000 });
        expect(new fernet.Token({ secret, token, ttl: 0 }).decode()).toBe(text);
      }),
    );
  });

  test('we open its tokens', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const token = new fernet.Token({ secret }).encode(text);
        expect(spec.decrypt(token, { now: Date.now() / 1000 }).toString()).toBe(text);
      }),
    );
  });
});

test('two tokens of the same text differ, because each has a new IV', () => {
  const tokens = Array.from({ length: 20 }, () => spec.encrypt(Buffer.from('Hello'), { now: 1 }));
  expect(new Set(tokens).size).toBe(20);
});
