/** Teredo (RFC 4380, section 5.1.1): IPv6 in UDP, which may stand behind an authentication and an origin. */
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';
import { uint16, uint8 } from '../../bytes/integers.js';

/** An IPv6 header cannot begin with these: its first four bits are its version. */
const INDICATOR = { origin: 0x0000, authentication: 0x0001 } as const;
const INDICATOR_BYTES = 2;
/** As many bytes as the two lengths say follow, then the nonce. */
const AUTHENTICATION = { indicator: 0, identifierLength: 2, valueLength: 3, end: 4 } as const;
const NONCE_AND_CONFIRMATION_BYTES = 9;
const ORIGIN_BYTES = 8;
const CUT_TEREDO_HEADER = 'cut Teredo header';

export function readTeredo(cursor: Cursor): Layer {
  if (!has(cursor, INDICATOR_BYTES)) return none(cursor, CUT_TEREDO_HEADER);
  const isSigned = uint16(cursor.data, cursor.at) === INDICATOR.authentication;
  if (isSigned && !skipAuthentication(cursor)) return none(cursor, CUT_TEREDO_HEADER);
  if (!has(cursor, INDICATOR_BYTES)) return none(cursor, CUT_TEREDO_HEADER);
  if (uint16(cursor.data, cursor.at) === INDICATOR.origin) cursor.at += ORIGIN_BYTES;
  return LAYER.ipv6;
}

/** False where it was not captured. */
function skipAuthentication(cursor: Cursor): boolean {
  if (!has(cursor, AUTHENTICATION.end)) return false;
  const { data, at } = cursor;
  const variable = uint8(data, at + AUTHENTICATION.identifierLength) + uint8(data, at + AUTHENTICATION.valueLength);
  cursor.at += AUTHENTICATION.end + variable + NONCE_AND_CONFIRMATION_BYTES;
  return true;
}
