/**
 * Reads a conversation as a servchat chat: which mode it is in, what its handshake says, who said what and when. Only
 * the bytes count, because nothing else on the wire shows these things.
 *
 * - `encrypted`: the client begins with `HELLO servchat/`. If its beginning was not captured: every whole line is a
 *   frame of the protocol, and at least one contains a Fernet token.
 * - `plaintext`: more than half of the bytes of both sides are in lines of UTF-8, and half of the lines can
 *   be read. A line that is not UTF-8 does not make the others unreadable; its invalid bytes are shown as U+FFFD.
 *   Where something else than line ends marks messages, half of the bytes between the marks can be read.
 *   A chat whose messages are all in a disguise such as base64 is plaintext too: anyone can read it.
 * - `unknown`: everything else, and a conversation in which neither side said anything.
 */
import { isUtf8 } from 'node:buffer';
import { createHash, createPublicKey } from 'node:crypto';
import { beginsAsFrame, frameOf, isHello } from '../../protocol/frames.js';
import { MAX_LINE_BYTES } from '../../protocol/lines.js';
import { TokenFormatError, parseToken, textBytesWithin } from '../../protocol/token.js';
import { isInToyCipher, isSurelyNoise, isSurelyReadable, isWhollyReadable } from '../content/quick-looks.js';
import { Readability } from '../content/readability.js';
import { disguisedChat, guessedIn, type DisguisedChat } from './disguised-chat.js';
import { areMarkedAndReadable, markedSide, type MarkedSide } from './marked-messages.js';
import { beginsAsUsual, isPerhapsNoLanguage } from '../disguises/letter-pairs.js';
import { isText } from '../disguises/text-bytes.js';
import { isToyCipher } from '../disguises/disguises.js';
import { CORRECTED_TYPING } from '../disguises/framed.js';
import { editedLine, holdsEdit } from '../framing/edited-line.js';
import { lineAt, linesOf } from '../tcp/lines.js';
import { piecesOf } from '../tcp/pieces.js';
import { saidIn, telnetLinesOf } from '../tcp/telnet-lines.js';
import { placeOf } from '../tcp/place.js';
import { areMadeOfText } from '../tcp/text-chat.js';
import type { Frame, MessageFrame } from '../../protocol/frames.js';
import type { Conversation } from '../tcp/conversation.js';
import type { ProtocolFindings } from '../content/protocols.js';
import type {
  ConversationFindings,
  HandshakeFindings,
  Place,
  ReadableMessage,
  SealedMessage,
  SeenMessage,
} from '../findings/findings.js';
import type { Line } from '../tcp/lines.js';
import type { Stream } from '../tcp/stream.js';
import { SIDES, type Side } from '../../protocol/side.js';

export type SeenMode = ConversationFindings['mode'];

export interface Chat {
  readonly mode: SeenMode;
  readonly handshake: HandshakeFindings | null;
  readonly messages: readonly SeenMessage[];
  /** How many messages are not listed. */
  readonly unlisted: number;
  /** The sides that send no line ends. Each of their messages is a piece that was sent at once, which is a guess. */
  readonly guessed: readonly Side[];
  /** null unless its messages are in a disguise that they show only together. */
  readonly disguised: DisguisedChat | null;
}

/** Adds to a chat what a key reveals. A listener has no key, so the caller has to bring the opener. */
export type ChatOpener = (conversation: Conversation, chat: Chat) => OpenedChat;

export interface OpenedChat {
  /** null for a chat that has nothing to decrypt. */
  readonly opening: ConversationFindings['opening'];
  readonly messages: readonly SeenMessage[];
}

/** The most messages that are listed for one conversation. */
export const MAX_MESSAGES = 100_000;

