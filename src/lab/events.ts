/**
 * What happens in the lab, as data: the server sends these events to the page, and the page is a function of them. A
 * recorded run is a list of them. `commands.ts` has the other direction.
 *
 * Everything in `text`, `says` and `hex` may come from the wire. It is hostile: a page shows it as text only.
 */
import type { Deed } from '../attacker/deed.js';
import type { Integrity } from '../protocol/integrity.js';
import type { Mode } from '../protocol/modes.js';
import type { Side } from '../protocol/side.js';

/** A run that a page can play again. */
export interface RecordedRun {
  /** For the list of runs, as text. */
  readonly title: string;
  /** Runs with the same heading stand together in the list. '' for none. */
  readonly heading: string;
  /** In ascending order. The first begins the run. */
  readonly events: readonly Numbered[];
}

/** An event as it is sent: with its number in the session, from 1, in ascending order, and its time. */
export interface Numbered {
  readonly number: number;
  /** Milliseconds since the run began (a whole number). */
  readonly at: number;
  readonly event: LabEvent;
}

export type LabEvent =
  /** A new run: two new chairs, a new wire, a new capture. Everything before it is history; the page starts empty. */
  | {
      readonly type: 'run';
      /** From 1. */
      readonly run: number;
      readonly setting: Setting;
      /** The ready-made attacks that can be chosen, in the order in which to show them. */
      readonly attacks: readonly AttackOffer[];
      /**
       * Only in a run that was read from a capture: the name of its file. Nobody sat in the middle, so the wire is one,
       * and a piece has one frame.
       */
      readonly capture?: string;
    }
  /** Only in a run in which a person's own terminal takes this chair: the lines to type there. */
  | { readonly type: 'join'; readonly side: Side; readonly lines: Join }
  /** What became of one of the two processes. */
  | { readonly type: 'seat'; readonly side: Side; readonly state: SeatState }
  /** This chair's person has sent a message. */
  | { readonly type: 'said'; readonly side: Side; readonly text: string }
  /** This chair shows a message that it takes for the other person's. */
  | { readonly type: 'shown'; readonly side: Side; readonly text: string }
  /** This chair says that something is wrong. `reason` is the code of `protocol/events.ts`, `says` is for people. */
  | { readonly type: 'complained'; readonly side: Side; readonly reason: string; readonly says: string }
  /** This chair shows a fingerprint (64 hex digits) of a key that belongs, as far as it knows, to `of`. */
  | { readonly type: 'fingerprint'; readonly side: Side; readonly of: Side; readonly sha256: string }
  /** A piece came to the relay. If `held`, it waits there until a command lets it go. */
  | { readonly type: 'came'; readonly piece: WirePiece; readonly held: boolean }
  /** A held piece has other bytes now. It still waits. `piece.id` is its number, as before. */
  | { readonly type: 'altered'; readonly piece: WirePiece }
  /** The relay sent something. `of` is the piece that it made this from; null if the attacker began it. */
  | {
      readonly type: 'went';
      readonly of: number | null;
      readonly deed: Deed;
      readonly piece: WirePiece;
    }
  /** A held piece is no longer there, and nothing was sent. */
  | { readonly type: 'dropped'; readonly of: number }
  /** The order in which the held pieces wait now (numbers of pieces). */
  | { readonly type: 'queue'; readonly order: readonly number[] }
  /** The attacker ended both connections. */
  | { readonly type: 'cut' }
  /** The attacker understood what this side said. */
  | { readonly type: 'understood'; readonly from: Side; readonly text: string }
  /** The chat with a ready-made attack is over: what the attack achieved, in a sentence. */
  | { readonly type: 'outcome'; readonly says: string }
  /** Hold was switched on or off. */
  | { readonly type: 'hold'; readonly on: boolean }
  /** A conversation is being played: `done` of `of` messages were typed. At the end, the two are equal. */
  | { readonly type: 'playing'; readonly done: number; readonly of: number }
  /** What the listener, who has only the capture, knows so far. Each replaces the one before. */
  | { readonly type: 'listener'; readonly knows: ListenerKnows }
  /** Files were written. */
  | { readonly type: 'saved'; readonly files: readonly SavedFile[] }
  /** A command could not be carried out. `says` is a plain sentence that says what to do. */
  | { readonly type: 'declined'; readonly says: string }
  /** The experiment that is open, or null. */
  | { readonly type: 'experiment'; readonly name: string | null }
  /** Whether the open experiment's goal is reached, and what is missing. */
  | { readonly type: 'goal'; readonly experiment: string; readonly met: boolean; readonly missing: readonly string[] }
  /**
   * The learner says which text is in this piece. null: they only point at the piece. `right` is null if no experiment
   * is open that asks for it.
   */
  | { readonly type: 'guessed'; readonly piece: number; readonly text: string | null; readonly right: boolean | null }
  /** So many of the oldest events of this run are not kept any more, and stood here. */
  | { readonly type: 'left-out'; readonly events: number };

