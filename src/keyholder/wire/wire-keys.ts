/**
 * Keys that crossed the wire where anybody can read them, and what they open. A key is told only with a text that comes
 * out (`evidence.ts` says how sure that is), but for a private key, which is known by what it looks like.
 */
import {
  divisionsIn,
  encodedIn,
  isWhollyText,
  saysText,
  type Division,
  type SealedUnit,
  type Unit,
} from '../../eavesdropper/chat/sealed-units.js';
import { placeOf } from '../../eavesdropper/tcp/place.js';
import { MOST_DIVIDED } from '../../eavesdropper/tcp/units.js';
import { SIDES } from '../../protocol/side.js';
import { candidatesIn, ivsAmong, type Candidate } from './candidates.js';
import { ciphersWith, type Cipher } from './ciphers.js';
import { padsIn } from './pads.js';
import { ciphersOf, privateKeysIn, type PrivateKey } from './private-keys.js';
import { Budget, inTurn, openedIn, Trials, type Trial } from './trial.js';
import { ENOUGH_OF_XOR, comesOutAsText, evidenceOfXor, xored } from './xor.js';
import type { Conversation } from '../../eavesdropper/tcp/conversation.js';
import type { WireKeyFinder } from '../../eavesdropper/inspect-options.js';
import type { Place, WireKey } from '../../eavesdropper/findings/findings.js';

/** Of one conversation; the earliest are tried. Words are many, and few of them are keys. */
const MOST_CANDIDATES = 16;
const MOST_WORDS = 8;
const MOST_HASHED = 8;
const MOST_IVS = 3;
/** Messages of which the XOR is compared. */
const MOST_XORED = 64;
/** The first messages, which may be a key for XOR of any length, and the bytes of such a key. */
const MOST_PADS = 4;
const LEAST_PAD = 9;
const MOST_PAD_BYTES = 4096;
/** Of one key: texts that are listed, and characters in them. */
const MOST_TEXTS = 1000;
const MOST_LISTED_CHARACTERS = 2 ** 20;

/** base64 or hex of what may be sealed: in text there is work to do only where there is some of it. */
const MAY_BE_SEALED = /[\w+/-]{16}/;
const MAY_BE_KEY = 'PRIVATE KEY';

/** Finds the keys that crossed in a conversation of which both streams are whole, in order. */
export function wireKeyFinder(): WireKeyFinder {
  const budget = new Budget();
  return (conversation) => {
    const { client, server } = conversation.streams;
    if (client.stream.length + server.stream.length > MOST_DIVIDED) return { keys: [], unsought: 'too long' };
    const whole = wholeSides(conversation);
    const isWorthIt = whole.some(({ side, bytes }) => {
      if (!saysText(conversation.streams[side].stream)) return true;
      const latin1 = bytes.toString('latin1');
      return latin1.includes(MAY_BE_KEY) || MAY_BE_SEALED.test(latin1);
    });
    if (!isWorthIt) return { keys: [], unsought: null };
    const keys = budget.isLeft ? new Hunt(conversation, whole, budget).found() : [];
    return { keys, unsought: budget.isLeft ? null : 'too much work' };
  };
}

/** All that each side said. */
function wholeSides({ streams }: Conversation): readonly Unit[] {
  return SIDES.flatMap((side) => {
    const { stream } = streams[side];
    const { bytes } = stream;
    if (!stream.isWhole || bytes.length === 0) return [];
    return [{ side, start: 0, end: bytes.length, frame: stream.carrierOf(bytes.length - 1).frame, bytes }];
  });
}

class Hunt {
  readonly #conversation: Conversation;
  readonly #whole: readonly Unit[];
  readonly #budget: Budget;
  readonly #divisions: readonly Division[];
  readonly #opened = new Set<string>();
  readonly #keys: WireKey[] = [];

  constructor(conversation: Conversation, whole: readonly Unit[], budget: Budget) {
    this.#conversation = conversation;
    this.#whole = whole;
    this.#budget = budget;
    this.#divisions = divisionsIn(conversation);
  }