/** `most`: how many messages are listed. `protocol`: its name if it is known; then line ends mark its lines. */
export function readChat(
  conversation: Conversation,
  most: number = MAX_MESSAGES,
  protocol: ProtocolFindings['name'] | null = null,
): Chat {
  const mode = protocol === 'Telnet' ? 'plaintext' : modeByItsBytes(conversation);
  const handshake = mode === 'encrypted' ? handshakeOf(conversation) : null;
  const isOther = protocol !== null && protocol !== 'HTTP';
  const disguised = mode === 'encrypted' || isOther ? null : disguisedChat(conversation);
  if (disguised !== null && disguised.unread !== 'encoded')
    return { mode: modeIn(disguised), handshake, ...disguisedMessages(conversation, disguised, most), disguised };
  if (disguised !== null || (mode === 'unknown' && !areLetters(conversation)))
    return { mode: 'unknown', handshake, messages: [], unlisted: 0, guessed: [], disguised };
  if (mode !== 'encrypted')
    return { mode, handshake, ...inOrder(conversation, plaintextMessages, most, protocol), disguised };
  return { mode, handshake, ...inOrder(conversation, encryptedMessages, most, 'servchat'), disguised };
}

/**
 * Returns the frame in the line from `start` to `end`, or null if the line is not exactly a frame, byte for byte, as
 * its receiver would read it.
 */
export function frameIn(bytes: Buffer, { start, end }: Pick<Line, 'start' | 'end'>): Frame | null {
  if (end - start >= MAX_LINE_BYTES || !beginsAsFrame(bytes, start)) return null;
  return frameOf(bytes.subarray(start, end));
}

/** The mode of a chat whose messages are not read. */
export function modeOf(conversation: Conversation): SeenMode {
  const mode = modeByItsBytes(conversation);
  if (mode === 'encrypted' || (mode === 'plaintext' && SIDES.every((side) => beginsAsText(conversation, side))))
    return mode;
  const disguised = disguisedChat(conversation);
  return disguised === null ? mode : modeIn(disguised);
}

function beginsAsText({ streams }: Conversation, side: Side): boolean {
  const { bytes } = streams[side].stream;
  return beginsAsUsual(bytes, 0, bytes.length);
}

/** Words come out of a toy cipher without a key, but nobody reads them as they cross the wire. */
function modeIn({ as, unread }: DisguisedChat): SeenMode {
  return unread !== undefined || isToyCipher(as) ? 'unknown' : 'plaintext';
}

/** Lines of letters that are perhaps no words are shown, so that a person can judge them. */
function areLetters({ streams }: Conversation): boolean {
  const [client, server] = [streams.client.stream, streams.server.stream];
  return (
    areMadeOfText(client, server) &&
    [client, server].some(({ bytes }) => isPerhapsNoLanguage(bytes, 0, Math.min(bytes.length, TOY_BYTES)))
  );
}

export function modeByItsBytes({ streams, hasStart }: Conversation): SeenMode {
  const sides = SIDES.map((side) => streams[side].stream);
  // If the server says HELLO, someone typed it. But which side is the client is certain only if the opening was
  // captured.
  const greeting = hasStart ? [streams.client.stream] : sides;
  if (greeting.some(({ bytes }) => isHello(bytes)) || areMadeOfFrames(sides, hasStart)) return 'encrypted';
  const [client, server] = [streams.client.stream, streams.server.stream];
  const isReadable = areMarkedAndReadable(client, server) ?? (areMadeOfText(client, server) && areReadable(sides));
  return isReadable && !sides.some(isInToy) ? 'plaintext' : 'unknown';
}

function isInToy({ bytes }: Stream): boolean {
  return isInToyCipher(bytes, 0, Math.min(bytes.length, TOY_BYTES));
}

/** Enough to tell a toy cipher. */
const TOY_BYTES = 2048;

/** How many lines of each side are examined, from its start. Ciphertext in letters and digits shows itself soon. */
const LINES_LOOKED_AT = 200;
const MOST_OF_LINE = 4096;

/**
 * Whether a person can read half of the lines. Lines of hex whose content is ciphertext are valid UTF-8 too. Of those,
 * the short ones look like words; so where several long ones have most of the bytes, the chat is not readable either.
 */
