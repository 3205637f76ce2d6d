/**
 * The frames of encrypted mode. Each frame is one line. Exactly one space separates its fields.
 *
 *     HELLO servchat/1 <integrity>
 *     PUBLIC-KEY <base64 of the RSA public key, SPKI DER>
 *     SESSION-KEY <base64 of RSA-OAEP(session key)>
 *     MESSAGE <Fernet token> <check>
 *     ERROR <code>
 *
 * There is only one way to write each frame. The reader refuses a line that would come out different if written again.
 * The session decides whether a frame may come at this point of the chat; this file does not.
 */
import { formatBase64, parseBase64 } from '../bytes/base64.js';
import type { ErrorCode } from './error-codes.js';
import { CHECK_BYTES } from './integrity.js';
import { MAX_LINE_BYTES } from './lines.js';

export const VERSION = 'servchat/1';

/** Sizes in bits of the RSA keys that a server accepts, and the size that a client makes by default. */
export const RSA_BITS = { least: 2048, most: 8192, default: 2048 } as const;

export interface HelloFrame {
  readonly kind: 'HELLO';
  /** The check that the client asks for. It may be unknown; the server decides whether it allows it. */
  readonly integrity: string;
}
export interface PublicKeyFrame {
  readonly kind: 'PUBLIC-KEY';
  /** SPKI DER, not yet checked. */
  readonly spki: Buffer;
}
export interface SessionKeyFrame {
  readonly kind: 'SESSION-KEY';
  /** RSA-OAEP ciphertext. */
  readonly envelope: Buffer;
}
export interface MessageFrame {
  readonly kind: 'MESSAGE';
  /** base64url exactly as it was on the wire, because the check covers these characters. */
  readonly token: string;
  /** 32 bytes. */
  readonly check: Buffer;
}
export interface ErrorFrame {
  readonly kind: 'ERROR';
  /** What the sender wrote; it may be an unknown code. Anyone could have sent it. Escape it before you show it. */
  readonly code: string;
}
export type Frame = HelloFrame | PublicKeyFrame | SessionKeyFrame | MessageFrame | ErrorFrame;

/**
 * The longest message of encrypted mode, in bytes of UTF-8. It follows from the longest line. The token's base64url
 * comes in groups of four characters. Inside, the token has 57 bytes of its own, and the text is padded to whole blocks
 * with at least one byte.
 */
export const MAX_TEXT_BYTES = (() => {
  const characters = MAX_LINE_BYTES - 'MESSAGE '.length - ' '.length - 2 * CHECK_BYTES - '\n'.length;
  const tokenBytes = Math.floor(characters / 4) * 3;
  return Math.floor((tokenBytes - 57) / 16) * 16 - 1;
})();

/** The line is not a frame. `code` is the ERROR code to send back. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  constructor(
    readonly code: ErrorCode,
    why: string,
  ) {
    super(why);
  }
}

/** The frame that `line` is, without its LF; null if it is none. */
export function frameOf(line: Buffer): Frame | null {
  try {
    return parseFrame(line);
  } catch (error) {
    if (error instanceof FrameError) return null;
    throw error;
  }
}

/**
 * Parses `line`, which is given without its LF.
 *
 * @throws FrameError `unsupported-version` for a HELLO of another version, `bad-frame` for everything else.
 */
export function parseFrame(line: Buffer): Frame {
  // latin1 maps each byte to one character, so a byte that is not ASCII is refused by the check of its own field.
  const fields = line.toString('latin1').split(' ');
  const [kind, first, second] = fields;
  switch (kind) {
    case 'HELLO':
      return parseHello(fields);
    case 'PUBLIC-KEY':
      if (fields.length !== 2 || first === undefined) throw badFrame('PUBLIC-KEY takes one field');
      return { kind, spki: base64Field(first, kind) };
    case 'SESSION-KEY':
      if (fields.length !== 2 || first === undefined) throw badFrame('SESSION-KEY takes one field');
      return { kind, envelope: base64Field(first, kind) };
    case 'MESSAGE':
      if (fields.length !== 3 || first === undefined || second === undefined)
        throw badFrame('MESSAGE takes two fields');
      return { kind, token: tokenField(first), check: checkField(second) };
    case 'ERROR':
      return { kind, code: line.subarray('ERROR '.length).toString('utf8') };
    default:
      throw badFrame('the line begins with no word of the protocol');
  }
}

/**
 * Whether the line that begins at `at` may be a frame: its first word is a word of the protocol. This is a quick test
 * for callers that look at many other lines.
 */
export function beginsAsFrame(bytes: Uint8Array, at: number): boolean {
  return WORDS.some((word) => word.every((byte, index) => bytes[at + index] === byte));
}
const KINDS: Readonly<Record<Frame['kind'], true>> = {
  HELLO: true,
  'PUBLIC-KEY': true,
  'SESSION-KEY': true,
  MESSAGE: true,
  ERROR: true,
};
const WORDS = Object.keys(KINDS).map((word) => Buffer.from(word));

/** The frame's line, with its LF. */
export function formatFrame(frame: Frame): Buffer {
  return Buffer.from(`${formatFields(frame).join(' ')}\n`, 'utf8');
}

function formatFields(frame: Frame): string[] {
  switch (frame.kind) {
    case 'HELLO':
      return ['HELLO', VERSION, frame.integrity];
    case 'PUBLIC-KEY':
      return ['PUBLIC-KEY', formatBase64(frame.spki, 'base64')];
    case 'SESSION-KEY':
      return ['SESSION-KEY', formatBase64(frame.envelope, 'base64')];
    case 'MESSAGE':
      return ['MESSAGE', frame.token, frame.check.toString('hex')];
    case 'ERROR':
      return ['ERROR', frame.code];
  }
}

/**
 * Whether the line announces encrypted mode, in any version. A side in plaintext mode uses this to recognise a client
 * in the wrong mode.
 */
export function isHello(line: Uint8Array): boolean {
  return line.length >= HELLO_PREFIX.length && HELLO_PREFIX.every((byte, at) => line[at] === byte);
}
const HELLO_PREFIX = Buffer.from('HELLO servchat/');

function parseHello(fields: readonly string[]): HelloFrame {
  const [, version, integrity] = fields;
  if (version !== VERSION)
    throw new FrameError('unsupported-version', `HELLO announces another version than ${VERSION}`);
  if (fields.length !== 3 || integrity === undefined || !/^[a-z0-9-]{1,64}$/.test(integrity)) {
    throw badFrame('HELLO takes a version and the name of an integrity check');
  }
  return { kind: 'HELLO', integrity };
}

function base64Field(text: string, kind: string): Buffer {
  const bytes = parseBase64(text, 'base64');
  if (bytes === null || bytes.length === 0) throw badFrame(`the field of ${kind} is not strict base64`);
  return bytes;
}

function tokenField(text: string): string {
  const bytes = parseBase64(text, 'base64url');
  if (bytes === null || bytes.length === 0) throw badFrame('the token of MESSAGE is not strict base64url');
  return text;
}

function checkField(text: string): Buffer {
  if (!CHECK.test(text)) throw badFrame(`the check of MESSAGE is not ${CHECK_DIGITS} lower-case hex digits`);
  return Buffer.from(text, 'hex');
}

const CHECK_DIGITS = 2 * CHECK_BYTES;
const CHECK = new RegExp(`^[0-9a-f]{${CHECK_DIGITS}}$`);

function badFrame(why: string): FrameError {
  return new FrameError('bad-frame', why);
}
