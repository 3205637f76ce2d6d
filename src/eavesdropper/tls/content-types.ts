/** Names for the content of TLS records: content types (RFC 8446, section 5.1) and alerts (section 6). */
import { CONTENT } from './tls-records.js';

export type ContentName = 'change cipher spec' | 'alert' | 'handshake' | 'application data' | 'unknown';

const NAMES: ReadonlyMap<number, ContentName> = new Map([
  [CONTENT.changeCipherSpec, 'change cipher spec'],
  [CONTENT.alert, 'alert'],
  [CONTENT.handshake, 'handshake'],
  [CONTENT.applicationData, 'application data'],
]);

export function contentName(type: number): ContentName {
  return NAMES.get(type) ?? 'unknown';
}

const ALERTS: ReadonlyMap<number, string> = new Map([
  [0, 'close_notify'],
  [10, 'unexpected_message'],
  [20, 'bad_record_mac'],
  [22, 'record_overflow'],
  [40, 'handshake_failure'],
  [42, 'bad_certificate'],
  [43, 'unsupported_certificate'],
  [44, 'certificate_revoked'],
  [45, 'certificate_expired'],
  [46, 'certificate_unknown'],
  [47, 'illegal_parameter'],
  [48, 'unknown_ca'],
  [49, 'access_denied'],
  [50, 'decode_error'],
  [51, 'decrypt_error'],
  [70, 'protocol_version'],
  [71, 'insufficient_security'],
  [80, 'internal_error'],
  [86, 'inappropriate_fallback'],
  [90, 'user_canceled'],
  [100, 'no_renegotiation'],
  [109, 'missing_extension'],
  [110, 'unsupported_extension'],
  [112, 'unrecognized_name'],
  [113, 'bad_certificate_status_response'],
  [115, 'unknown_psk_identity'],
  [116, 'certificate_required'],
  [120, 'no_application_protocol'],
]);

/**
 * What an unencrypted alert says. It has two bytes: how serious it is, and the reason. null if the bytes are not an
 * alert.
 */
export function alertName(content: Buffer): string | null {
  if (content.length !== 2) return null;
  const about = content[1] ?? 0;
  return ALERTS.get(about) ?? `alert ${about}`;
}
