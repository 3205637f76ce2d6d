/**
 * What a disguise is: a way to write text in other letters that needs no key to be read. Each has a file of its own,
 * which holds how the listener recognises it and how a text is searched for in it; `disguises.ts` is the table of them.
 */
import type { Spelling } from './respelling.js';

export interface Disguise<Name extends string, Answer extends string = Name> {
  /** As it is shown, and as it stands in `inspect --format json`. */
  readonly name: Name;
  readonly recognised: Recognition<Answer>;
  /** How the bytes look in which `text` can stand in this disguise. `typed`: `text` in UTF-8. */
  patterns(text: string, typed: Buffer): readonly SearchedFor[];
}

/** A stretch of bytes seen through. */
export interface Disguised<Name extends string> {
  readonly as: Name;
  /** The text as UTF-8, from about the first `most` bytes of the disguise; the whole of it where those are all. */
  readonly decoded: (most: number) => Buffer;
}

/** Among bytes that are no text: where it stands. */
export interface DisguisedRun<Name extends string> extends Disguised<Name> {
  readonly start: number;
  readonly end: number;
}

/**
 * What may be in this disguise. A `token` is a run of the letters of base64 and hex, of 16 to 4096 bytes; a `word` ends
 * at a blank; a `line` has its LF; a run of `others` is bytes that are no UTF-8. Each is asked with offsets into bytes
 * that go on behind `end`, and answers in time that grows with `end - start` alone.
 */
export type Recognition<Name extends string> =
  | {
      readonly within: 'token';
      /** How many letters its alphabet has: a token is taken for the one with the fewest that has all of its own. */
      readonly letters: number;
      /**
       * `noise`: of this alphabet, but what comes out is no text. `words`: it only happens to be spelled in these
       * letters.
       * null: it is not of this alphabet.
       */
      of(bytes: Buffer, start: number, end: number): Disguised<Name> | 'noise' | 'words' | null;
    }
  | {
      readonly within: 'word' | 'line';
      /** The byte without which it is not there. */
      readonly sign: number;
      /** null where the whole of it does not come out as text. */
      of(bytes: Buffer, start: number, end: number): Disguised<Name> | null;
    }
  | {
      readonly within: 'others';
      /** The first from `start` on. `others`: how many bytes that are no text came before these. */
      next(bytes: Buffer, start: number, end: number, others: number): DisguisedRun<Name> | null;
    };

/** What is looked for, and in which spelling of the stream. */
export interface SearchedFor {
  readonly bytes: Buffer;
  /** null: in the stream as it stands. */
  readonly spelling: Spelling | null;
  /** A hit that spans exactly these bytes is one as it was typed, and not in this shape. null: none is. */
  readonly unlessSource: Buffer | null;
  /** Matches wherever a hit can be, as in `hint.ts`. null: it can be anywhere. */
  readonly hint: RegExp | null;
}

export function asItStands(bytes: Buffer): SearchedFor {
  return { bytes, spelling: null, unlessSource: null, hint: null };
}
