/** What comes out of attacks that were run: one cell for each attack in each setting. */
import type { Problem } from '../protocol/events.js';
import { DEFAULT_INTEGRITY, INTEGRITY_NAMES, type Integrity } from '../protocol/integrity.js';
import { MODES, MODE_FACTS, type Mode } from '../protocol/modes.js';
import type { Step } from './step.js';
import type { Side } from '../protocol/side.js';

/** How the two sides are set up: a column of the matrix. */
export interface Setting {
  /** Also the name of its files. */
  readonly name: string;
  readonly mode: Mode;
  /** null outside of encrypted mode. */
  readonly integrity: Integrity | null;
  /**
   * Whether a fingerprint is insisted on: in encrypted mode by the server (`--expect-fingerprint`), in tls mode by the
   * client (`--pin`).
   */
  readonly insists: boolean;
}

/** By what somebody noticed an attack, or stopped it. */
export type Guard =
  | 'the check'
  | "Fernet's signature"
  | 'the sequence number'
  | 'the fingerprint'
  | 'TLS'
  | 'the list of allowed checks'
  | 'the missing EXIT'
  /** Somebody complained of something that is none of the above. */
  | 'something else';

export type AttackOutcome =
  /** The control: the chat took place as it was typed. */
  | { readonly kind: 'passes' }
  /** Of an attacker who only looks: what they know is in {@link Cell.known}. */
  | { readonly kind: 'reads' | 'guesses' }
  /** Nobody was in the way, and the recording was made: there is nothing in it that the attacker can read. */
  | { readonly kind: 'reads-nothing'; readonly sealedBy: 'the TLS records' | 'the tokens' }
  | { readonly kind: 'works-unnoticed' }
  | { readonly kind: 'works-noticed'; readonly by: Guard }
  | { readonly kind: 'refused'; readonly by: Guard }
  /** There is nothing on the wire for this attack to work on. */
  | { readonly kind: 'not-possible'; readonly why: string }
  /** The run itself went wrong: it says nothing about the attack. */
  | { readonly kind: 'failed'; readonly why: string };

/** What one of the two processes let its person see. */
export interface Seat {
  /** What it showed as the other's words, in order. */
  readonly heard: readonly string[];
  /** Whether its chat ended with EXIT or END, its own or the other's. */
  readonly left: boolean;
  /** What went wrong there. */
  readonly problems: readonly Problem[];
  /** The same in sentences, as its person is told; '' where nothing went wrong. */
  readonly complaint: string;
  /** Its exit status, or the signal that ended it. */
  readonly status: number | string;
}

/** Something that happened in a run: at one of the two people, or between them. */
export type Moment =
  | { readonly kind: 'typed' | 'shown'; readonly side: Side; readonly text: string }
  /** Their program told of something wrong, in a sentence. */
  | { readonly kind: 'complained'; readonly side: Side; readonly text: string }
  | { readonly kind: 'crossed'; readonly step: Step };

/** One attack against one setting, as it went. */
export interface Cell {
  readonly attack: string;
  readonly setting: Setting;
  readonly outcome: AttackOutcome;
  /** How many of the messages that were said the attacker knows; null where the attack is not after them. */
  readonly known: { readonly messages: number; readonly of: number } | null;
  readonly said: readonly { readonly side: Side; readonly text: string }[];
  readonly seats: Readonly<Record<Side, Seat>>;
  /** What the attacker understood. */
  readonly learned: readonly { readonly from: Side; readonly text: string }[];
  /** All of it in the order of time, or the first of it where that is much. */
  readonly timeline: readonly Moment[];
  /** Paths of the captures of what crossed on each side of the relay; null where the server was never connected to. */
  readonly captures: { readonly client: string; readonly server: string | null };
  /** How long the run took, in milliseconds. */
  readonly took: number;
}

export interface Matrix {
  readonly attacks: readonly { readonly name: string; readonly summary: string }[];
  readonly settings: readonly Setting[];
  /** Row by row. */
  readonly cells: readonly Cell[];
}

const SETTINGS_OF: Readonly<Record<Mode, readonly Omit<Setting, 'mode'>[]>> = {
  plaintext: [{ name: 'plaintext', integrity: null, insists: false }],
  encrypted: [
    ...INTEGRITY_NAMES.map((integrity) => ({ name: `encrypted-${integrity}`, integrity, insists: false })),
    { name: 'encrypted-fingerprint', integrity: DEFAULT_INTEGRITY, insists: true },
  ],
  tls: [
    { name: 'tls', integrity: null, insists: false },
    { name: 'tls-pinned', integrity: null, insists: true },
  ],
};

export const SETTINGS: readonly Setting[] = MODES.flatMap((mode) =>
  SETTINGS_OF[mode].map(({ name, ...rest }) => ({ name, mode, ...rest })),
);

/** Those columns that fit what was asked for; what was not asked for may be anything. */
export function settingsThatFit(
  mode: Mode | undefined,
  integrity: Integrity | undefined,
  insists: boolean,
): readonly Setting[] {
  return SETTINGS.filter(
    (setting) =>
      (mode === undefined || setting.mode === mode) &&
      (integrity === undefined || setting.integrity === integrity) &&
      (!insists || setting.insists),
  );
}

/** @param asked the check behind each token, where the mode has tokens. */
export function settingFor(mode: Mode, asked: Integrity, insists: boolean): Setting {
  const integrity = MODE_FACTS[mode].carrier === 'token' ? asked : null;
  const known = SETTINGS.find(
    (setting) => setting.mode === mode && setting.insists === insists && setting.integrity === integrity,
  );
  const name = `${mode}${integrity === null ? '' : `-${integrity}`}${insists ? '-insisted' : ''}`;
  return known ?? { name, mode, integrity, insists };
}
