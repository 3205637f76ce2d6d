/**
 * Is the RSA public key that crosses strong enough? Its size and its exponent can be read by anybody. How a message is
 * padded cannot be seen from outside, except that there is no padding at all: then what crossed can be computed from
 * what was typed.
 */
import { cannotTell, type Answer, type Evidence } from '../finding.js';
import type { Question } from '../question.js';
import { capital, WHO } from '../quoting.js';
import type { Stage } from '../stage.js';
import { publicKeysIn, smallFactor, type PublicKey } from './public-keys.js';
import { noKeyCrosses, nothingSealed, recordingOf } from './recording.js';

/** NIST SP 800-131A: shorter keys have not been allowed since 2014. */
const LEAST_BITS = 2048;
/** Such keys were factored by people with rented computers, in hours. */
const FACTORED_BITS = 512;

export const KEY_STRENGTH: Question = {
  title: 'the public key is long enough',
  does: 'reads the size and the exponent of a public key that crosses',
  starts: 0,
  chapter: '07-who-has-the-key',
  ask,
};

async function ask(stage: Stage): Promise<Answer> {
  const recording = await recordingOf(stage);
  const keys = publicKeysIn(recording.handshake, recording.messages);
  if (keys.length === 0)
    return (
      nothingSealed(recording, 'so there is no key that could be too short') ??
      noKeyCrosses(recording) ??
      cannotTell(
        'No RSA public key was seen: none crosses in PEM, in DER, or as two numbers with which the messages are sealed',
        'An RSA public key that crosses before the chat; of other keys, servchat does not know the form',
      )
    );
  return strengthOf(keys, { run: recording.run });
}

/** Whether these keys are strong enough. @param where the run in which they crossed, if it was one of ours. */
export function strengthOf(keys: readonly PublicKey[], where: Pick<Evidence, 'run'>): Answer {
  const weak = keys.filter((key) => weaknessOf(key) !== null);
  return weak.length === 0 ? good(keys, where) : fault(weak, where);
}

/** As the end of a sentence. null where there is none. */
function weaknessOf({ n, e, bare }: PublicKey): string | null {
  const bits = bitsOf(n);
  const factor = bits < FACTORED_BITS ? smallFactor(n) : null;
  if (factor !== null) return `n is ${factor} times ${n / factor}, which was found at once`;
  if (bits <= FACTORED_BITS) return 'keys of that size are factored in hours';
  if (bits < LEAST_BITS) return `less than ${LEAST_BITS} bits are not allowed any more`;
  if (e === 1n || e % 2n === 0n) return `the exponent ${e} is no exponent for RSA`;
  if (bare !== null) return 'the messages are sealed without padding';
  return null;
}

function bitsOf(n: bigint): number {
  return n.toString(2).length;
}

function about({ n, e, from, written }: PublicKey): string {
  const form = written === 'numbers' ? 'as two numbers' : `in ${written}`;
  return `${WHO[from]} sends an RSA public key ${form}, of ${bitsOf(n)} bits, with the exponent ${e}`;
}

function seen(key: PublicKey, run: Pick<Evidence, 'run'>): readonly Evidence[] {
  const weakness = weaknessOf(key);
  const where = { ...run, half: key.from, ...(key.frame !== null && { frames: [key.frame] }) };
  const first = { seen: `${capital(about(key))}${weakness === null ? '' : `; ${weakness}`}.`, ...where };
  if (key.bare === null) return [first];
  const second = `With this key, “${key.bare.text}” gives exactly the numbers that crossed: so there is no padding, and anybody can try what a message may be.`;
  return [first, { seen: second, ...run, frames: key.bare.frames }];
}

function good(keys: readonly PublicKey[], where: Pick<Evidence, 'run'>): Answer {
  const [key] = keys;
  return {
    verdict: 'good',
    said: `The RSA public key has ${key === undefined ? 0 : bitsOf(key.n)} bits; how it pads cannot be seen from here`,
    control: 'the whole key was read as it crossed',
    evidence: keys.flatMap((each) => seen(each, where)),
  };
}

function fault(weak: readonly PublicKey[], where: Pick<Evidence, 'run'>): Answer {
  const bits = Math.min(...weak.map(({ n }) => bitsOf(n)));
  const isShort = bits < LEAST_BITS;
  const isBare = weak.some(({ bare }) => bare !== null);
  return {
    verdict: 'fault',
    said: isShort
      ? `The RSA public key has only ${bits} bits${isBare ? ', and nothing is padded' : ''}`
      : isBare
        ? 'RSA is used without padding'
        : 'The exponent of the RSA public key is wrong',
    evidence: weak.flatMap((key) => seen(key, where)),
    control: 'The whole key was read as it crossed, so its size is certain',
    meaning: isShort
      ? 'Whoever factors n has the private key, and reads all that is said, also what was recorded before'
      : 'Whoever listens can try what a message may be, and sees when he is right',
    remedy: {
      python:
        'rsa.generate_private_key(65537, 2048) or more, and padding.OAEP with SHA-256, of the package cryptography',
      node: 'generateKeyPairSync("rsa", { modulusLength: 2048 }) or more, and publicEncrypt, which pads with OAEP',
      java: 'KeyPairGenerator with initialize(2048) or more, and RSA/ECB/OAEPWithSHA-256AndMGF1Padding',
      other: 'Make a key of 2048 bits or more with a library, and use its OAEP padding; do not write RSA yourself',
    },
  };
}
