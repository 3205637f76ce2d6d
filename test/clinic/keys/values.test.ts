/** Public values of key agreements in a handshake, made and written by node:crypto and by Python’s pickle. */
import { createECDH, createPublicKey, generateKeyPairSync } from 'node:crypto';

import { expect, test } from '@jest/globals';

import { pickledIn } from '../../../src/clinic/keys/pickled.js';
import { valuesIn } from '../../../src/clinic/keys/values.js';

const x25519 = generateKeyPairSync('x25519').publicKey;
const point = Buffer.from(x25519.export({ format: 'jwk' }).x!, 'base64url');
const own = Buffer.from(generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }).x!, 'base64url');

const ecdh = createECDH('prime256v1');
const p256 = ecdh.generateKeys();
const otherP256 = createECDH('prime256v1').generateKeys();
const p256Key = createPublicKey({
  key: {
    kty: 'EC',
    crv: 'P-256',
    x: p256.subarray(1, 33).toString('base64url'),
    y: p256.subarray(33).toString('base64url'),
  },
  format: 'jwk',
});

const framed = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);

test.each<readonly [string, Buffer | string, Buffer, boolean]>([
  ['32 bytes', point, point, false],
  ['32 bytes behind their length', framed(point), point, false],
  ['hex', `${point.toString('hex')}\n`, point, false],
  ['base64 in JSON', JSON.stringify({ key: point.toString('base64') }), point, false],
  ['PEM', x25519.export({ type: 'spki', format: 'pem' }), point, true],
  ['PEM in JSON', JSON.stringify({ key: x25519.export({ type: 'spki', format: 'pem' }) }), point, true],
  ['DER', x25519.export({ type: 'spki', format: 'der' }), point, true],
  ['JWK', JSON.stringify(x25519.export({ format: 'jwk' })), point, true],
  ['a point of P-256', p256, p256, true],
  ['a point of P-256 behind other bytes', Buffer.concat([Buffer.from('hello\x99\0\x04'), p256]), p256, true],
  ['a point of P-256 in base64', JSON.stringify({ k: p256.toString('base64') }), p256, true],
  ['P-256 in PEM', p256Key.export({ type: 'spki', format: 'pem' }), p256, true],
  ['P-256 in JWK', JSON.stringify({ publicKey: p256Key.export({ format: 'jwk' }) }), p256, true],
])('a point in %s is found, and another one takes its place', (_, piece, expected, isCertain) => {
  const bytes = Buffer.from(piece);
  const [value] = valuesIn(bytes);
  expect(value).toMatchObject({ kind: 'point', isCertain });
  if (value?.kind !== 'point') return;
  expect(value.point.equals(expected)).toBe(true);
  const other = expected.length === 32 ? own : otherP256;
  const swapped = Buffer.concat([bytes.subarray(0, value.start), value.write(other), bytes.subarray(value.end)]);
  expect(swapped.length).toBe(bytes.length);
  const [again] = valuesIn(swapped);
  expect(again?.kind === 'point' && again.point.equals(other)).toBe(true);
});

/** python3 -c "import pickle; print(pickle.dumps((3233, 17, 2**70 + 1), 3).hex())", and with 4 */
const PICKLES = [
  '80034da10c4b118a090100000000000000408771002e',
  '80049513000000000000004da10c4b118a0901000000000000004087942e',
];

test.each<readonly [string, Buffer | string, readonly bigint[]]>([
  ['n,e', '3233,17\n', [3233n, 17n]],
  ['a tuple as text', '(3233, 17)', [3233n, 17n]],
  ['JSON', '{"n": 3233, "e": 17}', [3233n, 17n]],
  ['named', 'P=3233 G:17', [3233n, 17n]],
  ['hex', '0xca1 0x11', [3233n, 17n]],
  ['a pickle of protocol 3', Buffer.from(PICKLES[0]!, 'hex'), [3233n, 17n, 2n ** 70n + 1n]],
  ['a pickle of protocol 4', Buffer.from(PICKLES[1]!, 'hex'), [3233n, 17n, 2n ** 70n + 1n]],
  [
    'a number as bytes',
    Buffer.from('00000010ff00112233445566778899aabbccddee', 'hex'),
    [0xff00112233445566778899aabbccddeen],
  ],
])('numbers in %s are found, and another one takes the place of the first', (_, piece, numbers) => {
  const bytes = Buffer.from(piece);
  const values = valuesIn(bytes).flatMap((value) => (value.kind === 'number' ? [value] : []));
  expect(values.map(({ number }) => number)).toEqual(numbers);
  const [first] = values;
  const other = numbers[0]! - 4n;
  expect(first!.fits(other)).toBe(true);
  const swapped = Buffer.concat([bytes.subarray(0, first!.start), first!.write(other), bytes.subarray(first!.end)]);
  expect(valuesIn(swapped)[0]).toMatchObject({ number: other });
  expect(swapped.length).toBe(bytes.length);
});

