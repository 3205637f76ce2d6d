/**
 * A chat whose messages are all in one disguise. The bytes of a side alone may not show it: where messages follow each
 * other without a border, base64 of one runs into base64 of the next. So the messages are told apart first, in each way
 * that fits, and then judged together.
 */
import { Readability } from '../content/readability.js';
import { coresOf } from '../disguises/dress.js';
import { disguiseOfMessages, disguisesThatFit, type Look, type Unread } from '../disguises/of-messages.js';
import { isText } from '../disguises/text-bytes.js';
import { beginsAsHttp } from '../framing/http-framing.js';
import { saysText } from './sealed-units.js';
import { toldWays, writtenWays, type ToldMessage } from './told-messages.js';
import { piecesOf } from '../tcp/pieces.js';
import { MOST_UNITS, behindLengths, divisionsOf, headsOf } from '../tcp/units.js';
import type { Disguises } from '../disguises/disguises.js';
import type { ReadabilityFindings } from '../findings/findings.js';
import type { Conversation } from '../tcp/conversation.js';
import type { HeldBytes, Run, Stream } from '../tcp/stream.js';
import { SIDES, type Side } from '../../protocol/side.js';

/** A message, and what it says in UTF-8; null if it is not in the disguise. Offsets as in {@link HeldBytes}. */
export interface DisguisedMessage extends Run {
  readonly text: Buffer | null;
}

export interface DisguisedChat {
  readonly as: Disguises;
  /** Present if nobody can read them, as in {@link SeenMessages}. */
  readonly unread?: Unread;
  readonly sides: Readonly<Record<Side, readonly DisguisedMessage[]>>;
}

/** Of both sides. In a longer conversation each side shows by itself what it is. */
const MOST_BYTES = 2 ** 17;
/** A conversation that is not longer is looked at closely. */
const MOST_SHORT = 2000;
/** Of the ways to tell the messages of both sides apart. */
const MOST_WAYS = 16;

/** null if there is no disguise that fits the messages of both sides. */
export function disguisedChat({ streams }: Conversation): DisguisedChat | null {
  const [client, server] = [streams.client.stream, streams.server.stream];
  const length = client.bytes.length + server.bytes.length;
  if (length > MOST_BYTES) return null;
  const isHttp = [client, server].some(({ bytes }) => beginsAsHttp(bytes, 0, bytes.length));
  const isLooked = !isHttp && (length <= MOST_SHORT || mayBeDisguised([client, server]));
  const areText = !isHttp && [client, server].every(saysText);
  const ways = [
    ...writtenWays(client, server),
    ...(isLooked ? waysOf(client, server) : []),
    ...toldWays(client, server),
  ].map(([one, other]): Way => ({ one, other, messages: [...one, ...other].map(({ bytes }) => bytes) }));
  // What needs no search in one division is surer than a key that was found in another.
  const found = firstIn(ways, { areText, isThorough: false }) ?? firstIn(ways, { areText, isThorough: true });
  if (found === null || !isHttp) return found;
  const { sides } = found;
  return { ...found, sides: { client: withHeads(client, sides.client), server: withHeads(server, sides.server) } };
}

/** The bodies of HTTP, and the lines of the heads between them, which are in no disguise. */
function withHeads({ bytes }: HeldBytes, bodies: readonly DisguisedMessage[]): readonly DisguisedMessage[] {
  let done = 0;
  const all = bodies.flatMap((body) => {
    const lines = linesBetween(bytes, done, body.start);
    done = body.end;
    return [...lines, body];
  });
  return [...all, ...linesBetween(bytes, done, bytes.length)];
}

function linesBetween(bytes: Buffer, start: number, end: number): readonly DisguisedMessage[] {
  const lines: DisguisedMessage[] = [];
  for (let at = start; at < end;) {
    const lf = bytes.indexOf(LF, at);
    const next = lf === -1 || lf >= end ? end : lf + 1;
    const stop = bytes[next - 1] === LF ? (bytes[next - 2] === CR ? next - 2 : next - 1) : next;
    if (stop > at) lines.push({ start: at, end: stop, text: null });
    at = next;
  }
  return lines;
}

function firstIn(ways: readonly Way[], look: Look): DisguisedChat | null {
  for (const { one, other, messages } of ways) {
    const found = disguiseOfMessages(messages, look);
    if (found === null || (found.unread !== undefined && !look.isThorough)) continue;
    const seen = (told: readonly ToldMessage[], from: number): readonly DisguisedMessage[] =>
      told.map(({ start, end }, index) => ({ start, end, text: found.texts[from + index] ?? null }));
    return { ...found, sides: { client: seen(one, 0), server: seen(other, one.length) } };
  }
  return null;
}

/** The messages of the client and of the server, as one way tells them apart; and the bytes of all of them. */
interface Way {
  readonly one: readonly ToldMessage[];
  readonly other: readonly ToldMessage[];
  readonly messages: readonly Buffer[];
}

/** By line ends, by lengths, and by what was sent at once. */
function waysOf(client: Stream, server: Stream): ReturnType<typeof toldWays> {
  const ofServer = orNone(divisionsOf(server, client)).map((runs) => messagesOf(server, withoutLineEnds(server, runs)));
  const ofClient = orNone(divisionsOf(client, server)).map((runs) => messagesOf(client, withoutLineEnds(client, runs)));
  const mixed = ofClient.flatMap((one) => ofServer.map((other) => [one, other] as const)).slice(0, MOST_WAYS);
  // Lengths that lead exactly to the end of both sides are surer than what was sent at once.
  const lengths = behindLengths(client, server).map(
    ([one, other]) => [messagesOf(client, one), messagesOf(server, other)] as const,
  );
  return [...lengths, ...mixed];
}

