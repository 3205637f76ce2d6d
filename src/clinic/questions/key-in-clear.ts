/**
 * Does a key cross where anybody can read it? The listener's key search tries all that can be a key on what crossed. A
 * hit is proven by what comes out: a sentence that was typed. The control is the same search in a capture in which a
 * key crosses first, and the same sentences are sealed with it.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';

import { TapRecorder } from '../../capture/tap.js';
import { Fernet, FERNET_KEY_BYTES } from '../../crypto/fernet.js';
import type { Unit } from '../../eavesdropper/chat/sealed-units.js';
import type { WireKey } from '../../eavesdropper/findings/findings.js';
import { inspectCapture } from '../../eavesdropper/inspect.js';
import { keyProvenBy, type ProvenKey } from '../../keyholder/wire/known-text.js';
import { wireKeyFinder } from '../../keyholder/wire/wire-keys.js';
import { cannotTell, type Answer, type Evidence, type Fault } from '../finding.js';
import { noteCrossedKey } from '../keys/key-crossed.js';
import type { Question } from '../question.js';
import { WHO } from '../quoting.js';
import { sideOf } from '../seat.js';
import type { Stage } from '../stage.js';
import type { Chunk } from '../wire/treatment.js';
import { nothingSealed, recordingOf, type Message } from '../keys/recording.js';

export const KEY_IN_CLEAR: Question = {
  title: 'no key crosses where a listener can read it',
  does: 'tries all that crossed and can be a key on the messages',
  starts: 0,
  chapter: '07-who-has-the-key',
  ask,
};

async function ask(stage: Stage): Promise<Answer> {
  const recording = await recordingOf(stage);
  const { messages, captures, handshake, run } = recording;
  if (messages.length === 0)
    return cannotTell('No sentence was shown in this start', 'A conversation that works each time');
  const { keys, isWhole } = await keysIn(captures.client);
  const texts = messages.map(({ text }) => text);
  const proven = keys.filter((key) => isPrivate(key) || saidWith(key, texts) !== null);
  const packed = proven.length > 0 ? null : keyProvenBy(unitsOf(handshake), messages);
  if (packed !== null || proven.length > 0) {
    const found = packed === null ? fault(proven, texts, run) : packedKey(packed, run);
    if (!proven.some(isPrivate)) noteCrossedKey(stage, found.evidence);
    return found;
  }
  const plain = nothingSealed(recording, 'so no key is needed to read them');
  if (plain !== null) return plain;
  if (!isWhole) return cannotTell('Too much crossed to try all of it as a key', 'A shorter conversation');
  const control = await keysIn(withKeyInClear(messages, path.dirname(captures.client)));
  if (!control.keys.some((key) => saidWith(key, texts) !== null))
    return cannotTell('The search does not find a key that crosses as it is', 'A search that works');
  return {
    verdict: 'good',
    said: 'Nothing that crossed opens the messages as a key',
    control: 'the same search finds a key where one crosses, and the same sentences are sealed with it',
    evidence: [],
  };
}

async function keysIn(capture: string): Promise<{ readonly keys: readonly WireKey[]; readonly isWhole: boolean }> {
  const { findings } = await inspectCapture(capture, { wireKeys: wireKeyFinder(), hashes: false });
  const { conversations } = findings;
  return {
    keys: conversations.flatMap(({ wireKeys = [] }) => wireKeys),
    isWhole: conversations.every(({ wireKeysUnsought }) => wireKeysUnsought === undefined),
  };
}

/** A private key is known by what it looks like. */
function isPrivate({ what }: WireKey): boolean {
  return /private key/i.test(what);
}

/** A sentence that was typed, and that this key opens. */
function saidWith({ texts }: WireKey, typed: readonly string[]): string | null {
  return typed.find((each) => texts.some(({ text }) => text.includes(each))) ?? null;
}

function withKeyInClear(messages: readonly Message[], folder: string): string {
  const file = path.join(folder, 'key-control.pcap');
  const recorder = TapRecorder.open(file);
  const tap = recorder.connection(
    { client: { address: '127.0.0.1', port: 50_000 }, server: { address: '127.0.0.1', port: 4747 } },
    'client',
  );
  const key = randomBytes(FERNET_KEY_BYTES);
  const fernet = new Fernet(key);
  tap.received(Buffer.from(`${key.toString('base64url')}=\n`));
  for (const { road, text } of messages) {
    const sealed = Buffer.from(`${fernet.encrypt(Buffer.from(text), { now: Math.floor(Date.now() / 1000) })}\n`);
    if (sideOf(road.from) === 'client') tap.sent(sealed);
    else tap.received(sealed);
  }
  recorder.close();
  return file;
}

function unitsOf(chunks: readonly Chunk[]): readonly Unit[] {
  return chunks.map(({ from, bytes, frame }) => ({
    side: from,
    start: 0,
    end: bytes.length,
    frame: frame ?? 0,
    bytes,
  }));
}

function packedKey({ candidate, cipher, message }: ProvenKey<Message>, run: number): Answer {
  const { unit, key } = candidate;
  return crosses({
    said: KEY_CROSSES,
    control: BY_A_SENTENCE,
    evidence: [
      {
        seen: `A key of ${key.length} bytes is in what ${WHO[unit.side]} sends before the chat; as ${cipher.name}, it opens “${message.text}”.`,
        run,
        frames: [unit.frame],
        half: unit.side,
      },
    ],
  });
}

const KEY_CROSSES = 'The key crosses as it is, and opens the messages';
const BY_A_SENTENCE = 'What came out is a sentence that was typed; no other key gives that';

function fault(keys: readonly WireKey[], typed: readonly string[], run: number): Answer {
  const isOpening = keys.some((key) => saidWith(key, typed) !== null);
  const [first] = keys;
  return crosses({
    said: isOpening ? KEY_CROSSES : 'A private key crosses as it is',
    evidence: keys.slice(0, 3).map((key) => seen(key, typed, run)),
    control: isOpening ? BY_A_SENTENCE : `It is a whole private key, by its form: ${first?.what ?? ''}`,
  });
}

/** The fault, with what it means and how to mend it. */
export function crosses(found: Pick<Fault, 'said' | 'control' | 'evidence'>): Fault {
  return {
    verdict: 'fault',
    ...found,
    meaning: 'Everyone who listens from the beginning has the key too, and reads all that is said',
    remedy: {
      python:
        'Never send the key itself: seal it with the RSA public key of the receiver (OAEP), or agree on one with X25519, and check whose public key it is; or use ssl',
      node: 'Never send the key itself: seal it with publicEncrypt for the receiver, or agree on one with diffieHellman and X25519; or use node:tls',
      java: 'Never send the key itself: seal it with RSA/ECB/OAEPWithSHA-256AndMGF1Padding for the receiver, or use an SSLSocket',
      other:
        'Never send the key itself: seal it for the receiver with their public key, agree on one with X25519, or use TLS',
    },
  };
}

function seen(key: WireKey, typed: readonly string[], run: number): Evidence {
  const { place, what, written, cipher, opened } = key;
  const said = saidWith(key, typed);
  const opens =
    said === null || cipher === null
      ? ''
      : ` As ${cipher}, it opens ${opened} ${opened === 1 ? 'message' : 'messages'}, such as “${said}”.`;
  const form = written === 'bytes' ? '' : `, written as ${written},`;
  return {
    seen: `A key (${what})${form} is in the bytes of ${WHO[place.side]} from byte ${place.offset} on.${opens}`,
    run,
    frames: [place.frame],
  };
}
