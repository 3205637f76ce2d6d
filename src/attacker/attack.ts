/**
 * An attack is a small pure function. It gets each piece of traffic and says what to send on.
 *
 *      client ── pieces ──▶ relay ── what the attack says ──▶ server
 *      client ◀── what the attack says ── relay ◀── pieces ── server
 *
 * It has no socket and no timer: `relay.ts` carries out its moves. It also has no key of the two sides. If it needs a
 * key, it makes its own.
 */
import type { ErrorFrame, Frame } from '../protocol/frames.js';
import type { Integrity } from '../protocol/integrity.js';
import { formatFrame } from '../protocol/frames.js';
import { Waiting } from './waiting.js';
import { otherSide, type Side } from '../protocol/side.js';

/** A piece of traffic that anyone on the wire can cut out without a key: a line, or a TLS record. */
export type Piece = TextPiece | FramePiece | RecordPiece;

interface AnyPiece {
  readonly from: Side;
  /** The original bytes: a line with its LF, or a TLS record with its header. */
  readonly bytes: Buffer;
  /** The number of this message on its side, from 0. null if the piece is not a message, such as a handshake. */
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
/** A TLS record (RFC 8446, section 5.1). Only its type and its length are visible. */
export interface RecordPiece extends AnyPiece {
  readonly kind: 'record';
}

export type Move =
  /** `message`: the receiver should think that the other person typed this. */
  | { readonly type: 'send'; readonly to: Side; readonly bytes: Buffer; readonly message: boolean }
  /** Ends both connections. */
  | { readonly type: 'cut' }
  /** Says to this side that nothing more comes. */
  | { readonly type: 'end'; readonly to: Side }
  /** The attacker has understood what was said. */
  | { readonly type: 'learn'; readonly from: Side; readonly text: string };

/** What the attack wants to achieve. `judge.ts` decides from what the two sides showed whether it did. */
export type Goal =
  /** The chat goes exactly as people typed it. */
  | 'nothing'
  /** The attacker knows what people typed. */
  | 'read'
  /** The attacker knows some of what people typed, by choosing from a list of likely messages. */
  | 'guess'
  /** One side shows a message that the other side never typed. */
  | 'forge'
  /** A message is shown more often than it was typed. */
  | 'repeat'
  /** A message is missing, but later ones are shown. */
  | 'hide'
  /** Messages are shown in a different order from the one in which people typed them. */
  | 'disorder'
  /** The chat ends before anyone ended it. */
  | 'cut'
  /** The chat works, although the attack changed what the handshake asked for. */
  | 'weaken';

export interface Attack {
  /** The name on the command line. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly summary: string;
  readonly goal: Goal;
  /** What it must find on the wire. If that is missing, this is the reason why the attack is not possible. */
  readonly needs: string;
  /** For two people who chat through the attack: what they do, so that it acts. A full sentence. */
  readonly toSee: string;
  /** The attack answers in place of the server, and the relay never connects to the real one. */
  readonly instead?: true;
  /** In encrypted mode, the server that it attacks also accepts this check (`--allow-integrity`). */
  readonly serverAlsoTakes?: Integrity;
  /** Called once for each connection. The handler's closure keeps the state. */
  start(wire: Wire): Handler;
  /**
   * For an attack that keeps pieces back: this side has ended its half. Returns whether the attack still has pieces to
   * send to the other side, and ends that half later with the move `end`. Otherwise the relay ends it.
   */
  keepsOpenAfter?(from: Side): boolean;
  /** Called after the chat, with what the attacker may have stolen since. */
  afterwards?(recorded: readonly Piece[], loot: Loot): readonly Move[];
}

/** Says what to do with a piece. */
export type Handler = (piece: Piece) => readonly Move[];

/** For the few attacks that must act at other times than when a piece comes. */
export interface Wire {
  play(moves: readonly Move[]): void;
  /** Reports an error that no caller can catch. Only this connection ends. */
  fail(error: unknown): void;
}

/** A handler that takes time to make, for example because it needs a key pair. Pieces that come earlier wait for it. */
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

/** What the attacker did not have during the chat. */
export interface Loot {
  /**
   * PEM. In encrypted mode it is the client's RSA key, in tls mode the key of the server's certificate. null if there
   * is none.
   */
  readonly privateKey: string | null;
}

/** Sends the piece on to the other side, unchanged. */
export function forward(piece: Piece): Move {
  return { type: 'send', to: otherSide(piece.from), bytes: piece.bytes, message: piece.message !== null };
}

/** Sends the piece on to the other side, with different bytes. */
export function forwardAs(piece: Piece, bytes: Buffer): Move {
  return { type: 'send', to: otherSide(piece.from), bytes, message: piece.message !== null };
}

/** Sends the piece on to the other side, with different fields. */
export function forwardFrame(piece: FramePiece, frame: Frame): Move {
  return forwardAs(piece, formatFrame(frame));
}

export function isMessage(piece: Piece, from: Side, number: number): boolean {
  return piece.from === from && piece.message === number;
}

export function isError(piece: Piece): piece is FramePiece & { readonly frame: ErrorFrame } {
  return piece.kind === 'frame' && piece.frame.kind === 'ERROR';
}
