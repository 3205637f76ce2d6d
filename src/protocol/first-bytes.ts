/**
 * Finds the other side's mode from the first bytes that it sends. So a wrong --mode is reported immediately, with the
 * mode's name.
 *
 * TCP may deliver these bytes one at a time. Each function gets all the bytes so far, and returns null while they are
 * too few to decide.
 */
import { MODES, MODE_FACTS, type Mode } from './modes.js';
import type { Side } from './side.js';

/**
 * A TLS record (RFC 8446, section 5.1) begins with its type and then 03. A client's first record holds its ClientHello.
 */
const TLS_HANDSHAKE = Buffer.of(0x16, 0x03);
const TLS_ALERT = Buffer.of(0x15, 0x03);
const HELLO = Buffer.from('HELLO servchat/');
const SESSION_KEY = Buffer.from('SESSION-KEY ');
const ERROR = Buffer.from('ERROR ');

/**
 * The bytes with which a side in this mode begins. For the server, this is its answer to a client in encrypted mode.
 * The list is empty where the side begins with text that a person typed.
 */
const BEGINNINGS: Readonly<Record<Mode, Readonly<Record<Side, readonly Buffer[]>>>> = {
  plaintext: { client: [], server: [] },
  encrypted: { client: [HELLO], server: [SESSION_KEY, ERROR] },
  tls: { client: [TLS_HANDSHAKE], server: [TLS_ALERT] },
};

/** The mode of a client. Bytes that fit no other mode count as text that a person typed. */
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
 * The mode of a server that answers a client in plaintext mode. A TLS server answers with an alert. Everything else
 * counts as text that a person typed.
 */
export function modeOfAnswer(first: Uint8Array): Mode | null {
  return modeBy(first, ['tls'], 'server');
}

/** The line of text with which a server answered a client in tls mode. '' if the server does speak TLS. */
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
/** Longer than any ERROR line that we send. */
const LONGEST_ANSWER = 64;

/** The mode of a server that refuses with this code, or null if the code does not tell the mode. */
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
