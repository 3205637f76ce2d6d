/**
 * Captures of the same conversation, plaintext, encrypted and perhaps in TLS, message by message: the same search in each.
 *
 * What the search does not find in the encrypted capture is only worth something because it finds it in the plaintext
 * one: that is the control of each verdict, and where it fails the verdict says so.
 */
import { printable } from '../printable.js';
import { patternsOf } from './disguises.js';
import { inspectCapture } from './inspect.js';
import { placeOf } from './place.js';
import { search } from './search.js';
import { tlsMessages } from './tls-lengths.js';
import type { CaptureFindings, Comparison, Control, ConversationFindings, Hit, ReadableMessage, SealedMessage, Side, TlsMessage, Verdict } from './findings.js';
import type { Capture } from './inspect.js';
import type { Haystack } from './search.js';

/** One message of the conversation that both captures are to hold, in the order in which it was said. */
export interface Said {
  readonly side: Side;
  readonly text: string;
}

/** Different messages, times the bytes that each is searched in: half a minute's work. */
const MOST_WORK = 4e9;

/**
 * The first conversation of each file's mode is compared; where there are more, a note says so. Without a `script` the
 * messages are those of the plaintext capture itself.
 *
 * @throws CaptureFileError where a file cannot be read; Error where one holds no conversation of its mode, or the work
 *   would have no end.
 */
