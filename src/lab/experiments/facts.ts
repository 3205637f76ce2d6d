/**
 * What is certain about one run, from its events. The goals of experiments are made of these facts.
 *
 * The two processes report independently, so a text can be shown before the event comes that it was said. Therefore
 * nothing is taken for the attacker's work unless the relay did something that explains it.
 */
import { isRight } from '../../answers/comparison.js';
import type { Deed } from '../../attacker/deed.js';
import { isLeaving } from '../../protocol/leaving.js';
import { SIDES, otherSide, type Side } from '../../protocol/side.js';
import type { LabEvent, Setting, WirePiece } from '../events.js';
import { LineCuts } from './line-cuts.js';

type Of<Type extends LabEvent['type']> = Extract<LabEvent, { type: Type }>;

export class RunFacts {
  readonly setting: Setting;
  readonly #said: Record<Side, string[]> = { client: [], server: [] };
  readonly #shown: Record<Side, string[]> = { client: [], server: [] };
  /** What the relay did with what it sent to this side. */
  readonly #deeds: Record<Side, Set<Deed>> = { client: new Set(), server: new Set() };
  readonly #pieces = new Map<number, Pick<WirePiece, 'from' | 'message' | 'label'>>();
  readonly #dropped: Record<Side, Set<number>> = { client: new Set(), server: new Set() };
  readonly #fingerprints = new Map<string, Partial<Record<Side, string>>>();
  readonly #reasons = new Set<string>();
  readonly #guesses: Of<'guessed'>[] = [];
  readonly #read = new Set<string>();
  readonly #cuts: Readonly<Record<Side, LineCuts>> = { client: new LineCuts(), server: new LineCuts() };
  readonly #ended = new Set<Side>();
  #understood = 0;
  #isSealed = false;

  constructor(setting: Setting) {
    this.setting = setting;
  }

  see(event: LabEvent): void {
    switch (event.type) {
      case 'said':
        this.#said[event.side].push(event.text);
        return;
      case 'shown':
        this.#shown[event.side].push(event.text);
        this.#cuts[event.side].shown(event.text);
        return;
      case 'complained':
        this.#reasons.add(event.reason);
        return;
      case 'fingerprint':
        this.#fingerprints.set(event.of, { ...this.#fingerprints.get(event.of), [event.side]: event.sha256 });
        return;
      case 'came':
        this.#pieces.set(event.piece.id, event.piece);
        return;
      case 'went':
        this.#went(event);
        return;
      case 'dropped':
        this.#drop(event.of);
        return;
      case 'understood':
        this.#understood += 1;
        return;
      case 'listener':
        this.#listened(event);
        return;
      case 'guessed':
        this.#guesses.push(event);
        return;
      case 'seat':
        if (event.state === 'over' || event.state === 'gone') this.#ended.add(event.side);
        return;
      default:
    }
  }

  /** How many different messages the listener has read that were really said. */
  get read(): number {
    return this.#read.size;
  }

  /** The listener looked for every message, found none, and its control shows that it could have. */
  get isSealed(): boolean {
    return this.#isSealed;
  }

  /** How many messages the attacker understood. */
  get understood(): number {
    return this.#understood;
  }

  /** Both sides have left, or their processes are gone. */
  get isOver(): boolean {
    return this.#ended.size === SIDES.length;
  }

  /** The codes of what the two sides complained about. */
  get reasons(): ReadonlySet<string> {
    return this.#reasons;
  }

