/**
 * A self-signed certificate for tls mode. It proves nothing about its owner. To know whose certificate it is, people
 * compare its fingerprint.
 *
 * We use @peculiar/x509 directly. The package selfsigned is a layer over its version 1, loads more slowly, and sets
 * validity by the day only. The import waits until a certificate is needed, because loading takes time.
 */
import { createHash, randomBytes, webcrypto } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. Secret. */
  readonly privateKey: string;
  /** SHA-256 of the certificate's DER, 64 hex digits. Browsers and OpenSSL show the same fingerprint. */
  readonly fingerprint: string;
}

/**
 * ECDSA on P-256. Every TLS 1.3 program supports this signature (RFC 8446, section 9.1), and the key is made quickly.
 */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const VALID_MS = 24 * 60 * 60 * 1000;
/** Allows for clocks that differ between two machines. */
const SKEW_MS = 60 * 60 * 1000;

/** Makes a new key pair and a certificate for it that is valid for a day. */
export async function makeCertificate(): Promise<Certificate> {
  // @peculiar/x509 uses decorators, which need this package to be loaded first.
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

/** A positive number of 16 bytes (RFC 5280, section 4.1.2.2, allows at most 20). */
function serialNumber(): string {
  return `01${randomBytes(15).toString('hex')}`;
}
