/**
 * Are two messages mixed with the same keystream? We know what was typed, so we need not guess: what crossed, XORed
 * with the text, is the keystream. If the same piece of it comes out of two texts that differ, it is proven: the XOR of
 * what crossed is the XOR of the texts.
 *
 *     text 1   P l e a s e     text 2   N o b o d y
 *     crossed  8f 03 a1 …      crossed  91 00 a6 …
 *     XOR      df 6f c4 …  =   XOR      df 6f c4 …
 */
import { randomBytes } from 'node:crypto';

import { cannotTell, type Answer, type Evidence, type Fault } from '../finding.js';
import type { Question } from '../question.js';
import { WHO } from '../quoting.js';
import type { Stage } from '../stage.js';
import { formsOf, nothingSealed, recordingOf, sealedIn, type Message } from '../keys/recording.js';

/**
 * So many bytes of a keystream have to come again. The first block of CFB mode, where the IV is always the same, is no
 * longer than 16.
 */
const PIECE = 14;
/** The two texts differ at so many of these places. Where they do not, equal bytes only show equal words. */
const LEAST_DIFFERENT = 9;
/** A keystream has many different bytes; a short key, and letters that are exchanged for others, have few. */
const LEAST_VALUES = 8;
const LONGEST_KEY = 16;
/** Of one message that is looked at. A sentence in base64 with its IV and hash takes less. */
const MOST_BYTES = 1024;

export const KEYSTREAM: Question = {
  title: 'no two messages are mixed with the same keystream',
  does: 'compares what crossed with what was typed, in one direction and in both',
  starts: 0,
  chapter: '05-what-encryption-did-not-hide',
  ask,
};

async function ask(stage: Stage): Promise<Answer> {
  const recording = await recordingOf(stage);
  const plain = nothingSealed(recording, 'so there is no keystream');
  if (plain !== null) return plain;
  const messages = sealedIn(recording).filter(({ kind }) => kind !== 'letter');
  if (messages.length < 2)
    return cannotTell('Fewer than two sentences were shown in one conversation', 'A conversation that works each time');
  const found = sharedStreams(messages);
  if (found.length > 0) return fault(found, recording.run);
  const control = sharedStreams(mixedAlike(messages)).length > 0;
  if (!control)
    return cannotTell('The search does not find a keystream where there is one', 'Longer messages to compare');
  return {
    verdict: 'good',
    said: `${messages.length} messages were compared, and no two were mixed with the same keystream`,
    control: 'the same search finds it where the same sentences are mixed with one keystream',
    evidence: [],
  };
}

type Known = Pick<Message, 'text' | 'bytes' | 'road' | 'frames'>;

/** Two messages with one piece of a keystream, and that piece. */
export interface Shared {
  readonly one: Known;
  readonly other: Known;
  readonly piece: Buffer;
  /** Where the piece is mixed with the text. */
  readonly at: readonly [number, number];
  readonly isBetweenDirections: boolean;
}

interface Seen {
  readonly message: Known;
  readonly at: number;
}

/** The first pair within a direction, and the first between both. */
export function sharedStreams(messages: readonly Known[]): readonly Shared[] {
  const seen = new Map<string, Seen[]>();
  const found = new Map<boolean, Shared>();
  for (const message of messages) {
    const own = new Map<string, number>();
    for (const form of formsOf(message.bytes)) for (const [piece, at] of piecesOf(message, form)) own.set(piece, at);
    for (const [piece, at] of own) {
      for (const before of seen.get(piece) ?? []) {
        const isBetweenDirections = before.message.road !== message.road;
        if (found.has(isBetweenDirections) || !differ(before, { message, at })) continue;
        const shared = { one: before.message, other: message, piece: Buffer.from(piece, 'latin1') };
        found.set(isBetweenDirections, { ...shared, at: [before.at, at], isBetweenDirections });
      }
      const others = seen.get(piece) ?? [];
      others.push({ message, at });
      seen.set(piece, others);
    }
  }
  return [...found.values()];
}

