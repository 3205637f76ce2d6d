/**
 * A conversation read as a servchat chat: in which mode it is, what its handshake says, who said what when. All from
 * the bytes, since nothing else on the wire tells.
 *
 * - `encrypted`: the client opens with `HELLO servchat/`, or, where that was not captured, every whole line is a frame
 * of
 *   the protocol and one of them holds a Fernet token.
 * - `plaintext`: over half of the bytes of both sides stand in lines of UTF-8. A line that is none of it does not make
 *   the others unreadable; its bytes that are no UTF-8 are shown as U+FFFD.
 * - `unknown`: all else, and a conversation in which nobody said anything.
 */
import { isUtf8 } from 'node:buffer';
import { createHash, createPublicKey } from 'node:crypto';
import { FrameError, beginsAsFrame, isHello, parseFrame } from '../../protocol/frames.js';
import { MAX_LINE_BYTES } from '../../protocol/lines.js';
import { TokenFormatError, parseToken, textBytesWithin } from '../../protocol/token.js';
import { linesOf } from '../tcp/lines.js';
import { placeOf } from '../tcp/place.js';
import { areMadeOfText } from '../tcp/text-chat.js';
import type { Frame, MessageFrame } from '../../protocol/frames.js';
import type { Conversation } from '../tcp/conversations.js';
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
import { SIDES } from '../../protocol/side.js';

export type SeenMode = ConversationFindings['mode'];

export interface Chat {
  readonly mode: SeenMode;
  readonly handshake: HandshakeFindings | null;
  readonly messages: readonly SeenMessage[];
  /** How many more messages there are than are listed. */
  readonly unlisted: number;
}

/** What somebody with a key adds to a chat. Who listens has none: whoever asks for it brings the opener. */
export type ChatOpener = (conversation: Conversation, chat: Chat) => OpenedChat;

export interface OpenedChat {
  /** null for a chat that has nothing to open. */
  readonly opening: ConversationFindings['opening'];
  readonly messages: readonly SeenMessage[];
}

/** Messages that are listed of one conversation. */
export const MAX_MESSAGES = 100_000;

/** `most`: messages that are listed. */
export function readChat(conversation: Conversation, most: number = MAX_MESSAGES): Chat {
  const mode = modeOf(conversation);
  switch (mode) {
    case 'encrypted':
      return { mode, handshake: handshakeOf(conversation), ...inOrder(conversation, encryptedMessages, most) };
    case 'plaintext':
      return { mode, handshake: null, ...inOrder(conversation, plaintextMessages, most) };
    case 'unknown':
      return { mode, handshake: null, messages: [], unlisted: 0 };
  }
}

/**
 * The frame in the line from `start` to `end`, or null where it is none: to the very bytes, as its receiver reads it.
 */
export function frameIn(bytes: Buffer, { start, end }: Pick<Line, 'start' | 'end'>): Frame | null {
  if (end - start >= MAX_LINE_BYTES || !beginsAsFrame(bytes, start)) return null;
  try {
    return parseFrame(bytes.subarray(start, end));
  } catch (error) {
    if (error instanceof FrameError) return null;
    throw error;
  }
}

export function modeOf({ streams, opened }: Conversation): SeenMode {
  const sides = SIDES.map((side) => streams[side].stream);
  // A server says HELLO only as somebody's words; who is the client is sure only where the opening was captured.
  const greeting = opened ? [streams.client.stream] : sides;
  if (greeting.some(({ bytes }) => isHello(bytes)) || areMadeOfFrames(sides, opened)) return 'encrypted';
  return areMadeOfText(streams.client.stream, streams.server.stream) ? 'plaintext' : 'unknown';
}

/** An encrypted chat whose beginning is missing. Of a line that may lack its own beginning nothing is asked. */
function areMadeOfFrames(sides: readonly Stream[], opened: boolean): boolean {
  let tokens = 0;
  for (const stream of sides) {
    const { bytes } = stream;
    for (const line of linesOf(stream)) {
      const frame = frameIn(bytes, line);
      if (frame?.kind === 'MESSAGE' && tokenOf(frame) !== null) tokens += 1;
      else if (frame === null && line.whole && (opened || line.start > 0)) return false;
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

/** An honest end says ERROR once, and then closes. */
const MAX_ERRORS = 100;

function rsaBits(spki: Buffer): number | null {
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? null) : null;
  } catch {
    return null;
  }
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
  // An empty line is an empty message; nothing at all, where the capture begins or ends, is none.
  if (start === next) return null;
  return { kind: 'readable', text: stream.bytes.toString('utf8', start, end) };
}

/**
 * A line that is no frame, in a chat where frames are due, is what somebody said in clear. One that sets out as a frame
 * and is none is nobody's words.
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

/** What can be read of a token without its key, or null where it is no Fernet token. */
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
 * The messages of both sides as they came to be readable: what one side said stays in its order, also where its packets
 * were captured out of order.
 */
function inOrder(conversation: Conversation, read: MessageReader, most: number): Pick<Chat, 'messages' | 'unlisted'> {
  let total = 0;
  const due: { readonly message: Unnumbered; readonly frame: number }[] = [];
  for (const side of SIDES) {
    const { stream } = conversation.streams[side];
    let frame = 0;
    let listed = 0;
    for (const line of linesOf(stream)) {
      const message = read(stream, line);
      if (message === null) continue;
      total += 1;
      listed += 1;
      if (listed > most) continue;
      const place = placeOf(conversation.number, side, stream, line.start, line.end);
      frame = Math.max(frame, place.frame);
      due.push({ message: { ...message, place }, frame });
    }
  }
  const messages = due
    .sort((one, other) => one.frame - other.frame)
    .slice(0, most)
    .map(({ message }, index) => ({ ...message, number: index + 1 }));
  return { messages, unlisted: total - messages.length };
}