export interface Setting {
  readonly mode: Mode;
  /** null except in encrypted mode. */
  readonly integrity: Integrity | null;
  /** The name of a ready-made attack, or null: then the learner is the attacker. */
  readonly attack: string | null;
  /** Whether the side that can insists on the right key (`--expect-fingerprint` or `--pin`). */
  readonly insists: boolean;
  /** The chair that a person takes from a terminal of their own. The lab knows nothing of what it shows. null: none. */
  readonly elsewhere: Side | null;
}

/** Which pieces wait at the relay: none, messages, or each piece that comes. With `messages`, the handshake passes. */
export const HOLDINGS = ['nothing', 'messages', 'everything'] as const;
export type Holding = (typeof HOLDINGS)[number];

/** The switch: whether it is on, and what is held then. */
export interface Hold {
  readonly on: boolean;
  readonly what: Exclude<Holding, 'nothing'>;
}

export interface AttackOffer {
  readonly name: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** What the two people do, so that it acts. A full sentence. */
  readonly toSee: string;
}

export type SeatState =
  | 'starting'
  /** Nobody has connected yet. */
  | 'waiting'
  | 'chatting'
  /** Someone said goodbye, and the chat is over. */
  | 'over'
  /** The process ended, or was ended, without a goodbye. */
  | 'gone';

/** Ways to take a chair from a terminal of one's own. */
export interface Join {
  readonly servchat: string;
  /** The line that goes to the folder in which it works. null: it works anywhere. */
  readonly folder: string | null;
  /** null where netcat cannot speak this mode. */
  readonly nc: string | null;
}

/** Something that anyone on the wire can cut out without a key: a line, or a TLS record. */
export interface WirePiece {
  /** Its number in this run, from 1. What went out has a number of its own. */
  readonly id: number;
  /** The side that it came from, or that it seems to come from. */
  readonly from: Side;
  /** On which half of the wire it is: between the client and the relay, or between the relay and the server. */
  readonly half: Side;
  /** Its frame in the capture of that half, as Wireshark numbers it. null if it was not recorded. */
  readonly frame: number | null;
  readonly kind: 'text' | 'frame' | 'record';
  /** For the row: `HELLO`, `MESSAGE`, `TLS application data`, or the text itself in plaintext mode. */
  readonly label: string;
  /** What a listener makes of it: all can be read, only its outside (names, keys, times), or nothing but its length. */
  readonly legible: 'readable' | 'outside' | 'sealed';
  /** The number of this message on its side, from 0. null if it is not a message, such as a line of the handshake. */
  readonly message: number | null;
  /** How many bytes. */
  readonly length: number;
  /** The bytes in hex, the first 2,048 at most. */
  readonly hex: string;
  /** In the order of the bytes, without gaps. They cover all `length` bytes. */
  readonly fields: readonly Field[];
  /** What one of the fields holds that is written in base64: a token, a key, an envelope. null if there is none. */
  readonly inside: Inside | null;
}

/** Bytes that are on the wire as base64. */
export interface Inside {
  /** For a heading: `the token`. */
  readonly what: string;
  /** The field of the piece that it is written in (its place in the list, from 0). */
  readonly field: number;
  readonly length: number;
  /** The bytes in hex, the first 2,048 at most. */
  readonly hex: string;
  /** Offsets are from the first byte inside. */
  readonly fields: readonly Field[];
}

export interface Field {
  /** `version`, `time`, `IV`, `ciphertext`, `check`, … */
  readonly name: string;
  /** From the first byte. */
  readonly offset: number;
  readonly length: number;
  /** One plain sentence or less. */
  readonly meaning: string;
  /** How the page lets the learner edit these bytes: as text, as hex digits, or not at all. */
  readonly edit: 'text' | 'hex' | null;
}

export interface ListenerKnows {
  /** Packets of the capture that it has read. It listens between the client and the relay. */
  readonly packets: number;
  /** What it takes the chat for; null before there is anything. */
  readonly takenFor: string | null;
  /** Text that it can read, in order. */
  readonly messages: readonly { readonly from: Side; readonly frame: number; readonly text: string }[];
  /** How many earlier messages are not in the list. */
  readonly earlierMessages: number;
  /** What stays visible anyway: who, when, how many, how long; one plain sentence each. */
  readonly anyway: readonly string[];
  /** Keys that it saw cross the wire, and what they are good for. */
  readonly keys: readonly string[];
  /** For each message that was said: whether the listener finds it, and a control that shows that it could. */
  readonly searched: readonly Searched[];
  /** How many earlier messages are not in `searched`. */
  readonly earlierSearched: number;
}

/** No frames and no control: nobody can tell yet, for example because the message has not crossed this wire. */
export interface Searched {
  readonly side: Side;
  readonly text: string;
  /** The frames in which it stands. Empty: not found. */
  readonly frames: readonly number[];
  /** null if it was found. Otherwise what the same search did find here; without it, “not found” means nothing. */
  readonly control: { readonly text: string; readonly frame: number } | null;
}

export interface SavedFile {
  readonly path: string;
  readonly what: 'capture' | 'key log' | 'page';
  /** One plain sentence, for example that a key log opens the chat for everyone who has it. */
  readonly says: string;
}
