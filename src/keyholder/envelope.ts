/**
 * Gets session keys from their envelopes with the client's RSA private key. Anyone can do this who recorded a chat and
 * later gets the key. It uses only node:crypto, since the listener's side shares no code with the chat's.
 */
import { constants, createHash, createPrivateKey, createPublicKey, privateDecrypt, type KeyObject } from 'node:crypto';

import { frameOf } from '../protocol/frames.js';
import { SESSION_KEY_BYTES, type KeyLog } from '../protocol/keylog.js';
import type { Capture } from '../eavesdropper/inspect.js';

const LF = 0x0a;

/**
 * The session keys of the conversations whose envelope this key opens, as a key log holds them.
 *
 * @param pem the private key in PEM (PKCS #8 or PKCS #1), without a passphrase.
 * @throws Error if it is not an RSA private key, or if no conversation used it.
 */
export function keysByPrivateKey({ findings, haystacks }: Capture, pem: string): KeyLog {
  const privateKey = privateKeyIn(pem);
  if (privateKey === null) {
    // The key of a certificate is often an elliptic-curve key.
    const whyTls = isPrivateKey(pem) ? whyNotTls(findings) : null;
    throw new Error(
      `Cannot decrypt: ${whyTls ?? 'the file holds no RSA private key in PEM, or one with a passphrase'}`,
    );
  }
  const fingerprint = fingerprintOf(privateKey);
  const keys = new Map<string, Buffer>();
  const offered = findings.conversations.filter(({ handshake }) => handshake?.publicKey?.fingerprint === fingerprint);
  for (const { number, handshake } of offered) {
    const place = handshake?.sessionKey?.place;
    const stream = haystacks.find(
      (haystack) => haystack.conversation === number && haystack.side === place?.side,
    )?.stream;
    const envelope =
      place === undefined || stream === undefined ? null : envelopeAt(stream.bytes, place.offset - stream.base);
    const sessionKey = envelope === null ? null : unwrapped(privateKey, envelope);
    if (sessionKey !== null) keys.set(fingerprint, sessionKey);
  }
  if (keys.size > 0) return keys;
  if (offered.length > 0) throw new Error('Cannot decrypt: the capture holds no envelope that this private key opens');
  const why = `no client in the capture offered the public key that belongs to this private key (SHA-256 ${fingerprint})`;
  throw new Error(`Cannot decrypt: ${whyNotTls(findings) ?? why}`);
}

/** Why a private key does not decrypt the TLS conversations. null if there are none. */
function whyNotTls({ conversations }: Capture['findings']): string | null {
  const hello = conversations.find(({ tls }) => (tls?.serverHello ?? null) !== null)?.tls?.serverHello ?? null;
  if (hello === null) return null;
  const suite = hello.cipherSuite.name;
  // Only in this exchange is a secret sent that the certificate's key can open (RFC 5246, section 7.4.7.1).
  if (suite.startsWith('TLS_RSA_WITH')) {
    return `TLS with the suite ${suite} locks its secret with the certificate's key; servchat does not open that, Wireshark does`;
  }
  const isFresh = hello.version === 'TLS 1.3' ? hello.keyShare !== null : /^TLS_(EC)?DHE_/.test(suite);
  if (!isFresh) return null;
  return (
    `the chat is in TLS with the suite ${suite}. Its key comes from a Diffie–Hellman exchange and was never sent, ` +
    "so no private key opens it, not even the certificate's (forward secrecy); only a key log does: give it with --keys"
  );
}

/** Whether it is a private key in PEM of any kind, without a passphrase. */
function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    return false;
  }
}

/** null if it is not an RSA private key in PEM, or has a passphrase. */
export function privateKeyIn(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' ? key : null;
  } catch {
    return null;
  }
}

function fingerprintOf(privateKey: KeyObject): string {
  return createHash('sha256')
    .update(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function envelopeAt(bytes: Buffer, offset: number): Buffer | null {
  // If a chat is larger than what is kept, its start may have been dropped.
  if (offset < 0) return null;
  const lf = bytes.indexOf(LF, offset);
  const line = bytes.subarray(offset, lf === -1 ? bytes.length : lf);
  const frame = frameOf(line.at(-1) === 0x0d ? line.subarray(0, -1) : line);
  return frame?.kind === 'SESSION-KEY' ? frame.envelope : null;
}

function unwrapped(privateKey: KeyObject, envelope: Buffer): Buffer | null {
  try {
    const sessionKey = privateDecrypt(
      { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      envelope,
    );
    return sessionKey.length === SESSION_KEY_BYTES ? sessionKey : null;
  } catch {
    return null;
  }
}
