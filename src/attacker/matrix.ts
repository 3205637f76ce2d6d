/** The results of attacks: one cell for each attack in each setting. */
import type { Problem } from '../protocol/events.js';
import { DEFAULT_INTEGRITY, INTEGRITY_NAMES, type Integrity } from '../protocol/integrity.js';
import { MODES, MODE_FACTS, type Mode } from '../protocol/modes.js';
import type { Step } from './step.js';
import type { Side } from '../protocol/side.js';

/** The configuration of the two sides. It is a column of the matrix. */
export interface Setting {
  /** Its files have this name too. */
  readonly name: string;
  readonly mode: Mode;
  /** null except in encrypted mode. */
  readonly integrity: Integrity | null;
  /**
   * Whether one side requires a fingerprint: in encrypted mode the server (`--expect-fingerprint`), in tls mode the
   * client (`--pin`).
   */
  readonly insists: boolean;
}

/** What noticed an attack or stopped it. */
export type Guard =
  | 'the check'
  | "Fernet's signature"
  | 'the sequence number'
  | 'the fingerprint'
  | 'TLS'
  | 'the list of allowed checks'
  | 'the missing EXIT'
  /** One side complained, but for none of the reasons above. */
  | 'something else';

export type AttackOutcome =
  /** The control: the chat went exactly as it was typed. */
  | { readonly kind: 'passes' }
  /** For an attacker who only looks. {@link Cell.known} says what they know. */
  | { readonly kind: 'reads' | 'guesses' }
  /** Nothing stopped the recording, but the attacker cannot read anything in it. */
  | { readonly kind: 'reads-nothing'; readonly sealedBy: 'the TLS records' | 'the tokens' }
  | { readonly kind: 'works-unnoticed' }
  | { readonly kind: 'works-noticed'; readonly by: Guard }
  | { readonly kind: 'refused'; readonly by: Guard }
  /** The wire has nothing that this attack can work on. */
  | { readonly kind: 'not-possible'; readonly why: string }
  /** The run itself failed, so it says nothing about the attack. */
  | { readonly kind: 'failed'; readonly why: string };

/** What one of the two processes showed to its user. */
export interface Seat {
  /** What it showed as messages of the other side, in order. */
  readonly heard: readonly string[];
  /** Whether EXIT or END ended its chat, from this side or the other. */
  readonly left: boolean;
  /** The problems that it reported. */
  readonly problems: readonly Problem[];
  /** The same problems in sentences, as its user sees them. '' if there were none. */
  readonly complaint: string;
  /** Its exit status, or the signal that ended it. */
  readonly status: number | string;
}

/** Something that happened in a run, at one of the two sides or between them. */
export type Moment =
  | { readonly kind: 'typed' | 'shown'; readonly side: Side; readonly text: string }
  /** The program of this side reported a problem, in a sentence. */
  | { readonly kind: 'complained'; readonly side: Side; readonly text: string }
  | { readonly kind: 'crossed'; readonly step: Step };

/** The run of one attack in one setting. */
export interface Cell {
  readonly attack: string;
  readonly setting: Setting;
  readonly outcome: AttackOutcome;
  /**
   * How many of the typed messages the attacker knows. null if the attack does not want to know them and learned none.
   */
  readonly known: { readonly messages: number; readonly of: number } | null;
  readonly said: readonly { readonly side: Side; readonly text: string }[];
  readonly seats: Readonly<Record<Side, Seat>>;
  /** What the attacker understood. */
  readonly learned: readonly { readonly from: Side; readonly text: string }[];
  /** All moments in order of time. If there are too many, only the first ones. */
  readonly timeline: readonly Moment[];
  /** Paths of the captures from each side of the relay. null if the relay never connected to the server. */
  readonly captures: { readonly client: string; readonly server: string | null };
  /** The duration of the run, in milliseconds. */
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

/** The columns that fit the request. An option that was not given fits any value. */
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

/** @param asked the check after each token. Ignored if the mode has no tokens. */
export function settingFor(mode: Mode, asked: Integrity, insists: boolean): Setting {
  const integrity = MODE_FACTS[mode].carrier === 'token' ? asked : null;
  const known = SETTINGS.find(
    (setting) => setting.mode === mode && setting.insists === insists && setting.integrity === integrity,
  );
  const name = `${mode}${integrity === null ? '' : `-${integrity}`}${insists ? '-insisted' : ''}`;
  return known ?? { name, mode, integrity, insists };
}
