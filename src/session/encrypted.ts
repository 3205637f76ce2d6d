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
import type { Problem, Refusal } from '../protocol/events.js';
import {
  FrameError,
  MAX_TEXT_BYTES,
  formatFrame,
  parseFrame,
  type ErrorCode,
  type Frame,
  type HelloFrame,
  type MessageFrame,
  type PublicKeyFrame,
  type SessionKeyFrame,
} from '../protocol/frames.js';
import { COVERS, INTEGRITY_KINDS, isIntegrity, type Integrity } from '../protocol/integrity.js';
import { modeOfClient, modeOfServer, modeSaidBy } from '../protocol/first-bytes.js';
import { SESSION_KEY_BYTES } from '../protocol/keylog.js';
import { isLeaving } from '../protocol/leaving.js';
import { LineReader, LineTooLongError, MAX_LINE_BYTES } from '../protocol/lines.js';
import type { Mode } from '../protocol/modes.js';
import type { Action, Outcome, Session } from './session.js';
import { otherSide, type Side } from '../protocol/side.js';

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

/** Something that the other side did; `code` is what it is told, `refusal` what our person is told. */
class PeerError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly refusal: Refusal,
  ) {
    super(refusal.reason);
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
  readonly #side: Side;
  readonly #clock: Clock;
  readonly #reader = new LineReader();
  #phase: Session['phase'] = 'handshake';
  #agreement: Agreement | null = null;
  /** What has come, while it may still turn out to be another mode; null once it is known. */
  #first: Buffer | null = Buffer.alloc(0);
  /** Messages so far in each direction: the numbers that a check of the place covers. */
  #sent = 0;
  #taken = 0;

  protected constructor(side: Side, clock: Clock) {
    this.#side = side;
    this.#clock = clock;
  }

  abstract opened(): readonly Action[];
  /** The other side's mode by the first bytes that came, or null while more are needed. */
  protected abstract modeBy(first: Buffer): Mode | null;
  /** A frame of the handshake: what to send in answer, and the agreement if this frame completes it. */
  protected abstract handshake(line: Buffer): { readonly answer: readonly Frame[]; readonly agreement: Agreement | null };

  get phase(): Session['phase'] {
    return this.#phase;
  }

  *received(bytes: Uint8Array): Iterable<Action> {
    if (this.#isOver()) return;
    try {
      const known = this.#first === null ? bytes : this.#recognise(Buffer.concat([this.#first, bytes]));
      for (const line of this.#reader.lines(known)) {
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
      return [{ type: 'unsent', bytes: plaintext.length, most: MAX_TEXT_BYTES }];
    }
    const token = key.fernet.encrypt(plaintext, { now: this.#clock() });
    const check = computeCheck(integrity, key.hmac, { direction: this.#side, n: this.#sent++ }, token);
    const send = sendFrame({ kind: 'MESSAGE', token, check });
    return isLeaving(text) ? [send, this.#over({ ok: true, leftBy: 'us' })] : [send];
  }

  peerEnded(): readonly Action[] {
    if (this.#isOver()) return [];
    const missing = this.#agreement === null ? 'handshake' : 'leaving word';
    return [this.#over({ ok: false, problem: { type: 'cut-off', missing } })];
  }

  refuse(code: ErrorCode, problem: Problem): readonly Action[] {
    if (this.#isOver()) return [];
    return [sendFrame({ kind: 'ERROR', code }), this.#over({ ok: false, problem })];
  }

  /** The bytes to read as frames: none while it is open whether they are. @throws PeerError where they are another mode's. */
  #recognise(first: Buffer): Buffer {
    const theirs = this.modeBy(first);
    this.#first = theirs === null ? first : null;
    if (theirs === null) return Buffer.alloc(0);
    if (theirs !== 'encrypted') throw otherMode(theirs);
    return first;
  }

  #shake(line: Buffer): readonly Action[] {
    const { answer, agreement } = this.handshake(line);
    const sends = answer.map(sendFrame);
    if (agreement === null) return sends;
    this.#agreement = agreement;
    this.#phase = 'chatting';
    const { fingerprint: of, integrity, key } = agreement;
    const keys = { fingerprint: of, integrity, sessionKey: key.bytes };
    return [...sends, { type: 'ready', keys }];
  }

  #line(line: Buffer, agreement: Agreement): readonly Action[] {
    const frame = parseFrame(line);
    if (frame.kind === 'ERROR') throw new SaidByPeer(frame.code);
    if (frame.kind !== 'MESSAGE') throw outOfPlace(frame, 'chat');
    const text = this.#open(frame, agreement);
    return [isLeaving(text.toString('utf8')) ? this.#over({ ok: true, leftBy: 'peer' }) : { type: 'show', text, line }];
  }

  #open({ token, check }: MessageFrame, { key, integrity }: Agreement): Buffer {
    const n = this.#taken++;
    if (!verifyCheck(integrity, key.hmac, { direction: this.#peer, n }, token, check)) {
      throw new PeerError('rejected', this.#whyUnfit(n, { token, check }, key, integrity));
    }
    const text = key.fernet.decrypt(token, { now: this.#clock() });
    if (!isMessageText(text)) throw new PeerError('rejected', { reason: 'text', message: n + 1 });
    return text;
  }

  /** A good check in the wrong place is no change of the text but of the order: our person is told which. */
  #whyUnfit(n: number, { token, check }: Pick<MessageFrame, 'token' | 'check'>, { hmac }: SessionKey, integrity: Integrity): Refusal {
    const message = n + 1;
    if (COVERS[INTEGRITY_KINDS[integrity].covers].placed) {
      const fits = (direction: Side, at: number): boolean => verifyCheck(integrity, hmac, { direction, n: at }, token, check);
      for (let at = Math.max(0, n - PLACES_TRIED); at < n + PLACES_TRIED; at += 1) {
        if (fits(this.#peer, at)) return { reason: 'sequence', message, belongsTo: { by: this.#peer, message: at + 1 } };
      }
      for (let at = this.#sent - 1; at >= Math.max(0, this.#sent - PLACES_TRIED); at -= 1) {
        if (fits(this.#side, at)) return { reason: 'sequence', message, belongsTo: { by: this.#side, message: at + 1 } };
      }
    }
    return { reason: 'check', message, integrity };
  }

  #blame(error: unknown): readonly Action[] {
    if (error instanceof SaidByPeer) {
      return this.#isOver() ? [] : [this.#over({ ok: false, problem: this.#reportOf(error.code) })];
    }
    const refusal = this.#refusalFor(error);
    if (refusal === null) throw error;
    return this.refuse(refusal.code, { type: 'refused', ...refusal.refusal });
  }

  /** A server that is in another mode than its client names its own; in mid-chat that would make no sense. */
  #reportOf(code: string): Problem {
    const theirs = this.#agreement === null ? modeSaidBy(code) : null;
    if (theirs === null || theirs === 'encrypted') return { type: 'reported', code };
    return { type: 'refused', reason: 'mode', ours: 'encrypted', theirs };
  }

  /** Null where it is no fault of the other side's. */
  #refusalFor(error: unknown): { readonly code: ErrorCode; readonly refusal: Refusal } | null {
    if (error instanceof PeerError) return error;
    if (error instanceof FrameError) {
      const refusal: Refusal = error.code === 'unsupported-version' ? { reason: 'version' } : { reason: 'frame', detail: error.message };
      return { code: error.code, refusal };
    }
    if (error instanceof WeakKeyError) return { code: 'weak-key', refusal: { reason: 'weak-key', detail: error.message } };
    if (error instanceof InvalidTokenError) {
      const message = this.#taken;
      return { code: 'rejected', refusal: error.isForged ? { reason: 'signature', message } : { reason: 'token', message, detail: error.message } };
    }
    if (error instanceof LineTooLongError) return { code: 'line-too-long', refusal: { reason: 'line-too-long', most: MAX_LINE_BYTES } };
    return null;
  }

  #over(outcome: Outcome): Action {
    this.#phase = 'over';
    return { type: 'over', outcome };
  }

  get #peer(): Side {
    return otherSide(this.#side);
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

  protected modeBy(first: Buffer): Mode | null {
    return modeOfServer(first);
  }

  protected handshake(line: Buffer): { answer: readonly Frame[]; agreement: Agreement | null } {
    const { integrity, keyPair } = this.#options;
    const frame = this.#sessionKey(line);
    const bytes = unwrap(keyPair.privateKey, frame.envelope);
    if (bytes?.length !== SESSION_KEY_BYTES) {
      throw new PeerError('rejected', { reason: 'envelope' });
    }
    return { answer: [], agreement: { key: splitSessionKey(bytes), integrity, fingerprint: fingerprint(keyPair.spki) } };
  }

  #sessionKey(line: Buffer): SessionKeyFrame {
    const frame = parseFrame(line);
    if (frame.kind === 'ERROR') throw new SaidByPeer(frame.code);
    if (frame.kind !== 'SESSION-KEY') throw outOfPlace(frame, 'handshake');
    return frame;
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

  protected modeBy(first: Buffer): Mode | null {
    return modeOfClient(first);
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
    const { integrity } = parseFrame(line) as HelloFrame;
    if (isIntegrity(integrity) && this.#options.allowed.includes(integrity)) return integrity;
    throw new PeerError('integrity-refused', { reason: 'integrity', asked: integrity, allowed: this.#options.allowed });
  }

  /**
   * Half a protection: a client with another key is turned away, but nothing tells the client that it talks to this
   * server and not to somebody who answers in its place.
   */
  #insist(came: string): void {
    const { expectFingerprint = null } = this.#options;
    if (expectFingerprint === null || expectFingerprint === came) return;
    throw new PeerError('rejected', { reason: 'fingerprint', of: 'client', sha256: came });
  }

  #publicKey(line: Buffer): PublicKeyFrame {
    const frame = parseFrame(line);
    if (frame.kind === 'ERROR') throw new SaidByPeer(frame.code);
    if (frame.kind !== 'PUBLIC-KEY') throw outOfPlace(frame, 'handshake');
    return frame;
  }
}

/** The other side reported an error and closes: it is shown as its words, and not answered. */
class SaidByPeer extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

function otherMode(theirs: Mode): PeerError {
  return new PeerError('mode-mismatch', { reason: 'mode', ours: 'encrypted', theirs });
}

function outOfPlace({ kind }: Frame, during: 'handshake' | 'chat'): PeerError {
  return new PeerError('bad-frame', { reason: 'out-of-place', frame: kind, during });
}

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
