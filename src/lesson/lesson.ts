/** A lesson as data: what was run, how it was captured, what was found. Its faces only put it into words. */
import type { Comparison, ConversationFindings } from '../eavesdropper/findings.js';

export interface Lesson {
  readonly comparison: Comparison;
  readonly captured: { readonly plaintext: Captured; readonly encrypted: Captured };
  /** The key log as its path was given, and the encrypted conversation opened with it; null where there was none. */
  readonly keys: { readonly file: string; readonly conversation: ConversationFindings } | null;
}

/**
 * How a capture came to be. `live`: the kernel's own packets, by `dumpcap` or `tcpdump`. `tap`: the bytes, their cut into
 * writes and their times are those of the socket, and what is listed in `rebuilt` was made for the file.
 */
export type Captured =
  | { readonly way: 'live'; readonly tool: string }
  | { readonly way: 'tap'; readonly rebuilt: readonly string[] };