function areReadable(sides: readonly Stream[]): boolean {
  if (sides.every(isReadableAtOnce)) return true;
  const counts: LineCounts = {
    lines: { readable: 0, other: 0, blank: 0 },
    bytes: { readable: 0, other: 0, blank: 0 },
  };
  const shared = sharedStart(sides);
  for (const stream of sides) readLines(stream, sides.find((each) => each !== stream) ?? stream, shared, counts);
  const { readable, other } = counts.lines;
  // More lines than were still to come: they cannot change it.
  if (Math.max(readable, other) > LINES_LOOKED_AT) return readable > other;
  const isOften = other >= LEAST_OTHERS.lines && other >= LEAST_OTHERS.share * (readable + other);
  const isMostlyOther = isOften && counts.bytes.other >= counts.bytes.readable;
  return readable >= other && !isMostlyOther;
}
/** A chat stays one if someone pastes a token or a picture into it. */
const LEAST_OTHERS = { lines: 3, share: 0.25 } as const;

type Reading = 'readable' | 'other' | 'blank';

interface LineCounts {
  readonly lines: Record<Reading, number>;
  readonly bytes: Record<Reading, number>;
}

/** A longer side is looked at line by line, also if it has none. */
const MOST_IN_PIECES = 65_536;

/** Fewer lines may begin alike by accident; and so many bytes are more than a name. */
const LEAST_ALIKE = { lines: 4, bytes: 16 } as const;

/** With how many bytes all of the first lines begin, such as the header of an encrypted token. They say nothing. */
function sharedStart(sides: readonly Stream[]): number {
  let [first, length, lines]: [Buffer | null, number, number] = [null, 0, 0];
  for (const { bytes } of sides) {
    for (let start = 0; start < bytes.length && lines < LINES_LOOKED_AT; lines += 1) {
      const { end, next } = lineAt(bytes, start);
      const line = bytes.subarray(start, end);
      if (first === null) [first, length] = [line, line.length];
      let alike = 0;
      while (alike < Math.min(length, line.length) && first[alike] === line[alike]) alike += 1;
      length = alike;
      if (length < LEAST_ALIKE.bytes) return 0;
      start = next;
    }
  }
  return lines < LEAST_ALIKE.lines ? 0 : length;
}

/** `other`: what the other side sent, which parts the pieces of a side that sends no line ends. */
function readLines(stream: Stream, other: Stream, shared: number, counts: LineCounts): void {
  let lines = 0;
  const pieces = stream.bytes.length <= MOST_IN_PIECES ? piecesOf(stream, other) : null;
  for (const { start, end } of pieces?.slice(0, LINES_LOOKED_AT) ?? []) {
    const found = readingOf(stream.bytes, Math.min(end, start + shared), Math.min(end, start + MOST_OF_LINE));
    counts.lines[found] += 1;
    counts.bytes[found] += end - start;
  }
  if (pieces !== null) return;
  for (const run of stream.runs()) {
    const held = stream.bytes.subarray(0, run.end);
    for (let start = run.start; start < run.end && lines < LINES_LOOKED_AT; lines += 1) {
      if (Math.max(counts.lines.readable, counts.lines.other) > LINES_LOOKED_AT) return;
      const { end, next } = lineAt(held, start);
      const found = readingOf(held, Math.min(end, start + shared), Math.min(end, start + MOST_OF_LINE));
      counts.lines[found] += 1;
      counts.bytes[found] += end - start;
      start = next;
    }
  }
}

/** A quick look at all lines together. */
function isReadableAtOnce({ bytes }: Stream): boolean {
  return bytes.length <= MOST_AT_ONCE && isWhollyReadable(bytes);
}
const MOST_AT_ONCE = 65_536;