/** A quick look at the first messages: whether one disguise fits those of both sides. */
function mayBeDisguised(sides: readonly Stream[]): boolean {
  const [first, second] = sides.filter(({ bytes }) => bytes.length > 0);
  if (first === undefined) return false;
  const fitting = fittingFor(first);
  if (second === undefined || fitting.size === 0) return fitting.size > 0;
  return [...fittingFor(second)].some((name) => fitting.has(name));
}

function fittingFor(side: Stream): ReadonlySet<Disguises> {
  return new Set(
    headsOf(side).flatMap((head) => {
      const messages = messagesOf(side, head).map(({ bytes }) => bytes);
      const inner = coresOf(messages).map((cores) => cores.flatMap((core) => (core === null ? [] : [core.bytes])));
      return [messages, ...inner].flatMap(disguisesThatFit);
    }),
  );
}

/** One that has the most messages may not have all of them, and those that are left out would not be shown. */
function orNone(divisions: readonly (readonly Run[])[]): readonly (readonly Run[])[] {
  return divisions.length === 0 ? [[]] : divisions.filter(({ length }) => length < MOST_UNITS);
}

/** Where each message of a side ends in a line end, it marks the message and is no part of it. */
function withoutLineEnds({ bytes }: HeldBytes, runs: readonly Run[]): readonly Run[] {
  // Behind a zero it is the half of a character that has more bytes.
  if (!runs.every(({ start, end }) => end - start > 1 && bytes[end - 1] === LF && bytes[end - 2] !== 0)) return runs;
  const length = runs.every(({ start, end }) => end - start > 2 && bytes[end - 2] === CR) ? 2 : 1;
  return runs.map(({ start, end }) => ({ start, end: end - length }));
}
const LF = 0x0a;
const CR = 0x0d;

function messagesOf({ bytes }: HeldBytes, runs: readonly Run[]): readonly ToldMessage[] {
  return runs.map(({ start, end }) => ({ start, end, bytes: bytes.subarray(start, end) }));
}

/** The sides whose messages nothing marks: each is a piece that was sent at once, which is a guess. */
export function guessedIn({ sides }: DisguisedChat): readonly Side[] {
  return SIDES.filter((side) => {
    const messages = sides[side];
    return messages.length > 1 && messages.every(({ end }, index) => (messages[index + 1]?.start ?? end) === end);
  });
}

/** Bytes by what they are, as in {@link ReadabilityFindings}. */
type Found = Record<'text' | 'letters' | 'encoded' | 'framing' | 'other', number>;

/** How much of a side can be read, now that its messages are known. `before`: what its bytes alone showed. */
export function readabilityOf(
  { as, unread }: DisguisedChat,
  messages: readonly DisguisedMessage[],
  { bytes }: HeldBytes,
  before: ReadabilityFindings,
): ReadabilityFindings {
  const found: Found = { text: 0, letters: 0, encoded: 0, framing: 0, other: 0 };
  const disguised = new Map<Disguises, number>();
  const between = (start: number, end: number): void => {
    found[isText(bytes.subarray(start, end), end - start) ? 'text' : 'framing'] += end - start;
  };
  let done = 0;
  for (const { start, end, text } of messages) {
    between(done, start);
    if (text !== null) disguised.set(as, (disguised.get(as) ?? 0) + end - start);
    else if (unread !== undefined) found[unread] += end - start;
    else addAlone(bytes.subarray(start, end), found, disguised);
    done = end;
  }
  between(done, bytes.length);
  const { framing, letters, ...counts } = found;
  return {
    ...counts,
    disguised: Object.fromEntries(disguised),
    entropy: counts.other === 0 ? null : before.entropy,
    samples: [],
    ...(framing === 0 ? {} : { framing }),
    ...(letters === 0 ? {} : { letters }),
  };
}

/** A longer side is not judged again. */
const MOST_PIECES = 65_536;

/**
 * How much of a side can be read that sends no line ends. Judged one behind the other, its messages may look like one
 * row of letters that none of them is. `before`: what that showed.
 */
export function readabilityInPieces(stream: Stream, other: Stream, before: ReadabilityFindings): ReadabilityFindings {
  const looksEncoded = before.encoded > 0 || Object.keys(before.disguised).length > 0;
  const pieces = looksEncoded && stream.bytes.length <= MOST_PIECES ? piecesOf(stream, other) : null;
  if (pieces === null) return before;
  const found: Found = { text: 0, letters: 0, encoded: 0, framing: 0, other: 0 };
  const disguised = new Map<Disguises, number>();
  for (const { start, next } of pieces) addAlone(stream.bytes.subarray(start, next), found, disguised);
  const { framing, letters, ...counts } = found;
  return {
    ...before,
    ...counts,
    disguised: Object.fromEntries(disguised),
    entropy: counts.other === 0 ? null : before.entropy,
    samples: before.samples.filter(({ as }) => disguised.has(as) || as === 'text'),
    ...(framing === 0 ? {} : { framing }),
    ...(letters === 0 ? {} : { letters }),
  };
}

/** A message that is not in the disguise of the others is judged alone: it may be text, or a token. */
function addAlone(message: Buffer, found: Found, disguised: Map<Disguises, number>): void {
  const readability = new Readability();
  readability.take(message, 0, message.length, true);
  const alone = readability.findings();
  found.text += alone.text;
  found.encoded += alone.encoded;
  found.other += alone.other;
  found.framing += alone.framing ?? 0;
  found.letters += alone.letters ?? 0;
  for (const [name, count] of Object.entries(alone.disguised)) disguised.set(name, (disguised.get(name) ?? 0) + count);
}
