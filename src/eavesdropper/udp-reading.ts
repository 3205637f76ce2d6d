/** Reads what went between two ends in datagrams of UDP: each datagram is a message. */
import { Readability } from './content/readability.js';
import { disguiseOfMessages, type SeenMessages } from './disguises/of-messages.js';
import { isText, isTyped } from './disguises/text-bytes.js';
import { countPassing } from '../bytes/bisection.js';
import type { Datagram, UdpTalk } from './datagrams.js';
import type { ReadableMessage, UdpConversation } from './findings/findings.js';
import type { TextSource } from './search/seen-texts.js';
import type { HeldBytes } from './tcp/stream.js';
import type { Side } from '../protocol/side.js';

/** The most messages that are listed for two ends. */
const MOST_MESSAGES = 10_000;
/** So many datagrams are looked at closely, if none of them can be read. */
const MOST_IN_VAIN = 64;
/** Longer talks show in each message by itself what it is. */
const MOST_TOGETHER = 2 ** 17;

/** What is told of two ends, and for each side what is searched. */
export interface ReadUdp {
  readonly findings: UdpConversation;
  readonly sides: Readonly<Record<Side, UdpSide>>;
}

export interface UdpSide {
  readonly stream: HeldBytes;
  /** null where each text shows by itself which disguise it is in. */
  readonly texts: TextSource | null;
}

/** `number`: of these two ends among all, from 0. */
export function readUdp({ client, server, datagrams }: UdpTalk, number: number): ReadUdp {
  const together = seenTogether(datagrams);
  const said = saidInAll(datagrams, together);
  const offsets = { client: 0, server: 0 };
  const messages: ReadableMessage[] = [];
  let [readable, bytes, count] = [0, 0, 0];
  for (const [index, { side, frame, time, bytes: payload }] of datagrams.entries()) {
    const offset = offsets[side];
    offsets[side] += payload.length;
    bytes += payload.length;
    const text = together?.texts[index] ?? null;
    const says = said[index] ?? null;
    if (says === null) continue;
    readable += payload.length;
    count += 1;
    if (messages.length === MOST_MESSAGES) continue;
    const place = { conversation: number, transport: 'UDP', side, offset, frame, lastFrame: frame, time } as const;
    const as = text === null || together === null ? {} : { as: together.as };
    messages.push({ kind: 'readable', number: count, place, text: says, ...as });
  }
  const side = (which: Side): UdpSide => {
    const sent = datagrams.filter((each) => each.side === which);
    const stream = streamOf(sent);
    return { stream, texts: together === null ? null : textsOf(together, datagrams, which) };
  };
  return {
    findings: {
      client,
      server,
      datagrams: datagrams.length,
      bytes,
      readable,
      messages,
      ...(count > messages.length ? { unlistedMessages: count - messages.length } : {}),
      ...(together === null ? {} : { disguise: together.as }),
    },
    sides: { client: side('client'), server: side('server') },
  };
}

/** What each datagram says; null for one that nobody can read, or that only looks like text by accident. */
function saidInAll(datagrams: readonly Datagram[], together: SeenMessages | null): readonly (string | null)[] {
  let count = 0;
  const said = datagrams.map(({ bytes }, index) => {
    const text = together?.texts[index] ?? null;
    if (text !== null) return text.toString('utf8');
    // A call or a film is thousands of datagrams, and a look at each takes long.
    const isHopeless = index >= MOST_IN_VAIN && count === 0 && !isText(bytes, bytes.length);
    const says = isHopeless ? null : saidIn(bytes);
    if (says !== null) count += 1;
    return says;
  });
  if (together !== null || count === 0) return said;
  const bytesOf = (isSaid: boolean): number =>
    datagrams.reduce((sum, { bytes }, index) => sum + ((said[index] !== null) === isSaid ? bytes.length : 0), 0);
  // Random bytes look like text now and then, the shorter the more often.
  if (2 * count < datagrams.length) {
    const least = (Math.log(bytesOf(false) + 1) + NATS_OF_DOUBT) / NATS_PER_BYTE;
    return said.map((says, index) => ((datagrams[index]?.bytes.length ?? 0) >= least ? says : null));
  }
  return bytesOf(true) >= SURELY_TEXT ? said : said.map((says) => (says !== null && isUsual(says) ? says : null));
}

