/**
 * Can the key be guessed or computed? Words of examples are tried as keys, and all secrets that a small prime leaves.
 * The size of a public key that crosses can be read by anybody; how RSA pads is seen where its key was replaced.
 */
import { bitsOf } from '../../bytes/modular.js';
import { cannotTell, doesNotApply, type Answer } from '../finding.js';
import { agreementsIn, type Agreement } from '../keys/agreements.js';
import { guessedKey } from '../keys/guessing.js';
import { keyItselfCrosses } from '../keys/key-crossed.js';
import { publicKeysIn } from '../keys/public-keys.js';
import { isProvenAgreement, paddingsSeen } from '../keys/seen-between.js';
import { noKeyCrosses, nothingSealed, recordingOf, type Recording } from '../keys/recording.js';
import type { Question } from '../question.js';
import { capital, WHO } from '../quoting.js';
import type { Stage } from '../stage.js';
import { guessedFault } from './guessed-key.js';
import { rsaStrength } from './rsa-strength.js';

export const KEY_STRENGTH: Question = {
  title: 'the key is long enough, and nobody can guess it',
  does: 'reads the size of the public keys that cross, and tries keys that anybody can guess',
  starts: 0,
  chapter: '07-who-has-the-key',
  ask,
};

/** Shorter primes have not been allowed since 2014 (NIST SP 800-131A). */
const LEAST_BITS = 2048;

/** For guessing. */
const GUESSING_MS = 4_000;

async function ask(stage: Stage): Promise<Answer> {
  const recording = await recordingOf(stage);
  const plain = nothingSealed(recording, 'so there is no key that could be too short');
  if (plain !== null) return plain;
  const crossed = keyItselfCrosses(stage, 'so nobody has to break it');
  if (crossed !== null) return crossed;
  const keys = publicKeysIn(recording.handshake, recording.messages);
  if (keys.length > 0) return rsaStrength(keys, { run: recording.run }, paddingsSeen(stage));
  const agreements = agreementsIn(recording.handshake);
  const guessed = await guessedKey(recording, agreements, GUESSING_MS);
  if (typeof guessed === 'object') return guessedFault(guessed, recording);
  const words =
    guessed === 'none'
      ? 'none of the keys that stand in many examples opens the messages'
      : 'some of the keys that stand in many examples were tried, and none opens the messages';
  const sure = agreements.find((agreement) => agreement.isCertain || isProvenAgreement(stage, agreement));
  if (sure !== undefined) return agreementStrength(sure, recording);
  if (noKeyCrosses(recording) !== null) return doesNotApply(`No public key crosses, and ${words}`);
  return cannotTell(
    `Nothing crosses that servchat is sure is a public key, and ${words}`,
    'A public key that crosses before the chat in PEM, DER or JWK, or whose place servchat can take',
  );
}

function agreementStrength(agreement: Agreement, { run }: Recording): Answer {
  const evidence = agreement.halves.map(({ side, value, frame }) => {
    const what = value.kind === 'point' ? `a public key of ${value.curve}` : `a number of ${bitsOf(value.number)} bits`;
    return {
      seen: `${capital(WHO[side])} sends ${what} for the key agreement.`,
      run,
      half: side,
      ...(frame !== null && { frames: [frame] }),
    };
  });
  const control = 'the whole key was read as it crossed';
  if (agreement.kind === 'points')
    return {
      verdict: 'good',
      said: `The keys are agreed on with ${agreement.curve}, which is strong`,
      control,
      evidence,
    };
  const { group } = agreement;
  if (group === null)
    return cannotTell(
      'The keys are agreed on by Diffie–Hellman with a prime that does not cross, so its size is not known',
      'A prime that crosses, or one that everybody knows',
      evidence,
    );
  const bits = bitsOf(group.p);
  if (bits >= LEAST_BITS)
    return { verdict: 'good', said: `The prime of Diffie–Hellman has ${bits} bits`, control, evidence };
  return {
    verdict: 'fault',
    said: `The prime of Diffie–Hellman has only ${bits} bits`,
    evidence,
    control: 'The prime was read as it crossed, or is one that everybody knows, so its size is certain',
    meaning:
      'Whoever computes the secret from the public numbers reads all that is said, also what was recorded before',
    remedy: {
      python:
        'Use X25519PrivateKey of the package cryptography, or a prime of 2048 bits or more from RFC 3526; do not choose one yourself',
      node: 'Use crypto.diffieHellman with X25519, or getDiffieHellman("modp14") or more; do not choose a prime yourself',
      java: 'Use KeyAgreement.getInstance("X25519"), or a group of 2048 bits or more',
      other: 'Use X25519, or a prime of 2048 bits or more from RFC 3526; do not choose one yourself',
    },
  };
}
