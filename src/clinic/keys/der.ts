/**
 * Public keys of key agreements in DER: SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) with a point (RFC 5480, RFC 8410) or
 * with a number of Diffie–Hellman (PKCS #3, RFC 3279), and the parameters of Diffie–Hellman alone.
 *
 *     30 … 30 … 06 … algorithm, parameters   03 … 00 key
 */
import { numberIn } from '../../bytes/modular.js';
import type { Curve, Group } from '../../attacker/key-agreement.js';

/** `start` and `end`: where the value stands. `length`: of the whole. */
export type DerValue =
  | { readonly kind: 'parameters'; readonly group: Group; readonly length: number }
  | {
      readonly kind: 'point';
      readonly curve: Curve;
      readonly start: number;
      readonly end: number;
      readonly length: number;
    }
  | {
      readonly kind: 'number';
      readonly group: Group;
      readonly start: number;
      readonly end: number;
      readonly length: number;
    };

/** Object identifiers, in hex. */
const MONTGOMERY: ReadonlyMap<string, Curve> = new Map([
  ['2b656e', 'X25519'],
  ['2b656f', 'X448'],
]);
const EC = '2a8648ce3d0201';
const NAMED: ReadonlyMap<string, Curve> = new Map([
  ['2a8648ce3d030107', 'P-256'],
  ['2b81040022', 'P-384'],
  ['2b81040023', 'P-521'],
  ['2b8104000a', 'secp256k1'],
]);
const DIFFIE_HELLMAN: readonly string[] = ['2a864886f70d010301', '2a8648ce3e0201'];
const LEAST_PRIME = 2n ** 64n;

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const IDENTIFIER = 0x06;

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** What begins with the first byte. null if it is none of these. */
export function derValueIn(der: Buffer): DerValue | null {
  const whole = elementAt(der, 0);
  if (whole?.tag !== SEQUENCE) return null;
  const [first, second] = elementsIn(der, whole);
  if (first === undefined || second === undefined) return null;
  if (first.tag === INTEGER) {
    const group = groupOf(der, [first, second]);
    return group === null ? null : { kind: 'parameters', group, length: whole.end };
  }
  if (first.tag !== SEQUENCE || second.tag !== BIT_STRING) return null;
  const [algorithm, parameters] = elementsIn(der, first);
  if (algorithm?.tag !== IDENTIFIER) return null;
  // The first byte of a bit string says how many bits are left over: none.
  const key = { start: second.start + 1, end: second.end, length: whole.end };
  const name = hexOf(der, algorithm);
  const curve = MONTGOMERY.get(name) ?? (name === EC && parameters ? NAMED.get(hexOf(der, parameters)) : undefined);
  if (curve !== undefined) return { kind: 'point', curve, ...key };
  if (!DIFFIE_HELLMAN.includes(name) || parameters?.tag !== SEQUENCE) return null;
  const group = groupOf(der, elementsIn(der, parameters));
  const number = elementAt(der, key.start);
  if (group === null || number?.tag !== INTEGER) return null;
  return { kind: 'number', group, start: number.start, end: number.end, length: whole.end };
}

function groupOf(der: Buffer, [first, second]: readonly Element[]): Group | null {
  if (first?.tag !== INTEGER || second?.tag !== INTEGER) return null;
  const [p, g] = [first, second].map(({ start, end }) => numberIn(der.subarray(start, end)));
  return p === undefined || g === undefined || p < LEAST_PRIME || g >= p ? null : { p, g };
}

function hexOf(der: Buffer, { start, end }: Element): string {
  return der.toString('hex', start, end);
}

function elementsIn(der: Buffer, { start, end }: Element): readonly Element[] {
  const elements: Element[] = [];
  for (let at = start; at < end;) {
    const element = elementAt(der, at);
    if (element === null || element.end > end) return elements;
    elements.push(element);
    at = element.end;
  }
  return elements;
}

/** null if it is not whole. */
function elementAt(der: Buffer, at: number): Element | null {
  const [tag, first] = [der[at], der[at + 1]];
  // 0x80 would be a length that is told only at the end, which DER does not have (X.690, 10.1).
  if (tag === undefined || first === undefined || first === 0x80) return null;
  const size = first < 0x80 ? 0 : first - 0x80;
  if (size > 2 || at + 2 + size > der.length) return null;
  const start = at + 2 + size;
  const length = size === 0 ? first : der.readUIntBE(at + 2, size);
  return length === 0 || start + length > der.length ? null : { tag, start, end: start + length };
}
