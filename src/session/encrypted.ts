/**
 * Encrypted mode, the two roles.
 *
 *      client                                        server
 *        │  HELLO servchat/1 <integrity>               │
 *        │  PUBLIC-KEY <SPKI>                          │
 *        ├────────────────────────────────────────────▶│  chooses 64 random bytes
 *        │                SESSION-KEY <RSA-OAEP(them)> │
 *        │◀────────────────────────────────────────────┤
 *        │  MESSAGE <Fernet token> <check>             │
 *        │◀───────────────────────────────────────────▶│
 *
 * What may come next, by phase and role; anything else ends the chat:
 *
 *      phase       │ client takes          │ server takes
 *      handshake   │ SESSION-KEY, ERROR    │ HELLO, then PUBLIC-KEY; ERROR
 *      chatting    │ MESSAGE, ERROR        │ MESSAGE, ERROR
 *
 * A message is checked over the exact characters that came, and decrypted only then. Which of the two failed is for the
 * person at this end; the wire hears `rejected` in both cases.
 */
import { InvalidTokenError } from '../crypto/fernet.js';
import { computeCheck, verifyCheck } from '../crypto/integrity.js';
import { WeakKeyError, fingerprint, importPublicKey, unwrap, wrap, type RsaKeyPair } from '../crypto/rsa.js';
import { splitSessionKey, type SessionKey } from '../crypto/session-key.js';
import {
  FrameError,
  MAX_TEXT_BYTES,
  formatFrame,
  isErrorCode,
  isHello,
  isIntegrity,
  parseFrame,
  type ErrorCode,
  type Frame,
  type HelloFrame,
  type Integrity,
  type MessageFrame,
  type PublicKeyFrame,
  type SessionKeyFrame,
} from '../protocol/frames.js';
import { SESSION_KEY_BYTES } from '../protocol/keylog.js';
import { isLeaving } from '../protocol/leaving.js';
import { LineReader, LineTooLongError, MAX_LINE_BYTES } from '../protocol/lines.js';
import { printable } from '../printable.js';
import type { Action, Outcome, Role, Session } from './session.js';

/** Seconds since the Unix epoch: the clock is the driver's, and a token carries its time. */
export type Clock = () => number;

export interface ClientOptions {
  readonly keyPair: RsaKeyPair;
  readonly integrity: Integrity;
  readonly clock: Clock;
}

export interface ServerOptions {
  /** Whatever else a client asks for is refused. */
  readonly allowed: readonly Integrity[];
  readonly newSessionKey: () => SessionKey;
  /** 64 lower-case hex digits: a client with another public key is refused. null takes any. */
  readonly expectFingerprint?: string | null;
  readonly clock: Clock;
}

/** How far from its place a refused message is looked for, to tell what happened to it. */
const PLACES_TRIED = 64;

/** Something that the other side did; `code` is what it is told, `message` what our person is told. */
class PeerError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** What both roles know once the handshake is done. */
interface Agreement {
  readonly key: SessionKey;
  readonly integrity: Integrity;
  readonly fingerprint: string;
}

/** What the two roles have in common: lines in, the chat itself, and every way in which it ends. */
abstract class EncryptedSession implements Session {
  readonly #role: Role;
  readonly #clock: Clock;
  readonly #reader = new LineReader();
  #phase: Session['phase'] = 'handshake';
  #agreement: Agreement | null = null;
  /** Messages so far in each direction: the numbers that `hmac-sha256-seq` covers. */
  #sent = 0;
  #taken = 0;

  protected constructor(role: Role, clock: Clock) {
    this.#role = role;
    this.#clock = clock;
  }

  abstract opened(): readonly Action[];
  /** A frame of the handshake: what to send in answer, and the agreement if this frame completes it. */
  protected abstract handshake(line: Buffer): { readonly answer: readonly Frame[]; readonly agreement: Agreement | null };

  get phase(): Session['phase'] {
    return this.#phase;
  }

