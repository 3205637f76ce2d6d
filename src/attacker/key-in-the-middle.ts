/**
 * The attacker in the middle of encrypted mode, by hand: one line at a time. He puts his own public key in place of the
 * client's. So the server locks the session key for him. He opens it, locks it again for the client, and from then on
 * has the same key as both of them.
 *
 *      client ── PUBLIC-KEY (client's) ──▶ attacker ── PUBLIC-KEY (attacker's) ──▶ server
 *      client ◀── SESSION-KEY, locked again ── attacker ◀── SESSION-KEY, locked for the attacker ── server
 *
 * `two-sessions.ts` does the same with two session keys and without waiting, as a program would.
 */
import { InvalidTokenError } from '../crypto/fernet.js';
import { computeCheck } from '../crypto/integrity.js';
import { WeakKeyError, generateKeyPair, importPublicKey, unwrap, wrap, type RsaKeyPair } from '../crypto/rsa.js';
import { splitSessionKey, type SessionKey } from '../crypto/session-key.js';
import { RSA_BITS, type MessageFrame, type PublicKeyFrame, type SessionKeyFrame } from '../protocol/frames.js';
import { SESSION_KEY_BYTES } from '../protocol/keylog.js';
import type { Integrity } from '../protocol/integrity.js';
import type { Side } from '../protocol/side.js';

/** Where a message is in the chat of the one who receives it. */
export interface Place {
  /** The check that the receiver computes. */
  readonly integrity: Integrity;
  /** Who the receiver thinks has sent it. */
  readonly direction: Side;
  /** How many messages of that side the receiver has taken before. */
  readonly n: number;
}

export class KeyInTheMiddle {
  readonly #own: RsaKeyPair;
  /** The client's real key. null before it came. */
  #client: PublicKeyFrame | null = null;
  /** null before the server has chosen it. */
  #session: SessionKey | null = null;

  /** Makes a key pair. */
  static async make(): Promise<KeyInTheMiddle> {
    return new KeyInTheMiddle(await generateKeyPair(RSA_BITS.default));
  }

  constructor(own: RsaKeyPair) {
    this.#own = own;
  }

  get hasSessionKey(): boolean {
    return this.#session !== null;
  }

  /** Our own key in place of the client's, which we keep. */
  swapped(client: PublicKeyFrame): PublicKeyFrame {
    this.#client = client;
    return { kind: 'PUBLIC-KEY', spki: this.#own.spki };
  }

  /** The session key, locked again for the client. null if it was not locked for us, or if the client has no key. */
  relocked({ envelope }: SessionKeyFrame): SessionKeyFrame | null {
    const bytes = unwrap(this.#own.privateKey, envelope);
    if (bytes?.length !== SESSION_KEY_BYTES || this.#client === null) return null;
    try {
      const relocked = wrap(importPublicKey(this.#client.spki), bytes);
      this.#session = splitSessionKey(bytes);
      return { kind: 'SESSION-KEY', envelope: relocked };
    } catch (error) {
      if (error instanceof WeakKeyError) return null;
      throw error;
    }
  }

  /** What is in the token. null if the session key does not open it. */
  read({ token }: MessageFrame): string | null {
    try {
      // An attacker who only reads does not care about a token's age.
      return this.#session?.fernet.decrypt(token, { now: Infinity }).toString('utf8') ?? null;
    } catch (error) {
      if (error instanceof InvalidTokenError) return null;
      throw error;
    }
  }

  /** The same token, with the check that the receiver computes at this place. Unchanged without a session key. */
  fitted({ kind, token, check }: MessageFrame, { integrity, direction, n }: Place): MessageFrame {
    if (this.#session === null) return { kind, token, check };
    return { kind, token, check: computeCheck(integrity, this.#session.hmac, { direction, n }, token) };
  }

  /**
   * A new token with this text. null before there is a session key.
   *
   * @param now seconds since the Unix epoch.
   */
  sealed(text: string, place: Place, now: number): MessageFrame | null {
    if (this.#session === null) return null;
    const token = this.#session.fernet.encrypt(Buffer.from(text, 'utf8'), { now });
    return this.fitted({ kind: 'MESSAGE', token, check: Buffer.alloc(0) }, place);
  }
}
