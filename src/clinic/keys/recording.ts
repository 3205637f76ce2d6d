/**
 * One conversation that several questions about keys share: the pair is started once, and what is typed is chosen so
 * that it shows how the messages are sealed. On each way one sentence is said twice, others of the same length between,
 * and one letter many times.
 */
import { encodedIn } from '../../eavesdropper/chat/sealed-units.js';
import type { Side } from '../../protocol/side.js';
import { doesNotApply, type DoesNotApply } from '../finding.js';
import { sideOf, type Road, type Seat } from '../seat.js';
import type { Stage } from '../stage.js';
import type { Talk } from '../talk.js';
import type { Chunk } from '../wire/treatment.js';

/** What was typed, and all that its program sent meanwhile. Only what was shown on the other side is recorded. */
export interface Message {
  readonly road: Road;
  readonly text: string;
  readonly kind: Kind;
  readonly bytes: Buffer;
  readonly frames: readonly number[];
  /** In which it crossed. */
  readonly chunks: readonly Chunk[];
  /** Whether the other side sent something meanwhile. */
  readonly isAnswered: boolean;
}

/** `first` and `again` are the same sentence; `other` and `last` have its length; `letter` is one letter many times. */
type Kind = 'first' | 'other' | 'again' | 'letter' | 'last';
const KINDS: readonly Kind[] = ['first', 'other', 'again', 'letter', 'last'];

export interface Recording {
  readonly run: number;
  readonly roads: readonly Road[];
  readonly messages: readonly Message[];
  /** What came to the relay before the first message, and all that came. */
  readonly handshake: readonly Chunk[];
  readonly captures: Readonly<Record<Side, string>>;
}

/** All have the same length, and differ in nearly each letter. They are short, for a program may seal no long ones. */
const FIRST_ROAD = ['Please meet me at the old bridge at noon', 'Nobody knows why that dog barks so early'];
const SECOND_ROAD = ['My brother will paint our kitchen yellow', 'It rained last week and the river is big'];
const LETTER_TIMES = 48;

function textsFor(road: number): readonly string[] {
  const [said, others, letter] = road % 2 === 0 ? [FIRST_ROAD, SECOND_ROAD, 'a'] : [SECOND_ROAD, FIRST_ROAD, 'e'];
  return [said[0] ?? '', said[1] ?? '', said[0] ?? '', letter.repeat(LETTER_TIMES), others[1] ?? ''];
}

const RECORDINGS = new WeakMap<Stage, Promise<Recording>>();

/** The recording of this check. It is made when it is asked for first. @throws StartFailed, OutOfTime */
export function recordingOf(stage: Stage): Promise<Recording> {
  const known = RECORDINGS.get(stage) ?? record(stage);
  RECORDINGS.set(stage, known);
  return known;
}

async function record(stage: Stage): Promise<Recording> {
  const talk = await stage.open();
  const roads = stage.facts.manner?.roads ?? [];
  const messages: Message[] = [];
  try {
    for (const [index, kind] of KINDS.entries()) {
      for (const [number, road] of roads.entries()) {
        const text = textsFor(number)[index] ?? '';
        const message = await recorded(talk, road, text, kind);
        if (message !== null) messages.push(message);
      }
    }
  } finally {
    await talk.close();
  }
  const { run, captures } = talk;
  return { run, roads, ...withoutHandshake(messages, talk.wire.came), captures };
}

/** More than so many bytes more than when it is said again: something else went with it. */
const MOST_MORE = 16;

/**
 * A start is slow on a busy machine, so keys may cross only when the first sentences have been typed. What came before
 * the end of the first message, and is no part of a message, is the handshake. So is a first message with which
 * something else went.
 */
export function withoutHandshake(
  recorded: readonly Message[],
  came: readonly Chunk[],
): Pick<Recording, 'messages' | 'handshake'> {
  const messages = recorded.filter(({ kind, road, bytes }) => {
    const again = recorded.find((each) => each.kind === 'again' && each.road === road);
    return kind !== 'first' || again === undefined || bytes.length <= again.bytes.length + MOST_MORE;
  });
  const own = new Set(messages.flatMap(({ chunks }) => chunks));
  const first = messages[0]?.chunks.at(-1)?.number ?? Infinity;
  return { messages, handshake: came.filter((chunk) => chunk.number < first && !own.has(chunk)) };
}

/** null where it was not shown. */
async function recorded(talk: Talk, road: Road, text: string, kind: Kind): Promise<Message | null> {
  const { shown, chunks } = await talk.sayOn(road, text);
  if (shown[road.to] !== 'whole') return null;
  const own = chunks.filter(({ from, link }) => from === sideOf(road.from) && link === linkOf(road.from));
  const frames = own.flatMap(({ frame }) => (frame === null ? [] : [frame]));
  const isAnswered = own.length < chunks.filter(({ link }) => link === linkOf(road.from)).length;
  return { road, text, kind, bytes: Buffer.concat(own.map(({ bytes }) => bytes)), frames, chunks: own, isAnswered };
}

/** The connection of this program. */
function linkOf(seat: Seat): number {
  return seat === 'second' ? 1 : 0;
}

/** The bytes as they crossed, and what comes out of base64 and hex in them: each part, and all parts together. */
export function formsOf(bytes: Buffer): readonly Buffer[] {
  const decoded = encodedIn(bytes).map((part) => part.bytes);
  return [bytes, ...decoded, ...(decoded.length > 1 ? [Buffer.concat(decoded)] : [])];
}

/** Whether anybody can read the text in it: as it is, in other capitals, in two bytes a letter, in base64 or in hex. */
function isInTheClear({ bytes, text }: Message): boolean {
  return formsOf(bytes).some((form) => {
    const latin1 = form.toString('latin1').toLowerCase();
    return [latin1, latin1.replaceAll('\0', '')].some((each) => each.includes(text.toLowerCase()));
  });
}

/**
 * “Does not apply”, with what was seen, where every message can be read as it crosses: then questions about their seal
 * have nothing to ask. null where at least one cannot be read, or where there is none.
 *
 * @param without what the pair does not have, as the end of a sentence: “so there is no key to replace”.
 */
export function nothingSealed({ messages, run }: Recording, without: string): DoesNotApply | null {
  const [first] = messages;
  if (first === undefined || !messages.every(isInTheClear)) return null;
  const where = { run, frames: first.frames, half: sideOf(first.road.from) };
  return doesNotApply(`The messages are not encrypted, ${without}`, [
    { seen: `“${first.text}”, which was typed, can be read in what crossed.`, ...where },
  ]);
}

/**
 * “Does not apply”, where nothing crosses before the first message, and nothing goes with it that does not go with it
 * when it is said again: so no program has got a key over this connection. null where something does.
 */
export function noKeyCrosses({ messages, handshake }: Recording): DoesNotApply | null {
  const [first] = messages;
  const again = messages.find(({ kind, road }) => kind === 'again' && road === first?.road);
  if (handshake.length > 0 || first?.kind !== 'first' || again === undefined) return null;
  if (first.isAnswered || again.bytes.length !== first.bytes.length) return null;
  return doesNotApply(
    'Nothing crosses before the first message, so no key is exchanged: both programs have one already',
  );
}

/** Those that cannot be read as they cross. */
export function sealedIn({ messages }: Recording): readonly Message[] {
  return messages.filter((message) => !isInTheClear(message));
}
