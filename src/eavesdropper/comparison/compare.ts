/**
 * Compares captures of the same conversation (plaintext, encrypted and perhaps TLS) message by message, with the same
 * search in each.
 *
 * If the search does not find a message in the encrypted capture, that proves something only because it does find it in
 * the plaintext capture. That is the control of each verdict, and if the control fails, the verdict says so. It also
 * proves something only if both captures contain the same conversation. So everything that can be known about that is
 * checked first (`agreement.ts`).
 */
import { agreementOf, withoutGoodbyes } from './agreement.js';
import {
  controlBy,
  controlWithin,
  nothingSearched,
  remembered,
  verdictOn,
  type Carrier,
  type Find,
} from './compare-verdict.js';
import { inspectCapture } from '../inspect.js';
import { paired, type Paired } from './pairing.js';
import { PlainSearch } from './plain-search.js';
import { fileOf, haystacksOf, kindsIn, talksIn, type Talk, type Turn } from './talk.js';
import { RECORD_HEADER_BYTES } from '../tls/tls-records.js';
import type { Agreement, Comparison, Control, EncryptedComparison, TlsMessage, Verdict } from '../findings/findings.js';
import type { Capture, InspectOptions } from '../inspect.js';
import { MODE_FACTS, SEALED_MODES, type Mode } from '../../protocol/modes.js';
import type { Side } from '../../protocol/side.js';
import { parseToken } from '../../protocol/token.js';

/** One message of the conversation that all captures should contain, in the order in which it was said. */
export interface Said {
  readonly side: Side;
  readonly text: string;
}

export interface CompareOptions {
  /** The conversation that took place. Without it, the messages are taken from the plaintext capture. */
  readonly script?: readonly Said[];
  /** The capture of the chat in tls mode, for a third column. */
  readonly tls?: string;
  /** Open tokens and TLS with keys, to see whether the texts agree. */
  readonly openers?: Pick<InspectOptions, 'opener' | 'tlsOpener'>;
  /** Is told about the reading of each capture. */
  readonly reading?: Pick<InspectOptions, 'onOpening' | 'onChunk'>;
}

/**
 * The most work allowed: the number of different messages times the bytes that each is searched in. About half a
 * minute.
 */
const MOST_WORK = 4e9;

/**
 * Compares two or three captures. `second` is the encrypted capture or, if there is no third, the one in tls mode. From
 * each file it takes the conversation that agrees best with the others. If a file has more than one, a note says which.
 *
 * @throws CaptureFileError if a file cannot be read; Error if one contains no conversation of its mode, or if the
 * search would take too long.
 */
export async function compareCaptures(
  plainPath: string,
  second: string,
  { script, tls, openers = {}, reading = {} }: CompareOptions = {},
): Promise<Comparison> {
  const plaintext = await inspectCapture(plainPath, reading);
  const other = await inspectCapture(second, { ...reading, ...openers });
  const inTls = tls === undefined ? null : await inspectCapture(tls, { ...reading, ...openers });
  refuseSwapped(plaintext, other);
  const talks = chosenFrom(plaintext, other, inTls);
  return { ...compareTalks(talks, script), ...notesOn(talks) };
}

/**
 * Like {@link compareCaptures}, for conversations that are already chosen.
 *
 * @throws Error if the search would take too long.
 */
