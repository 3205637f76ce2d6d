/** A lesson as data: what was run, how it was captured, what was found. The other files only put it into words. */
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
  /** The chat in each mode; null if no capture contains one. */
  readonly plaintext: Recorded | null;
  readonly encrypted: Recorded | null;
  readonly tls: RecordedTls | null;
  /**
   * Plaintext and encrypted, message by message; null if one is missing, or if they cannot be the same conversation.
   */
  readonly comparison: EncryptedComparison | null;
  /** The reasons to doubt that the captures are of the same conversation, a sentence each. */
  readonly disagreements: readonly string[];
  /** Each message of the plaintext chat, searched for in every capture that can contain it. */
  readonly verdicts: readonly ComparedMessage[];
  readonly keys: Keys | null;
  readonly privateKey: PrivateKey | null;
  readonly stream: StreamRun;
  readonly attacks: AttackRuns | null;
  /** The command that starts servchat on the reader's machine. */
  readonly command: string;
}

export interface Recorded {
  readonly capture: CaptureFindings;
  readonly conversation: ConversationFindings;
  readonly captured: HowCaptured;
}

/** A servchat chat inside TLS. */
export interface RecordedTls extends Recorded {
  /** One record for each line of the chat, in the order of the capture. The last may be TLS's close_notify alert. */
  readonly records: readonly TlsMessage[];
  /** The path of the key log with which Wireshark can decrypt it, as it was given; null if there is none. */
  readonly keyLog: string | null;
}

/**
 * How a capture was made. `live`: the kernel's own packets, by `dumpcap` or `tcpdump`. `tap`: the bytes, the times and
 * the split into writes come from the socket; the program made up what `rebuilt` lists. `given`: the file does not say.
 */
export type HowCaptured =
  | { readonly way: 'live'; readonly tool: string }
  | { readonly way: 'tap'; readonly rebuilt: readonly string[] }
  | { readonly way: 'given' };

export interface Keys {
  /** The key log's path, as it was given. */
  readonly file: string;
  /** The encrypted conversation, decrypted with it. */
  readonly conversation: ConversationFindings;
  /** 64 bytes; null if the key log has no line for this conversation. */
  readonly sessionKey: Buffer | null;
}

export interface PrivateKey {
  readonly file: string;
  /** null if it is not the key of this conversation. */
  readonly opened: UnsealedEnvelope | null;
}

/** How TCP delivered some writes, tried when the report was made. */
export interface StreamRun {
  readonly few: { readonly writes: readonly Buffer[]; readonly reads: readonly Buffer[] };
  readonly long: { readonly write: number; readonly reads: readonly number[] };
}

export interface AttackRuns {
  readonly file: string;
  readonly matrix: Matrix;
}
