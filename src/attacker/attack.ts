/**
 * What an attack is: something small and pure that is shown each piece of traffic and says what to send on.
 *
 *      client ── pieces ──▶ relay ── what the attack says ──▶ server
 *      client ◀── what the attack says ── relay ◀── pieces ── server
 *
 * It has no socket and no timer; `relay.ts` carries out its moves. It has no key of the two sides either: what it needs
 * of that kind it makes for itself.
 */
import type { ErrorFrame, Frame } from '../protocol/frames.js';
import type { Integrity } from '../protocol/integrity.js';
import { formatFrame } from '../protocol/frames.js';
import { Waiting } from './waiting.js';
import { otherSide, type Side } from '../protocol/side.js';

/** Traffic as somebody on the wire can cut it without any key: lines, or TLS records. */
export type Piece = TextPiece | FramePiece | RecordPiece;

interface AnyPiece {
  readonly from: Side;
  /** As it came: a line with its LF, or a TLS record with its header. */
  readonly bytes: Buffer;
  /** Which message of its side this is, counted from 0; null for all that is no message, such as a handshake. */
  readonly message: number | null;
}
/** A line of plaintext mode. */
export interface TextPiece extends AnyPiece {
  readonly kind: 'text';
  /** The line without its LF. */
  readonly text: string;
}
/** A line of encrypted mode. */
export interface FramePiece extends AnyPiece {
  readonly kind: 'frame';
  readonly frame: Frame;
}
/** A TLS record (RFC 8446, section 5.1): all that can be seen of it is its type and its length. */
export interface RecordPiece extends AnyPiece {
  readonly kind: 'record';
}

export type Move =
  /** `message`: the receiver should take this for something that somebody said. */
  | { readonly type: 'send'; readonly to: Side; readonly bytes: Buffer; readonly message: boolean }
  /** Both connections end here. */
  | { readonly type: 'cut' }
  /** The attacker has understood what was said. */
  | { readonly type: 'learn'; readonly from: Side; readonly text: string };

/**
 * How it is told from outside that an attack did what it set out to do; `judge.ts` looks at what the two sides showed.
 */
export type Goal =
  /** The chat takes place as it was said. */
  | 'nothing'
  /** The attacker knows what was said. */
  | 'read'
  /** The attacker knows some of what was said, by choosing from what might have been. */
  | 'guess'
  /** Somebody is shown what the other side never said. */
  | 'forge'
  /** A message is shown more often than it was said. */
  | 'repeat'
  /** A message is missing, and later ones are shown all the same. */
  | 'hide'
  /** Messages are shown in another order than they were said in. */
  | 'disorder'
  /** The chat ends before anybody ended it. */
  | 'cut'
  /** The chat takes place although what was asked for in the handshake was changed. */
  | 'weaken';

export interface Attack {
  /** As it is given on the command line. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly summary: string;
  readonly goal: Goal;
  /** What it has to find on the wire: the reason where it is not possible. */
  readonly needs: string;
  /** Answers in the server's place: the real one is never connected to. */
  readonly instead?: true;
  /** In encrypted mode the server it is run against takes this check besides its own (`--allow-integrity`). */
  readonly serverAlsoTakes?: Integrity;
  /** Each connection anew: the state of one run is in the handler's closure. */
  start(wire: Wire): Handler;
  /** After the chat, with what the attacker may have got hold of since. */
  afterwards?(recorded: readonly Piece[], loot: Loot): readonly Move[];
}

/** What to do with a piece. */
export type Handler = (piece: Piece) => readonly Move[];

/** For the few attacks that have something to say at another time than when a piece comes. */
export interface Wire {
  play(moves: readonly Move[]): void;
  /** Something went wrong that nobody waits for: this connection ends, and no other. */
  fail(error: unknown): void;
}

/** A handler that takes time to make, such as a key pair: what comes meanwhile waits for it. */
export function onceMade(making: Promise<Handler>, wire: Wire): Handler {
  let handler: Handler | null = null;
  const waiting = new Waiting<Piece>();
  making
    .then((made) => {
      handler = made;
      for (const piece of waiting.takeAll()) wire.play(made(piece));
    })
    .catch((error: unknown) => {
      wire.fail(error);
    });
  return (piece) => {
    if (handler !== null) return handler(piece);
    waiting.add(piece, piece.bytes.length);
    return [];
  };
}

/** What was not the attacker's while the chat went on. */
export interface Loot {
  /**
   * PEM: the client's RSA key in encrypted mode, that of the server's certificate in tls mode; null where there is
   * none.
   */
  readonly privateKey: string | null;
}

/** On to the other side, as it came. */
export function forward(piece: Piece): Move {
  return { type: 'send', to: otherSide(piece.from), bytes: piece.bytes, message: piece.message !== null };
}

/** On to the other side, with other bytes. */
export function forwardAs(piece: Piece, bytes: Buffer): Move {
  return { type: 'send', to: otherSide(piece.from), bytes, message: piece.message !== null };
}

/** On to the other side, with other fields. */
export function forwardFrame(piece: FramePiece, frame: Frame): Move {
  return forwardAs(piece, formatFrame(frame));
}

export function isMessage(piece: Piece, from: Side, number: number): boolean {
  return piece.from === from && piece.message === number;
}

export function isError(piece: Piece): piece is FramePiece & { readonly frame: ErrorFrame } {
  return piece.kind === 'frame' && piece.frame.kind === 'ERROR';
}
