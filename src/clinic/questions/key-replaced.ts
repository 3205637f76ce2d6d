/**
 * Who vouches for the public key? Each one that crosses is replaced by one of our own: of RSA, and both halves of a key
 * agreement. If both people chat on, and we open what they say, anybody on the way can do the same.
 */
import { cannotTell, type Answer } from '../finding.js';
import { agreementsIn } from '../keys/agreements.js';
import { keyItselfCrosses } from '../keys/key-crossed.js';
import { publicKeysIn } from '../keys/public-keys.js';
import { noKeyCrosses, nothingSealed, recordingOf } from '../keys/recording.js';
import type { Question } from '../question.js';
import type { Stage } from '../stage.js';
import { halvesReplaced } from './half-replaced.js';
import { numbersReplaced } from './numbers-replaced.js';
import { rsaReplaced } from './rsa-replaced.js';

export const KEY_REPLACED: Question = {
  title: 'a replaced public key is noticed',
  does: 'puts a public key of its own in the place of one that crosses',
  starts: 1,
  chapter: '07-who-has-the-key',
  ask,
};

/** Each guess takes a start. */
const MOST_STARTS = 3;
/** What is left for the questions after this one. In milliseconds. */
const LEFT_MS = 45_000;

async function ask(stage: Stage): Promise<Answer> {
  const recording = await recordingOf(stage);
  const plain = nothingSealed(recording, 'so there is no key to replace');
  if (plain !== null) return plain;
  const keys = publicKeysIn(recording.handshake, recording.messages);
  const agreements = agreementsIn(recording.handshake);
  const attempts: (() => Promise<Answer>)[] = [];
  if (keys.some(({ places }) => places === null)) attempts.push(() => rsaReplaced(stage));
  else if (keys.length > 0) attempts.push(() => numbersReplaced(stage, keys));
  attempts.push(...agreements.map((agreement) => () => halvesReplaced(stage, agreement)));
  if (attempts.length === 0)
    return keyItselfCrosses(stage, 'so there is no public key to replace') ?? noKeyCrosses(recording) ?? noneSeen();
  return firstFault(stage, attempts);
}

function noneSeen(): Answer {
  return cannotTell(
    'Nothing crosses before the chat that servchat knows as a public key: no RSA key, no number of Diffie–Hellman, and no point of a curve',
    'A public key that crosses before the chat in PEM, DER, JWK, hex, base64, as bytes or as numbers',
  );
}

/** The first fault; without one, the first answer. */
async function firstFault(stage: Stage, attempts: readonly (() => Promise<Answer>)[]): Promise<Answer> {
  let first: Answer | null = null;
  for (const [number, attempt] of attempts.slice(0, MOST_STARTS).entries()) {
    if (number > 0 && stage.budget.left < LEFT_MS + 2 * stage.facts.startMs) break;
    const answer = await attempt();
    if (answer.verdict === 'fault') return answer;
    first ??= answer;
  }
  return first ?? noneSeen();
}
