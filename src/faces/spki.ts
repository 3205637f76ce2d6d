/**
 * An RSA public key's fields: SubjectPublicKeyInfo in DER (RFC 5280, section 4.1; RFC 8017, appendix A.1.1).
 *
 *     SEQUENCE { SEQUENCE { OID rsaEncryption, NULL }, BIT STRING { SEQUENCE { INTEGER modulus, INTEGER exponent } } }
 */
import type { LineField } from './frame-anatomy.js';
import { counted } from './phrases.js';

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;

/** Returns only one field if the bytes are not such a key. */
export function spkiFields(der: Buffer): readonly LineField[] {
  try {
    return fieldsOf(der);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ name: 'bytes', bytes: der, meaning: ['not an RSA public key in the form that belongs here'] }];
  }
}

function fieldsOf(der: Buffer): readonly LineField[] {
  const outer = element(der, 0, SEQUENCE);
  const algorithm = element(der, outer.at, SEQUENCE);
  const bits = element(der, algorithm.end, BIT_STRING);
  const pair = element(der, bits.at + 1, SEQUENCE);
  const modulus = element(der, pair.at, INTEGER);
  const exponent = element(der, modulus.end, INTEGER);
  if (exponent.end !== der.length) throw new RangeError('bytes behind the key');
  const digits = der.subarray(modulus.at, modulus.end);
  const size = (digits[0] === 0 ? digits.length - 1 : digits.length) * 8;
  return [
    { name: 'sequence', bytes: der.subarray(0, outer.at), meaning: ['a sequence begins; its length follows'] },
    {
      name: 'algorithm',
      bytes: der.subarray(outer.at, algorithm.end),
      meaning: ['the object identifier 1.2.840.113549.1.1.1, rsaEncryption, without parameters'],
    },
    {
      name: 'wrapping',
      bytes: der.subarray(algorithm.end, pair.at),
      meaning: ['a bit string that holds a sequence of two numbers'],
    },
    { name: 'integer', bytes: der.subarray(pair.at, modulus.at), meaning: ['a number begins; its length follows'] },
    {
      name: 'modulus',
      bytes: digits,
      meaning: [
        `the product of two primes, ${size} bits${digits[0] === 0 ? '; the 00 before it says that the number is positive' : ''}. Anyone who can split it into the primes can open the envelope`,
      ],
    },
    {
      name: 'exponent',
      bytes: der.subarray(modulus.end, exponent.end),
      meaning: [
        `the public exponent, ${BigInt(`0x${der.toString('hex', exponent.at, exponent.end)}`)}, behind its own type and length (${counted(exponent.at - modulus.end, 'byte')})`,
      ],
    },
  ];
}

/**
 * Returns where the contents of a DER element begin and end.
 *
 * @throws RangeError if there is no such element.
 */
function element(der: Buffer, start: number, tag: number): { readonly at: number; readonly end: number } {
  if (der[start] !== tag) throw new RangeError('another tag');
  const first = der.readUInt8(start + 1);
  const count = first < 0x80 ? 0 : first - 0x80;
  if (count > 4) throw new RangeError('too long');
  const length = count === 0 ? first : der.readUIntBE(start + 2, count);
  const at = start + 2 + count;
  if (at + length > der.length) throw new RangeError('cut short');
  return { at, end: at + length };
}
