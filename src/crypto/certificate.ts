/**
 * A certificate that its owner has signed themselves, for tls mode. It vouches for nothing but its own public key:
 * whoever wants to know whose it is compares its fingerprint.
 *
 * Made by @peculiar/x509 rather than selfsigned, which is a layer over its version 1 that takes longer to load and
 * knows validity in dates only. It is loaded when a certificate is made, and not before.
 */
import { createHash, randomBytes, webcrypto } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. Secret. */
  readonly privateKey: string;
  /** SHA-256 of the certificate's DER, 64 hex digits: what browsers and OpenSSL show as its fingerprint too. */
  readonly fingerprint: string;
}

/**
 * ECDSA on P-256: the signature that every TLS 1.3 program knows (RFC 8446, section 9.1), and a key that is made at
 * once.
 */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const VALID_MS = 24 * 60 * 60 * 1000;
/** Two machines' clocks need not agree. */
const SKEW_MS = 60 * 60 * 1000;

/** A new key pair and a certificate for it, good for a day. */
export async function makeCertificate(): Promise<Certificate> {
  // It registers its parts through decorators, whose metadata this package keeps; it has to be there first.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const now = Date.now();
  const made = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=servchat',
      serialNumber: serialNumber(),
      notBefore: new Date(now - SKEW_MS),
      notAfter: new Date(now + VALID_MS),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [new x509.BasicConstraintsExtension(false, undefined, true)],
    },
    webcrypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    certificate: made.toString('pem'),
    privateKey: `-----BEGIN PRIVATE KEY-----\n${(pkcs8.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END PRIVATE KEY-----\n`,
    fingerprint: certificateFingerprint(Buffer.from(made.rawData)),
  };
}

/** SHA-256 of a certificate's DER, 64 hex digits. */
export function certificateFingerprint(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}

/** Positive, 16 bytes (RFC 5280, section 4.1.2.2: at most 20). */
function serialNumber(): string {
  return `01${randomBytes(15).toString('hex')}`;
}
