/** A key that anybody can guess, as a finding. */
import type { Answer } from '../finding.js';
import type { Guessed } from '../keys/guessing.js';
import type { Recording } from '../keys/recording.js';
import { WHO } from '../quoting.js';
import { sideOf } from '../seat.js';

export function guessedFault({ key, cipher, message, secret }: Guessed, { run }: Recording): Answer {
  const { text, road, frames } = message;
  const tried =
    secret === null
      ? 'Keys that stand in many examples were tried'
      : `The prime leaves at most ${secret.among} secrets, and they were tried one after the other`;
  return {
    verdict: 'fault',
    said: secret === null ? `The key can be guessed: it is ${key}` : 'The key can be found by trying all secrets',
    evidence: [
      {
        seen: `${tried}: with ${key} as the key, “${text}” of ${WHO[road.from]} came out of what crossed, as ${cipher}.`,
        run,
        frames,
        half: sideOf(road.from),
      },
    ],
    control: 'What came out is a sentence that was typed; no other key gives that',
    meaning: 'Whoever tries a few thousand keys, which takes a second, reads all that is said',
    remedy:
      secret === null
        ? {
            python:
              'Let the computer choose the key: Fernet.generate_key() or os.urandom(32), never a word; if people must type a password, use Scrypt of the package cryptography and a long one',
            node: 'Let the computer choose the key: crypto.randomBytes(32), never a word; if people must type a password, use crypto.scrypt and a long one',
            other:
              'Let the computer choose 32 random bytes as the key, never a word; if people must type a password, use scrypt and a long one',
          }
        : {
            python: 'Use X25519PrivateKey of the package cryptography, or a prime of 2048 bits or more from RFC 3526',
            node: 'Use crypto.diffieHellman with X25519, or getDiffieHellman("modp14")',
            other: 'Use X25519, or a prime of 2048 bits or more from RFC 3526',
          },
  };
}