  found(): readonly WireKey[] {
    for (const key of privateKeysIn(this.#divisions, this.#whole)) this.#takePrivate(key);
    if (this.#divisions.some(({ sealed }) => sealed.length > 0)) {
      for (const candidate of candidatesOf(this.#divisions)) this.#take(candidate, null);
      if (this.#keys.length === 0) this.#takePads();
    }
    return this.#keys.sort((one, other) => one.place.frame - other.place.frame);
  }

  /** Keys that are as long as the messages. */
  #takePads(): void {
    const pads = padsIn(this.#divisions);
    if (pads === null) return;
    const { key, cipher, opened } = pads;
    const written = isWhollyText(key.bytes) ? encodedIn(key.bytes)[0]?.as : undefined;
    const what = 'keys as long as the messages';
    this.#tell({ place: this.#placeOf(key), what, written: written ?? 'bytes' }, { cipher: padCipher(cipher), opened });
  }

  #takePrivate({ what, written, unit, key }: PrivateKey): void {
    const place = this.#placeOf(unit);
    const ciphers = key === null ? [] : ciphersOf(key);
    const trials = new Trials(this.#divisions, unit, this.#budget);
    this.#tell({ place, what, written }, ciphers.flatMap((cipher) => trials.of(cipher) ?? [])[0] ?? null);
    for (const cipher of ciphers) {
      for (const { sealedUnit, content } of this.#contents(cipher, unit))
        for (const candidate of candidatesIn(content, sealedUnit)) this.#take(candidate, place);
    }
  }

  /** What a private key opens that is no text but may be a key. */
  *#contents(cipher: Cipher, unit: Unit): Generator<{ readonly sealedUnit: SealedUnit; readonly content: Buffer }> {
    for (const division of this.#divisions) {
      for (const sealedUnit of inTurn(division, unit)) {
        const content = this.#budget.unseal(cipher, sealedUnit)?.text;
        if (content !== undefined && content.length > 0) yield { sealedUnit, content };
      }
    }
  }

  #take(candidate: Candidate, sealedWith: Place | null): void {
    if (!this.#budget.isLeft) return;
    const { unit, written } = candidate;
    const trials = new Trials(this.#divisions, unit, this.#budget);
    const best =
      bestOf(ciphersWith(candidate).flatMap((cipher) => trials.of(cipher) ?? [])) ?? this.#xorTrial(candidate);
    if (best?.opened.some(({ unit: its }) => !this.#opened.has(nameOf(its))) !== true) return;
    this.#tell(
      {
        place: this.#placeOf(unit),
        what: kindOf(best.cipher.name),
        written,
        ...(sealedWith === null ? {} : { sealedWith }),
      },
      best,
    );
  }

  /** The messages of one side, or of both, whichever proves most. */
  #xorTrial({ key, unit }: Candidate): Trial | null {
    const fitting = this.#divisions.flatMap((division) => {
      const units = inTurn(division, unit, MOST_XORED).map(({ sealed }) => sealed);
      return comesOutAsText(key, units) ? [{ division, units }] : [];
    });
    const [client = [], server = []] = SIDES.map((side) => fitting.filter(({ division }) => division.side === side));
    // Both sides first: a few messages of one side can prove all that can be proved.
    const groups = [...client.flatMap((one) => server.map((other) => [one, other])), ...fitting.map((each) => [each])];
    let best: { readonly group: (typeof groups)[number]; readonly evidence: number } | null = null;
    for (const group of groups) {
      const units = group.flatMap((each) => each.units);
      const evidence = evidenceOfXor(key, units);
      if (evidence >= ENOUGH_OF_XOR && evidence > (best?.evidence ?? 0)) best = { group, evidence };
    }
    if (best === null) return null;
    const cipher = xorCipher(key);
    return { cipher, opened: best.group.flatMap(({ division }) => openedIn(cipher, inTurn(division, unit))) };
  }

  #tell(key: Pick<WireKey, 'place' | 'what' | 'written' | 'sealedWith'>, trial: Trial | null): void {
    const opened = [...(trial?.opened ?? [])].sort((one, other) => one.unit.frame - other.unit.frame);
    for (const { unit } of opened) this.#opened.add(nameOf(unit));
    let left = MOST_LISTED_CHARACTERS;
    const texts = opened.slice(0, MOST_TEXTS).flatMap(({ unit, text }) => {
      left -= text.length;
      return left < 0 ? [] : [{ place: this.#placeOf(unit), text: text.toString('utf8') }];
    });
    this.#keys.push({ ...key, cipher: trial?.cipher.name ?? null, opened: opened.length, texts });
  }

  #placeOf({ side, start, end }: Unit): Place {
    return placeOf(this.#conversation.number, side, this.#conversation.streams[side].stream, start, end);
  }
}

function nameOf({ side, start }: Unit): string {
  return `${side} ${start}`;
}

const QUOTAS: Partial<Record<Candidate['written'], 'words' | 'hashed'>> = {
  text: 'words',
  'SHA-256 of a word': 'hashed',
  'MD5 of a word': 'hashed',
};

/** The earliest, each key once. IVs that crossed in messages of their own are tried with each. */
function candidatesOf(divisions: readonly Division[]): readonly Candidate[] {
  const units = divisions.flatMap(({ units: its }) => its).sort((one, other) => one.frame - other.frame);
  const ivs = new Map<string, Buffer>();
  const found = new Map<string, Candidate>();
  const pads = divisions
    .flatMap(({ sealed }) => sealed)
    .filter(({ form, sealed }) => form === 0 && sealed.length >= LEAST_PAD && sealed.length <= MOST_PAD_BYTES)
    .sort((one, other) => one.frame - other.frame)
    .slice(0, MOST_PADS);
  const left = { words: MOST_WORDS, hashed: MOST_HASHED, others: MOST_CANDIDATES };
  for (const unit of units) {
    const candidates = candidatesIn(unit.bytes, unit);
    for (const candidate of candidates) {
      const name = candidate.key.toString('latin1');
      const kind = QUOTAS[candidate.written] ?? 'others';
      if (left[kind] > 0 && !found.has(name)) {
        found.set(name, candidate);
        left[kind] -= 1;
      }
      if (ivs.size < MOST_IVS) for (const iv of ivsAmong([candidate.key])) ivs.set(name, iv);
    }
    if (left.words + left.hashed + left.others === 0) break;
  }
  for (const unit of pads) {
    const name = unit.sealed.toString('latin1');
    const written = isWhollyText(unit.bytes) ? (encodedIn(unit.bytes)[0]?.as ?? 'bytes') : 'bytes';
    if (!found.has(name)) found.set(name, { key: unit.sealed, ivs: [], written, unit });
  }
  return [...found.values()].map((candidate) => ({
    ...candidate,
    ivs: [...candidate.ivs, ...[...ivs.values()].filter((iv) => !iv.equals(candidate.key))],
  }));
}

/**
 * The trial that opened most. Where messages are so short that several ciphers would have sealed them in the same way,
 * its name says so.
 */
function bestOf(trials: readonly Trial[]): Trial | null {
  const most = Math.max(0, ...trials.map(({ opened }) => opened.length));
  const best = trials.filter(({ opened }) => opened.length === most);
  const [first] = best;
  if (first === undefined) return null;
  const name = [...new Set(best.map(({ cipher }) => cipher.name))].join(', or ');
  return { ...first, cipher: { ...first.cipher, name } };
}

/** What a key is, by how it was used. */
function kindOf(cipher: string): string {
  return `${/^(?:AES-\d+|Triple-DES|NaCl secretbox|\w+(?:-Poly1305)?)/.exec(cipher)?.[0] ?? cipher} key`;
}

/** Of a pad, the key of each message is another. */
function padCipher(name: string): Cipher {
  return { name, isChecked: false, unseal: () => null };
}

function xorCipher(key: Buffer): Cipher {
  return {
    name: 'XOR with the key again and again, from its beginning for each message',
    isChecked: false,
    unseal: (sealed) => ({ text: xored(key, sealed), padding: 0, stream: '' }),
  };
}
