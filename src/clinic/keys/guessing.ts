/**
 * Tries keys that anybody can guess on a message of which the text is known: words of examples, and all secrets that
 * there can be where the prime of Diffie–Hellman is small.
 */
import { setImmediate as later } from 'node:timers/promises';

import { formsOfNumber } from '../../attacker/own-half.js';
import { bitsOf } from '../../bytes/modular.js';
import { derivedKeys, type DerivedKey } from '../../keyholder/wire/derived-keys.js';
import { guessableKeys } from '../../keyholder/wire/guessable.js';
import { openingAmong, partsOf, type Part } from '../../keyholder/wire/known-text.js';
import { encodedIn, isWhollyText } from '../../eavesdropper/chat/sealed-units.js';
import type { Agreement } from './agreements.js';
import { framesIn } from './frames.js';
import { ivsIn } from './ivs.js';
import { sealedIn, type Message, type Recording } from './recording.js';

export interface Guessed {
  /** `the SHA-256 of the word “secret”` */
  readonly key: string;
  readonly cipher: string;
  readonly message: Message;
  /** Where all secrets of a small prime were tried: which one it was, and among how many. */
  readonly secret: { readonly number: number; readonly among: number } | null;
}

/** So many keys between two looks at what else happens. */
const AT_ONCE = 50;
/** More secrets are not tried one by one. */
const MOST_SECRETS = 20_000;

interface Tried extends DerivedKey {
  readonly named: string;
  readonly secret: Guessed['secret'];
}

/**
 * `none`: all were tried, and none opens it. `no time`: not all could be tried.
 *
 * @param limitMs for words, and for small secrets.
 */
export async function guessedKey(
  recording: Recording,
  agreements: readonly Agreement[],
  limitMs: number,
): Promise<Guessed | 'none' | 'no time'> {
  const [message] = sealedIn(recording);
  if (message === undefined) return 'none';
  const ivs = ivsIn(recording.handshake);
  const tried = (keys: Generator<Tried>): ReturnType<typeof firstOf> => firstOf(keys, message, ivs, limitMs);
  const secret = await tried(smallSecrets(agreements));
  return typeof secret === 'object' ? secret : tried(usualWords());
}

function* usualWords(): Generator<Tried> {
  for (const guess of guessableKeys()) yield { ...guess, secret: null };
}

/** All that the secret can be, where both public numbers are small. */
function* smallSecrets(agreements: readonly Agreement[]): Generator<Tried> {
  const small = agreements.find(isSmall);
  if (small?.kind !== 'numbers') return;
  const { group } = small;
  const among = group === null ? MOST_SECRETS : Number(group.p) - 1;
  for (let number = 1; number <= Math.min(among, MOST_SECRETS); number += 1)
    for (const key of derivedKeys(formsOfNumber(BigInt(number), group), 'the secret', 'few'))
      yield { ...key, named: key.how.replace('the secret', `the number ${number}`), secret: { number, among } };
}

const SMALL_BITS = 24;

function isSmall(agreement: Agreement): boolean {
  if (agreement.kind !== 'numbers') return false;
  if (agreement.group !== null) return bitsOf(agreement.group.p) <= SMALL_BITS;
  return agreement.halves.every(({ value }) => value.kind === 'number' && bitsOf(value.number) <= SMALL_BITS);
}

/** As few as can be: what is in base64 or hex; what is in frames; or all, with and without a header. */
function sealedPartsOf(message: Buffer): readonly Part[] {
  const frames = framesIn(message)?.flatMap(({ bytes }) => wholesOf(bytes));
  return frames !== undefined && frames.length > 0
    ? frames
    : isWhollyText(message)
      ? wholesOf(message)
      : partsOf(message, false);
}

/** What is encoded in it, each part and all together; itself, where nothing is. */
function wholesOf(bytes: Buffer): readonly Part[] {
  const encoded = encodedIn(bytes).map((part) => part.bytes);
  const wholes = encoded.length === 0 ? [bytes] : encoded.length === 1 ? encoded : [...encoded, Buffer.concat(encoded)];
  return wholes.map((whole) => ({ bytes: whole, replacedBy: () => whole }));
}

async function firstOf(
  keys: Generator<Tried>,
  message: Message,
  ivs: readonly Buffer[],
  limitMs: number,
): Promise<Guessed | 'none' | 'no time'> {
  const parts = sealedPartsOf(message.bytes);
  const until = performance.now() + limitMs;
  for (let tried = take(keys, ivs); tried.length > 0; tried = take(keys, ivs)) {
    const opening = openingAmong(tried, parts, message.text, until);
    if (opening !== null) {
      const { key, cipher } = opening;
      return { key: key.named, cipher: cipher.name, message, secret: key.secret };
    }
    if (performance.now() > until) return 'no time';
    await later();
  }
  return 'none';
}

function take(keys: Generator<Tried>, ivs: readonly Buffer[]): readonly Tried[] {
  const taken: Tried[] = [];
  while (taken.length < AT_ONCE) {
    const next = keys.next();
    if (next.done === true) break;
    taken.push({ ...next.value, ivs });
  }
  return taken;
}
