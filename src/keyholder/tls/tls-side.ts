/**
 * One side of a TLS connection, record by record: which records are unencrypted, which are encrypted, and when that
 * changes.
 */
import { cipherSuite } from '../../eavesdropper/tls/cipher-suites.js';
import { CONTENT, RECORD_HEADER_BYTES } from '../../eavesdropper/tls/tls-records.js';
import { HandshakeReader } from '../../eavesdropper/tls/handshake-messages.js';
import { keyBlock } from './key-schedule.js';
import { NewProtection, OldProtection, type NotOpened, type Opened, type Protection } from './protection.js';
import type { Agreed, Hellos } from './hellos.js';
import type { Secrets, TlsKeyLog } from './tls-key-log.js';
import type { Side } from '../../protocol/side.js';

/** `clear`: the record is not encrypted. `wait`: it depends on a hello that has not been read yet. */
export type Taken = Opened | 'clear' | 'wait';

/** The length of a TLS 1.2 master secret, in bytes. */
const MASTER_BYTES = 48;

export class TlsSide {
  readonly #side: Side;
  readonly #hellos: Hellos;
  readonly #keyLog: TlsKeyLog;
  readonly #reader = new HandshakeReader();
  /** How many handshakes have changed this side's key. */
  #handshakes = 0;
  #protection: Protection | null = null;

  constructor(side: Side, hellos: Hellos, keyLog: TlsKeyLog) {
    this.#side = side;
    this.#hellos = hellos;
    this.#keyLog = keyLog;
  }

  /** Takes the next record of this side, with its header. After `wait`, give the same record again. */
  take(record: Buffer): Taken {
    if (this.#protection === null) {
      const taken = this.#takeClear(record);
      if (taken !== null) return taken;
    }
    const protection = this.#protection;
    if (protection === null) return 'wait';
    if (!this.#isNew) return this.#takeOld(protection, record);
    // Any other record is unencrypted. Its receiver skips it or ends the connection.
    return record[0] === CONTENT.applicationData ? protection.decrypt(record) : 'clear';
  }

  get #isNew(): boolean {
    return this.#hellos.hasRetry || this.#hellos.agreed(0)?.server.version === 'TLS 1.3';
  }

  /** Takes a record before this side encrypts. null for the first encrypted record. */
  #takeClear(record: Buffer): Taken | null {
    const type = record[0];
    if (type === CONTENT.handshake) {
      for (const message of this.#reader.take(record.subarray(RECORD_HEADER_BYTES))) this.#hellos.learn(message);
    }
    if (type === CONTENT.handshake || type === CONTENT.alert) return 'clear';
    // In TLS 1.3 it has no meaning (RFC 8446, appendix D.4).
    if (type === CONTENT.changeCipherSpec && this.#isNew) return 'clear';
    const agreed = this.#hellos.agreed(0);
    if (agreed === null) return 'wait';
    if (this.#isNew) this.#protection = newProtection(this.#side, agreed, this.#keyLog);
    else if (type === CONTENT.changeCipherSpec) return this.#change(agreed);
    else return { ok: false, why: 'it is application data, and the side has not said that it seals from here on' };
    return null;
  }

  /** Takes a record that is encrypted with TLS 1.2, where another handshake can follow inside. */
  #takeOld(protection: Protection, record: Buffer): Taken {
    const isChange = record[0] === CONTENT.changeCipherSpec;
    const agreed = isChange ? this.#hellos.agreed(this.#handshakes) : null;
    if (isChange && agreed === null) return 'wait';
    const opened = protection.decrypt(record);
    if (opened.ok) for (const message of opened.messages) this.#hellos.learn(message);
    if (opened.ok && agreed !== null) this.#change(agreed);
    return opened;
  }

  #change(agreed: Agreed): 'clear' {
    this.#handshakes += 1;
    this.#protection = oldProtection(this.#side, agreed, this.#keyLog);
    return 'clear';
  }
}

function newProtection(side: Side, { client, server }: Agreed, keyLog: TlsKeyLog): Protection {
  const { sealing } = cipherSuite(server.cipherSuite.number);
  if (sealing.kind !== 'aead') return closed(whyNotOpened(server.cipherSuite.number));
  return new NewProtection(side, sealing, keyLog.secretsOf(client.random), side === 'client' && client.earlyData);
}

function oldProtection(side: Side, { client, server }: Agreed, keyLog: TlsKeyLog): Protection {
  const { sealing } = cipherSuite(server.cipherSuite.number);
  const master = masterIn(keyLog.secretsOf(client.random));
  if (sealing.kind !== 'aead') return closed(whyNotOpened(server.cipherSuite.number));
  if (master === null) return closed('the key log has no CLIENT_RANDOM line for this handshake');
  const randoms = { client: Buffer.from(client.random, 'hex'), server: Buffer.from(server.random, 'hex') };
  return new OldProtection(sealing, keyBlock(sealing.hash, sealing.cipher, master, randoms)[side]);
}

function masterIn(secrets: Secrets): Buffer | null {
  const master = secrets.get('CLIENT_RANDOM');
  return master?.length === MASTER_BYTES ? master : null;
}

/** The reason why a key log cannot decrypt this suite. '' if it can. */
export function whyNotOpened(suite: number): string {
  const { name, sealing } = cipherSuite(suite);
  switch (sealing.kind) {
    case 'aead':
      return '';
    case 'null':
      return `the suite ${name} seals nothing: the text can be read without a key`;
    case 'cbc':
      return `servchat does not open the suite ${name}, which uses a cipher in CBC mode; Wireshark does`;
    case 'stream':
      return `servchat does not open the suite ${name}, which uses the old cipher RC4; Wireshark does`;
    case 'other':
      return `servchat does not know the suite ${name}`;
  }
}

function closed(why: string): Protection {
  const answer: NotOpened = { ok: false, why };
  return { decrypt: () => answer };
}