function readingOf(bytes: Buffer, start: number, end: number): Reading {
  if (end > start && (bytes[start] ?? 0) > SPACE && isSurelyReadable(bytes, start, end)) return 'readable';
  if (isSurelyNoise(bytes, start, end) || isWholeBase64(bytes.toString('latin1', start, end))) return 'other';
  const line = withoutNames(withoutEscapes(bytes.subarray(start, end)));
  if (line.every((byte) => byte <= SPACE)) return 'blank';
  return isReadable(line) ? 'readable' : 'other';
}

/**
 * Whether a line is base64 from its first letter to its last, and says nothing. Half of such lines alone could be a
 * name; nobody types only such lines.
 */
function isWholeBase64(line: string): boolean {
  if (line.length < LEAST_BASE64 || line.length % 4 !== 0 || !WHOLE_BASE64.test(line)) return false;
  if (PLAIN_WORD.test(line) || UUID.test(line)) return false;
  const content = Buffer.from(line, 'base64');
  return !isText(content, content.length);
}
const LEAST_BASE64 = 12;
const WHOLE_BASE64 = /^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}$/;
/** RFC 9562: a name that a program gives. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** A word, a number, or several of them with a sign between. */
const PLAIN_WORD = /^(?:(?:[A-Z]?[a-z]+|[A-Z]+|\d+)(?:[-_/+]|$))+$/;

// eslint-disable-next-line no-control-regex -- escape sequences begin with ESC
const TERMINAL = /\x1b\[[0-9;]*[A-Za-z]/g;

const ESC = 0x1b;
const SPACE = 0x20;

/** Escape sequences say nothing to a reader, but they are not ciphertext. */
function withoutEscapes(line: Buffer): Buffer {
  return line.includes(ESC) ? Buffer.from(line.toString('latin1').replace(TERMINAL, ''), 'latin1') : line;
}

/** In JSON, people write the values. Names and signs say nothing of whether those can be read. */
function withoutNames(line: Buffer): Buffer {
  if (line[0] !== BRACE) return line;
  const values = line
    .toString('latin1')
    .replace(JSON_NAME, ' ')
    // Brackets around numbers show that a program printed them.
    .replace(/\[\s*\]|[{},"]/g, ' ');
  return Buffer.from(values, 'latin1');
}
const BRACE = 0x7b;
const JSON_NAME = /"(?:[^"\\]|\\.)*"\s*:/g;

function isReadable(line: Buffer): boolean {
  let readable = 0;
  const readability = new Readability((...[as, start, end, , , standing]) => {
    if (standing !== 'among noise' && !isToyCipher(as)) readable += end - start;
  });
  readability.take(line, 0, line.length, true);
  return 2 * readable >= line.length;
}

/**
 * Whether this is an encrypted chat whose beginning is missing. A line that may lack its own beginning need not be a
 * frame.
 */
function areMadeOfFrames(sides: readonly Stream[], hasStart: boolean): boolean {
  let tokens = 0;
  for (const stream of sides) {
    const { bytes } = stream;
    for (const line of linesOf(stream)) {
      const frame = frameIn(bytes, line);
      if (frame?.kind === 'MESSAGE' && tokenOf(frame) !== null) tokens += 1;
      else if (frame === null && line.whole && (hasStart || line.start > 0)) return false;
    }
  }
  return tokens > 0;
}

function handshakeOf(conversation: Conversation): HandshakeFindings {
  const found: { -readonly [Part in keyof HandshakeFindings]: HandshakeFindings[Part] } = {
    hello: null,
    publicKey: null,
    sessionKey: null,
    errors: [],
  };
  const errors: { place: Place; code: string }[] = [];
  for (const side of SIDES) {
    const { stream } = conversation.streams[side];
    for (const line of linesOf(stream)) {
      const frame = frameIn(stream.bytes, line);
      if (frame === null || !line.whole) continue;
      const place = placeOf(conversation.number, side, stream, line.start, line.end);
      switch (frame.kind) {
        case 'HELLO':
          found.hello ??= { place, integrity: frame.integrity };
          break;
        case 'PUBLIC-KEY':
          found.publicKey ??= {
            place,
            bits: rsaBits(frame.spki),
            fingerprint: createHash('sha256').update(frame.spki).digest('hex'),
            spki: frame.spki.toString('base64'),
          };
          break;
        case 'SESSION-KEY':
          found.sessionKey ??= {
            place,
            envelopeBytes: frame.envelope.length,
            envelope: frame.envelope.toString('base64'),
          };
          break;
        case 'ERROR':
          if (errors.length < MAX_ERRORS) errors.push({ place, code: frame.code });
          break;
        case 'MESSAGE':
          break;
      }
    }
  }
  return { ...found, errors };
}

/** An honest program says ERROR once and then closes. */
const MAX_ERRORS = 100;

function rsaBits(spki: Buffer): number | null {
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? null) : null;
  } catch {
    return null;
  }
}