export function compareTalks({ plaintext, encrypted, tls }: Paired, script?: readonly Said[]): Comparison {
  const said = script ?? saidIn(plaintext);
  for (const talk of [encrypted, tls]) if (talk !== null) refuseEndless(said, talk);
  const plain = haystacksOf(plaintext);
  const plainSearch = new PlainSearch(plaintext.conversation, plain, remembered(plain));
  const sealedSide = encrypted === null ? null : new SealedSide(plaintext, encrypted);
  const tlsSide = tls === null ? null : new SealedSide(plaintext, tls);
  const turns = new TurnNumbers(plaintext);
  return {
    plaintext: plaintext.capture.findings,
    encrypted: encrypted?.capture.findings ?? null,
    ...(tls === null ? {} : { tls: tls.capture.findings }),
    conversations: {
      plaintext: plaintext.conversation.number,
      encrypted: encrypted?.conversation.number ?? null,
      tls: tls?.conversation.number ?? null,
    },
    agreement: { encrypted: sealedSide?.agreement ?? null, tls: tlsSide?.agreement ?? null },
    messages: said.map(({ side, text }, index) => {
      const own = plainSearch.verdictOn(side, text);
      const turn = turns.of(own);
      return {
        number: index + 1,
        side,
        text,
        plaintext: own,
        encrypted: sealedSide?.verdictOn(side, text, own, turn) ?? null,
        sealed: sealedSide?.turn(turn)?.sealed ?? null,
        ...(tlsSide === null
          ? {}
          : { tls: { verdict: tlsSide.verdictOn(side, text, own, turn), record: recordOf(tlsSide.turn(turn)) } }),
      };
    }),
  };
}

/** The messages of the chat, in the order in which they were said. */
export function saidIn({ turns }: Talk): readonly Said[] {
  return turns.map(({ side, text }) => ({ side, text: text ?? '' }));
}

export function hasEncrypted(comparison: Comparison): comparison is EncryptedComparison {
  return comparison.encrypted !== null;
}

function recordOf(turn: Turn | null): TlsMessage | null {
  const record = turn?.record ?? null;
  return record === null ? null : { place: record.place, textBytes: record.textBytes, opened: record.opened };
}

function refuseSwapped(plaintext: Capture, other: Capture): void {
  const holds = (capture: Capture, mode: Mode): boolean => talksIn(capture, mode).length > 0;
  if (holds(plaintext, 'plaintext') || !holds(other, 'plaintext')) return;
  const sealed = SEALED_MODES.findLast((mode) => holds(plaintext, mode));
  if (sealed === undefined || SEALED_MODES.some((mode) => holds(other, mode))) return;
  throw new Error(
    `Cannot compare: ${fileOf(plaintext)} is the ${MODE_FACTS[sealed].title} capture and ${fileOf(other)} the plaintext one: give them in the other order`,
  );
}

function chosenFrom(plaintext: Capture, second: Capture, third: Capture | null): Paired {
  const open = talksIn(plaintext, 'plaintext');
  if (open.length === 0) {
    throw new Error(
      `Cannot compare: ${holdsNo(plaintext, 'plaintext')}: the plaintext capture gives the texts to search for, and the control of each search; give it first`,
    );
  }
  const sealed = talksIn(second, 'encrypted');
  const inTls = third === null ? talksIn(second, 'tls') : talksIn(third, 'tls');
  if (third !== null && sealed.length === 0) throw new Error(`Cannot compare: ${holdsNo(second, 'encrypted')}`);
  if (third !== null && inTls.length === 0) throw new Error(`Cannot compare: ${holdsNo(third, 'TLS')}`);
  const found = paired(open, sealed, third === null && sealed.length > 0 ? [] : inTls);
  if (found === null || (found.encrypted ?? found.tls) === null)
    throw new Error(`Cannot compare: ${holdsNo(second, 'encrypted or TLS')}`);
  return found;
}

function holdsNo(capture: Capture, kind: string): string {
  const kinds = kindsIn(capture);
  return `${fileOf(capture)} holds ${kinds === '' ? 'no TCP conversation' : `no ${kind} conversation, only ${kinds}`}`;
}

function notesOn({ plaintext, encrypted, tls }: Paired): { readonly notes?: readonly string[] } {
  const notes = [plaintext, encrypted, tls].flatMap((talk) => {
    return talk === null ? [] : notesOnOne(talk);
  });
  return notes.length === 0 ? {} : { notes };
}