/** openssl genpkey -algorithm DH -pkeyopt group:modp_1536 | openssl pkey -pubout */
const DH_KEY = `-----BEGIN PUBLIC KEY-----
MIIBoDCB1QYJKoZIhvcNAQMBMIHHAoHBAP//////////yQ/aoiFowjTExmKLgNwc
0SkCTgiKZ8x0Agu+pjsTmyJRSgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHC
ReSFtXZiXn7G9ExC6aY37WsL/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7ORb
PcIAfLihY78FmNpINhxV05ppFj+o/STPX4NlXSPco62WHGLzViCFUrue1SkHcJaW
bWcMNU5KvJgE8XRsCMojcyf//////////wIBAgOBxQACgcEAjE51mpYzZyjuc39T
ku5AVaUrmxI1cPtiCTdJqwAFkK8sbQc0rez8uzdoBXQk2tVnZpsArXZP1c4CNNFX
VS/jYHER0kFLb0xinUexyEAMQ1VSCiXF2dLCzy4HabXtIuVv8nefbChVHUG8ME5/
vjEXASa0DA7VRxyeufQ2FbK4f1RI4I3d1XIldwoJSUD5mcJsPQN/m0Kxp8NL55P4
DK+atDr12ELM9j1bnWeGImnVCuvyFaLQP4lZlNCkaz0kh8Lo
-----END PUBLIC KEY-----
`;

test('a number of Diffie–Hellman in PEM has its group, and what takes its place is a key for OpenSSL', () => {
  const bytes = Buffer.from(DH_KEY);
  const [value] = valuesIn(bytes);
  if (value?.kind !== 'number') throw new Error('It was not found');
  expect(value.group?.g).toBe(2n);
  const fitting = [value.number ^ 2n, 1n].map((other) => value.fits(other));
  expect(fitting).toEqual([true, false]);
  const other = value.write(value.number ^ 2n);
  const swapped = Buffer.concat([bytes.subarray(0, value.start), other, bytes.subarray(value.end)]);
  expect(createPublicKey(swapped).asymmetricKeyType).toBe('dh');
});

test('nothing is found in words, and nothing hostile takes long', () => {
  expect(valuesIn(Buffer.from('Welcome to the chat, who are you?\n'))).toEqual([]);
  for (const hostile of ['0', '0x', '{"crv":"P-256","x":"', '(', '\x80\x04\x95', 'a1b2c3d4e5f6'])
    expect(Array.isArray(valuesIn(Buffer.from(hostile.repeat(5000), 'latin1').subarray(0, 16_000)))).toBe(true);
});

test('a pickle that is cut anywhere, and bytes that only begin like one', () => {
  // Python: pickle.dumps((1, 300, 70000, 2**80, b'x' * 20, 'name'), 4)
  const whole = Buffer.from(
    '8004953900000000000000284b014d2c014a701101008a0b000000000000000000000143147878787878787878787878787878787878787878948c046e616d659474942e',
    'hex',
  );
  expect(pickledIn(whole)?.flatMap((value) => (value.kind === 'number' ? value.number : []))).toEqual([
    1n,
    300n,
    70000n,
    2n ** 80n,
  ]);
  for (let end = 0; end < whole.length; end += 1) expect(() => valuesIn(whole.subarray(0, end))).not.toThrow();
  for (const sign of ['4b', '4d', '4a', '8a', '8a05', '8c05', '58ffffffff'])
    expect(pickledIn(Buffer.from(`8004${sign}`, 'hex'))).toBeNull();
});
