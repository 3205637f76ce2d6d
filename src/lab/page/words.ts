/** The page's words for what the lab calls by a code. A code without words does not compile. */
import type { Deed } from '../../attacker/deed.js';
import type { Integrity } from '../../protocol/integrity.js';
import type { Mode } from '../../protocol/modes.js';
import type { Side } from '../../protocol/side.js';
import type { SeatState, WirePiece } from '../events.js';
import type { Tab } from './desk.js';
import type { Fate } from './state.js';

export const SIDE_NAMES: Readonly<Record<Side, string>> = { client: 'Client', server: 'Server' };

export const MODE_NAMES: Readonly<Record<Mode, string>> = {
  plaintext: 'plaintext',
  encrypted: 'encrypted',
  tls: 'TLS',
};

export const CHECK_NAMES: Readonly<Record<Integrity, string>> = {
  sha256: 'sha256: anyone can compute it',
  'hmac-sha256': 'hmac-sha256: needs the key',
  'hmac-sha256-seq': 'hmac-sha256-seq: also the place',
};

export const SEAT_WORDS: Readonly<Record<SeatState, string>> = {
  starting: 'starting',
  waiting: 'waiting',
  chatting: 'in the chat',
  over: 'the chat is over',
  gone: 'the program has ended',
};

/** A sign and a word: nothing is told by colour alone. `means` is for those who see the word for the first time. */
export const LEGIBLE: Readonly<
  Record<WirePiece['legible'], { readonly sign: string; readonly word: string; readonly means: string }>
> = {
  readable: { sign: '○', word: 'readable', means: 'anyone can read it' },
  outside: { sign: '◐', word: 'outside only', means: 'its kind and length, not its text' },
  sealed: { sign: '●', word: 'sealed', means: 'only its length' },
};

export const FATE_WORDS: Readonly<Record<Fate, string | null>> = {
  'on its way': null,
  held: 'held',
  passed: null,
  replaced: 'other bytes went on',
  returned: 'sent back',
  dropped: 'dropped',
};

export const DEED_WORDS: Readonly<Record<Deed, string | null>> = {
  'passed on': null,
  changed: 'changed by the attacker',
  'sent again': 'sent again by the attacker',
  'sent back': 'sent back by the attacker',
  'sent late': 'sent late',
  added: 'made by the attacker',
};

export const TAB_NAMES: Readonly<Record<Tab, string>> = {
  chat: 'Chat',
  wire: 'Wire',
  bytes: 'Bytes',
  listener: 'Listener',
  experiment: 'Learn',
};
