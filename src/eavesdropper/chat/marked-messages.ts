/** Messages that something else marks than line ends: a length before each, WebSocket's frames, or their own format. */
import { Readability, type OnMessage } from '../content/readability.js';
import { marksMessages } from '../framing/framing.js';
import type { HeldBytes } from '../tcp/stream.js';

/** Offsets in the stream, with what marks the message. */
export interface MarkedMessage {
  readonly start: number;
  readonly end: number;
  /** What of it can be read without a key. */
  readonly text: string;
}

export interface MarkedSide {
  readonly messages: readonly MarkedMessage[];
  /** Those that are not kept included. */
  readonly count: number;
  /** How they are marked, for people. */
  readonly marks: string;
}

/** Whether half of what two sides sent can be read, without what only marks messages; null if nothing does. */
export function areMarkedAndReadable(one: HeldBytes, other: HeldBytes): boolean | null {
  if (!isMarked(one) && !isMarked(other)) return null;
  let [readable, all] = [0, 0];
  for (const stream of [one, other]) {
    const { text, disguised, framing = 0 } = judged(stream, null).findings();
    readable += Object.values(disguised).reduce((sum, bytes) => sum + bytes, text);
    all += stream.bytes.length - framing;
  }
  return 2 * readable >= all;
}

/** null if nothing but line ends marks the messages. `most`: messages that are kept. */
export function markedSide(stream: HeldBytes, most: number): MarkedSide | null {
  if (stream.base > 0 || !isMarked(stream)) return null;
  const messages: MarkedMessage[] = [];
  let count = 0;
  const readability = judged(stream, (start, end, text) => {
    if (text.length === 0) return;
    count += 1;
    if (messages.length < most) messages.push({ start, end, text: text.toString('utf8') });
  });
  const { marks = '' } = readability.findings();
  return { messages, count, marks };
}

/** The answer for so many bytes of a stream: it is asked for the mode, and again for the messages. */
const known = new WeakMap<HeldBytes, { readonly length: number; readonly isMarked: boolean }>();

function isMarked(stream: HeldBytes): boolean {
  const { bytes, base } = stream;
  const length = base + bytes.length;
  const before = known.get(stream);
  if (before?.length === length) return before.isMarked;
  const answer = { length, isMarked: marksMessages(bytes) };
  known.set(stream, answer);
  return answer.isMarked;
}

function judged(stream: HeldBytes, onMessage: OnMessage | null): Readability {
  const readability = new Readability(null, 0, onMessage);
  for (const { start, end } of stream.runs()) {
    readability.take(stream.bytes, start, end, true);
    readability.gap();
  }
  return readability;
}
