/**
 * The modes of a chat, one row each: what crosses the wire, and what follows from that. Whoever asks a question about
 * all modes reads this table, or a record with an entry for each mode; so a mode that is forgotten there does not
 * compile.
 */
import type { ErrorCode } from './frames.js';
import type { Side } from './side.js';

/** What holds a message on the wire: a line of text, a Fernet token within a line, or a record of TLS. */
export type Carrier = 'line' | 'token' | 'record';

interface ModeFacts {
  /** Before a noun, as in "the TLS capture". */
  readonly title: string;
  /** How a message crosses, as in "a message crosses inside TLS". */
  readonly crosses: string;
  readonly carrier: Carrier;
  /** Who has a private key, whose fingerprint the other side can insist on; null where nobody has one. */
  readonly keyOwner: Side | null;
  /** The ERROR with which a server in this mode turns away a client in another one. */
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
/** Modes in which a listener sees each line of the chat, sealed or not. */
export type LineMode = CarriedBy<'line' | 'token'>;
/** Modes in which nobody reads a message without a key. */
export type SealedMode = CarriedBy<'token' | 'record'>;

export const SEALED_MODES = MODES.filter(isSealed);

export function isSealed(mode: Mode): mode is SealedMode {
  return FACTS[mode].carrier !== 'line';
}

export function isLineMode(mode: Mode): mode is LineMode {
  return FACTS[mode].carrier !== 'record';
}
