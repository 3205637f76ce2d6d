/**
 * Private keys that crossed the wire: in PEM (RFC 7468), or as its bytes (DER: PKCS #1, PKCS #8, or SEC 1 for elliptic
 * curves), raw or in base64. A public key is no secret, and is none of these.
 */
import { constants, createHash, createPrivateKey, privateDecrypt, type KeyObject } from 'node:crypto';
import { encodedIn, isWhollyText, type Division, type Unit } from '../../eavesdropper/chat/sealed-units.js';
import type { Cipher, Unsealed } from './ciphers.js';

/** A private key that crossed. */
export interface PrivateKey {
  readonly what: string;
  readonly written: 'PEM' | 'DER' | 'DER in base64';
  readonly unit: Unit;
  /** null where a passphrase locks it, or it is of a kind that we cannot read. */
  readonly key: KeyObject | null;
}

/** In one conversation. */
const MOST_KEYS = 8;
/** A key of 16,384 bits in PEM has some 13,000 characters. */
const MOST_CHARACTERS = 16_384;
const LEAST_DER = 48;
const SEQUENCE = 0x30;

/** In order; each key once. */
export function privateKeysIn(divisions: readonly Division[], whole: readonly Unit[]): readonly PrivateKey[] {
  const found = [...whole.flatMap(pemsIn), ...divisions.flatMap(({ units }) => units.flatMap(dersIn))];
  const seen = new Set<string>();
  return found
    .filter(({ what, key, unit }) => {
      const name = key === null ? `${what} ${unit.side} ${unit.start}` : fingerprintOf(key);
      if (seen.has(name)) return false;
      seen.add(name);
      return true;
    })
    .slice(0, MOST_KEYS);
}

const PEM =
  /-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----([^-]{16,16384}|[^-]{0,512}-(?:[^-]|-(?!---)){0,16384})-----END \1-----/g;

/** `unit`: all that a side said. */
function pemsIn(unit: Unit): readonly PrivateKey[] {
  const latin1 = unit.bytes.toString('latin1');
  return [...latin1.matchAll(PEM)].slice(0, MOST_KEYS).map((match) => {
    const [text, label = ''] = match;
    const start = unit.start + match.index;
    // In JSON its line ends are escaped.
    const key = keyIn(() => createPrivateKey(text.replace(/(?:\\r)?\\n/g, '\n')));
    const isLocked = label.startsWith('ENCRYPTED') || text.includes('ENCRYPTED');
    return {
      what: key === null ? `${labelled(label)}${isLocked ? ', locked with a passphrase' : ''}` : nameOf(key),
      written: 'PEM',
      unit: { ...unit, start, end: start + text.length },
      key,
    };
  });
}

function labelled(label: string): string {
  return label.replace('ENCRYPTED ', '').replace('PRIVATE KEY', 'private key').replace('OPENSSH', 'OpenSSH');
}

function dersIn(unit: Unit): readonly PrivateKey[] {
  const { bytes } = unit;
  if (!isWhollyText(bytes)) return derOf(bytes, unit, 'DER');
  if (bytes.length > MOST_CHARACTERS) return [];
  return encodedIn(bytes).flatMap(({ as, bytes: der }) => (as === 'base64' ? derOf(der, unit, 'DER in base64') : []));
}

function derOf(der: Buffer, unit: Unit, written: PrivateKey['written']): readonly PrivateKey[] {
  if (der.length < LEAST_DER || der.length > MOST_CHARACTERS || der[0] !== SEQUENCE) return [];
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    const key = keyIn(() => createPrivateKey({ key: der, format: 'der', type }));
    if (key !== null) return [{ what: nameOf(key), written, unit, key }];
  }
  return [];
}

function keyIn(read: () => KeyObject): KeyObject | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function nameOf(key: KeyObject): string {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa') return `RSA private key, ${details?.modulusLength ?? 0} bits`;
  if (type === 'ec') return `private key for elliptic curves, ${details?.namedCurve ?? ''}`;
  return `${type ?? 'unknown'} private key`;
}

function fingerprintOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'pkcs8', format: 'der' }))
    .digest('hex');
}

/** What an RSA key could open: RFC 8017, sections 7.1.2 and 7.2.2. */
export function ciphersOf(key: KeyObject): readonly Cipher[] {
  if (key.asymmetricKeyType !== 'rsa') return [];
  const bytes = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  const of = (name: string, isChecked: boolean, unseal: (sealed: Buffer) => Unsealed | null): Cipher => ({
    name,
    isChecked,
    unseal: (sealed) => {
      if (sealed.length !== bytes) return null;
      try {
        return unseal(sealed);
      } catch {
        return null;
      }
    },
  });
  const oaep = ['sha1', 'sha256', 'sha512'].map((oaepHash) =>
    of(`RSA-OAEP with ${oaepHash.replace('sha', 'SHA-')}`, true, (sealed) => ({
      text: privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, sealed),
      padding: 0,
      stream: null,
    })),
  );
  return [
    ...oaep,
    of('RSA with PKCS #1 v1.5', false, (sealed) =>
      withoutPadding(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, sealed)),
    ),
  ];
}

/** 0, 2, eight bytes or more that are not 0, 0, and then what was sealed. Node hides whether the padding is right. */
function withoutPadding(block: Buffer): Unsealed | null {
  const end = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || end < 10) return null;
  return { text: block.subarray(end + 1), padding: 2, stream: null };
}
