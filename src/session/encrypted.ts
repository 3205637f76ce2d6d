/**
 * Encrypted mode: the client's role and the server's role.
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
 * The table in `turns.ts` says which frame may come next, by phase and role. Any other frame ends the chat.
 *
 * The session first verifies the check over the exact characters that arrived, and only then decrypts. If either step
 * fails, the wire gets the same code, `rejected`. Only the person at this end learns which step it was.
 */
import { InvalidTokenError } from '../crypto/fernet.js';
import { computeCheck, verifyCheck } from '../crypto/integrity.js';
import { WeakKeyError, fingerprint, importPublicKey, unwrap, wrap, type RsaKeyPair } from '../crypto/rsa.js';
import { splitSessionKey, type SessionKey } from '../crypto/session-key.js';
import type { Problem, Refusal } from '../protocol/events.js';
import type { ErrorCode } from '../protocol/error-codes.js';
import {
  FrameError,
  MAX_TEXT_BYTES,
  formatFrame,
  frameOf,
  parseFrame,
  type Frame,
  type MessageFrame,
} from '../protocol/frames.js';
import { COVERS, INTEGRITY_KINDS, isIntegrity, type Integrity } from '../protocol/integrity.js';
import { modeOfClient, modeOfServer, modeSaidBy } from '../protocol/first-bytes.js';
import { SESSION_KEY_BYTES } from '../protocol/keylog.js';
import { isLeaving } from '../protocol/leaving.js';
import type { Mode } from '../protocol/modes.js';
import { otherSide, type Side } from '../protocol/side.js';
import { LineSession, type Fault } from './line-session.js';
import type { Action } from './session.js';
import { FIRST_PHASE, phaseAfter, type Phase } from './turns.js';

/** Seconds since the Unix epoch. The driver provides the clock; a token needs the time. */
export type Clock = () => number;

export interface ClientOptions {
  readonly keyPair: RsaKeyPair;
  readonly integrity: Integrity;
  readonly clock: Clock;
}

export interface ServerOptions {
  /** The checks that a client may ask for. */
  readonly allowed: readonly Integrity[];
  readonly newSessionKey: () => SessionKey;
  /** 64 lower-case hex digits. The session refuses a client with another public key. null accepts any key. */
  readonly expectFingerprint?: string | null;
  readonly clock: Clock;
}

/** A refused message is tried at this many places before and after its own, to find out what happened to it. */
const PLACES_TRIED = 64;

/** A fault of the other side. */
class PeerError extends Error implements Fault {
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

/**
 * One role's part of the handshake, in order from top to bottom. It yields a frame to send it, and null to wait for the
 * next frame.
 */
type Handshake = Generator<Frame | null, Agreement, Frame>;

/** What both roles share: the order of turns, the chat itself, and the answer to a fault. */
abstract class EncryptedSession extends LineSession {
  readonly #clock: Clock;
  #at: Phase;
  readonly #handshake: Handshake;
  #agreement: Agreement | null = null;
  /** Messages so far in each direction. A check that covers the place covers these numbers. */
  #sent = 0;
  #taken = 0;

  protected constructor(side: Side, clock: Clock) {
    super(side, 'encrypted');
    this.#clock = clock;
    this.#at = FIRST_PHASE[side];
    // A generator runs nothing before its first next().
    this.#handshake = this.handshake();
  }

  protected abstract handshake(): Handshake;

  opened(): readonly Action[] {
    return this.#shake(this.#handshake.next());
  }

