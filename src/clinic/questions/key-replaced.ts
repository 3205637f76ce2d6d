/**
 * Who vouches for the public key? Each RSA public key that crosses is replaced by one of our own. What was sealed for
 * it is opened, and sealed again for the true key. If both people chat on, anybody on the way can do the same.
 */
import { StandIn, type Opened } from '../../attacker/stand-in.js';
import { encodedIn } from '../../eavesdropper/chat/sealed-units.js';
import { otherSide, type Side } from '../../protocol/side.js';
import { cannotTell, type Answer, type Evidence } from '../finding.js';
import type { Question } from '../question.js';
import { capital, WHO } from '../quoting.js';
import type { Stage } from '../stage.js';
import type { SaidOnRoad, Talk } from '../talk.js';
import type { Chunk, Treatment } from '../wire/treatment.js';
import { publicKeysIn } from './public-keys.js';
import { noKeyCrosses, nothingSealed, recordingOf } from './recording.js';

export const KEY_REPLACED: Question = {
  title: 'a replaced public key is noticed',
  does: 'puts a public key of its own in the place of one that crosses',
  starts: 1,
  chapter: '07-who-has-the-key',
  ask,
};

async function ask(stage: Stage): Promise<Answer> {
  const recording = await recordingOf(stage);
  const keys = publicKeysIn(recording.handshake, recording.messages);
  const [key] = keys;
  if (key === undefined)
    return (
      nothingSealed(recording, 'so there is no key to replace') ??
      noKeyCrosses(recording) ??
      cannotTell(
        'No RSA public key was seen, neither in PEM, nor in DER, nor as two numbers, so none was replaced',
        'An RSA public key that crosses before the chat; servchat does not replace keys of other kinds, such as those of Diffie–Hellman',
      )
    );
  if (keys.every(({ written }) => written === 'numbers'))
    return cannotTell(
      `${capital(WHO[key.from])} sends its public key as two numbers, and servchat cannot replace these`,
      'A public key in PEM or DER',
    );
  const middle = new Middle(stage.facts.pauseMs);
  const talk = await stage.open({ treatment: middle });
  try {
    const said = await talk.round();
    return judged(talk, middle, said);
  } finally {
    await talk.close();
  }
}

interface Replacement {
  readonly owner: Side;
  readonly frame: number | null;
  readonly standIn: StandIn;
  readonly opened: (Opened & { readonly frame: number | null })[];
}

/** More keys than two sides have are not replaced. */
const MOST_REPLACED = 4;
/** In front of what is sealed stands at most a header. */
const MOST_HEADER = 64;

/** Replaces the keys in the first connection, and opens and seals again what was sealed for them. */
class Middle implements Treatment {
  readonly replacements: Replacement[] = [];
  readonly #pauseMs: number;

  constructor(pauseMs: number) {
    this.#pauseMs = pauseMs;
  }

  readonly came: Treatment['came'] = (chunk, control) => {
    const { link, from } = chunk;
    control.send(link, otherSide(from), this.#resealed(chunk, this.#replaced(chunk)), this.#pauseMs);
  };

  #replaced(chunk: Chunk): Buffer {
    let { bytes } = chunk;
    for (const { n, e, written } of publicKeysIn([chunk], [])) {
      if (written === 'numbers' || this.replacements.length >= MOST_REPLACED) continue;
      const standIn = StandIn.for(n, e);
      const replaced = standIn?.replaced(bytes) ?? null;
      if (standIn === null || replaced === null) continue;
      bytes = replaced;
      this.replacements.push({ owner: chunk.from, frame: chunk.frame, standIn, opened: [] });
    }
    return bytes;
  }

  #resealed({ from, frame }: Chunk, bytes: Buffer): Buffer {
    let result = bytes;
    for (const { owner, standIn, opened } of this.replacements) {
      if (owner === from) continue;
      result = resealedIn(result, standIn, (each) => opened.push({ ...each, frame }));
    }
    return result;
  }
}

/** With each part that was sealed for us sealed for the true key, as bytes, in base64 or in hex. */
function resealedIn(bytes: Buffer, standIn: StandIn, onOpened: (opened: Opened) => void): Buffer {
  const encoded = encodedIn(bytes).find((part) => part.bytes.length === standIn.bytes);
  const within = encoded === undefined ? null : standIn.open(encoded.bytes);
  if (encoded !== undefined && within !== null) {
    onOpened(within);
    const latin1 = bytes.toString('latin1');
    return Buffer.from(
      latin1.replace(encoded.text, () => writtenLike(encoded.text, encoded.as, within.resealed)),
      'latin1',
    );
  }
  const last = Math.min(MOST_HEADER, bytes.length - standIn.bytes);
  for (let at = 0; at <= last; at += 1) {
    const found = standIn.open(bytes.subarray(at, at + standIn.bytes));
    if (found === null) continue;
    onOpened(found);
    const rest = bytes.subarray(at + standIn.bytes);
    return Buffer.concat([bytes.subarray(0, at), found.resealed, rest]);
  }
  return bytes;
}

