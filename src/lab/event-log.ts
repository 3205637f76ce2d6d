/**
 * The events of the run, numbered, for every page that is open now or later. Their memory is bounded: if a run has too
 * many, the oldest are let go, and a page that comes later is told how many.
 *
 *      1       2 … 811           812            …          1640
 *      run     let go            kept                      newest
 *              a page that comes gets `left-out` here
 */
import type { LabEvent, Numbered } from './events.js';

/** About what 3,000 messages need. They are JSON, most of it the bytes of frames with their explanation. */
const MOST_CHARACTERS = 32 * 1024 * 1024;

/** An event as it is sent. */
export interface Entry {
  readonly number: number;
  readonly type: LabEvent['type'];
  /** {@link Numbered} as JSON, without a line end. */
  readonly json: string;
}

/** Only the newest of each kind matters: it replaces the one before. */
const REPLACING: ReadonlySet<LabEvent['type']> = new Set([
  'listener',
  'queue',
  'playing',
  'hold',
  'goal',
  'experiment',
]);
/** What happened, in order. The oldest of these are let go first; all other events are few and stay. */
const MANY: ReadonlySet<LabEvent['type']> = new Set([
  'said',
  'shown',
  'came',
  'went',
  'altered',
  'dropped',
  'understood',
  'complained',
  'declined',
]);

export class EventLog {
  readonly #most: number;
  readonly #now: () => number;
  readonly #watchers = new Set<() => void>();
  /** By number, in ascending order. */
  #entries = new Map<number, Entry>();
  readonly #newest = new Map<LabEvent['type'], number>();
  #characters = 0;
  #last = 0;
  #began: number;
  #letGo = { events: 0, upTo: 0, at: 0 };

  /** @param now milliseconds on a clock that does not go back. */
  constructor({ most = MOST_CHARACTERS, now = () => performance.now() }: { most?: number; now?: () => number } = {}) {
    this.#most = most;
    this.#now = now;
    this.#began = now();
  }

  /** The number of the newest event; 0 if there is none. */
  get last(): number {
    return this.#last;
  }

  /** Adds an event. A `run` begins a new list. */
  add(event: LabEvent): void {
    if (event.type === 'run') this.#beginAnew();
    this.#last += 1;
    const at = Math.round(this.#now() - this.#began);
    const numbered: Numbered = { number: this.#last, at, event };
    const entry: Entry = { number: this.#last, type: event.type, json: JSON.stringify(numbered) };
    if (REPLACING.has(event.type)) {
      this.#forget(this.#newest.get(event.type));
      this.#newest.set(event.type, entry.number);
    }
    this.#entries.set(entry.number, entry);
    this.#characters += entry.json.length;
    if (this.#characters > this.#most) this.#makeRoom(at);
    for (const watcher of this.#watchers) watcher();
  }

  /** Calls `watcher` after each event. Returns a function that ends this. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /**
   * The events after the one with the number `after`, in order; 0 gives all of the run. Where some that come next were
   * let go, an entry says so.
   *
   * New events may be added while this is read.
   */
  *after(after: number): Generator<Entry, void, void> {
    let told = this.#letGo.upTo <= after;
    for (const entry of this.#entries.values()) {
      if (entry.number <= after) continue;
      if (!told && entry.number > this.#letGo.upTo) {
        told = true;
        yield this.#leftOut();
      }
      yield entry;
    }
  }

  /** Whether something that comes after the event `after` was let go, in the present run. */
  hasLetGo(after: number): boolean {
    return after < this.#letGo.upTo;
  }

  #beginAnew(): void {
    this.#entries = new Map();
    this.#newest.clear();
    this.#characters = 0;
    this.#letGo = { events: 0, upTo: 0, at: 0 };
    this.#began = this.#now();
  }

  /** Lets go a quarter at once, so that it is not done at every event. */
  #makeRoom(at: number): void {
    const enough = this.#most * 0.75;
    for (const { number, type } of this.#entries.values()) {
      if (this.#characters <= enough || number === this.#last) return;
      if (!MANY.has(type)) continue;
      this.#forget(number);
      this.#letGo = { events: this.#letGo.events + 1, upTo: number, at };
    }
  }

  #forget(number: number | undefined): void {
    const entry = number === undefined ? undefined : this.#entries.get(number);
    if (entry === undefined) return;
    this.#entries.delete(entry.number);
    this.#characters -= entry.json.length;
  }

  /** It takes the number of the last event that was let go. */
  #leftOut(): Entry {
    const { events, upTo: number, at } = this.#letGo;
    const numbered: Numbered = { number, at, event: { type: 'left-out', events } };
    return { number, type: 'left-out', json: JSON.stringify(numbered) };
  }
}