  protected line(line: Buffer): readonly Action[] {
    const frame = parseFrame(line);
    const next = phaseAfter(this.side, this.#at, frame.kind);
    if (next === null) throw outOfPlace(frame, this.#agreement === null ? 'handshake' : 'chat');
    this.#at = next;
    if (frame.kind === 'ERROR') return [this.over({ ok: false, problem: this.#reportOf(frame.code) }, line)];
    if (this.#agreement === null) return this.#shake(this.#handshake.next(frame));
    const text = this.#decrypt(ofKind(frame, 'MESSAGE'), this.#agreement);
    return [isLeaving(text.toString('utf8')) ? this.leftIn(line) : { type: 'show', text, line }];
  }

  /** In encrypted mode, only an ERROR is a refusal; a message that crossed our leaving is not opened any more. */
  protected lateRefusal(line: Buffer): Problem | null {
    const frame = frameOf(line);
    return frame?.kind === 'ERROR' ? this.#reportOf(frame.code) : null;
  }

  protected carry(text: string): Extract<Action, { type: 'send' | 'unsent' }> {
    const plaintext = Buffer.from(text, 'utf8');
    if (this.#agreement === null || plaintext.length > MAX_TEXT_BYTES) {
      return { type: 'unsent', bytes: plaintext.length, most: MAX_TEXT_BYTES };
    }
    const { key, integrity } = this.#agreement;
    const token = key.fernet.encrypt(plaintext, { now: this.#clock() });
    const check = computeCheck(integrity, key.hmac, { direction: this.side, n: this.#sent++ }, token);
    return sendFrame({ kind: 'MESSAGE', token, check });
  }

  protected ended(): readonly Action[] {
    const missing = this.#agreement === null ? 'handshake' : 'leaving word';
    return [this.over({ ok: false, problem: { type: 'cut-off', missing } })];
  }

  /** Sends the frames of the handshake until it has to wait or is done. */
  #shake(step: IteratorResult<Frame | null, Agreement>): readonly Action[] {
    const sends: Action[] = [];
    let next = step;
    for (; next.done !== true; next = this.#handshake.next()) {
      if (next.value === null) return sends;
      sends.push(sendFrame(next.value));
    }
    this.#agreement = next.value;
    const { fingerprint: of, integrity, key } = next.value;
    return [...sends, this.begin({ fingerprint: of, integrity, sessionKey: key.bytes })];
  }

  #decrypt({ token, check }: MessageFrame, { key, integrity }: Agreement): Buffer {
    const n = this.#taken++;
    if (!verifyCheck(integrity, key.hmac, { direction: this.#peer, n }, token, check)) {
      throw new PeerError('rejected', this.#whyUnfit(n, { token, check }, key, integrity));
    }
    const text = key.fernet.decrypt(token, { now: this.#clock() });
    if (!isMessageText(text)) throw new PeerError('rejected', { reason: 'text', message: n + 1 });
    return text;
  }

  /**
   * If the check is good for another place, the text was not changed but the order was. Our person learns which it is.
   */
  #whyUnfit(
    n: number,
    { token, check }: Pick<MessageFrame, 'token' | 'check'>,
    { hmac }: SessionKey,
    integrity: Integrity,
  ): Refusal {
    const message = n + 1;
    if (COVERS[INTEGRITY_KINDS[integrity].covers].placed) {
      const fits = (direction: Side, at: number): boolean =>
        verifyCheck(integrity, hmac, { direction, n: at }, token, check);
      for (let at = Math.max(0, n - PLACES_TRIED); at < n + PLACES_TRIED; at += 1) {
        if (fits(this.#peer, at))
          return { reason: 'sequence', message, belongsTo: { by: this.#peer, message: at + 1 } };
      }
      for (let at = this.#sent - 1; at >= Math.max(0, this.#sent - PLACES_TRIED); at -= 1) {
        if (fits(this.side, at)) return { reason: 'sequence', message, belongsTo: { by: this.side, message: at + 1 } };
      }
    }
    return { reason: 'check', message, integrity };
  }

  /**
   * A server in another mode than its client reports its own mode. In the middle of a chat such a report would make no
   * sense.
   */
  #reportOf(code: string): Problem {
    const theirs = this.#agreement === null ? modeSaidBy(code) : null;
    return theirs === null || theirs === this.mode ? { type: 'reported', code } : this.otherMode(theirs);
  }

  protected faultIn(error: unknown): Fault | null {
    if (error instanceof PeerError) return error;
    if (error instanceof FrameError) {
      const refusal: Refusal =
        error.code === 'unsupported-version' ? { reason: 'version' } : { reason: 'frame', detail: error.message };
      return { code: error.code, refusal };
    }
    if (error instanceof WeakKeyError)
      return { code: 'weak-key', refusal: { reason: 'weak-key', detail: error.message } };
    if (error instanceof InvalidTokenError) {
      const message = this.#taken;
      return {
        code: 'rejected',
        refusal: error.isForged
          ? { reason: 'signature', message }
          : { reason: 'token', message, detail: error.message },
      };
    }
    return null;
  }

  get #peer(): Side {
    return otherSide(this.side);
  }
}

export class EncryptedClientSession extends EncryptedSession {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    super('client', options.clock);
    this.#options = options;
  }

  protected modeBy(first: Buffer): Mode | null {
    return modeOfServer(first);
  }

  protected *handshake(): Handshake {
    const { integrity, keyPair } = this.#options;
    yield { kind: 'HELLO', integrity };
    yield { kind: 'PUBLIC-KEY', spki: keyPair.spki };
    const { envelope } = yield* take('SESSION-KEY');
    const bytes = unwrap(keyPair.privateKey, envelope);
    if (bytes?.length !== SESSION_KEY_BYTES) throw new PeerError('rejected', { reason: 'envelope' });
    return { key: splitSessionKey(bytes), integrity, fingerprint: fingerprint(keyPair.spki) };
  }
}

export class EncryptedServerSession extends EncryptedSession {
  readonly #options: ServerOptions;

  constructor(options: ServerOptions) {
    super('server', options.clock);
    this.#options = options;
  }

  protected modeBy(first: Buffer): Mode | null {
    return modeOfClient(first);
  }

  protected *handshake(): Handshake {
    const { integrity: asked } = yield* take('HELLO');
    const integrity = this.#allowed(asked);
    const { spki } = yield* take('PUBLIC-KEY');
    const publicKey = importPublicKey(spki);
    this.#insist(fingerprint(spki));
    const key = this.#options.newSessionKey();
    yield { kind: 'SESSION-KEY', envelope: wrap(publicKey, key.bytes) };
    return { key, integrity, fingerprint: fingerprint(spki) };
  }

  #allowed(asked: string): Integrity {
    const { allowed } = this.#options;
    if (isIntegrity(asked) && allowed.includes(asked)) return asked;
    throw new PeerError('integrity-refused', { reason: 'integrity', asked, allowed });
  }

  /**
   * This protects one side only. The server turns away a client with another key. But the client does not learn whether
   * it talks to this server or to someone who answers in its place.
   */
  #insist(came: string): void {
    const { expectFingerprint = null } = this.#options;
    if (expectFingerprint === null || expectFingerprint === came) return;
    throw new PeerError('rejected', { reason: 'fingerprint', of: 'client', sha256: came });
  }
}

/** Waits for the next frame. The table of turns has already allowed it. */
function* take<Kind extends Frame['kind']>(kind: Kind): Generator<null, Extract<Frame, { kind: Kind }>, Frame> {
  return ofKind(yield null, kind);
}

/** @throws TypeError if the table of turns allows a frame that the session does not expect. */
function ofKind<Kind extends Frame['kind']>(frame: Frame, kind: Kind): Extract<Frame, { kind: Kind }> {
  if (isOfKind(frame, kind)) return frame;
  throw new TypeError(`the order of turns lets a ${frame.kind} through where ${kind} is due`);
}

function isOfKind<Kind extends Frame['kind']>(frame: Frame, kind: Kind): frame is Extract<Frame, { kind: Kind }> {
  return frame.kind === kind;
}

function outOfPlace({ kind }: Frame, during: 'handshake' | 'chat'): PeerError {
  return new PeerError('bad-frame', { reason: 'out-of-place', frame: kind, during });
}

function sendFrame(frame: Frame): Extract<Action, { type: 'send' }> {
  return { type: 'send', bytes: formatFrame(frame) };
}

function isMessageText(bytes: Buffer): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(bytes).includes('\n');
  } catch {
    return false;
  }
}