/** What may be wrong, or missing, in one capture. */
function notesOnOne({ capture: { findings }, conversation }: Talk): readonly string[] {
  const { file, conversations, leftOut } = findings;
  const missing = conversation.streams.client.missing + conversation.streams.server.missing;
  return [
    ...(conversations.length < 2
      ? []
      : [`${file} holds ${conversations.length} conversations: number ${conversation.number} is compared`]),
    ...(conversation.guessedSides === true
      ? [
          `${file} lacks the beginning of the chat, so which side is the client is a guess: clients mostly have the higher port. If it is wrong, client and server are exchanged`,
        ]
      : []),
    ...(missing === 0 ? [] : [`${file} lacks ${missing} bytes of the chat: what was said there is not compared`]),
    ...(leftOut.lateBytes === 0
      ? []
      : [`${file}: ${leftOut.lateBytes} bytes came after their conversation had been forgotten, and were not read`]),
  ];
}

function refuseEndless(said: readonly Said[], { conversation: { streams } }: Talk): void {
  const texts = new Set(said.map(({ text }) => text)).size;
  const bytes = streams.client.bytes + streams.server.bytes;
  if (texts * bytes <= MOST_WORK) return;
  throw new Error(
    `Cannot compare: ${texts} different messages are too many to search for in ${bytes} bytes; give a script with fewer messages`,
  );
}

/** Finds which of the chat's messages a text is, by its place in the plaintext capture. */
class TurnNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #offsets: Readonly<Record<Side, readonly number[]>>;

  constructor({ conversation: { messages } }: Talk) {
    const readable = messages.filter(({ kind }) => kind === 'readable');
    for (const [index, { place }] of readable.entries()) this.#numbers.set(`${place.side} ${place.offset}`, index);
    const offsetsOf = (side: Side): readonly number[] =>
      readable.filter(({ place }) => place.side === side).map(({ place }) => place.offset);
    this.#offsets = { client: offsetsOf('client'), server: offsetsOf('server') };
  }

  /** Counts from 0; null if the text is not in the plaintext capture. */
  of(plaintext: Verdict): number | null {
    if (!plaintext.readable) return null;
    const { side, offset } = plaintext.hit.place;
    const start = this.#offsets[side].findLast((begins) => begins <= offset);
    return start === undefined ? null : (this.#numbers.get(`${side} ${start}`) ?? null);
  }
}

/** One capture with encrypted messages, compared with the plaintext one. */
class SealedSide {
  readonly agreement: Agreement;
  readonly #talk: Talk;
  readonly #find: Find;
  readonly #turns: readonly Turn[];

  constructor(plain: Talk, talk: Talk) {
    this.agreement = agreementOf(plain, talk);
    this.#talk = talk;
    this.#find = remembered(haystacksOf(talk));
    this.#turns = talk.mode === 'tls' ? withoutGoodbyes(talk.turns, plain.turns) : talk.turns;
  }

  /**
   * The turn that belongs to the plaintext message with this number. null if there is none, or if the captures do not
   * agree.
   */
  turn(number: number | null): Turn | null {
    return number === null || !this.agreement.agrees ? null : (this.#turns[number] ?? null);
  }

  verdictOn(side: Side, text: string, plaintext: Verdict, number: number | null): Verdict {
    return verdictOn(text, this.#find, this.#control(side, text, plaintext, number));
  }

  #control(side: Side, text: string, plaintext: Verdict, number: number | null): Control {
    if (!this.agreement.agrees)
      return {
        proves: false,
        why: `the two captures hold different conversations: ${this.agreement.why}`,
        isOtherConversation: true,
      };
    if (!plaintext.readable) return controlBy(plaintext);
    const turn = this.turn(number);
    if (turn === null) return nothingSearched(this.#talk.mode, side);
    return controlWithin(this.#carrierOf(turn), text, plaintext);
  }

  #carrierOf({ side, sealed, record }: Turn): Carrier {
    // Look at the token's bytes, not at its letters: what the letters happen to spell is reported as an accident
    // elsewhere.
    if (sealed !== null) return { bytes: parseToken(sealed.token.text).ciphertext, kind: 'bytes', name: 'ciphertext' };
    const haystack = haystacksOf(this.#talk).find((each) => each.side === side);
    const bytes =
      record === null ? undefined : haystack?.stream.bytes.subarray(record.start + RECORD_HEADER_BYTES, record.end);
    return { bytes: bytes ?? Buffer.alloc(0), kind: 'bytes', name: 'record' };
  }
}
