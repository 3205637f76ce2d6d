/** Holds what the page knows and what the learner chose, draws it, and does what they ask for. */
import { render } from 'lit-html';

import { SIDES, type Side } from '../../protocol/side.js';
import type { LabCommand } from '../commands.js';
import type { Numbered, RecordedRun } from '../events.js';
import type { Course, Experiment } from '../experiments/experiment.js';
import { chatLine } from './chair.js';
import type { Choices, Desk } from './desk.js';
import { unsaved } from './edit.js';
import { EndFollower } from './follow-end.js';
import { HexView } from './hex-view.js';
import { KeyedList } from './keyed-list.js';
import { page } from './page.js';
import { OwnProgress } from './own-progress.js';
import { attemptAt, locked, noted } from './progress.js';
import { stepBack, stepFrom, untilNext, type Playback } from './recording.js';
import { shownBytes } from './shown-bytes.js';
import { LiveSource, type Link } from './source.js';
import { Speaker } from './speaker.js';
import { START, reduce, rowAt, type ChatLine, type LabState, type PieceRow } from './state.js';
import { WireRows } from './wire.js';

const NOTHING_CHOSEN: Choices = {
  tab: 'chat',
  row: null,
  inside: false,
  field: null,
  byte: null,
  menu: false,
  draft: null,
  closed: 0,
  keyFor: null,
  trouble: null,
  hints: 0,
  guess: null,
  savedAs: null,
  isForgetting: false,
  teaches: false,
};

/** For so long after it opens, what comes is taken for history. In milliseconds. */
const HISTORY = 300;

/** The lists that are drawn apart from the rest. */
interface Views extends Readonly<Record<Side, KeyedList<ChatLine>>> {
  readonly wire: WireRows;
  readonly hex: HexView;
}

