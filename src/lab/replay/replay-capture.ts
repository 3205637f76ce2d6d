/**
 * A chat that was captured, as the lab's events: so the lab's page can play it again. Every frame number, byte and time
 * is the capture's. What the two people said is what the capture shows of it, with a key if there is one.
 */
import { statSync } from 'node:fs';
import path from 'node:path';

import type { ConversationFindings } from '../../eavesdropper/findings/findings.js';
import { inspectCapture, type InspectOptions } from '../../eavesdropper/inspect.js';
import { printable } from '../../printable.js';
import { isIntegrity } from '../../protocol/integrity.js';
import { isLeaving } from '../../protocol/leaving.js';
import type { Mode } from '../../protocol/modes.js';
import { SIDES, otherSide, type Side } from '../../protocol/side.js';
import type { LabEvent, ListenerKnows, Numbered, SeatState } from '../events.js';
import { listenTo, MOST_SEARCHED, type Said, type SaidMessage } from '../listening.js';
import { wirePiece } from '../wire-piece.js';
import { piecesIn, type PlacedPiece } from './pieces.js';
import { TextsSaid } from './texts-said.js';

/** A page has to stay small enough to open, whatever the capture contains: its rows, and the JSON of a run. */
const MOST_PIECES = 300;
const MOST_CHARACTERS = 1024 * 1024;
/** How often the listener listens at most, and how many bytes it reads for that, all together. */
const MOST_PASSES = 20;
const MOST_LISTENED_BYTES = 32 * 1024 * 1024;

export interface ChatInCapture {
  readonly file: string;
  /** Its number in the capture. */
  readonly conversation: number;
  readonly mode: Mode;
  /** For someone who has the keys. */
  readonly openers: Pick<InspectOptions, 'opener' | 'tlsOpener'>;
}

export interface ReplayedChat {
  readonly events: readonly Numbered[];
  /** Whether it is known of a message what it says. */
  readonly hasTexts: boolean;
  /** Whether all of the chat is in it. Otherwise it ends early. */
  readonly isWhole: boolean;
}

/** null if the capture has no such conversation. @throws CaptureFileError if it cannot be read. */
export async function replayCapture(chat: ChatInCapture): Promise<ReplayedChat | null> {
  const { file, conversation: number, mode, openers } = chat;
  const { findings, followed } = await inspectCapture(file, {
    ...openers,
    only: number,
    follow: number,
    hashes: false,
  });
  const [conversation] = findings.conversations;
  if (conversation === undefined || followed === null) return null;
  const all = [...piecesIn(followed, mode)];
  const pieces = all.slice(0, MOST_PIECES);
  const replay = new Replay(conversation.started);
  replay.add(conversation.started, beginning(chat, conversation));
  for (const side of SIDES) replay.add(conversation.started, { type: 'seat', side, state: 'starting' });
  const texts = new TextsSaid(conversation);
  const listening = new Listening(chat, pieces.length);
  for (const [at, piece] of pieces.entries()) {
    replay.piece(piece, texts.in(piece));
    const knows = await listening.after(at, piece.lastFrame, replay.said);
    if (knows !== null) replay.add(piece.time, { type: 'listener', knows });
    if (replay.isFull) break;
  }
  const sent = pieces.length === all.length && SIDES.every((side) => isAll(all, side, conversation));
  const hasTexts = replay.events.some(({ event }) => event.type === 'said');
  return { events: replay.events, hasTexts, isWhole: sent && !replay.isFull };
}

function beginning({ file, mode }: ChatInCapture, { handshake }: ConversationFindings): LabEvent {
  const asked = handshake?.hello?.integrity ?? '';
  const integrity = mode === 'encrypted' && isIntegrity(asked) ? asked : null;
  const setting = { mode, integrity, attack: null, insists: false, elsewhere: null };
  return { type: 'run', run: 1, setting, attacks: [], capture: printable(path.basename(file)) };
}

function isAll(pieces: readonly PlacedPiece[], side: Side, { streams }: ConversationFindings): boolean {
  const cut = pieces.reduce((sum, { from, bytes }) => sum + (from === side ? bytes.length : 0), 0);
  return cut === streams[side].bytes && streams[side].missing === 0;
}

class Replay {
  readonly events: Numbered[] = [];
  readonly #started: number;
  readonly #newest: SaidMessage[] = [];
  #before = 0;
  #pieces = 0;
  #seat: SeatState = 'starting';
  #characters = 0;
  readonly #messages = { client: 0, server: 0 };

  /** @param started seconds since the Unix epoch. */
  constructor(started: number) {
    this.#started = started;
  }

  get isFull(): boolean {
    return this.#characters > MOST_CHARACTERS;
  }

  get said(): Said {
    return { newest: [...this.#newest], before: this.#before };
  }

  /** @param time seconds since the Unix epoch. */
  add(time: number, event: LabEvent): void {
    const at = Math.max(this.events.at(-1)?.at ?? 0, Math.round(1000 * (time - this.#started)));
    this.events.push({ number: this.events.length + 1, at, event });
    this.#characters += JSON.stringify(event).length;
  }

  piece({ from, kind, bytes, frame, time }: PlacedPiece, texts: readonly string[]): void {
    const message = texts.length > 0 ? this.#messages[from]++ : null;
    if (message !== null) this.#takeSeats(time, 'chatting');
    for (const text of texts) {
      this.#say(from, text);
      this.add(time, { type: 'said', side: from, text: printable(text) });
    }
    const piece = wirePiece({ id: ++this.#pieces, from, half: 'client', frame, kind, message, bytes });
    this.add(time, { type: 'came', piece, held: false });
    for (const text of texts) {
      if (isLeaving(text)) this.#takeSeats(time, 'over');
      else this.add(time, { type: 'shown', side: otherSide(from), text: printable(text) });
    }
  }

  #takeSeats(time: number, state: SeatState): void {
    if (this.#seat === state) return;
    this.#seat = state;
    for (const side of SIDES) this.add(time, { type: 'seat', side, state });
  }

  #say(side: Side, text: string): void {
    this.#newest.push({ side, text, hasCrossed: true });
    if (this.#newest.length <= MOST_SEARCHED) return;
    this.#newest.shift();
    this.#before += 1;
  }
}

/** The listener, who hears the capture up to a packet: again and again, but not after each of many pieces. */
class Listening {
  readonly #chat: ChatInCapture;
  /** After so many pieces, it listens again. */
  readonly #every: number;
  readonly #last: number;

  constructor(chat: ChatInCapture, pieces: number) {
    this.#chat = chat;
    const { size } = statSync(chat.file);
    const passes = Math.max(1, Math.min(MOST_PASSES, Math.floor(MOST_LISTENED_BYTES / Math.max(1, size))));
    this.#every = Math.ceil(pieces / passes);
    this.#last = pieces - 1;
  }

  async after(piece: number, packets: number, said: Said): Promise<ListenerKnows | null> {
    if (piece !== this.#last && (piece + 1) % this.#every !== 0) return null;
    const { file, conversation } = this.#chat;
    return listenTo(file, said, { conversation, packets });
  }
}
