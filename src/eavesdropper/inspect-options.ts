/** What a listener is asked about a capture. */
import type { ChatOpener } from './chat/chat.js';
import type { TlsOpener } from './chat/tls-talk.js';
import type { ConversationFindings, KeysUnsought, WireKey } from './findings/findings.js';
import type { Conversation } from './tcp/conversation.js';

/** Looks for keys that crossed in a conversation of which both streams are whole. */
export type WireKeyFinder = (conversation: Conversation) => {
  readonly keys: readonly WireKey[];
  /** Why not all of it was looked at; null if it was. */
  readonly unsought: KeysUnsought | null;
};

export interface InspectOptions {
  /** Decrypts messages, for someone who has a key (`keyholder/`). A listener has none. */
  readonly opener?: ChatOpener;
  /** The same for TLS. With it, the content of TLS is kept as a chat is. */
  readonly tlsOpener?: TlsOpener;
  /** Finds keys that crossed the wire, and what they open. It works with keys, so it is `keyholder/`'s too. */
  readonly wireKeys?: WireKeyFinder;
  readonly find?: readonly string[];
  /**
   * Whether to read the messages of a conversation. `rank`: how many conversations with packets have a lower number. By
   * default all messages are read.
   */
  readonly messagesOf?: (rank: number) => boolean;
  /**
   * Whether to list a conversation. One that is not listed is counted and not examined, unless something is searched
   * for. `rank` as above. By default all are listed.
   */
  readonly listedOf?: (rank: number) => boolean;
  /** Reads no packet after this one: what a listener knew at that moment. By default all are read. */
  readonly upTo?: number;
  /** The number of the only conversation to report. */
  readonly only?: number;
  /** The number of the conversation whose bytes are wanted in full. */
  readonly follow?: number;
  /**
   * Whether to keep the bytes, so that they can be searched again and again, up to a bound. Default:
   * true. `find` works on a capture of any size, because it searches while reading.
   */
  readonly searchable?: boolean;
  /** Whether to compute the SHA-256 of what each side sent. Default: true. */
  readonly hashes?: boolean;
  /** Called with each conversation when it ends; then the findings list none. */
  readonly onConversation?: (conversation: ConversationFindings) => void;
  /**
   * After this many seconds, a conversation that was closed and did not continue counts as over. Without it, a
   * conversation is over only when the capture ends or memory is scarce.
   */
  readonly closedSeconds?: number;
  /** Called before a capture is opened by its path. Opening a pipe takes until a program opens it for writing. */
  readonly onOpening?: (path: string) => void;
  /** Called each time when more of the capture has been read. */
  readonly onChunk?: () => void;
  /** Called now and then with the number of packets and bytes read so far. */
  readonly onProgress?: (packets: number, bytes: number) => void;
  /**
   * Called when everything has been read but some of it is still being examined: a good time to load what shows the
   * findings.
   */
  readonly onRead?: () => void;
}