function disguisedMessages(
  { number, streams }: Conversation,
  disguised: DisguisedChat,
  most: number,
): Pick<Chat, 'messages' | 'unlisted' | 'guessed'> {
  const due = SIDES.flatMap((side) => {
    const { stream } = streams[side];
    return disguised.sides[side].map(({ start, end, text }): Due => {
      const place = placeOf(number, side, stream, start, end);
      const says = text === null ? stream.bytes.toString('utf8', start, end) : text.toString('utf8');
      return {
        message: { kind: 'readable', text: says, place, ...(text === null ? {} : { as: disguised.as }) },
        frame: place.frame,
      };
    });
  });
  const messages = numbered(due, most);
  return { messages, unlisted: due.length - messages.length, guessed: guessedIn(disguised) };
}

/** As {@link inOrder} wants them. */
function* markedMessages(number: number, side: Side, stream: Stream, { messages }: MarkedSide): Generator<Due> {
  let frame = 0;
  for (const { start, end, text } of messages) {
    const place = placeOf(number, side, stream, start, end);
    frame = Math.max(frame, place.frame);
    yield { message: { kind: 'readable', text, place }, frame };
  }
}

interface Due {
  readonly message: Unnumbered;
  readonly frame: number;
}

type Unnumbered = Omit<ReadableMessage, 'number'> | Omit<SealedMessage, 'number'>;
type MessageReader = (
  stream: Stream,
  line: Line,
) => Omit<ReadableMessage, 'number' | 'place'> | Omit<SealedMessage, 'number' | 'place'> | null;

function plaintextMessages(
  stream: Stream,
  { start, end, next }: Line,
): Omit<ReadableMessage, 'number' | 'place'> | null {
  if (isNothing({ start, next })) return null;
  let behind = end;
  while (behind > start && stream.bytes[behind - 1] === SPACE) behind -= 1;
  // Some programs fill each message up to the size that the receiver reads.
  const padding = end - behind < LEAST_PADDING || behind === start ? 0 : end - behind;
  const text = stream.bytes.toString('utf8', start, end - padding);
  return { kind: 'readable', text, ...(padding === 0 ? {} : { padding }) };
}
/** A person does not type so many blanks behind a text. */
const LEAST_PADDING = 8;

/** An empty line is an empty message. Nothing at all, where the capture begins or ends, is not a message. */
function isNothing({ start, next }: Pick<Line, 'start' | 'next'>): boolean {
  return start === next;
}

function telnetMessage(stream: Stream, { start, end }: Line): ReturnType<MessageReader> {
  const said = saidIn(stream.bytes.subarray(start, end));
  if (said === null) return null;
  if (!holdsEdit(said, 0, said.length)) return { kind: 'readable', text: said.toString('utf8') };
  return { kind: 'readable', text: editedLine(said).toString('utf8'), as: CORRECTED_TYPING.name };
}

/**
 * In an encrypted chat, a line that is not a frame is an unencrypted message. But a line that begins like a frame and
 * is not one is not a message.
 */
