/** What the page asks the server to do. Each is a POST with JSON, and `command-schema.ts` checks it first. */
import type { Integrity } from '../protocol/integrity.js';
import type { Mode } from '../protocol/modes.js';
import type { Side } from '../protocol/side.js';
import type { Holding } from './events.js';

export type LabCommand =
  /** Ends the run and begins a new one. `integrity` is null except in encrypted mode. */
  | {
      readonly do: 'start';
      readonly mode: Mode;
      readonly integrity: Integrity | null;
      readonly attack: string | null;
      readonly insists: boolean;
      /** The chair that a person takes from a terminal of their own. The event `join` says how. */
      readonly elsewhere: Side | null;
      /** What is held, from the first piece on. null: as before. */
      readonly hold: Holding | null;
    }
  /** Types a line into a chair. */
  | { readonly do: 'say'; readonly side: Side; readonly text: string }
  /**
   * Plays a conversation through the chairs, one message after the other. `script` is its text, a line `client: …` or
   * `server: …` for each message; null plays the one that comes with the program.
   */
  | { readonly do: 'play'; readonly script: string | null }
  | { readonly do: 'stop-playing' }
  /**
   * Whether pieces that come are kept at the relay. Switching it off lets all go that wait. Switched on, it holds what
   * the last `start` with a `hold` asked for: only messages, or everything.
   */
  | { readonly do: 'hold'; readonly on: boolean }
  /** Each acts on a held piece (its number), except `again` and `back`, which work on any piece that came. */
  | { readonly do: 'pass'; readonly piece: number }
  | { readonly do: 'pass-all' }
  | { readonly do: 'drop'; readonly piece: number }
  /** Sends it on once more. A held piece goes and also stays. */
  | { readonly do: 'again'; readonly piece: number }
  /** Sends it back to the side that it came from. A held piece goes back and is no longer held. */
  | { readonly do: 'back'; readonly piece: number }
  | { readonly do: 'move'; readonly piece: number; readonly by: -1 | 1 }
  /**
   * The next five change a held piece. It stays held, with its new bytes (the event `altered`), until it is passed.
   *
   * `hex` is all of the piece (`of: 'wire'`, with its LF), or all that is inside (`of: 'inside'`, such as the token).
   */
  | { readonly do: 'edit'; readonly piece: number; readonly of: 'wire' | 'inside'; readonly hex: string }
  /** Changes the text of a plaintext line. */
  | { readonly do: 'edit-text'; readonly piece: number; readonly text: string }
  /** Flips one bit (0 is the lowest) of one byte (from 0). */
  | {
      readonly do: 'flip';
      readonly piece: number;
      readonly of: 'wire' | 'inside';
      readonly byte: number;
      readonly bit: number;
    }
  /** Computes the bare SHA-256 over the (changed) token anew. */
  | { readonly do: 'rehash'; readonly piece: number }
  /**
   * On a held PUBLIC-KEY: puts the attacker's own RSA key in place of the client's. From then on the attacker opens the
   * session key and seals it again for the client, and understands every message.
   */
  | { readonly do: 'swap-key'; readonly piece: number }
  /** After `swap-key`: puts this text, sealed for the receiver, in place of the held message. */
  | { readonly do: 'reseal'; readonly piece: number; readonly text: string }
  | { readonly do: 'cut' }
  /** Writes the capture of the run, with comments; with `keyLog`, also the keys. */
  | { readonly do: 'save'; readonly keyLog: boolean }
  | { readonly do: 'save-page' }
  | { readonly do: 'experiment'; readonly name: string | null }
  /** Says which text is in this piece. null: only points at the piece. */
  | { readonly do: 'guess'; readonly piece: number; readonly text: string | null };
