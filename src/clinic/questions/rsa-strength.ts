/** Whether an RSA key that crosses is long enough, and how it pads. */
import type { Padding } from '../../attacker/stand-in.js';
import { bitsOf, factorOf } from '../../bytes/modular.js';
import type { Answer, Evidence, Remedy } from '../finding.js';
import type { PublicKey } from '../keys/public-keys.js';
import { capital, listed, WHO } from '../quoting.js';

/** NIST SP 800-131A: shorter keys have not been allowed since 2014. */
const LEAST_BITS = 2048;
/** Such keys were factored by people with rented computers, in hours. */
const FACTORED_BITS = 512;
/** For each key. */
const FACTORING_MS = 1_500;

/** The run in which the keys crossed, if it was one of ours. */
type Where = Pick<Evidence, 'run'>;

/** @param paddings that were seen when its key was replaced. Empty where nothing was seen. */
export function rsaStrength(keys: readonly PublicKey[], where: Where, paddings: readonly Padding[]): Answer {
  const isOldPadding = paddings.includes('PKCS #1 v1.5');
  const weak = keys.filter((key) => weaknessOf(key) !== null);
  if (weak.length > 0) return fault(weak, where, isOldPadding);
  return isOldPadding ? oldPadding(keys, where) : good(keys, where, paddings);
}

/** Bleichenbacher, “Chosen Ciphertext Attacks Against Protocols Based on the RSA Encryption Standard”, 1998. */
function oldPadding(keys: readonly PublicKey[], where: Where): Answer {
  return {
    verdict: 'fault',
    said: 'What is sealed with RSA is padded by PKCS #1 v1.5',
    evidence: [...keys.flatMap((key) => seen(key, where)), OLD_PADDING],
    control: 'It was opened with the private key of the one that we had put in its place, so its padding was seen',
    meaning:
      'Whoever may send changed messages, and sees which of them are refused, can open one that was recorded, without the key',
    remedy: REMEDY,
  };
}

const OLD_PADDING: Evidence = {
  seen: 'What was sealed for the key that we put in its place began with 00 02 and random bytes up to a 00: PKCS #1 v1.5.',
};

const REMEDY: Remedy = {
  python: 'rsa.generate_private_key(65537, 2048) or more, and padding.OAEP with SHA-256, of the package cryptography',
  node: 'generateKeyPairSync("rsa", { modulusLength: 2048 }) or more, and publicEncrypt, which pads with OAEP',
  java: 'KeyPairGenerator with initialize(2048) or more, and RSA/ECB/OAEPWithSHA-256AndMGF1Padding',
  other: 'Make a key of 2048 bits or more with a library, and use its OAEP padding; do not write RSA yourself',
};

/** As the end of a sentence. null where there is none. */
function weaknessOf({ n, e, bare }: PublicKey): string | null {
  const bits = bitsOf(n);
  const factor = bits < FACTORED_BITS ? factorOf(n, FACTORING_MS) : null;
  if (factor !== null) return `n is ${factor} times ${n / factor}, which was found at once`;
  if (bits <= FACTORED_BITS) return 'keys of that size are factored in hours';
  if (bits < LEAST_BITS) return `less than ${LEAST_BITS} bits are not allowed any more`;
  if (e === 1n || e % 2n === 0n) return `the exponent ${e} is no exponent for RSA`;
  if (bare !== null) return 'the messages are sealed without padding';
  return null;
}

function about({ n, e, from, written }: PublicKey): string {
  const form = written === 'numbers' ? 'as two numbers' : `in ${written}`;
  return `${WHO[from]} sends an RSA public key ${form}, of ${bitsOf(n)} bits, with the exponent ${e}`;
}

function seen(key: PublicKey, where: Where): readonly Evidence[] {
  const weakness = weaknessOf(key);
  const place = { ...where, half: key.from, ...(key.frame !== null && { frames: [key.frame] }) };
  const first = { seen: `${capital(about(key))}${weakness === null ? '' : `; ${weakness}`}.`, ...place };
  if (key.bare === null) return [first];
  const second = `With this key, “${key.bare.text}” gives exactly the numbers that crossed: so there is no padding, and anybody can try what a message may be.`;
  return [first, { seen: second, ...where, frames: key.bare.frames }];
}

function good(keys: readonly PublicKey[], where: Where, paddings: readonly Padding[]): Answer {
  const bits = Math.min(...keys.map(({ n }) => bitsOf(n)));
  const padding =
    paddings.length > 0
      ? `what is sealed with it is padded by ${listed(paddings)}`
      : 'how it pads cannot be seen from here';
  return {
    verdict: 'good',
    said: `The RSA public key has ${bits} bits; ${padding}`,
    control: 'the whole key was read as it crossed',
    evidence: keys.flatMap((each) => seen(each, where)),
  };
}

function fault(weak: readonly PublicKey[], where: Where, isOldPadding: boolean): Answer {
  const bits = Math.min(...weak.map(({ n }) => bitsOf(n)));
  const isShort = bits < LEAST_BITS;
  const isBare = weak.some(({ bare }) => bare !== null);
  return {
    verdict: 'fault',
    said: isShort
      ? `The RSA public key has only ${bits} bits${isBare ? ', and nothing is padded' : isOldPadding ? ', and pads by PKCS #1 v1.5' : ''}`
      : isBare
        ? 'RSA is used without padding'
        : 'The exponent of the RSA public key is wrong',
    evidence: [...weak.flatMap((key) => seen(key, where)), ...(isOldPadding ? [OLD_PADDING] : [])],
    control: 'The whole key was read as it crossed, so its size is certain',
    meaning: isShort
      ? 'Whoever factors n has the private key, and reads all that is said, also what was recorded before'
      : 'Whoever listens can try what a message may be, and sees when he is right',
    remedy: REMEDY,
  };
}
