/**
 * Which mode the other side is in, by the first bytes that it sends: so that a wrong --mode is told at once, and by
 * name.
 *
 * TCP may bring these bytes one by one. Each function here is given all that has come so far, and answers null until
 * that is enough to tell.
 */
import { MODES, MODE_FACTS, type Mode } from './modes.js';
import type { Side } from './side.js';

/** A TLS record (RFC 8446, section 5.1) begins with its type and 03; a client's first holds its ClientHello. */
const TLS_HANDSHAKE = Buffer.of(0x16, 0x03);
const TLS_ALERT = Buffer.of(0x15, 0x03);
const HELLO = Buffer.from('HELLO servchat/');
const SESSION_KEY = Buffer.from('SESSION-KEY ');
const ERROR = Buffer.from('ERROR ');

/**
 * How each side begins that is in this mode: the server when it answers a client in encrypted mode. None for somebody's
 * words.
 */
const BEGINNINGS: Readonly<Record<Mode, Readonly<Record<Side, readonly Buffer[]>>>> = {
  plaintext: { client: [], server: [] },
  encrypted: { client: [HELLO], server: [SESSION_KEY, ERROR] },
  tls: { client: [TLS_HANDSHAKE], server: [TLS_ALERT] },
};

/** The mode of a client. What begins as no other mode is taken for somebody's words. */
export function modeOfClient(first: Uint8Array): Mode | null {
  return modeBy(first, MODES, 'client');
}

/**
 * The mode of a server that answers a client in encrypted mode. An ERROR line may name another mode: see {@link
 * modeSaidBy}.
 */
export function modeOfServer(first: Uint8Array): Mode | null {
  return modeBy(first, MODES, 'server');
}

/**
 * The mode of a server that talks to a client in plaintext mode: TLS answers by an alert; all else is somebody's words.
 */
export function modeOfAnswer(first: Uint8Array): Mode | null {
  return modeBy(first, ['tls'], 'server');
}

/** The line of text with which a server answers a client in tls mode; '' where it does speak TLS. */
export function answerToTls(first: Uint8Array): string | null {
  const [type, version] = first;
  if (type === undefined) return null;
  if (type >= 0x14 && type <= 0x17) return version === undefined ? null : version === 0x03 ? '' : 'binary';
  const end = first.indexOf(0x0a);
  if (end === -1 && first.length < LONGEST_ANSWER) return null;
  return Buffer.from(first.subarray(0, end === -1 ? LONGEST_ANSWER : end))
    .toString('latin1')
    .trimEnd();
}
/** Longer than any ERROR line of ours. */
const LONGEST_ANSWER = 64;

/** The mode that a server is in which refuses with this code, or null where the code says nothing of it. */
export function modeSaidBy(code: string): Mode | null {
  return MODES.find((mode) => MODE_FACTS[mode].turnsAwayWith === code) ?? null;
}

function modeBy(first: Uint8Array, modes: readonly Mode[], side: Side): Mode | null {
  for (const mode of modes) {
    for (const beginning of BEGINNINGS[mode][side]) {
      const length = Math.min(first.length, beginning.length);
      if (beginning.subarray(0, length).compare(first.subarray(0, length)) !== 0) continue;
      return length === beginning.length ? mode : null;
    }
  }
  return 'plaintext';
}