export class Lab {
  #state: LabState = START;
  #choices = NOTHING_CHOSEN;
  #link: Link = 'connecting';
  #isDrawing = false;
  /** When the lab could last be reached anew, in milliseconds of this page. */
  #openedAt = 0;
  #course: Course = { experiments: [], words: [] };
  readonly #progress = new OwnProgress(() => {
    this.#wantDraw();
  });
  /** null for a live lab. */
  readonly #runs: readonly RecordedRun[] | null;
  #shownRun = 0;
  #playback: Playback = { done: 0, isPlaying: false, speed: 1 };
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #live: LiveSource | null;
  readonly #root = document.createElement('div');
  readonly #speaker: Speaker;
  readonly #ends = new EndFollower();
  #views: Views | null = null;
  /** The field whose explanation, and the number of the hint, that were brought into view. */
  #revealed: Pick<Choices, 'field' | 'hints'> = { field: null, hints: 0 };

  /** @param runs null for a live lab. */
  constructor(runs: readonly RecordedRun[] | null) {
    this.#runs = runs;
    this.#root.id = 'lab';
    document.body.append(this.#root);
    this.#speaker = new Speaker();
    const listening = { events: this.#take.bind(this), link: this.#setLink.bind(this) };
    this.#live = runs === null ? new LiveSource(listening) : null;
    this.#draw();
  }

  /** The experiments that the lab offers, and their words. */
  offer(course: Course): void {
    this.#course = course;
    this.#wantDraw();
  }

  /** Plays the recording. If it has an experiment, its question is answered first. */
  begin(): void {
    const events = this.#recorded ?? [];
    const asked = events.findIndex(({ event }) => event.type === 'experiment' && event.name !== null) + 1;
    this.#play({ done: asked });
    const open = this.#course.experiments.find(({ name }) => name === this.#state.experiment);
    if (open === undefined || attemptAt(this.#progress.now, open.name) !== null) this.#play({ isPlaying: true });
  }

  /** The events of the shown run. null for a live lab. */
  get #recorded(): readonly Numbered[] | null {
    return this.#runs === null ? null : (this.#runs[this.#shownRun]?.events ?? []);
  }

  #show(run: number): void {
    clearTimeout(this.#timer);
    this.#shownRun = run;
    this.#state = START;
    this.#playback = { ...this.#playback, done: 0, isPlaying: false };
    this.begin();
  }

  #take(events: readonly Numbered[]): void {
    const before = this.#state;
    this.#state = reduce(before, events);
    if (this.#state === before) return;
    if (this.#state.experiment !== before.experiment) {
      const tab = this.#state.experiment === null ? this.#choices.tab : 'experiment';
      this.#choices = { ...this.#choices, hints: 0, tab };
    }
    // Only what becomes true now counts: it may have been reached before this learner predicted anything.
    for (const [name, { met }] of Object.entries(this.#state.goals)) {
      if (met && before.goals[name]?.met !== true) this.#progress.change((now) => noted(now, name, { met }));
    }
    // What a page gets when it opens is history: it was saved, or not done, for somebody else or long ago.
    if (this.#recorded === null && performance.now() - this.#openedAt < HISTORY) {
      this.#choices = { ...this.#choices, closed: this.#state.last };
    }
    this.#follow(before);
    this.#wantDraw();
  }

  /**
   * Chooses a row where the learner has not: the first of a run, a piece that begins to wait, and the next one that
   * waits when the chosen one has gone.
   */
  #follow(before: LabState): void {
    const { run } = this.#state;
    if (run === null) return;
    if (run.run !== before.run?.run) this.#choices = { ...this.#choices, row: null, field: null, byte: null };
    const chosen = this.#chosen();
    if (chosen?.fate === 'held') return;
    const [first] = run.queue;
    const had = rowAt(before.run?.rows ?? [], this.#choices.row);
    const hasGone = had?.kind === 'piece' && had.fate === 'held';
    const waits = run.queue.length > (before.run?.queue.length ?? 0) || chosen === null || hasGone;
    const held = waits
      ? run.rows.find((row) => isPiece(row) && row.fate === 'held' && row.piece.id === first)
      : undefined;
    const row = held ?? chosen ?? run.rows.find(isPiece);
    if (row !== undefined && row.key !== this.#choices.row) {
      this.#choices = { ...this.#choices, row: row.key, field: null, byte: null };
    }
  }

  #setLink(link: Link): void {
    // While it tries again, it is still lost.
    if (link === this.#link || (link === 'connecting' && this.#link === 'lost')) return;
    if (link === 'lost') this.#speaker.say('The lab cannot be reached.');
    if (link === 'open' && this.#link === 'lost') this.#speaker.say('The lab is back.');
    if (link === 'open') this.#openedAt = performance.now();
    this.#link = link;
    this.#wantDraw();
  }

  /** Resolves when the lab has the command, or could not be reached. @returns whether it has it. */
  async #send(command: LabCommand): Promise<boolean> {
    if (command.do === 'pass' && !(await this.#saveEdit(command.piece))) return false;
    const isSwap = command.do === 'swap-key';
    this.#choose({ trouble: null, closed: this.#state.last, ...(isSwap ? { keyFor: command.piece } : {}) });
    const trouble = (await this.#live?.send(command)) ?? null;
    if (isSwap) this.#choose({ keyFor: null });
    if (trouble === null) return true;
    this.#choose({ trouble });
    this.#speaker.say(`Not done: ${trouble}`);
    return false;
  }

  /** What the learner wrote into a held piece counts when they pass it on. @returns false if it cannot be sent. */
  async #saveEdit(piece: number): Promise<boolean> {
    const [chosen, form] = [this.#chosen(), document.querySelector<HTMLFormElement>('form.editor')];
    if (form === null || chosen?.fate !== 'held' || chosen.piece.id !== piece) return true;
    if (!form.reportValidity()) return false;
    const shown = shownBytes(chosen, this.#choices.inside, this.#state.run?.rows ?? []);
    const edit = unsaved(shown, new FormData(form));
    return edit === null || this.#send(edit);
  }

  #choose(change: Partial<Choices>): void {
    this.#choices = { ...this.#choices, ...change };
    this.#wantDraw();
  }

  /** In a lab that runs, the experiment is opened anew, so that nothing counts that happened before the answer. */
  async #lock(experiment: Experiment, answer: string): Promise<void> {
    const { name } = experiment;
    const isLive = this.#recorded === null;
    // In another tab it may have been answered already, and that answer stays.
    if (attemptAt(this.#progress.read(), name) !== null) {
      this.#wantDraw();
      return;
    }
    if (isLive && !(await this.#send({ do: 'experiment', name }))) return;
    const time = new Date().toISOString();
    if (!this.#progress.change((now) => locked(now, experiment, answer, time))) return;
    if (isLive) return this.#beginExperiment(experiment);
    if (this.#state.goals[name]?.met === true) this.#progress.change((now) => noted(now, name, { met: true }));
    this.#play({ isPlaying: true });
  }

  async #beginExperiment({ setting, holds }: Experiment): Promise<void> {
    if (setting !== null) await this.#send({ do: 'start', ...setting, elsewhere: null, hold: holds });
  }

  #hint({ name }: Experiment): void {
    const hints = this.#choices.hints + 1;
    this.#choose({ hints });
    this.#progress.change((now) => noted(now, name, { hints }));
  }

  /** Forgets all answers. The experiment that is open begins anew. */
  #forget(): void {
    this.#progress.forget();
    this.#choose({ isForgetting: false, savedAs: null, hints: 0 });
    this.#speaker.say('All answers are forgotten.');
    const { experiment } = this.#state;
    if (this.#recorded === null && experiment !== null) void this.#send({ do: 'experiment', name: experiment });
  }

  #saveAnswers(): void {
    const savedAs = this.#progress.save();
    this.#choose({ savedAs });
    this.#speaker.say(`Saved as ${savedAs}.`);
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
    else
      this.#timer = setTimeout(() => {
        this.#play({ done: this.#playback.done + 1 });
      }, wait);
  }

  #step(by: -1 | 1): void {
    const events = this.#recorded ?? [];
    const { done } = this.#playback;
    this.#play({ done: by === 1 ? stepFrom(events, done) : stepBack(events, done), isPlaying: false });
  }

  /** Draws once for all that happens before the next frame of the screen. */
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
    const focused = document.activeElement;
    const section = focused?.closest('main > section') ?? null;
    render(page(this.#desk(), chosen, shown), this.#root);
    this.#views ??= this.#makeViews();
    this.#views.wire.show(run?.rows ?? [], chosen?.key ?? null);
    for (const side of SIDES) this.#views[side].show(run?.chairs[side].lines ?? []);
    this.#views.hex.show(shown, this.#choices);
    this.#ends.follow();
    if (section !== null && focused?.isConnected === false) focusNext(section);
    this.#reveal();
    this.#speaker.follow(this.#state);
  }

  /** Brings into view what the learner asked for: the explanation of a byte, or one more hint. */
  #reveal(): void {
    const { field, hints } = this.#choices;
    if (field !== this.#revealed.field) document.querySelector('.fields .kept')?.scrollIntoView({ block: 'nearest' });
    if (hints > this.#revealed.hints)
      document.querySelector('.told:last-of-type')?.scrollIntoView({ block: 'nearest' });
    this.#revealed = { field, hints };
  }

  #makeViews(): Views {
    for (const scroller of document.querySelectorAll<HTMLElement>('.scroller:has(> .rows, > .lines)'))
      this.#ends.add(scroller);
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
      runs: this.#runs ?? [],
      shownRun: this.#shownRun,
      experiments: this.#course.experiments,
      words: this.#course.words,
      progress: this.#progress.now,
      isKept: this.#progress.isKept,
      send: (command) => {
        void this.#send(command);
      },
      choose: this.#choose.bind(this),
      draft: (change) => {
        // Two changes may come before the page is drawn again.
        const now = this.#choices.draft ?? this.#state.run?.setting;
        if (now !== undefined) this.#choose({ draft: { ...now, ...change } });
      },
      play: this.#play.bind(this),
      step: this.#step.bind(this),
      show: this.#show.bind(this),
      lock: (experiment, answer) => {
        void this.#lock(experiment, answer);
      },
      begin: (experiment) => {
        void this.#beginExperiment(experiment);
      },
      giveUp: ({ name }) => {
        this.#progress.change((now) => noted(now, name, { gaveUp: true }));
      },
      hint: this.#hint.bind(this),
      callMe: (name) => {
        this.#progress.change((now) => ({ ...now, name }));
      },
      saveAnswers: this.#saveAnswers.bind(this),
      forget: this.#forget.bind(this),
      announce: (text) => {
        this.#speaker.say(text);
      },
    };
  }
}

function isPiece(row: { readonly kind: 'piece' | 'note' }): row is PieceRow {
  return row.kind === 'piece';
}

/** The button that had the focus went away with what it did: what it led to gets the focus. */
function focusNext(section: Element): void {
  const next =
    section.querySelector<HTMLElement>('[data-next]') ?? section.querySelector<HTMLElement>('[tabindex="0"]');
  next?.focus({ preventScroll: true });
}

function find(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no element ${id}`);
  return element;
}
