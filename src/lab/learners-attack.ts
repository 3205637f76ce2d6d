/**
 * The attack whose moves come from the learner. It is an attack like any other: it has no socket, and the relay carries
 * out its moves. It keeps the pieces that wait, in one queue for both directions.
 *
 *      client ── piece ──▶ [ queue ] ── the learner says what and when ──▶ server
 */
import { forward, forwardAs, type Attack, type Move, type Piece, type Wire } from '../attacker/attack.js';
import type { Deed } from '../attacker/deed.js';
import { TooMuchWaitingError } from '../attacker/waiting.js';
import { otherSide, type Side } from '../protocol/side.js';
import { insideOf, withInside, withRehash } from './alterations.js';
import type { LabCommand } from './commands.js';
import { Declined } from './declined.js';
import type { Hold } from './events.js';
import { LearnersKey } from './learners-key.js';

/** A chat has a piece at a time. More than this wait only if a program sends without end. */
const MOST_WAITING = { pieces: 512, bytes: 8 * 1024 * 1024 } as const;
/** The pieces that can be sent again: the newest, and not more bytes than this. */
const MOST_KEPT = { pieces: 2000, bytes: 8 * 1024 * 1024 } as const;

type OnHeld = 'pass' | 'drop' | 'move' | 'edit' | 'edit-text' | 'flip' | 'rehash' | 'swap-key' | 'reseal';
type Command<Do extends LabCommand['do']> = Extract<LabCommand, { do: Do }>;
export type BenchCommand = Command<OnHeld | 'hold' | 'pass-all' | 'again' | 'back' | 'cut'>;

export interface BenchHooks {
  /** The number of a piece that came. */
  readonly numberOf: (piece: Piece) => number;
  /** A held piece has other bytes. */
  readonly altered: (number: number, piece: Piece) => void;
  readonly dropped: (number: number) => void;
  readonly queued: (order: readonly number[]) => void;
}

/** What the learner sends, while it is sent: from which piece, and what was done to it. */
interface Sending {
  readonly of: number;
  readonly deed: Deed;
  readonly message: number | null;
}

/** A piece that waits. */
interface Held {
  readonly number: number;
  /** As it came. */
  readonly piece: Piece;
  /** What will be sent. */
  bytes: Buffer;
  /** Whether the learner edited it. Then it goes as it is. Otherwise the key in the middle keeps its check right. */
  isByHand: boolean;
}

export class LearnersAttack implements Attack {
  readonly name = 'learner';
  readonly summary = 'does what the learner says';
  readonly goal = 'nothing';
  readonly needs = 'a learner';
  readonly toSee = 'Hold a piece, and choose what becomes of it.';
  readonly #hooks: BenchHooks;
  readonly #kept = new Kept();
  #queue: readonly Held[] = [];
  #wire: Wire | null = null;
  #hold: Hold;
  #key = new LearnersKey();
  /** These sides say nothing more, but pieces of theirs still wait. */
  readonly #ended = new Set<Side>();
  #sending: Sending | null = null;
  /** While a key pair is made, what else the learner does waits. Else the piece could go without their key. */
  #keyMaking: Promise<void> | null = null;
  /** The newest piece of each side that was sent on. */
  readonly #newest = { client: 0, server: 0 };

  constructor(hooks: BenchHooks, hold: Hold) {
    this.#hooks = hooks;
    this.#hold = hold;
  }

