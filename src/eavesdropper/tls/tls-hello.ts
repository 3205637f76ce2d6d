/**
 * Reads the two TLS hellos at the start of a stream, to find out which protocol it is. `hello-fields.ts` reads the
 * fields. Here a hello may also be cut off: then only what comes before the cut is read.
 */
import { cipherSuite } from './cipher-suites.js';
import { MESSAGE } from './handshake-messages.js';
import { clientHelloFields, serverHelloFields, versionName } from './hello-fields.js';
import { CONTENT, RECORD_HEADER_BYTES } from './tls-records.js';

export interface Hello {
  /** For example `TLS 1.2`; null if the version is unknown. */
  readonly version: string | null;
  readonly serverName: string | null;
  /**
   * The first application protocol that the client offers (ALPN, RFC 7301): `h2`, `servchat/1`. null if it offers none.
   */
  readonly application: string | null;
  /** Whether the server chose a suite that signs but does not encrypt (RFC 5246, appendix A.5; RFC 9150). */
  readonly isNull: boolean;
}

/** Type and length of the message. */
const MESSAGE_HEADER_BYTES = 4;

export function clientHello(head: Buffer): Hello | null {
  const body = bodyOf(head, MESSAGE.clientHello);
  if (body === null) return null;
  const fields = clientHelloFields(body);
  if (fields === null) return cutHello(body);
  const { versions, serverName, applications } = fields;
  return { version: versions[0] ?? null, serverName, application: applications[0] ?? null, isNull: false };
}

export function serverHello(head: Buffer): Hello | null {
  const body = bodyOf(head, MESSAGE.serverHello);
  if (body === null) return null;
  const fields = serverHelloFields(body);
  if (fields === null) return cutHello(body);
  const isNull = cipherSuite(fields.cipherSuite.number).sealing.kind === 'null';
  return { version: fields.version, serverName: null, application: null, isNull };
}

/** A hello with only its version captured. */
function cutHello(body: Buffer): Hello {
  return { version: versionName(body.readUInt16BE(0)), serverName: null, application: null, isNull: false };
}

/** At least its version. null if `head` does not start with a handshake message of this type. */
function bodyOf(head: Buffer, type: number): Buffer | null {
  const at = RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES;
  if (head.length < at + 2 || head[0] !== CONTENT.handshake || head[1] !== 3) return null;
  return head[RECORD_HEADER_BYTES] === type && head[at] === 3 ? head.subarray(at) : null;
}