/** All pieces of the keystream that there can be, wherever the text may begin, each with its place in the text. */
function* piecesOf({ text }: Known, form: Buffer): Iterable<readonly [piece: string, at: number]> {
  const plain = Buffer.from(text);
  const end = Math.min(form.length, MOST_BYTES) - PIECE;
  for (let start = 1 - plain.length + PIECE; start <= end; start += 1) {
    const from = Math.max(0, -start);
    const stream = mixed(plain.subarray(from), form.subarray(start + from));
    for (let at = 0; at + PIECE <= stream.length; at += 1) {
      const piece = stream.subarray(at, at + PIECE);
      if (isStream(piece, stream)) yield [piece.toString('latin1'), from + at];
    }
  }
}

function mixed(one: Buffer, other: Buffer): Buffer {
  const bytes = Buffer.alloc(Math.min(one.length, other.length));
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = (one[at] ?? 0) ^ (other[at] ?? 0);
  return bytes;
}

/** Either it has many different bytes, or a short key comes again and again, all over the text. */
function isStream(piece: Buffer, whole: Buffer): boolean {
  if (new Set(piece).size >= LEAST_VALUES) return true;
  if (whole.length < 2 * LONGEST_KEY || piece.every((byte) => byte === 0)) return false;
  for (let period = 1; period <= LONGEST_KEY; period += 1)
    if (whole.subarray(period).equals(whole.subarray(0, -period))) return true;
  return false;
}

function differ(one: Seen, other: Seen): boolean {
  const [a, b] = [one, other].map(({ message: { text }, at }) => Buffer.from(text).subarray(at, at + PIECE));
  return a !== undefined && b !== undefined && mixed(a, b).filter((byte) => byte !== 0).length >= LEAST_DIFFERENT;
}

/** The control: the same texts, mixed with one keystream of our own. */
function mixedAlike(messages: readonly Message[]): readonly Known[] {
  const stream = randomBytes(MOST_BYTES);
  return messages.map((message) => ({ ...message, bytes: mixed(Buffer.from(message.text), stream) }));
}

const SHOWN = 8;

function fault(found: readonly Shared[], run: number): Answer {
  const isBetween = found.some(({ isBetweenDirections }) => isBetweenDirections);
  const isWithin = found.some(({ isBetweenDirections }) => !isBetweenDirections);
  const where = isWithin
    ? isBetween
      ? 'Messages of one direction, and of both, are'
      : 'Messages of one direction are'
    : 'Messages of both directions are';
  const said = `${where} mixed with the same keystream`;
  const control = `The same ${PIECE} bytes or more came out of different texts; by accident that happens once in 2^70`;
  return sharesKeystream({ said, control, evidence: found.map((shared) => seen(shared, run)) });
}

/** The fault, with what it means and how to mend it. */
export function sharesKeystream(found: Pick<Fault, 'said' | 'control' | 'evidence'>): Fault {
  return {
    verdict: 'fault',
    ...found,
    meaning:
      'Whoever knows or guesses one message can read the other one at the same place, without the key, by XOR alone',
    remedy: {
      python:
        'Use AESGCM with os.urandom(12) for each message, or Fernet; with CTR, CFB or OFB mode, a new IV for each message and another key for each direction',
      node: 'Use aes-256-gcm with randomBytes(12) for each message; with CTR mode, another key for each direction and never the same counter again',
      java: 'Use AES/GCM/NoPadding with 12 new bytes of SecureRandom for each message, and another key for each direction',
      other:
        'Seal each message with AES-GCM and a new nonce, and use another key for each direction; XOR with a key that comes again is no encryption',
    },
  };
}

function seen({ one, other, piece, at }: Shared, run: number): Evidence {
  const digits = piece.subarray(0, SHOWN).toString('hex').match(/../g)?.join(' ') ?? '';
  const [first, second] = [one, other].map(
    ({ text, road }, index) => `“${text}” of ${WHO[road.from]} from letter ${(at[index] ?? 0) + 1} on`,
  );
  return {
    seen: `What crossed, XORed with ${first ?? ''} and with ${second ?? ''}, gives the same bytes both times, ${digits} and more.`,
    run,
    ...(one.road === other.road && { frames: [...one.frames, ...other.frames] }),
  };
}