function encryptedMessages(stream: Stream, line: Line): ReturnType<MessageReader> {
  const frame = frameIn(stream.bytes, line);
  if (frame?.kind === 'MESSAGE') {
    const token = tokenOf(frame);
    return token === null ? null : { kind: 'sealed', token, check: frame.check.toString('hex'), opened: null };
  }
  const bytes = stream.bytes.subarray(line.start, line.end);
  if (frame !== null || !line.whole || !isUtf8(bytes) || FRAME_WORD.test(bytes.toString('latin1', 0, 16))) return null;
  return plaintextMessages(stream, line);
}

const FRAME_WORD = /^(HELLO|PUBLIC-KEY|SESSION-KEY|MESSAGE|ERROR) /;

/** What anyone can read from a token without its key. null if it is not a Fernet token. */
export function tokenOf({ token }: MessageFrame): SealedMessage['token'] | null {
  try {
    const { timestamp, ciphertext } = parseToken(token);
    return {
      text: token,
      characters: token.length,
      created: timestamp,
      ciphertextBytes: ciphertext.length,
      textBytes: textBytesWithin(ciphertext.length),
    };
  } catch (error) {
    if (error instanceof TokenFormatError) return null;
    throw error;
  }
}

/**
 * The messages of both sides in the order in which they could be read. The messages of one side stay in order, even if
 * their packets were captured out of order.
 */
function inOrder(
  conversation: Conversation,
  read: MessageReader,
  most: number,
  protocol: ProtocolFindings['name'] | 'servchat' | null,
): Pick<Chat, 'messages' | 'unlisted' | 'guessed'> {
  const guessed: Side[] = [];
  let total = 0;
  const due: Due[] = [];
  for (const side of SIDES) {
    const { stream } = conversation.streams[side];
    const isTelnet = protocol === 'Telnet';
    const marked = read === plaintextMessages && !isTelnet ? markedSide(stream, most) : null;
    if (marked !== null) {
      total += marked.count;
      due.push(...markedMessages(conversation.number, side, stream, marked));
      continue;
    }
    const other = conversation.streams[side === 'client' ? 'server' : 'client'].stream;
    const pieces = protocol !== null ? null : piecesOf(stream, other);
    if (pieces !== null) guessed.push(side);
    const lines = pieces ?? (isTelnet ? telnetLinesOf(stream) : linesOf(stream));
    const found = messagesIn(lines, stream, isTelnet ? telnetMessage : read, most);
    total += found.count;
    for (const each of placed(conversation.number, side, stream, found.messages)) due.push(each);
  }
  const messages = numbered(due, most);
  return { messages, unlisted: total - messages.length, guessed };
}

type Said = NonNullable<ReturnType<MessageReader>>;

/** The messages in some lines, and their number. What is not listed is only counted. */
function messagesIn(
  lines: Iterable<Line>,
  stream: Stream,
  read: MessageReader,
  most: number,
): { readonly count: number; readonly messages: readonly { readonly said: Said; readonly line: Line }[] } {
  const messages: { readonly said: Said; readonly line: Line }[] = [];
  let count = 0;
  for (const line of lines) {
    if (messages.length === most && read === plaintextMessages) {
      if (!isNothing(line)) count += 1;
      continue;
    }
    const said = read(stream, line);
    if (said === null) continue;
    count += 1;
    if (messages.length < most) messages.push({ said, line });
  }
  return { count, messages };
}

function* placed(
  number: number,
  side: Side,
  stream: Stream,
  messages: ReturnType<typeof messagesIn>['messages'],
): Generator<Due> {
  let frame = 0;
  for (const { said, line } of messages) {
    const place = placeOf(number, side, stream, line.start, line.end);
    frame = Math.max(frame, place.frame);
    yield { message: { ...said, place }, frame };
  }
}

function numbered(due: Due[], most: number): readonly SeenMessage[] {
  return due
    .sort((one, other) => one.frame - other.frame)
    .slice(0, most)
    .map(({ message }, index) => ({ ...message, number: index + 1 }));
}