  /** What is being sent at this moment; null if a piece merely passes. */
  get sending(): Sending | null {
    return this.#sending;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /**
   * Whether this piece, which comes now, has to wait. What is not a message may pass, but not before a message of the
   * same side.
   */
  willHold({ from, message }: Piece): boolean {
    const { on, what } = this.#hold;
    return on && (what === 'everything' || message !== null || this.#queue.some(({ piece }) => piece.from === from));
  }

  start(wire: Wire): (piece: Piece) => readonly Move[] {
    this.#letAllGo();
    this.#wire = wire;
    this.#ended.clear();
    this.#key = new LearnersKey();
    return (piece) => this.#came(piece);
  }

  keepsOpenAfter(from: Side): boolean {
    if (!this.#queue.some(({ piece }) => piece.from === from)) return false;
    this.#ended.add(from);
    return true;
  }

  /**
   * Carries out a command. Some take time, because a key pair must be made.
   *
   * @throws Declined if the command makes no sense now.
   */
  async command(command: BenchCommand): Promise<void> {
    if (this.#keyMaking !== null && command.do !== 'cut') await this.#keyMaking.catch(() => undefined);
    switch (command.do) {
      case 'hold':
        this.#hold = { ...this.#hold, on: command.on };
        if (!command.on) this.#passAll();
        return;
      case 'pass-all':
        this.#passAll();
        return;
      case 'cut':
        this.#cut();
        return;
      case 'again':
        this.#again(command.piece);
        return;
      case 'back':
        this.#back(command.piece);
        return;
      case 'swap-key':
        return this.#swapKey(command.piece);
      default:
        this.#onHeld(command, this.#held(command.piece));
    }
  }

  /** @throws TooMuchWaitingError */
  #came(piece: Piece): readonly Move[] {
    const number = this.#hooks.numberOf(piece);
    this.#kept.add(number, piece);
    const learned = this.#key.understood(piece);
    const bytes = this.#key.relocked(piece);
    if (!this.willHold(piece)) {
      this.#newest[piece.from] = number;
      const fit = this.#key.fit({ ...piece, bytes }, otherSide(piece.from));
      this.#key.sent(fit, piece, otherSide(piece.from));
      return [...learned, fit === piece.bytes ? forward(piece) : forwardAs(piece, fit)];
    }
    this.#setQueue([...this.#queue, { number, piece, bytes, isByHand: false }]);
    if (bytes !== piece.bytes) this.#hooks.altered(number, { ...piece, bytes });
    const waiting = this.#queue.reduce((sum, held) => sum + held.bytes.length, 0);
    if (this.#queue.length > MOST_WAITING.pieces || waiting > MOST_WAITING.bytes) throw new TooMuchWaitingError();
    return learned;
  }

  #onHeld(command: Command<Exclude<OnHeld, 'swap-key'>>, held: Held): void {
    switch (command.do) {
      case 'pass':
        this.#pass(held);
        return;
      case 'drop':
        this.#hooks.dropped(held.number);
        this.#remove(held);
        return;
      case 'move':
        this.#move(held, command.by);
        return;
      case 'edit':
        this.#edit(held, command.of, Buffer.from(command.hex, 'hex'));
        return;
      case 'edit-text':
        if (held.piece.kind !== 'text')
          throw new Declined('This is not a line of plaintext. Edit its bytes, or flip a bit of it.');
        this.#alter(held, Buffer.from(`${command.text}\n`));
        return;
      case 'flip':
        this.#flip(held, command);
        return;
      case 'rehash':
        this.#alter(held, withRehash(held.bytes));
        return;
      case 'reseal':
        this.#reseal(held, command.text);
    }
  }

  #held(number: number): Held {
    const held = this.#queue.find((each) => each.number === number);
    if (held !== undefined) return held;
    throw new Declined(
      'This piece does not wait at the relay any more. Choose one that waits. Only while “Hold each message” is on do pieces wait.',
    );
  }

  /** As it waits, or as it came. @throws Declined if it is not known any more. */
  #known(number: number): Piece {
    const held = this.#queue.find((each) => each.number === number);
    const piece = held === undefined ? this.#kept.get(number) : { ...held.piece, bytes: held.bytes };
    if (piece !== undefined) return piece;
    throw new Declined('This piece did not come to the relay in this chat, or it is too old. Choose a newer one.');
  }

  #pass(held: Held): void {
    const { number, piece } = held;
    const to = otherSide(piece.from);
    const isLate = number < this.#newest[piece.from];
    this.#newest[piece.from] = Math.max(this.#newest[piece.from], number);
    const bytes = held.isByHand ? held.bytes : this.#key.fit({ ...piece, bytes: held.bytes }, to);
    const deed: Deed = !bytes.equals(piece.bytes) ? 'changed' : isLate ? 'sent late' : 'passed on';
    this.#send(number, deed, { ...piece, bytes }, to);
    this.#remove(held);
  }

