/**
 * What someone can read who has the session's key: verifies each check and decrypts each token.
 *
 * It uses other people's code, the `fernet` package and node:crypto. So each encrypted chat is read by an
 * implementation that shares no line with the one that wrote it. The package accepts bytes around a token and some
 * tokens that the spec calls invalid. So each token is checked first (its only spelling, its HMAC, its padding).
 */
import { createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { COVERS, INTEGRITY_KINDS, isIntegrity, type Covers } from '../protocol/integrity.js';
import { TokenFormatError, parseToken } from '../protocol/token.js';
import { linesOf } from '../eavesdropper/tcp/lines.js';
import type { KeyLog } from '../protocol/keylog.js';
import type { Chat, ChatOpener, OpenedChat } from '../eavesdropper/chat/chat.js';
import type { Conversation } from '../eavesdropper/tcp/conversation.js';
import type { OpenedMessage, Place, SealedMessage } from '../eavesdropper/findings/findings.js';
import { SIDES, type Side } from '../protocol/side.js';
import { checkBy, checkedText, keyParts, type KeyParts } from './unsealing.js';

/** The part of the session key's 64 bytes that is the Fernet key: its signing key and its encryption key. */
const FERNET_KEY_END = 32;

/** Decrypts the chats whose session keys are in `keys`. */
export async function openerWith(keys: KeyLog): Promise<ChatOpener> {
  const fernet = await fernetPackage();
  return (conversation, chat) => openChat(conversation, chat, keys, fernet);
}

function openChat(conversation: Conversation, chat: Chat, keys: KeyLog, fernet: FernetPackage): OpenedChat {
  const { handshake, messages } = chat;
  if (handshake === null) return { opening: null, messages };
  const fingerprint = handshake.publicKey?.fingerprint;
  const key = fingerprint === undefined ? undefined : keys.get(fingerprint);
  if (key === undefined) return { opening: { keyFound: false, verified: 0, refused: 0 }, messages };

  const opener = new Opener(key, handshake.hello?.integrity ?? null, countMessages(conversation, chat), fernet);
  const opened = messages.map((message) =>
    message.kind === 'sealed' ? { ...message, opened: opener.decrypt(message) } : message,
  );
  const sealed = opened.filter((message) => message.kind === 'sealed');
  const verified = sealed.filter((message) => message.opened.ok).length;
  return { opening: { keyFound: true, verified, refused: sealed.length - verified }, messages: opened };
}

type FernetPackage = (typeof import('fernet'))['default'];

/** Loaded only with a key, because it takes long to load and adds a method to every string. */
async function fernetPackage(): Promise<FernetPackage> {
  const { default: fernet } = await import('fernet');
  // The package needs the method, so it stays, but other people's `for … in` must not see it.
  Object.defineProperty(String.prototype, 'lpad', { enumerable: false });
  return fernet;
}

/** The number of a MESSAGE in its direction, or why it is not known. */
type Count = { readonly known: true; readonly number: number } | { readonly known: false; readonly why: string };
type Counts = Readonly<Record<Side, ReadonlyMap<number, Count>>>;

/**
 * The key is the line's offset. Every MESSAGE line counts, even if it is no longer a valid frame, because its sender
 * counted it.
 */
function countMessages({ streams }: Conversation, { handshake }: Chat): Counts {
  const begins = {
    client: handshake?.publicKey?.place.side === 'client',
    server: handshake?.sessionKey?.place.side === 'server',
  };
  const countSide = (side: Side): ReadonlyMap<number, Count> => {
    const { stream } = streams[side];
    const counts = new Map<number, Count>();
    let number = 0;
    for (const { start, end } of linesOf(stream)) {
      if (stream.bytes.toString('latin1', start, Math.min(end, start + MESSAGE.length)) !== MESSAGE) continue;
      const missing = stream.missingBefore(start);
      if (!begins[side])
        counts.set(start, { known: false, why: `the capture does not hold the beginning of what the ${side} sent` });
      else if (missing > 0) counts.set(start, { known: false, why: `${missing} bytes are missing before it` });
      else counts.set(start, { known: true, number });
      number += 1;
    }
    return counts;
  };
  const [client, server] = SIDES.map(countSide);
  return { client: client ?? new Map<number, Count>(), server: server ?? new Map<number, Count>() };
}
const MESSAGE = 'MESSAGE ';

class Opener {
  readonly #parts: KeyParts;
  readonly #integrity: string | null;
  readonly #counts: Counts;
  readonly #fernet: FernetPackage;
  readonly #secret: InstanceType<FernetPackage['Secret']>;

  constructor(key: Buffer, integrity: string | null, counts: Counts, fernet: FernetPackage) {
    this.#parts = keyParts(key);
    this.#integrity = integrity;
    this.#counts = counts;
    this.#fernet = fernet;
    this.#secret = new fernet.Secret(key.toString('base64url', 0, FERNET_KEY_END));
  }

  /** In the receiver's order: first the check, and only then the token. */
  decrypt(message: SealedMessage): OpenedMessage {
    const problem = this.#problemWithCheck(message) ?? this.#problemWithToken(message.token.text);
    return problem === null ? this.#decrypted(message) : { ok: false, why: problem };
  }

  #problemWithCheck({ place, token, check }: SealedMessage): string | null {
    if (this.#integrity === null) return 'the capture does not hold the HELLO, which names the check';
    if (!isIntegrity(this.#integrity)) return 'servchat does not know the check that HELLO asks for';
    const { algorithm, covers } = INTEGRITY_KINDS[this.#integrity];
    const covered = this.#covered(covers, place, token.text);
    if ('why' in covered) return `its check counts the messages, and ${covered.why}`;
    const expected = checkBy(algorithm, covered.bytes, this.#parts);
    if (isSame(expected, Buffer.from(check, 'hex'))) return null;
    return `its check is wrong: it was changed${COVERS[covers].placed ? ', or it stands in another place than where it was sent' : ''}`;
  }

  #covered(
    covers: Covers,
    { side, offset }: Place,
    token: string,
  ): { readonly bytes: string } | { readonly why: string } {
    const count = this.#counts[side].get(offset) ?? { known: false, why: 'it was not counted' };
    if (count.known) return { bytes: checkedText(covers, side, count.number, token) };
    // If the check does not cover the number, any number will do.
    return COVERS[covers].placed ? { why: count.why } : { bytes: checkedText(covers, side, 0, token) };
  }

  #problemWithToken(text: string): string | null {
    try {
      const { signed, hmac, iv, ciphertext } = parseToken(text);
      const expected = createHmac('sha256', this.#parts.signing).update(signed).digest();
      if (!isSame(expected, hmac)) return "its check holds, but the token's own HMAC is wrong";
      return this.#isPadded(iv, ciphertext) ? null : 'its padding is wrong';
    } catch (error) {
      if (error instanceof TokenFormatError) return error.message;
      throw error;
    }
  }

  /** The package accepts any padding. OpenSSL does not. */
  #isPadded(iv: Buffer, ciphertext: Buffer): boolean {
    const decipher = createDecipheriv('aes-128-cbc', this.#parts.encryption, iv);
    try {
      decipher.update(ciphertext);
      decipher.final();
      return true;
    } catch {
      return false;
    }
  }

  #decrypted({ token }: SealedMessage): OpenedMessage {
    let text: string;
    try {
      text = new this.#fernet.Token({ secret: this.#secret, token: token.text, ttl: 0 }).decode();
    } catch (error) {
      return {
        ok: false,
        why: `the fernet package refuses it: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
    return { ok: true, text, check: 'verified' };
  }
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
