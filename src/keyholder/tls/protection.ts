/**
 * Decrypts one side's records in order: it knows the current key and the record's number. If a record does not open, it
 * is either damaged or forged. A damaged record counts in the numbers, and a forged one does not. So the next record is
 * tried with both numbers.
 */
import { CONTENT } from '../../eavesdropper/tls/tls-records.js';
import { HandshakeReader, MESSAGE, type HandshakeMessage } from '../../eavesdropper/tls/handshake-messages.js';
import { HASH_BYTES, nextSecret, trafficKey, type WriteKey } from './key-schedule.js';
import { openRecord, type Aead, type Inner } from './record-opening.js';
import type { SecretLabel, Secrets } from './tls-key-log.js';
import type { Side } from '../../protocol/side.js';

export type Opened =
  | (Inner & { readonly ok: true; readonly messages: readonly HandshakeMessage[]; readonly isEarly: boolean })
  | NotOpened;

export interface NotOpened {
  readonly ok: false;
  readonly why: string;
}

/** `record`: with its header. */
export interface Protection {
  decrypt(record: Buffer): Opened;
}

const WRONG_TAG = 'its tag does not fit the key: the record was changed, or a record before it is missing';

/** TLS 1.2: one key from ChangeCipherSpec on. */
export class OldProtection implements Protection {
  readonly #aead: Aead;
  readonly #key: WriteKey;
  readonly #reader = new HandshakeReader();
  #sequence = 0;
  #failures = 0;

  constructor(aead: Aead, key: WriteKey) {
    this.#aead = aead;
    this.#key = key;
  }

  decrypt(record: Buffer): Opened {
    for (const sequence of sequences(this.#sequence, this.#failures)) {
      const inner = openRecord('TLS 1.2', this.#aead, this.#key, sequence, record);
      if (inner === null) continue;
      this.#sequence = sequence + 1;
      this.#failures = 0;
      const messages = inner.type === CONTENT.handshake ? this.#reader.take(inner.content) : [];
      return { ok: true, ...inner, messages, isEarly: false };
    }
    this.#failures += 1;
    return { ok: false, why: WRONG_TAG };
  }
}

/** A secret that encrypts a part of what a side sends. `key`: null if the key log does not have it. */
interface Phase {
  readonly label: SecretLabel;
  readonly secret: Buffer | null;
  readonly key: WriteKey | null;
}

const EARLY: SecretLabel = 'CLIENT_EARLY_TRAFFIC_SECRET';
const HANDSHAKE: Readonly<Record<Side, SecretLabel>> = {
  client: 'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  server: 'SERVER_HANDSHAKE_TRAFFIC_SECRET',
};
const APPLICATION: Readonly<Record<Side, SecretLabel>> = {
  client: 'CLIENT_TRAFFIC_SECRET_0',
  server: 'SERVER_TRAFFIC_SECRET_0',
};

/**
 * TLS 1.3: a key for the handshake, another from Finished on, and a new one after each KeyUpdate. Before these, there
 * is one for what a client sends before the server has answered (0-RTT).
 */
export class NewProtection implements Protection {
  readonly #aead: Aead;
  readonly #phases: Phase[];
  readonly #reader = new HandshakeReader();
  #at = 0;
  #sequence = 0;
  #failures = 0;

  /** `mayBeEarly`: whether the client's hello says that such data follows. */
  constructor(side: Side, aead: Aead, secrets: Secrets, mayBeEarly: boolean) {
    this.#aead = aead;
    const labels = [...(mayBeEarly ? [EARLY] : []), HANDSHAKE[side], APPLICATION[side]];
    this.#phases = labels.map((label) => phaseOf(label, secrets.get(label) ?? null, aead));
  }

  decrypt(record: Buffer): Opened {
    for (const { at, sequence } of this.#tries()) {
      const key = this.#phases[at]?.key ?? null;
      const inner = key === null ? null : openRecord('TLS 1.3', this.#aead, key, sequence, record);
      if (inner === null) continue;
      this.#at = at;
      this.#sequence = sequence + 1;
      this.#failures = 0;
      const isEarly = this.#phases[at]?.label === EARLY;
      const messages = inner.type === CONTENT.handshake ? this.#reader.take(inner.content) : [];
      for (const { type } of messages) this.#follow(type);
      return { ok: true, ...inner, messages, isEarly };
    }
    this.#failures += 1;
    return { ok: false, why: this.#whyNot() };
  }

  /**
   * Tries the current key. If the end of its time may not have been captured, tries the record as the first of a later
   * key.
   */
  *#tries(): Generator<{ readonly at: number; readonly sequence: number }, void, void> {
    for (const sequence of sequences(this.#sequence, this.#failures)) yield { at: this.#at, sequence };
    for (let at = this.#at + 1; at < this.#phases.length; at += 1) yield { at, sequence: 0 };
  }

  #follow(type: number): void {
    const phase = this.#phases[this.#at];
    if (phase === undefined) return;
    const isLast = this.#at === this.#phases.length - 1;
    const ends = phase.label === EARLY ? MESSAGE.endOfEarlyData : MESSAGE.finished;
    if (!isLast && type === ends) this.#begin(this.#at + 1);
    if (isLast && type === MESSAGE.keyUpdate && phase.secret !== null) {
      this.#phases[this.#at] = phaseOf(phase.label, nextSecret(this.#aead.hash, phase.secret), this.#aead);
      this.#begin(this.#at);
    }
  }

  #begin(at: number): void {
    this.#at = at;
    this.#sequence = 0;
  }

  #whyNot(): string {
    const phase = this.#phases[this.#at];
    if (phase?.label === EARLY) {
      const data = 'it seems to be data that the client sent before the server answered (0-RTT)';
      return phase.key === null ? `${data}, and the key log has no ${EARLY} for it` : `${data}, with another cipher`;
    }
    if (phase?.key !== null) return WRONG_TAG;
    const has = phase.secret === null ? `has no ${phase.label}` : `has a ${phase.label} of the wrong length`;
    return `the key log ${has} for this session`;
  }
}

function phaseOf(label: SecretLabel, secret: Buffer | null, aead: Aead): Phase {
  const isUsable = secret?.length === HASH_BYTES[aead.hash];
  return { label, secret, key: isUsable ? trafficKey(aead.hash, aead.cipher, secret) : null };
}

function sequences(next: number, failures: number): readonly number[] {
  return failures === 0 ? [next] : [next, next + failures];
}