  #passAll(): void {
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) this.#pass(first);
  }

  #cut(): void {
    if (this.#wire === null) throw new Declined('Nobody is connected, so there is no line to cut.');
    this.#wire.play([{ type: 'cut' }]);
    this.#ended.clear();
    this.#letAllGo();
  }

  /** Nothing that waits will be sent. */
  #letAllGo(): void {
    if (this.#queue.length === 0) return;
    for (const { number } of this.#queue) this.#hooks.dropped(number);
    this.#setQueue([]);
  }

  #again(number: number): void {
    const piece = this.#known(number);
    const to = otherSide(piece.from);
    this.#newest[piece.from] = Math.max(this.#newest[piece.from], number);
    this.#send(number, 'sent again', { ...piece, bytes: this.#key.fit(piece, to) }, to);
  }

  #back(number: number): void {
    const piece = this.#known(number);
    this.#send(number, 'sent back', { ...piece, bytes: this.#key.fit(piece, piece.from) }, piece.from);
    const held = this.#queue.find((each) => each.number === number);
    if (held !== undefined) this.#remove(held);
  }

  #move(held: Held, by: -1 | 1): void {
    const at = this.#queue.indexOf(held);
    const other = this.#queue[at + by];
    if (other === undefined)
      throw new Declined(`This piece is already the ${by === -1 ? 'first' : 'last'} that waits.`);
    const order = [...this.#queue];
    order[at] = other;
    order[at + by] = held;
    this.#setQueue(order);
  }

  #edit(held: Held, of: 'wire' | 'inside', bytes: Buffer): void {
    if (held.piece.kind === 'record')
      throw new Declined('A TLS record is sealed, so there is nothing in it that you could write. Flip a bit of it.');
    this.#alter(held, of === 'inside' ? withInside(held.bytes, bytes) : bytes);
  }

  #flip(held: Held, { of, byte, bit }: Command<'flip'>): void {
    const before = of === 'inside' ? insideOf(held.bytes) : held.bytes;
    if (byte >= before.length) throw new Declined(`It has only ${before.length} bytes, and they are counted from 0.`);
    const flipped = Buffer.from(before);
    flipped[byte] = (flipped[byte] ?? 0) ^ (1 << bit);
    this.#alter(held, of === 'inside' ? withInside(held.bytes, flipped) : flipped);
  }

  async #swapKey(number: number): Promise<void> {
    const swapping = this.#key.swapped(this.#held(number).bytes).then((bytes) => {
      // The line may have been cut meanwhile.
      this.#alter(this.#held(number), bytes);
    });
    this.#keyMaking = swapping;
    try {
      await swapping;
    } finally {
      if (this.#keyMaking === swapping) this.#keyMaking = null;
    }
  }

  #reseal(held: Held, text: string): void {
    if (held.piece.kind !== 'frame' || held.piece.frame.kind !== 'MESSAGE')
      throw new Declined('Only a MESSAGE can be sealed again. Choose one that waits.');
    const bytes = this.#key.sealed(text, otherSide(held.piece.from));
    if (bytes === null)
      throw new Declined(
        'You have no key of this chat. Hold the PUBLIC-KEY of a new chat, and put your own in its place.',
      );
    this.#alter(held, bytes, false);
  }

  #alter(held: Held, bytes: Buffer, isByHand = true): void {
    held.isByHand = isByHand && !bytes.equals(held.piece.bytes);
    held.bytes = bytes;
    this.#hooks.altered(held.number, { ...held.piece, bytes });
  }

  #send(of: number, deed: Deed, piece: Piece, to: Side): void {
    if (this.#wire === null) throw new Declined('Nobody is connected, so nothing can be sent.');
    this.#key.sent(piece.bytes, piece, to);
    this.#sending = { of, deed, message: piece.message };
    try {
      this.#wire.play([{ type: 'send', to, bytes: piece.bytes, message: piece.message !== null }]);
    } finally {
      this.#sending = null;
    }
  }

  #remove(held: Held): void {
    this.#setQueue(this.#queue.filter((each) => each !== held));
  }

  #setQueue(queue: readonly Held[]): void {
    this.#queue = queue;
    this.#hooks.queued(queue.map(({ number }) => number));
    for (const side of this.#ended) {
      if (queue.some(({ piece }) => piece.from === side)) continue;
      this.#ended.delete(side);
      this.#wire?.play([{ type: 'end', to: otherSide(side) }]);
    }
  }
}

/** The newest pieces, by number. */
class Kept {
  readonly #pieces = new Map<number, Piece>();
  #bytes = 0;

  get(number: number): Piece | undefined {
    return this.#pieces.get(number);
  }

  add(number: number, piece: Piece): void {
    this.#pieces.set(number, piece);
    this.#bytes += piece.bytes.length;
    for (const [oldest, { bytes }] of this.#pieces) {
      if (this.#pieces.size <= MOST_KEPT.pieces && this.#bytes <= MOST_KEPT.bytes) return;
      this.#pieces.delete(oldest);
      this.#bytes -= bytes.length;
    }
  }
}
