/** What the listener of the lab knows: the real listener, over the capture of one half of the wire. */
import { inspectCapture } from '../eavesdropper/inspect.js';
import type { Capture } from '../eavesdropper/inspect.js';
import type { ConversationFindings } from '../eavesdropper/findings/findings.js';
import { stillVisible } from '../faces/still-visible.js';
import { counted } from '../faces/phrases.js';
import { printable } from '../printable.js';
import { SIDES, type Side } from '../protocol/side.js';
import type { ListenerKnows, Searched } from './events.js';

/** The newest messages that are told. */
const MOST_MESSAGES = 200;
/** The newest messages that are searched for each time. */
export const MOST_SEARCHED = 40;
/** The listener searches for texts of up to 1,024 bytes; of a longer one, for its beginning. */
const MOST_SEARCHED_CHARACTERS = 250;

/** A message that was typed. */
export interface SaidMessage {
  readonly side: Side;
  readonly text: string;
  /** Whether its own bytes have crossed the half on which the listener is. Otherwise it cannot be found yet. */
  readonly hasCrossed: boolean;
}

/** The newest messages, {@link MOST_SEARCHED} at most; and how many were said before them. */
export interface Said {
  readonly newest: readonly SaidMessage[];
  readonly before: number;
}

/** Of a capture: one of its conversations, and how many of its packets had passed. */
export interface Moment {
  readonly conversation: number;
  readonly packets: number;
}

/**
 * What someone knows who has only this capture: of its first conversation, or of that at `moment`.
 *
 * @throws CaptureFileError if it cannot be read.
 */
export async function listenTo(file: string, { newest, before }: Said, moment?: Moment): Promise<ListenerKnows> {
  const wanted = newest.map(({ text }) => Array.from(text).slice(0, MOST_SEARCHED_CHARACTERS).join(''));
  const find = [...new Set([...wanted.filter((text) => text !== ''), CONTROL])];
  const only = moment === undefined ? {} : { only: moment.conversation, upTo: moment.packets };
  const capture = await inspectCapture(file, { find, hashes: false, searchable: false, ...only });
  const [conversation] = capture.findings.conversations;
  const readable = (conversation?.messages ?? []).flatMap((message) => (message.kind === 'readable' ? [message] : []));
  const searching = new Searching(capture);
  return {
    packets: Math.min(capture.findings.packets, moment?.packets ?? Infinity),
    takenFor: conversation === undefined ? null : takenFor(conversation),
    messages: readable
      .slice(-MOST_MESSAGES)
      .map(({ place: { side, frame }, text }) => ({ from: side, frame, text: printable(text) })),
    earlierMessages: Math.max(0, readable.length - MOST_MESSAGES),
    anyway: conversation === undefined ? [] : anywayOf(conversation),
    keys: conversation === undefined ? [] : keysIn(conversation),
    searched: newest.map((message, index) => searching.for(message, wanted[index] ?? '')),
    earlierSearched: before,
  };
}

/** Stands in the handshake of both sealed modes, so that the search has something to find there. */
const CONTROL = 'servchat/1';

class Searching {
  readonly #frames = new Map<string, readonly number[]>();
  /** The first text that the search finds in this capture, as a message or not. */
  readonly #control: Searched['control'];

  constructor({ finds }: Capture) {
    for (const { text, verdict } of finds) {
      const hits = verdict.readable ? [verdict.hit, ...verdict.others] : verdict.others;
      const frames = hits.filter(({ meaning }) => meaning === 'text').map(({ place }) => place.frame);
      if (frames.length > 0)
        this.#frames.set(
          text,
          [...new Set(frames)].sort((one, other) => one - other),
        );
    }
    this.#control = controlIn(finds);
  }

  for({ side, text, hasCrossed }: SaidMessage, wanted: string): Searched {
    const frames = this.#frames.get(wanted) ?? [];
    const isFound = frames.length > 0;
    return { side, text: printable(text), frames, control: isFound || !hasCrossed ? null : this.#control };
  }
}

/** In plaintext, another message; in a sealed mode, what the handshake says unsealed. */
function controlIn(finds: Capture['finds']): Searched['control'] {
  for (const { text, verdict } of finds)
    if (verdict.readable && text !== CONTROL) return { text: printable(text), frame: verdict.hit.place.frame };
  const spoken = finds.find(({ text }) => text === CONTROL)?.verdict.others[0];
  return spoken === undefined ? null : { text: CONTROL, frame: spoken.place.frame };
}

/** null before anything was said: then there is nothing to judge. */
function takenFor({ mode, protocol, streams }: ConversationFindings): string | null {
  if (SIDES.every((side) => streams[side].bytes === 0)) return null;
  if (protocol?.name === 'TLS') return 'TLS';
  return mode === 'unknown' ? (protocol?.name ?? 'something that is not a chat') : `a servchat chat in ${mode} mode`;
}

function anywayOf(conversation: ConversationFindings): readonly string[] {
  return stillVisible(conversation).map(({ what, seen }) => `${what}: ${printable(seen)}`);
}

function keysIn({ handshake, tls, wireKeys = [] }: ConversationFindings): readonly string[] {
  const { publicKey = null, sessionKey = null } = handshake ?? {};
  const share = tls?.serverHello?.keyShare ?? null;
  return [
    ...(publicKey === null
      ? []
      : [
          `Frame ${publicKey.place.frame}: the client’s public key. It locks and does not open. SHA-256 ${publicKey.fingerprint}`,
        ]),
    ...(sessionKey === null
      ? []
      : [
          `Frame ${sessionKey.place.frame}: the keys of this chat, in an envelope of ${counted(sessionKey.envelopeBytes, 'byte')}. Only the client’s private key opens it.`,
        ]),
    ...(share === null
      ? []
      : [
          `Frames ${tls?.clientHello?.place.frame ?? '?'} and ${tls?.serverHello?.place.frame ?? '?'}: the two public halves of a key exchange (${share}). Without a secret half they open nothing.`,
        ]),
    ...wireKeys.map(
      ({ place, what, opened }) => `Frame ${place.frame}: ${what}. It opens ${counted(opened, 'message')}.`,
    ),
  ];
}