  /** A side showed a message that the other side never said, after the attacker had sent it something of their own. */
  get showedUnsaid(): boolean {
    return SIDES.some((side) => {
      const [said, shown] = [this.#said[otherSide(side)], this.#shown[side]];
      // A message takes the place of the one that it was made from. If more were shown than said, the news that one
      // was said may still be on its way.
      const isExplained = this.#did(side, ['added', 'sent back'])
        ? true
        : this.#did(side, ['changed']) && said.length >= shown.length;
      return isExplained && shown.some((text) => !said.includes(text));
    });
  }

  /** A side showed a message more often than it was said, after the attacker had sent it again. */
  get showedTwice(): boolean {
    return SIDES.some((side) => {
      if (!this.#did(side, ['sent again'])) return false;
      const said = counts(this.#said[otherSide(side)]);
      return [...counts(this.#shown[side])].some(([text, times]) => times > (said.get(text) ?? times));
    });
  }

  /** A message was dropped. The other side never showed it, but showed a later one. */
  get lostOne(): boolean {
    return SIDES.some((from) => {
      const [said, shown] = [this.#said[from], this.#shown[otherSide(from)]];
      return [...this.#dropped[from]].some((at) => {
        const text = said[at];
        return text !== undefined && !shown.includes(text) && said.slice(at + 1).some((later) => shown.includes(later));
      });
    });
  }

  /** A side showed a message after one that was said later, and the attacker had held it back. */
  get changedOrder(): boolean {
    return SIDES.some((side) => {
      if (!this.#did(side, ['sent late'])) return false;
      const said = this.#said[otherSide(side)];
      const order = this.#shown[side].map((text) => said.indexOf(text)).filter((at) => at >= 0);
      return order.some((at, index) => index > 0 && at < (order[index - 1] ?? 0));
    });
  }

  /** The relay sent two lines at once, and the other side showed both. */
  get twoInOne(): boolean {
    return SIDES.some((side) => this.#cuts[side].twoInOne);
  }

  /** The relay sent one line in two pieces, and the other side showed it as one. */
  get oneInTwo(): boolean {
    return SIDES.some((side) => this.#cuts[side].oneInTwo);
  }

  /** Both sides chat, each with another key of the same owner. */
  get keysDiffer(): boolean {
    const chats = SIDES.every((side) => this.#shown[side].length > 0 || this.#said[side].length > 0);
    return (
      chats &&
      [...this.#fingerprints.values()].some(
        ({ client, server }) => client !== undefined && server !== undefined && client !== server,
      )
    );
  }

  /** About how many different messages the learner guessed right what they say. */
  get rightGuesses(): number {
    const right = this.#guesses.filter(({ piece, text }) => text !== null && this.says(piece, text));
    return new Set(right.map(({ piece }) => messageName(this.#pieces.get(piece)))).size;
  }

  /** Whether the learner pointed at a piece with this word in its label. */
  pointedAt(label: string): boolean {
    return this.#guesses.some(({ piece, text }) => text === null && this.isLabelled(piece, label));
  }

  isLabelled(number: number, label: string): boolean {
    return this.#pieces.get(number)?.label.toLowerCase().includes(label.toLowerCase()) === true;
  }

  /** Whether this is the text of this piece, as far as it is known who said what. */
  says(number: number, text: string): boolean {
    const piece = this.#pieces.get(number);
    const message = piece?.message ?? null;
    const said = piece === undefined || message === null ? undefined : this.#said[piece.from][message];
    return said !== undefined && isRight({ kind: 'text', key: { accepts: [said], reasons: [] } }, text);
  }

  #did(to: Side, deeds: readonly Deed[]): boolean {
    return deeds.some((deed) => this.#deeds[to].has(deed));
  }

  #went({ deed, piece }: Of<'went'>): void {
    this.#pieces.set(piece.id, piece);
    this.#deeds[piece.half].add(deed);
    if (piece.kind === 'text' && piece.hex.length === 2 * piece.length) this.#cuts[piece.half].went(piece.hex);
  }

  #drop(number: number): void {
    const piece = this.#pieces.get(number);
    if (piece !== undefined && piece.message !== null) this.#dropped[piece.from].add(piece.message);
  }

  #listened({ knows: { messages, searched } }: Of<'listener'>): void {
    for (const { from, text } of messages)
      if (!isLeaving(text) && this.#said[from].includes(text)) this.#read.add(`${from} ${text}`);
    this.#isSealed =
      searched.length > 0 && searched.every(({ frames, control }) => frames.length === 0 && control !== null);
  }
}

function messageName(piece: Pick<WirePiece, 'from' | 'message'> | undefined): string {
  return `${piece?.from ?? ''} ${piece?.message ?? ''}`;
}

function counts(texts: readonly string[]): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const text of texts) all.set(text, (all.get(text) ?? 0) + 1);
  return all;
}