function writtenLike(text: string, as: 'base64' | 'hex', bytes: Buffer): string {
  if (as === 'hex') return /[A-F]/.test(text) ? bytes.toString('hex').toUpperCase() : bytes.toString('hex');
  const base64 = bytes.toString(/[-_]/.test(text) ? 'base64url' : 'base64').replace(/=+$/, '');
  return base64 + (/=+$/.exec(text)?.[0] ?? '');
}

function judged(talk: Talk, { replacements }: Middle, said: readonly SaidOnRoad[]): Answer {
  const { run } = talk;
  const [first] = replacements;
  if (first === undefined)
    return cannotTell('The public key could not be replaced in this start', 'A key that crosses in one piece');
  const evidence: Evidence[] = replacements.map(({ owner, frame }) => ({
    seen: `The public key of ${WHO[owner]} was replaced by another one of the same size.`,
    run,
    half: owner,
    ...(frame !== null && { frames: [frame] }),
  }));
  const isShown = said.length > 0 && said.every(({ road, shown }) => shown[road.to] === 'whole');
  const opened = replacements.flatMap((each) => each.opened.map((secret) => ({ ...secret, owner: each.owner })));
  if (isShown && opened.length > 0) return accepted(talk, opened, said, evidence);
  const receiver = otherSide(first.owner);
  const hasEnded =
    !talk.isAlive(receiver) || talk.wire.ends.some(({ by, how }) => by === receiver && how !== 'unreachable');
  const isSilent = !talk.wire.came.some(({ from, frame }) => from === receiver && (frame ?? 0) > 0);
  const states = talk.seats.map((seat) => ({ seen: `${capital(WHO[seat])} ${talk.stateOf(seat)}.`, run }));
  if (!isShown && opened.length === 0 && hasEnded && isSilent)
    return {
      verdict: 'good',
      said: `${capital(WHO[receiver])} does not take a replaced key`,
      control: 'with the true key, the same conversation worked in another start',
      evidence: [...evidence, ...states],
    };
  return cannotTell(
    opened.length === 0
      ? 'The public key was replaced, but nothing that we could open was sealed with it'
      : 'The public key was replaced, and the chat did not go on; why, cannot be seen',
    'A program that says why it ends, or a key that is sealed with OAEP or PKCS #1 v1.5',
    [...evidence, ...states],
  );
}

function accepted(
  talk: Talk,
  opened: readonly (Opened & { readonly frame: number | null; readonly owner: Side })[],
  said: readonly SaidOnRoad[],
  evidence: readonly Evidence[],
): Answer {
  const { run } = talk;
  const [secret] = opened;
  const read = said.find(({ text }) => opened.some((each) => each.secret.includes(text)));
  const [sentence] = said;
  const what = read === undefined ? `${secret?.secret.length ?? 0} bytes of a secret` : `“${read.text}”`;
  return {
    verdict: 'fault',
    said: 'Somebody in the middle can put their own public key in the place of the true one, and nobody notices',
    evidence: [
      ...evidence,
      {
        seen: `What was sealed for the replaced key (${secret?.padding ?? ''}) was opened: ${what}. It was sealed again for the true key.`,
        run,
        half: secret === undefined ? 'client' : otherSide(secret.owner),
        frames: secret === undefined || secret.frame === null ? [] : [secret.frame],
      },
      { seen: `After that, “${sentence?.text ?? ''}” was typed, and shown on the other side as always.`, run },
    ],
    control: 'It was opened with our own private key, which opens nothing that was sealed for another key',
    meaning: 'Whoever is on the way has all keys and can read and change everything, while both people feel safe',
    remedy: {
      python:
        'Give the client the true public key, or its SHA-256, before the chat, compare it, and end if it differs; or use ssl with a certificate that is checked',
      node: 'Give the client the true public key, or its SHA-256, before the chat, compare it, and end if it differs; or use node:tls with a certificate that is checked',
      other:
        'Give the client the true public key, or its fingerprint, before the chat, compare it, and end if it differs; or use TLS with a certificate that is checked',
    },
  };
}