  *received(bytes: Uint8Array): Iterable<Action> {
    if (this.#isOver()) return;
    try {
      for (const line of this.#reader.lines(bytes)) {
        yield* this.#agreement === null ? this.#shake(line) : this.#line(line, this.#agreement);
        if (this.#isOver()) return;
      }
    } catch (error) {
      yield* this.#blame(error);
    }
  }

  said(text: string): readonly Action[] {
    if (text.includes('\n')) throw new RangeError('Cannot send the message: it holds a line break');
    if (this.#agreement === null || this.#isOver()) return [];
    const { key, integrity } = this.#agreement;
    const plaintext = Buffer.from(text, 'utf8');
    if (plaintext.length > MAX_TEXT_BYTES) {
      return [{ type: 'unsent', why: `The message has ${plaintext.length} bytes, and ${MAX_TEXT_BYTES} are the most` }];
    }
    const token = key.fernet.encrypt(plaintext, { now: this.#clock() });
    const check = computeCheck(integrity, key.hmac, { direction: this.#role, n: this.#sent++ }, token);
    const send = sendFrame({ kind: 'MESSAGE', token, check });
    return isLeaving(text) ? [send, this.#over({ ok: true, leftBy: 'us' })] : [send];
  }

  peerEnded(): readonly Action[] {
    if (this.#isOver()) return [];
    const problem =
      this.#agreement === null
        ? 'The other side closed the connection during the handshake: is it a servchat in encrypted mode?'
        : 'The chat was cut off: the connection ended, and nobody had said EXIT or END. Someone on the way can do that';
    return [this.#over({ ok: false, problem })];
  }

  refuse(code: ErrorCode, problem: string): readonly Action[] {
    if (this.#isOver()) return [];
    return [sendFrame({ kind: 'ERROR', code }), this.#over({ ok: false, problem })];
  }

  #shake(line: Buffer): readonly Action[] {
    const { answer, agreement } = this.handshake(line);
    const sends = answer.map(sendFrame);
    if (agreement === null) return sends;
    this.#agreement = agreement;
    this.#phase = 'chatting';
    const keys = { fingerprint: agreement.fingerprint, sessionKey: agreement.key.bytes };
    return [...sends, { type: 'ready', keys }];
  }

  #line(line: Buffer, agreement: Agreement): readonly Action[] {
    const frame = parseFrame(line);
    if (frame.kind === 'ERROR') throw saidByPeer(frame.code);
    if (frame.kind !== 'MESSAGE') throw new PeerError('bad-frame', `The other side sent ${frame.kind} in mid-chat; the chat was ended`);
    const text = this.#open(frame, agreement);
    return [isLeaving(text.toString('utf8')) ? this.#over({ ok: true, leftBy: 'peer' }) : { type: 'show', text }];
  }

  #open({ token, check }: MessageFrame, { key, integrity }: Agreement): Buffer {
    const n = this.#taken++;
    const direction = this.#role === 'client' ? 'server' : 'client';
    if (!verifyCheck(integrity, key.hmac, { direction, n }, token, check)) {
      const meaning = integrity === 'hmac-sha256-seq' ? this.#whereItFits(n, { token, check }, key) : ', so it was changed on its way';
      throw new PeerError('rejected', `Message ${n + 1} of the other side was refused: its ${integrity} check does not fit${meaning}; the chat was ended`);
    }
    const text = key.fernet.decrypt(token, { now: this.#clock() });
    if (!isMessageText(text)) {
      throw new PeerError('rejected', `Message ${n + 1} of the other side was refused: it is not one line of UTF-8 text; the chat was ended`);
    }
    return text;
  }

  /** A good check in the wrong place is no change of the text but of the order: our person is told which. */
  #whereItFits(n: number, { token, check }: Pick<MessageFrame, 'token' | 'check'>, { hmac }: SessionKey): string {
    const peer = this.#role === 'client' ? 'server' : 'client';
    const fits = (direction: Role, at: number): boolean => verifyCheck('hmac-sha256-seq', hmac, { direction, n: at }, token, check);
    for (let at = Math.max(0, n - PLACES_TRIED); at < n + PLACES_TRIED; at += 1) {
      if (!fits(peer, at)) continue;
      const became = at < n ? 'replayed' : 'moved out of its order, or one before it was dropped';
      return ` here: it is that of their message ${at + 1}, so it was ${became}`;
    }
    for (let at = this.#sent - 1; at >= Math.max(0, this.#sent - PLACES_TRIED); at -= 1) {
      if (fits(this.#role, at)) return ` here: it is that of our own message ${at + 1}, so it was sent back to us`;
    }
    return ', so it was changed on its way or belongs to another chat';
  }

  #blame(error: unknown): readonly Action[] {
    if (error instanceof SaidByPeer) return this.#isOver() ? [] : [this.#over({ ok: false, problem: error.message })];
    if (error instanceof PeerError) return this.refuse(error.code, error.message);
    if (error instanceof FrameError) return this.refuse(error.code, `The other side broke the protocol: ${error.message}; the chat was ended`);
    if (error instanceof WeakKeyError) return this.refuse('weak-key', `The client was refused: ${error.message}`);
    if (error instanceof InvalidTokenError) {
      return this.refuse('rejected', `Message ${this.#taken} of the other side was refused: its check fits, but ${error.message}; the chat was ended`);
    }
    if (error instanceof LineTooLongError) {
      return this.refuse('line-too-long', `The other side sent a line of more than ${MAX_LINE_BYTES} bytes; the chat was ended`);
    }
    throw error;
  }

  #over(outcome: Outcome): Action {
    this.#phase = 'over';
    return { type: 'over', outcome };
  }

  /** A method, so that the compiler does not believe that the phase stays what it was at the last look. */
  #isOver(): boolean {
    return this.#phase === 'over';
  }
}

export class EncryptedClientSession extends EncryptedSession {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    super('client', options.clock);
    this.#options = options;
  }

  opened(): readonly Action[] {
    const { integrity, keyPair } = this.#options;
    return [sendFrame({ kind: 'HELLO', integrity }), sendFrame({ kind: 'PUBLIC-KEY', spki: keyPair.spki })];
  }

  protected handshake(line: Buffer): { answer: readonly Frame[]; agreement: Agreement | null } {
    const { integrity, keyPair } = this.#options;
    const frame = this.#sessionKey(line);
    const bytes = unwrap(keyPair.privateKey, frame.envelope);
    if (bytes?.length !== SESSION_KEY_BYTES) {
      throw new PeerError('rejected', 'The session key that came was not made for our public key: has someone between put in their own?');
    }
    return { answer: [], agreement: { key: splitSessionKey(bytes), integrity, fingerprint: fingerprint(keyPair.spki) } };
  }

  #sessionKey(line: Buffer): SessionKeyFrame {
    if (!/^(SESSION-KEY|ERROR)( |$)/.test(line.toString('latin1'))) {
      throw new PeerError('mode-mismatch', 'The server seems to be in plaintext mode, this side in encrypted: give both the same --mode');
    }
    const frame = parseFrame(line);
    if (frame.kind === 'ERROR') throw saidByPeer(frame.code);
    return frame as SessionKeyFrame;
  }
}

export class EncryptedServerSession extends EncryptedSession {
  readonly #options: ServerOptions;
  #integrity: Integrity | null = null;

  constructor(options: ServerOptions) {
    super('server', options.clock);
    this.#options = options;
  }

  opened(): readonly Action[] {
    return [];
  }

  protected handshake(line: Buffer): { answer: readonly Frame[]; agreement: Agreement | null } {
    if (this.#integrity === null) {
      this.#integrity = this.#hello(line);
      return { answer: [], agreement: null };
    }
    const { spki } = this.#publicKey(line);
    const publicKey = importPublicKey(spki);
    this.#insist(fingerprint(spki));
    const key = this.#options.newSessionKey();
    return {
      answer: [{ kind: 'SESSION-KEY', envelope: wrap(publicKey, key.bytes) }],
      agreement: { key, integrity: this.#integrity, fingerprint: fingerprint(spki) },
    };
  }

  #hello(line: Buffer): Integrity {
    if (!isHello(line)) {
      throw new PeerError('mode-mismatch', 'The client seems to be in plaintext mode, this side in encrypted: give both the same --mode');
    }
    const { integrity } = parseFrame(line) as HelloFrame;
    if (isIntegrity(integrity) && this.#options.allowed.includes(integrity)) return integrity;
    throw new PeerError(
      'integrity-refused',
      `The client asked for the ${integrity} check, and this server takes ${this.#options.allowed.join(', ')}: --allow-integrity changes that`,
    );
  }

  /**
   * Half a protection: a client with another key is turned away, but nothing tells the client that it talks to this
   * server and not to somebody who answers in its place.
   */
  #insist(came: string): void {
    const { expectFingerprint = null } = this.#options;
    if (expectFingerprint === null || expectFingerprint === came) return;
    throw new PeerError('rejected', `The client was refused: its public key has the fingerprint ${came}, which is not the one of --expect-fingerprint`);
  }

  #publicKey(line: Buffer): PublicKeyFrame {
    const frame = parseFrame(line);
    if (frame.kind === 'ERROR') throw saidByPeer(frame.code);
    if (frame.kind !== 'PUBLIC-KEY') throw new PeerError('bad-frame', `The client sent ${frame.kind} where its public key is due`);
    return frame;
  }
}

/** The other side reported an error and closes: it is shown as its words, and not answered. */
class SaidByPeer extends Error {}

function saidByPeer(code: string): SaidByPeer {
  const words = printable(code.slice(0, 80));
  const meaning = isErrorCode(code) ? EXPLANATIONS[code] : 'The other side, or someone between, reported an error';
  return new SaidByPeer(`${meaning} (ERROR ${words})`);
}

const EXPLANATIONS: Readonly<Record<ErrorCode, string>> = {
  'mode-mismatch': 'The other side says that it is in another mode: give both the same --mode',
  'unsupported-version': 'The other side says that it speaks another version of the protocol',
  'integrity-refused': 'The other side refuses this integrity check: choose another with --integrity, or allow it there with --allow-integrity',
  'bad-frame': 'The other side says that it received a line that is no frame of the protocol',
  'line-too-long': 'The other side says that it received a line that is too long',
  'weak-key': 'The other side refuses the public key as too weak or malformed',
  rejected: 'The other side refused what it received: it was changed on its way, or does not belong there',
  busy: 'The server is in another chat: try again when it is over',
  timeout: 'The other side waited too long for the handshake',
};

function sendFrame(frame: Frame): Action {
  return { type: 'send', bytes: formatFrame(frame) };
}

function isMessageText(bytes: Buffer): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(bytes).includes('\n');
  } catch {
    return false;
  }
}
