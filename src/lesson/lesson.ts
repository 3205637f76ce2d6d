/** A lesson as data: what was run, how it was captured, what was found. Its faces only put it into words. */
import type { Matrix } from '../attacker/matrix.js';
import type {
  CaptureFindings,
  ComparedMessage,
  ConversationFindings,
  EncryptedComparison,
  TlsMessage,
} from '../eavesdropper/findings/findings.js';
import type { UnsealedEnvelope } from '../keyholder/unsealing.js';

export interface Lesson {
  /** The chat in each mode; null where no capture holds one. */
  readonly plaintext: Recorded | null;
  readonly encrypted: Recorded | null;
  readonly tls: RecordedTls | null;
  /** Both of them, message by message; null where one is not there, or where they cannot hold the same conversation. */
  readonly comparison: EncryptedComparison | null;
  /** What speaks against the captures holding the same conversation, a sentence each. */
  readonly disagreements: readonly string[];
  /** Each message of the plaintext chat, searched for in the captures that there are and that can hold it. */
  readonly verdicts: readonly ComparedMessage[];
  readonly keys: Keys | null;
  readonly privateKey: PrivateKey | null;
  readonly stream: StreamRun;
  readonly attacks: AttackRuns | null;
  /** How servchat is called from where the reader stands. */
  readonly command: string;
}

export interface Recorded {
  readonly capture: CaptureFindings;
  readonly conversation: ConversationFindings;
  readonly captured: HowCaptured;
}

/** A chat of servchat's inside TLS. */
export interface RecordedTls extends Recorded {
  /** One for each line of the chat, in the order of the capture; at its end TLS's own goodbye. */
  readonly records: readonly TlsMessage[];
  /** Path of the key log that opens it in Wireshark, as it was given; null where there is none. */
  readonly keyLog: string | null;
}

/**
 * How a capture came to be. `live`: the kernel's own packets, by `dumpcap` or `tcpdump`. `tap`: the bytes, their cut
 * into writes and their times are those of the socket, and what is listed in `rebuilt` was made for the file. `given`:
 * a file that does not say.
 */
export type HowCaptured =
  | { readonly way: 'live'; readonly tool: string }
  | { readonly way: 'tap'; readonly rebuilt: readonly string[] }
  | { readonly way: 'given' };

export interface Keys {
  /** The key log's path, as it was given. */
  readonly file: string;
  /** The encrypted conversation, opened with it. */
  readonly conversation: ConversationFindings;
  /** 64 bytes; null where the key log has none for this conversation. */
  readonly sessionKey: Buffer | null;
}

export interface PrivateKey {
  readonly file: string;
  /** null where it is not the key of this conversation. */
  readonly opened: UnsealedEnvelope | null;
}

/** What TCP made of sends, tried when the report was made. */
export interface StreamRun {
  readonly few: { readonly writes: readonly Buffer[]; readonly reads: readonly Buffer[] };
  readonly long: { readonly write: number; readonly reads: readonly number[] };
}

export interface AttackRuns {
  readonly file: string;
  readonly matrix: Matrix;
}