export async function compareCaptures(
  plainPath: string,
  encryptedPath: string,
  script?: readonly Said[],
  tlsPath?: string,
): Promise<Comparison> {
  const plaintext = await inspectCapture(plainPath);
  const encrypted = await inspectCapture(encryptedPath);
  refuseSwapped(plaintext, encrypted);
  const open = chosen(plaintext, 'plaintext');
  const closed = chosen(encrypted, 'encrypted');

  const said = script ?? open.messages.filter((message) => message.kind === 'readable').map(({ place: { side }, text }) => ({ side, text }));
  const plainSearch = new PlainSearch(open, haystacksOf(plaintext, open.number));
  const encryptedSearch = remembered(haystacksOf(encrypted, closed.number));
  refuseEndless(said, closed);
  const sealed = {
    client: closed.messages.filter((message) => isSealedBy(message, 'client')),
    server: closed.messages.filter((message) => isSealedBy(message, 'server')),
  };
  const inTls = tlsPath === undefined ? null : new TlsSide(await inspectCapture(tlsPath));
  const turns = { client: 0, server: 0 };
  const notes = [...noteOnOthers(plaintext, open), ...noteOnOthers(encrypted, closed)];
  return {
    plaintext: plaintext.findings,
    encrypted: encrypted.findings,
    ...(inTls === null ? {} : { tls: inTls.findings }),
    messages: said.map(({ side, text }, index) => {
      const own = plainSearch.verdictOn(side, text);
      const token = sealed[side][turns[side]] ?? null;
      turns[side] += 1;
      return {
        number: index + 1,
        side,
        text,
        plaintext: own,
        encrypted: verdictOn(text, encryptedSearch, token === null ? nothingSearched(side) : controlBy(own)),
        sealed: token,
        ...(inTls === null ? {} : { tls: inTls.next(side, text, own) }),
      };
    }),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

function refuseSwapped(plaintext: Capture, encrypted: Capture): void {
  const modes = (capture: Capture): ReadonlySet<string> => new Set(capture.findings.conversations.map(({ mode }) => mode));
  const [first, second] = [modes(plaintext), modes(encrypted)];
  if (first.has('plaintext') || second.has('encrypted') || !first.has('encrypted') || !second.has('plaintext')) return;
  throw new Error(
    `Cannot compare: ${printable(plaintext.findings.file)} is the encrypted capture and ${printable(encrypted.findings.file)} the plaintext one: give them the other way round`,
  );
}

function chosen({ findings }: Capture, mode: 'plaintext' | 'encrypted'): ConversationFindings {
  const conversation = findings.conversations.find((candidate) => candidate.mode === mode);
  if (conversation !== undefined) return conversation;
  const others = findings.conversations.map((candidate) => candidate.mode);
  const holds = others.length === 0 ? 'no TCP conversation' : `no ${mode} conversation, only ${[...new Set(others)].join(' and ')}`;
  throw new Error(`Cannot compare: ${printable(findings.file)} holds ${holds}`);
}

function noteOnOthers({ findings }: Capture, { number, mode }: ConversationFindings): string[] {
  const count = findings.conversations.length;
  if (count === 1) return [];
  return [`${findings.file} holds ${count} conversations: number ${number} is compared, the first in ${mode} mode`];
}

function refuseEndless(said: readonly Said[], { streams }: ConversationFindings): void {
  const texts = new Set(said.map(({ text }) => text)).size;
  const bytes = streams.client.bytes + streams.server.bytes;
  if (texts * bytes <= MOST_WORK) return;
  throw new Error(`Cannot compare: ${texts} different messages are too many to search for in ${bytes} bytes: give a script with fewer`);
}

function haystacksOf({ haystacks }: Capture, number: number): readonly Haystack[] {
  return haystacks.filter(({ conversation }) => conversation === number);
}

function isSealedBy(message: ConversationFindings['messages'][number], side: Side): message is SealedMessage {
  return message.kind === 'sealed' && message.place.side === side;
}

type Search = (text: string) => readonly Hit[];

/** A text that is said twice is searched for once. */
function remembered(haystacks: readonly Haystack[]): Search {
  const known = new Map<string, readonly Hit[]>();
  return (text) => {
    const hits = known.get(text) ?? search(text, haystacks);
    known.set(text, hits);
    return hits;
  };
}

function verdictOn(text: string, find: Search, control: Control): Verdict {
  if (text === '') return { readable: false, control: { held: false, why: 'an empty message cannot be searched for' }, others: [] };
  const hits = find(text);
  const hit = hits.find(({ meaning }) => meaning === 'text');
  if (hit === undefined) return { readable: false, control, others: hits };
  return { readable: true, hit, others: hits.filter((other) => other !== hit) };
}

function controlBy(plaintext: Verdict): Control {
  if (plaintext.readable) return { held: true, hit: plaintext.hit };
  return { held: false, why: 'the same search does not find it in the plaintext capture either' };
}

/** Where a message is not in the capture at all, that the search does not find it says nothing. */
function nothingSearched(side: Side): Control {
  return { held: false, why: `the encrypted capture holds no message of the ${side} at this turn` };
}

/** The first TLS conversation of a capture, its records taken in turn. */
class TlsSide {
  readonly findings: CaptureFindings;
  readonly #find: Search;
  readonly #records: Readonly<Record<Side, readonly TlsMessage[]>>;
  readonly #turns = { client: 0, server: 0 };

  /** @throws Error where the capture holds none. */
  constructor(capture: Capture) {
    this.findings = capture.findings;
    const conversation = capture.findings.conversations.find(({ protocol }) => protocol?.name === 'TLS');
    if (conversation === undefined) throw new Error(`Cannot compare: ${printable(capture.findings.file)} holds no TLS conversation`);
    const haystacks = haystacksOf(capture, conversation.number);
    this.#find = remembered(haystacks);
    const recordsOf = (side: Side): readonly TlsMessage[] => haystacks.filter((haystack) => haystack.side === side).flatMap(tlsMessages);
    this.#records = { client: recordsOf('client'), server: recordsOf('server') };
  }

  next(side: Side, text: string, plaintext: Verdict): { readonly verdict: Verdict; readonly record: TlsMessage | null } {
    const record = this.#records[side][this.#turns[side]++] ?? null;
    const control: Control = record === null ? { held: false, why: `the tls capture holds no record of the ${side} at this turn` } : controlBy(plaintext);
    return { verdict: verdictOn(text, this.#find, control), record };
  }
}

/**
 * The plaintext side, in order: a message is looked for behind the one that its side said before, and as a line of its
 * own first, so that the server's `Bye` is not found inside the client's `Ok Bye`.
 */
class PlainSearch {
  readonly #haystacks: readonly Haystack[];
  readonly #find: Search;
  /** For each side, the places of each text that is a whole line, in order; those behind us are taken out. */
  readonly #lines = { client: new Map<string, ReadableMessage[]>(), server: new Map<string, ReadableMessage[]>() };
  readonly #reached = { client: 0, server: 0 };

  constructor({ messages }: ConversationFindings, haystacks: readonly Haystack[]) {
    this.#haystacks = haystacks;
    this.#find = remembered(haystacks);
    // Backwards, so that the next one is always the last of its list.
    for (const message of messages.toReversed()) {
      if (message.kind !== 'readable') continue;
      const lines = this.#lines[message.place.side];
      const same = lines.get(message.text);
      if (same === undefined) lines.set(message.text, [message]);
      else same.push(message);
    }
  }

  verdictOn(side: Side, text: string): Verdict {
    const hit = this.#line(side, text) ?? this.#within(side, text);
    if (hit === null) return verdictOn(text, this.#find, { held: false, why: 'this is the plaintext capture itself' });
    this.#reached[side] = hit.place.offset + Math.max(1, Buffer.byteLength(text));
    const others = text === '' ? [] : this.#find(text).filter((other) => !isSamePlace(other, hit));
    return { readable: true, hit, others };
  }

  #line(side: Side, text: string): Hit | null {
    const same = this.#lines[side].get(text) ?? [];
    for (let message = same.pop(); message !== undefined; message = same.pop()) {
      if (message.place.offset >= this.#reached[side] && this.#stands(message)) return { place: message.place, shape: 'as typed', meaning: 'text' };
    }
    return null;
  }

  /** Bytes that are no UTF-8 were shown as U+FFFD: that text is not what stands on the wire. */
  #stands({ place: { side, offset }, text }: ReadableMessage): boolean {
    const typed = Buffer.from(text);
    const stream = this.#haystacks.find((haystack) => haystack.side === side)?.stream;
    return stream?.bytes.subarray(offset, offset + typed.length).equals(typed) ?? false;
  }

  #within(side: Side, text: string): Hit | null {
    const haystack = this.#haystacks.find((candidate) => candidate.side === side);
    if (haystack === undefined || text === '') return null;
    for (const pattern of patternsOf(text)) {
      const [span] = haystack.spans(pattern, this.#reached[side]);
      if (span === undefined) continue;
      const place = placeOf(haystack.conversation, side, haystack.stream, span.start, span.end);
      const found = { place, shape: pattern.shape, meaning: 'text' } as const;
      if (this.#find(text).some((hit) => isSamePlace(hit, found) && hit.meaning !== 'text')) continue;
      return found;
    }
    return null;
  }
}

function isSamePlace(one: Hit, other: Hit): boolean {
  return one.shape === other.shape && one.place.side === other.place.side && one.place.offset === other.place.offset;
}
