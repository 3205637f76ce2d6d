/**
 * What a disguise is: a way to write text in other letters, which anyone can read without a key. Each disguise has its
 * own file, which holds how the listener recognises it and how a text is searched for in it. `disguises.ts` lists them
 * all.
 */
import type { MadeOf } from './byte-kinds.js';
import type { PieceShape } from './piece-shape.js';
import type { Spelling } from './respelling.js';
import type { Run } from './runs.js';

export interface Disguise<Name extends string, Answer extends string = Name> {
  /** The name that the findings show, and that `inspect --format json` contains. */
  readonly name: Name;
  readonly recognised: Recognition<Answer>;
  /** What to search for to find `text` in this disguise. `typed`: `text` in UTF-8. */
  patterns(text: string, typed: Buffer): readonly SearchedFor[];
  /**
   * Present if it is a toy cipher: words come out of it without a key, but nobody reads them as they cross the wire.
   * The names of what is found begin with one of these.
   */
  readonly toyNames?: readonly string[];
  /** What the bytes of a whole message in this disguise are. Absent: they can be any. */
  readonly madeOf?: MadeOf;
  /**
   * Returns what a whole message in this disguise says; null if not all of its bytes are in it. One message may be too
   * short to show a disguise, but all messages of a chat together are not (`of-messages.ts`).
   */
  readonly ofMessage?: (message: Buffer) => Buffer | null;
  /**
   * What comes out of `ofMessage` is letters in any case, so it counts only if they read as words: with so much
   * evidence, as a natural logarithm (`readable-words.ts`).
   */
  readonly leastWords?: number;
}

/** A stretch of bytes whose disguise was recognised. */
export interface Disguised<Name extends string> {
  readonly as: Name;
  /**
   * Returns the text as UTF-8, decoded from about the first `most` bytes of the disguise, or from all of them if there
   * are fewer.
   */
  readonly decoded: (most: number) => Buffer;
  /**
   * What it is if its content is not text, however often it is decoded: `noise`, which nobody can read without a key,
   * or `words` that only happen to be spelled like this. Default: noise.
   */
  readonly otherwise?: 'noise' | 'words';
}

/** The same, with its place. */
export interface DisguisedRun<Name extends string> extends Disguised<Name> {
  readonly start: number;
  readonly end: number;
}

/** The same, with the key that was found: another piece is first tried with it, because to find a key takes long. */
export interface SearchedRun<Name extends string> extends DisguisedRun<Name> {
  /** Returns null if the key makes no text of these bytes. They may begin in the middle of the key. */
  again(bytes: Buffer, start: number, end: number): SearchedRun<Name> | null;
}

/** And how much speaks for it, as the logarithm of the odds against accident. */
export interface WeighedRun<Name extends string> extends DisguisedRun<Name> {
  readonly nats: number;
}

/** Some thousand bytes at most: the time that they take grows with all of them. */
export interface Piece {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly shape: PieceShape;
  /** How many bytes before these were not text. */
  readonly before: number;
  /** What stands directly before `start` is in this disguise; null where it is in none. */
  readonly last: string | null;
}

/**
 * How to recognise this disguise, and in what. A `token` is a run of the letters of base64 and hex, of 16 to 4096
 * bytes. A `word` ends at a blank. A `line` includes its LF. `others` are bytes that are not UTF-8. Each function gets
 * offsets into a longer buffer, and its time grows only with `end - start`.
 */
export type Recognition<Name extends string> =
  | {
      readonly within: 'token';
      /** How many letters the alphabet has. If a token fits several alphabets, the one with the fewest letters wins. */
      readonly letters: number;
      /** What the bytes of a token are, its padding included. Absent: any that a token can have. */
      readonly madeOf?: MadeOf;
      /**
       * `noise`: in this alphabet, but it does not decode to text. `words`: plain words that only happen to use these
       * letters. null: not in this alphabet.
       */
      of(bytes: Buffer, start: number, end: number): Disguised<Name> | 'noise' | 'words' | null;
    }
  | {
      readonly within: 'word' | 'line';
      /** This byte occurs in every word or line in this disguise. */
      readonly sign: number;
      /** Returns null if not all of it decodes to text. */
      of(bytes: Buffer, start: number, end: number): Disguised<Name> | null;
    }
  | {
      readonly within: 'stretch';
      /** Every such stretch contains this run. In text without it, `next` is not called, so such text costs little. */
      readonly run: Run;
      /**
       * Returns the first run at or after `start`, anywhere in text. Called for text that is in no other disguise yet.
       */
      next(bytes: Buffer, start: number, end: number): DisguisedRun<Name> | null;
    }
  | {
      readonly within: 'content';
      /** Looks at all of what came out of another disguise. */
      of(content: Buffer): Disguised<Name> | null;
    }
  /** By what stands around it, which `framing/` reads. */
  | { readonly within: 'framing' }
  | {
      readonly within: 'plain';
      /**
       * All of a text that is in no other disguise; asked of two thousand bytes at a time. `odd`: it is not in this
       * one, but its letters are not those of most texts.
       */
      of(bytes: Buffer, start: number, end: number): DisguisedRun<Name> | 'odd' | null;
    }
  | {
      /**
       * Found by a search for its key. The search takes so long that it is made only a few times for a stream: in
       * `letters` that are perhaps no words, and in the first bytes that are no text (`others`).
       */
      readonly within: 'searched';
      readonly among: 'letters' | 'others';
      /** All of some thousand bytes. */
      of(bytes: Buffer, start: number, end: number): SearchedRun<Name> | null;
    }
  | {
      readonly within: 'piece';
      /** A run in bytes that are not all UTF-8, which it may be together with text around it. */
      next(piece: Piece): WeighedRun<Name> | null;
    }
  | {
      readonly within: 'others';
      /** Returns the first run at or after `start`. `others`: how many bytes that are not text came before `start`. */
      next(bytes: Buffer, start: number, end: number, others: number): DisguisedRun<Name> | null;
    };

/** What to search for, and in which spelling of the stream. */
export interface SearchedFor {
  readonly bytes: Buffer;
  /** null: the stream as it is. */
  readonly spelling: Spelling | null;
  /**
   * A hit on exactly these bytes of the source is the text as it was typed, so it is not a hit for this disguise. null:
   * every hit counts.
   */
  readonly unlessSource: Buffer | null;
  /** Matches wherever a hit can be; see `hint.ts`. null: a hit can be anywhere. */
  readonly hint: RegExp | null;
  /** Whether bytes in UTF-8 are no hit: they are other characters. */
  readonly isNotUtf8?: boolean;
  /** Whether the bytes around a hit allow it to be in this disguise. Absent: they always do. */
  readonly isThere?: (bytes: Buffer, start: number) => boolean;
}

export function asItStands(bytes: Buffer): SearchedFor {
  return { bytes, spelling: null, unlessSource: null, hint: null };
}

/** As it stands, but not where it is part of UTF-8. */
export function notInUtf8(bytes: Buffer): SearchedFor {
  return { ...asItStands(bytes), isNotUtf8: true };
}