/** As in `content/readability.ts`. */
const NATS_PER_BYTE = 0.8;
const NATS_OF_DOUBT = 9.2;
/** So many bytes of text are no accident, whatever signs they have. */
const SURELY_TEXT = 24;
/** What most of what people send consists of, beside letters of other scripts; and how these follow each other. */
const USUAL = /^[A-Za-z0-9 .,!?':\r\n-]*$/;
const ODD_PAIRS = /[a-z][A-Z]|\d[A-Za-z]|[A-Za-z]\d|[A-Za-z][.,!?:][A-Za-z]/g;
const CHARACTERS_PER_ODD = 6;

/** Eight random bytes are so in fewer than 1 of 10,000 cases. */
function isUsual(says: string): boolean {
  const text = says.normalize('NFC');
  const ascii = text.replace(/[^\p{ASCII}]/gu, '');
  const odd = says.match(ODD_PAIRS)?.length ?? 0;
  if (!USUAL.test(ascii) || CHARACTERS_PER_ODD * odd > says.length) return false;
  return ascii === text || (!MODIFIERS.test(text) && isTyped(Buffer.from(text)));
}
/** Marks that belong to no letter before them. */
const MODIFIERS = /[\p{Lm}\p{Script=Inherited}]/u;

/** null where they are in no disguise together. */
function seenTogether(datagrams: readonly Datagram[]): SeenMessages | null {
  if (datagrams.reduce((sum, { bytes }) => sum + bytes.length, 0) > MOST_TOGETHER) return null;
  const seen = disguiseOfMessages(datagrams.map(({ bytes }) => withoutLineEnd(bytes)));
  return seen?.unread === undefined ? seen : null;
}

const LF = 0x0a;
const CR = 0x0d;

function withoutLineEnd(bytes: Buffer): Buffer {
  const end = bytes.length - 1;
  if (end < 1 || bytes[end] !== LF || bytes[end - 1] === 0) return bytes;
  return bytes.subarray(0, bytes[end - 1] === CR ? end - 1 : end);
}

/** What anyone can read of one datagram; null if most of it is not text. */
function saidIn(payload: Buffer): string | null {
  const texts: Buffer[] = [];
  let readable = 0;
  const readability = new Readability((_, start, end, text, __, standing) => {
    if (standing === 'marked' && texts.length > 0) texts.push(BETWEEN);
    texts.push(Buffer.from(text));
    if (standing !== 'among noise') readable += end - start;
  });
  readability.take(payload, 0, payload.length, true);
  const { encoded, framing = 0 } = readability.findings();
  if (2 * readable <= payload.length - framing) return null;
  const isPlain = encoded === 0 && readable === payload.length && isText(payload, payload.length);
  const said = isPlain && texts.length === 1 ? payload : Buffer.concat(texts);
  return said.toString('utf8').replace(/\r?\n$/, '');
}

/** Between two strings of one message. */
const BETWEEN = Buffer.from(', ');

/** The datagrams of a side, one behind the other; no text goes on from one to the next. */
function streamOf(datagrams: readonly Datagram[]): HeldBytes {
  let end = 0;
  const runs = datagrams.map(({ bytes }) => ({ start: end, end: (end += bytes.length) }));
  return {
    transport: 'UDP',
    base: 0,
    bytes: Buffer.concat(datagrams.map(({ bytes }) => bytes)),
    runs: () => runs,
    missingBefore: () => 0,
    carrierOf: (offset) => {
      const { frame = 0, time = 0 } =
        datagrams[countPassing(runs.length, (index) => (runs[index]?.end ?? Infinity) <= offset)] ?? {};
      return { frame, time };
    },
  };
}

function textsOf({ as, texts }: SeenMessages, datagrams: readonly Datagram[], side: Side): TextSource {
  let end = 0;
  const messages = datagrams.flatMap(({ side: from, bytes }, index) =>
    from === side ? [{ start: end, end: (end += bytes.length), text: texts[index] ?? null }] : [],
  );
  const found = messages.flatMap(({ text, ...run }) =>
    text === null ? [] : [{ shape: as, ...run, text, carried: 0 }],
  );
  return { take: () => found, messages };
}
