/**
 * Starts the page. The same program runs a live lab and replays a recorded one: a page that holds its events in
 * `<script type="application/json" id="events">` replays them.
 */
import { render } from 'lit-html';

import type { LabCommand } from '../commands.js';
import type { Numbered } from '../events.js';
import type { Side } from '../../protocol/side.js';
import { chatLine, spoken } from './chair.js';
import type { Choices, Desk } from './desk.js';
import { HexView } from './hex-view.js';
import { KeyedList } from './keyed-list.js';
import { page } from './page.js';
import { stepBack, stepFrom, untilNext, type Playback } from './recording.js';
import { LiveSource, type Link } from './source.js';
import { shownBytes } from './shown-bytes.js';
import { START, reduce, rowAt, type ChatLine, type LabState, type PieceRow } from './state.js';
import { WireRows } from './wire.js';
import { SIDES } from './words.js';

/** The live region keeps this many lines. */
const MOST_SPOKEN = 40;
/** If more lines than this come together, as after a reload, only the last is said. */
const MOST_AT_ONCE = 4;

class Lab {
  #state: LabState = START;
  #choices: Choices = {
    tab: 'chat',
    row: null,
    inside: false,
    field: null,
    byte: null,
    draft: null,
    closed: 0,
    trouble: null,
  };
  #link: Link = 'connecting';
  #isDrawing = false;
  readonly #recorded: readonly Numbered[] | null;
  #playback: Playback = { done: 0, isPlaying: false, speed: 1 };
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #live: LiveSource | null;
  readonly #root = document.createElement('div');
  readonly #spoken = document.createElement('div');
  /** The key of the last chat line that was said to a screen reader. */
  #saidUpTo = 0;
  #views: Views | null = null;

  constructor(recorded: readonly Numbered[] | null) {
    this.#recorded = recorded;
    this.#root.id = 'lab';
    this.#spoken.className = 'unseen';
    this.#spoken.setAttribute('role', 'log');
    this.#spoken.setAttribute('aria-live', 'polite');
    this.#spoken.setAttribute('aria-label', 'What happens in the chat');
    document.body.append(this.#root, this.#spoken);
    this.#live =
      recorded === null
        ? new LiveSource({
            events: (some) => {
              this.#take(some);
            },
            link: (link) => {
              this.#setLink(link);
            },
          })
        : null;
    this.#draw();
    if (recorded !== null) this.#play({ isPlaying: true });
  }

  #take(events: readonly Numbered[]): void {
    const before = this.#state;
    this.#state = reduce(before, events);
    this.#follow(before);
    this.#wantDraw();
  }

  /** Chooses a row where the learner has not: the first of a run, and a piece that begins to wait. */
  #follow(before: LabState): void {
    const { run } = this.#state;
    if (run === null) return;
    if (run.run !== before.run?.run)
      this.#choices = { ...this.#choices, row: null, field: null, byte: null, draft: null };
    const chosen = this.#chosen();
    if (chosen?.fate === 'held') return;
    const [first] = run.queue;
    const held =
      run.queue.length > (before.run?.queue.length ?? 0) || chosen === null
        ? run.rows.find((row): row is PieceRow => row.kind === 'piece' && row.fate === 'held' && row.piece.id === first)
        : undefined;
    const row = held ?? chosen ?? run.rows.find(({ kind }) => kind === 'piece');
    if (row !== undefined && row.key !== this.#choices.row) {
      this.#choices = { ...this.#choices, row: row.key, field: null, byte: null };
    }
  }

  #setLink(link: Link): void {
    if (link === this.#link) return;
    if (link === 'lost') this.#say('The lab cannot be reached.');
    if (link === 'open' && this.#link === 'lost') this.#say('The lab is back.');
    // While it tries again, it is still lost.
    if (link !== 'connecting' || this.#link !== 'lost') this.#link = link;
    this.#wantDraw();
  }

  #send(command: LabCommand): void {
    this.#choices = { ...this.#choices, trouble: null, closed: this.#state.last };
    void this.#live?.send(command).then((trouble) => {
      if (trouble === null) return;
      this.#choose({ trouble });
      this.#say(`Not done: ${trouble}`);
    });
  }

  #choose(change: Partial<Choices>): void {
    this.#choices = { ...this.#choices, ...change };
    this.#wantDraw();
  }

  #play(change: Partial<Playback>): void {
    const events = this.#recorded;
    if (events === null) return;
    const from = this.#playback.done;
    this.#playback = { ...this.#playback, ...change };
    const { done } = this.#playback;
    if (done < from) this.#state = START;
    if (done !== from) this.#take(events.slice(done < from ? 0 : from, done));
    this.#wantDraw();
    clearTimeout(this.#timer);
    if (!this.#playback.isPlaying) return;
    const wait = untilNext(events, this.#playback);
    if (wait === null) this.#playback = { ...this.#playback, isPlaying: false };
    else {
      this.#timer = setTimeout(() => {
        this.#play({ done: this.#playback.done + 1 });
      }, wait);
    }
  }

  #step(by: -1 | 1): void {
    const events = this.#recorded ?? [];
    const { done } = this.#playback;
    this.#play({ done: by === 1 ? stepFrom(events, done) : stepBack(events, done), isPlaying: false });
  }

  /** Draws once for all that happens before the next frame. */
  #wantDraw(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#draw();
    });
  }

  #chosen(): PieceRow | null {
    const row = rowAt(this.#state.run?.rows ?? [], this.#choices.row);
    return row?.kind === 'piece' ? row : null;
  }

  #draw(): void {
    const chosen = this.#chosen();
    const { run } = this.#state;
    const shown = chosen === null ? null : shownBytes(chosen, this.#choices.inside, run?.rows ?? []);
    render(page(this.#desk(), chosen, shown), this.#root);
    this.#views ??= this.#makeViews();
    this.#views.wire.show(run?.rows ?? [], chosen?.key ?? null);
    for (const side of SIDES) this.#views[side].show(run?.chairs[side].lines ?? []);
    this.#views.hex.show(shown, this.#choices);
    this.#speak();
  }

  #makeViews(): Views {
    const lines = (side: Side): KeyedList<ChatLine> =>
      new KeyedList(find(`${side}-lines`), chatLine(side), ({ kind }) => kind);
    return {
      client: lines('client'),
      server: lines('server'),
      wire: new WireRows(find('wire-rows'), () => this.#desk()),
      hex: new HexView(find('hex'), (byte, field) => {
        this.#choose({ byte, field });
      }),
    };
  }

  #desk(): Desk {
    return {
      state: this.#state,
      choices: this.#choices,
      link: this.#link,
      playback: this.#recorded === null ? null : { ...this.#playback, all: this.#recorded.length },
      send: (command) => {
        this.#send(command);
      },
      choose: (change) => {
        this.#choose(change);
      },
      play: (change) => {
        this.#play(change);
      },
      step: (by) => {
        this.#step(by);
      },
      announce: (text) => {
        this.#say(text);
      },
    };
  }

  /** Says the new lines of the chat. */
  #speak(): void {
    const { run, last } = this.#state;
    if (last < this.#saidUpTo) this.#saidUpTo = last;
    if (run === null) return;
    const fresh = SIDES.flatMap((side) => {
      const { lines } = run.chairs[side];
      const first = lines.findLastIndex(({ key }) => key <= this.#saidUpTo) + 1;
      return lines.slice(first).map((line) => ({ key: line.key, text: spoken(side, line) }));
    }).sort((one, two) => one.key - two.key);
    this.#saidUpTo = last;
    for (const { text } of fresh.length > MOST_AT_ONCE ? fresh.slice(-1) : fresh) this.#say(text);
  }

  #say(text: string): void {
    const line = document.createElement('p');
    line.textContent = text;
    this.#spoken.append(line);
    while (this.#spoken.childElementCount > MOST_SPOKEN) this.#spoken.firstElementChild?.remove();
  }
}

interface Views extends Readonly<Record<Side, KeyedList<ChatLine>>> {
  readonly wire: WireRows;
  readonly hex: HexView;
}

function find(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no element ${id}`);
  return element;
}

const events = document.getElementById('events');
new Lab(events === null ? null : (JSON.parse(events.textContent) as readonly Numbered[]));
