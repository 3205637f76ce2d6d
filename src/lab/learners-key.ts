/** The learner's own key in the middle of an encrypted chat: what it opens, and the checks that it makes fit. */
import type { Move, Piece } from '../attacker/attack.js';
import { KeyInTheMiddle, type Place } from '../attacker/key-in-the-middle.js';
import { formatFrame } from '../protocol/frames.js';
import { DEFAULT_INTEGRITY, isIntegrity, type Integrity } from '../protocol/integrity.js';
import { otherSide, type Side } from '../protocol/side.js';
import { frameIn } from './alterations.js';
import { Declined } from './declined.js';

export class LearnersKey {
  /** null until the learner puts it in place. */
  #middle: KeyInTheMiddle | null = null;
  /** The check that each side computes: what the client asked for, and what the server was told. */
  readonly #integrity: Record<Side, Integrity> = { client: DEFAULT_INTEGRITY, server: DEFAULT_INTEGRITY };
  /** How many messages were sent to each side. */
  readonly #delivered = { client: 0, server: 0 };

  /** The line with the learner's key in place of the client's. @throws Declined if it is not a PUBLIC-KEY. */
  async swapped(line: Buffer): Promise<Buffer> {
    const frame = frameIn(line);
    if (frame?.kind !== 'PUBLIC-KEY')
      throw new Declined('Only a PUBLIC-KEY can be replaced by your own key. Hold the beginning of an encrypted chat.');
    this.#middle ??= await KeyInTheMiddle.make();
    return formatFrame(this.#middle.swapped(frame));
  }

  /** What the key opens in a piece that came. */
  understood({ from, ...piece }: Piece): readonly Move[] {
    if (piece.kind !== 'frame' || piece.frame.kind !== 'MESSAGE') return [];
    const text = this.#middle?.read(piece.frame) ?? null;
    return text === null ? [] : [{ type: 'learn', from, text }];
  }

  /** The bytes of a piece that came. A session key that was locked for us is locked again for the client. */
  relocked(piece: Piece): Buffer {
    if (piece.kind !== 'frame') return piece.bytes;
    if (piece.frame.kind === 'HELLO' && isIntegrity(piece.frame.integrity))
      this.#integrity.client = piece.frame.integrity;
    const relocked = piece.frame.kind === 'SESSION-KEY' ? (this.#middle?.relocked(piece.frame) ?? null) : null;
    return relocked === null ? piece.bytes : formatFrame(relocked);
  }

  /** The bytes with a check that the receiver takes, if we have the key. Otherwise as they are. */
  fit({ bytes }: Piece, to: Side): Buffer {
    const frame = this.#middle?.hasSessionKey === true ? frameIn(bytes) : null;
    if (this.#middle === null || frame?.kind !== 'MESSAGE') return bytes;
    const fitted = formatFrame(this.#middle.fitted(frame, this.#place(to)));
    return fitted.equals(bytes) ? bytes : fitted;
  }

  /** A line with this text for the receiver. null if we have no key. */
  sealed(text: string, to: Side): Buffer | null {
    const frame = this.#middle?.sealed(text, this.#place(to), Date.now() / 1000) ?? null;
    return frame === null ? null : formatFrame(frame);
  }

  /** These bytes are sent, in place of `piece`. */
  sent(bytes: Buffer, { kind, message }: Piece, to: Side): void {
    if (kind !== 'frame') return;
    if (message !== null) {
      this.#delivered[to] += 1;
      return;
    }
    const frame = to === 'server' ? frameIn(bytes) : null;
    if (frame?.kind === 'HELLO' && isIntegrity(frame.integrity)) this.#integrity.server = frame.integrity;
  }

  #place(to: Side): Place {
    return { integrity: this.#integrity[to], direction: otherSide(to), n: this.#delivered[to] };
  }
}
