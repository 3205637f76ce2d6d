/** Points of the usual curves, as bytes: how long they are, and whether they are on their curve (SEC 1; RFC 7748). */
import { numberIn } from '../../bytes/modular.js';
import type { Curve } from '../../attacker/key-agreement.js';

interface Weierstrass {
  /** Bytes of a coordinate. */
  readonly size: number;
  readonly p: bigint;
  readonly a: bigint;
  readonly b: bigint;
}

const P256 = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const P384 = 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n;

/** SEC 2 and FIPS 186-4. */
const CURVES: Readonly<Partial<Record<Curve, Weierstrass>>> = {
  'P-256': {
    size: 32,
    p: P256,
    a: -3n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  'P-384': {
    size: 48,
    p: P384,
    a: -3n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  'P-521': {
    size: 66,
    p: 2n ** 521n - 1n,
    a: -3n,
    b: BigInt(
      '0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e1' +
        '56193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00',
    ),
  },
  secp256k1: { size: 32, p: 2n ** 256n - 2n ** 32n - 977n, a: 0n, b: 7n },
};

/** In bytes: of the form that is not compressed. */
export function pointLengthOf(curve: Curve): number {
  if (curve === 'X25519') return 32;
  if (curve === 'X448') return 56;
  return 1 + 2 * (CURVES[curve]?.size ?? 0);
}

/** Of the curves of Weierstrass. */
export function isOnCurve(curve: Curve, point: Buffer): boolean {
  const known = CURVES[curve];
  if (known === undefined || point[0] !== 4 || point.length !== pointLengthOf(curve)) return false;
  const { size, p, a, b } = known;
  const [x, y] = [numberIn(point.subarray(1, 1 + size)), numberIn(point.subarray(1 + size))];
  if (x >= p || y >= p) return false;
  return (y * y - (x * x * x + a * x + b)) % p === 0n;
}

/** The curve of which these bytes could be a point, by their length alone. */
export function sizedCurve(bytes: Buffer): Curve | null {
  if (bytes.length === 32) return 'X25519';
  if (bytes.length === 56) return 'X448';
  if (bytes[0] !== 2 && bytes[0] !== 3) return null;
  return bytes.length === 33 ? 'P-256' : bytes.length === 49 ? 'P-384' : null;
}
