/**
 * The modes of a chat, one row each: what crosses the wire, and what follows from that. Code that needs a fact about
 * every mode reads this table, or a record with an entry for each mode. So code that forgets a mode does not compile.
 */
import type { ErrorCode } from './error-codes.js';
import type { Side } from './side.js';

/** What holds a message on the wire: a line of text, a Fernet token within a line, or a record of TLS. */
export type Carrier = 'line' | 'token' | 'record';

interface ModeFacts {
  /** Before a noun, as in "the TLS capture". */
  readonly title: string;
  /** How a message is sent, as in "a message crosses inside TLS". */
  readonly crosses: string;
  readonly carrier: Carrier;
  /** The side that has a private key; the other side can require its fingerprint. null if neither has one. */
  readonly keyOwner: Side | null;
  /** The ERROR code that a server in this mode sends to a client in another mode. */
  readonly turnsAwayWith: ErrorCode;
}

const FACTS = {
  plaintext: {
    title: 'plaintext',
    crosses: 'in plaintext',
    carrier: 'line',
    keyOwner: null,
    turnsAwayWith: 'plaintext-mode',
  },
  encrypted: {
    title: 'encrypted',
    crosses: 'encrypted',
    carrier: 'token',
    keyOwner: 'client',
    turnsAwayWith: 'mode-mismatch',
  },
  tls: {
    title: 'TLS',
    crosses: 'inside TLS',
    carrier: 'record',
    keyOwner: 'server',
    turnsAwayWith: 'tls-mode',
  },
} as const satisfies Readonly<Record<string, ModeFacts>>;

export type Mode = keyof typeof FACTS;
export const MODE_FACTS: Readonly<Record<Mode, ModeFacts>> = FACTS;
export const MODES = Object.keys(FACTS) as readonly Mode[];

type CarriedBy<Some extends Carrier> = {
  [Each in Mode]: (typeof FACTS)[Each]['carrier'] extends Some ? Each : never;
}[Mode];
/** Modes in which a listener sees each line of the chat, encrypted or not. */
export type LineMode = CarriedBy<'line' | 'token'>;
/** Modes in which nobody can read a message without a key. */
export type SealedMode = CarriedBy<'token' | 'record'>;

export const SEALED_MODES = MODES.filter(isSealed);

export function isSealed(mode: Mode): mode is SealedMode {
  return FACTS[mode].carrier !== 'line';
}

export function isLineMode(mode: Mode): mode is LineMode {
  return FACTS[mode].carrier !== 'record';
}
