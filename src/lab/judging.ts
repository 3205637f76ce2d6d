/**
 * What a ready-made attack achieved in a run of the lab: the same judgement as of `servchat attack`, in the same words.
 */
import type { Attack } from '../attacker/attack.js';
import { judge, known } from '../attacker/judge.js';
import type { RelayReport } from '../attacker/notes.js';
import { seatOf } from '../demo/seat.js';
import { outcomePhrase } from '../faces/attack-words.js';
import { printable } from '../printable.js';
import type { ParsedEvent } from '../protocol/event-lines.js';
import { isProblem } from '../protocol/events.js';
import { isLeaving } from '../protocol/leaving.js';
import type { Mode } from '../protocol/modes.js';
import type { Side } from '../protocol/side.js';

/** A longer chat is not judged: each message is compared with each other one. */
const MOST_EVENTS = 2000;

export class Judging {
  readonly #attack: Attack;
  readonly #mode: Mode;
  readonly #said: { readonly side: Side; readonly text: string }[] = [];
  readonly #events: Record<Side, ParsedEvent[]> = { client: [], server: [] };
  #count = 0;

  constructor(attack: Attack, mode: Mode) {
    this.#attack = attack;
    this.#mode = mode;
  }

  take(side: Side, event: ParsedEvent): void {
    this.#count += 1;
    if (this.#count > MOST_EVENTS) return;
    if (event.type === 'sent') this.#said.push({ side, text: printable(event.text) });
    if (event.type === 'message' || event.type === 'left' || isProblem(event)) this.#events[side].push(event);
  }

  /** A sentence, or null if the chat was too long. */
  says({ acted, learned, problem }: RelayReport): string | null {
    if (this.#count > MOST_EVENTS) return null;
    const seats = { client: seatOf(this.#events.client, 0), server: seatOf(this.#events.server, 0) };
    const said = this.#said;
    // In plaintext, a connection that an attacker cuts looks like a goodbye.
    const complete = said.some(({ text }) => isLeaving(text));
    const observed = { mode: this.#mode, said, complete, seats, acted, learned };
    const outcome =
      problem === null ? judge(this.#attack, observed) : ({ kind: 'failed', why: printable(problem) } as const);
    const words = outcomePhrase({ outcome, known: known(this.#attack.goal, observed) });
    return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
  }
}
