/**
 * One run of the pair: the programs, the relay between them, and what a person does there: type a line, wait, and look
 * at the screens.
 */
import type { TapRecorder } from '../capture/tap.js';
import type { Side } from '../protocol/side.js';
import type { Budget } from './budget.js';
import type { Facts } from './facts.js';
import { readHookLog, type Noted } from './hook-log.js';
import type { Pair } from './pair.js';
import { quoted } from './quoting.js';
import { MOST_OUTPUT, type Program } from './running/program.js';
import type { Mark } from './running/screen.js';
import { SEATS, type Road, type Seat } from './seat.js';
import { howShown, type HowShown } from './shown.js';
import { NAMES, usualAnswer } from './usual-answers.js';
import { wantedPort } from './way-in.js';
import type { WireRelay } from './wire/relay.js';
import type { Chunk } from './wire/treatment.js';

/** Something that was said, and what came of it. */
export interface Said {
  readonly from: Seat;
  readonly text: string;
  /** At which programs it was shown meanwhile, besides the one where it was typed. */
  readonly shown: Readonly<Record<Seat, HowShown>>;
  /** What each program showed meanwhile. Not escaped. */
  readonly screens: Readonly<Record<Seat, string>>;
  /** What came to the relay meanwhile, from all sides. */
  readonly chunks: readonly Chunk[];
  /** Until it was shown, or until we stopped to wait. */
  readonly tookMs: number;
}

export type SaidOnRoad = Said & { readonly road: Road };

/** Nothing happens for so long: then nothing more comes. In milliseconds. */
const QUIET_MS = 400;
/** A prompt stands for so long before it is answered: the program may be in the middle of a line. */
const PROMPT_MS = 150;
/** Making keys can take so long. In milliseconds. */
const LONGEST_WORK_MS = 30_000;
const LEAST_WORK_MS = 5_000;
/** What was said is not waited for any longer, if nothing happens. */
const LEAST_PATIENCE_MS = 1_500;
const MOST_PATIENCE_MS = 8_000;
/** A part of one processor. A program that uses more is at work. */
const AT_WORK = 0.3;
const SAMPLE_MS = 200;
const MOST_ANSWERS = 20;
/** A program that shows something all the time is not waited for longer than so many times the usual. */
const CHATTER_FACTOR = 3;

export interface TalkParts {
  /** Counts the runs of a check from 1. */
  readonly run: number;
  readonly pair: Pair;
  readonly budget: Budget;
  readonly facts: Facts;
  readonly wire: WireRelay;
  /** The capture at each half of the wire. */
  readonly captures: Readonly<Record<Side, string>>;
  readonly taps: Readonly<Record<Side, TapRecorder>>;
  readonly programs: Map<Seat, Program>;
  readonly logs: Readonly<Record<Seat, string>>;
  /** A sentence that was not said before. */
  readonly newSentence: () => string;
}

export class Talk {
  readonly run: number;
  readonly wire: WireRelay;
  readonly captures: Readonly<Record<Side, string>>;
  readonly #parts: TalkParts;
  readonly #answered = new Map<Program, { mark: Mark; times: number; spent: Set<number> }>();
  readonly #work = new Map<Program, { at: number; usedMs: number; busy: boolean }>();
  /** In strict turns: who speaks next. */
  #turn: Seat | null = null;
  /** Whether the chat has begun: until then, usual questions are answered. */
  #hasBegun = false;
  #isClosed = false;

  constructor(parts: TalkParts) {
    this.#parts = parts;
    this.run = parts.run;
    this.wire = parts.wire;
    this.captures = parts.captures;
    this.beginAgain();
  }

  get seats(): readonly Seat[] {
    return [...this.#parts.programs.keys()];
  }

  /** @throws Error if this program was not started in this run. */
  program(seat: Seat): Program {
    const program = this.#parts.programs.get(seat);
    if (program === undefined) throw new Error(`There is no ${seat} in run ${this.run}`);
    return program;
  }

  isAlive(seat: Seat): boolean {
    return this.#parts.programs.get(seat)?.ended === null;
  }

  /** What our hooks noted in this program so far. Empty where no hook could be set. */
  noted(seat: Seat): readonly Noted[] {
    return readHookLog(this.#parts.logs[seat]);
  }

  /** Whether this program has shown it at any time in this run. */
  hasShown(seat: Seat, text: string): HowShown {
    return howShown(text, this.#parts.programs.get(seat)?.screen.since(0) ?? '');
  }

  /** For a person: that it ended, and how; or what it showed last. Escaped, without a full stop. */
  stateOf(seat: Seat): string {
    const program = this.program(seat);
    const last = this.lastLines(seat);
    const shown = last === '' ? 'it has shown nothing' : `it showed last: ${quoted(last)}`;
    const { ended } = program;
    if (ended === null) return `goes on; ${shown}`;
    if (program.flooded) return `showed more than ${MOST_OUTPUT / 2 ** 20} MiB, and was ended; ${shown}`;
    return `ended with ${ended.signal ?? `exit status ${ended.code ?? '?'}`}; ${shown}`;
  }

  /** The last lines that a program has shown. Not escaped. */
  lastLines(seat: Seat, count = 3): string {
    const lines = this.#since(seat, new Map())
      .split('\n')
      .filter((line) => line.trim() !== '');
    return lines.slice(-count).join('\n');
  }

  /** Another client is started: its questions before the chat are answered again, and turns begin anew. */
  beginAgain(): void {
    const { manner } = this.#parts.facts;
    this.#hasBegun = false;
    this.#turn = manner?.kind === 'turns' ? manner.first : null;
  }

  /** From now on, questions such as “Your name?” are no longer answered; rules of the pair still are. */
  begin(): void {
    this.#hasBegun = true;
  }

  /**
   * Says a sentence on each road that works, in an order that the pair allows.
   *
   * @throws OutOfTime
   */
  async round(): Promise<readonly SaidOnRoad[]> {
    const said: SaidOnRoad[] = [];
    for (const road of this.#roads()) said.push({ ...(await this.sayOn(road)), road });
    return said;
  }

  /** Like {@link round}, up to the first sentence that is not shown. null if all are. @throws OutOfTime */
  async firstLost(): Promise<SaidOnRoad | null> {
    for (const road of this.#roads()) {
      const said = await this.sayOn(road);
      if (said.shown[road.to] === 'not') return { ...said, road };
    }
    return null;
  }

  #roads(): readonly Road[] {
    const roads = this.#parts.facts.manner?.roads ?? [];
    if (this.#turn === null) return roads;
    return [...roads].sort((one) => (one.from === this.#turn ? -1 : 1));
  }

  /**
   * Says something where it can be heard. In strict turns, the other one says something first if it is its turn.
   *
   * @throws OutOfTime
   */
  async sayOn(road: Road, text = this.#parts.newSentence()): Promise<Said> {
    if (this.#turn !== null && this.#turn !== road.from) await this.say(this.#turn, undefined, [road.from]);
    return this.say(road.from, text, [road.to]);
  }

  /**
   * Types a line, and waits until one of `at` shows it, or until nothing more happens.
   *
   * @throws OutOfTime
   */
  async say(from: Seat, text = this.#parts.newSentence(), at: readonly Seat[] = this.#others(from)): Promise<Said> {
    const { budget } = this.#parts;
    const marks = this.marks();
    const chunksBefore = this.wire.came.length;
    const began = performance.now();
    this.type(from, at[0] ?? from, text);
    const shownAt = (seat: Seat): HowShown => howShown(text, this.#since(seat, marks));
    let lastLook = -1;
    const isShown = (): boolean => {
      // To look through a screen costs time, and only what is new can change the answer.
      const bytes = at.reduce((sum, seat) => sum + (this.#parts.programs.get(seat)?.screen.bytes ?? 0), 0);
      if (bytes === lastLook) return false;
      lastLook = bytes;
      return at.some((seat) => shownAt(seat) === 'whole');
    };
    const whole = await this.#until(isShown, this.#patienceMs());
    const tookMs = performance.now() - began;
    if (whole) this.#parts.facts.slowestMs = Math.max(this.#parts.facts.slowestMs, tookMs);
    // The rest of the line, and the prompt after it.
    if (whole) await budget.pause(PROMPT_MS);
    return {
      from,
      text,
      shown: record((seat) => (seat === from ? 'not' : shownAt(seat))),
      screens: record((seat) => this.#since(seat, marks)),
      chunks: this.wire.came.slice(chunksBefore),
      tookMs,
    };
  }

  /**
   * Types a line and does not wait. In strict turns, it is the turn of `to` then. `{to}` in the message of the pair
   * stands for the name of `to`.
   */
  type(from: Seat, to: Seat, text: string): void {
    this.program(from).type(
      this.#parts.pair.parts[from].message.replaceAll('{to}', NAMES[to]).replaceAll('{text}', text),
    );
    if (this.#turn === from) this.#turn = to;
  }

  /** In strict turns: whose turn it is. null where anyone may speak. */
  get turn(): Seat | null {
    return this.#turn;
  }

  /** How much each program has shown so far. */
  marks(): ReadonlyMap<Seat, Mark> {
    return new Map(this.seats.map((seat) => [seat, this.program(seat).screen.mark()]));
  }

  /** What each program has shown since then. Not escaped. */
  screensSince(marks: ReadonlyMap<Seat, Mark>): ReadonlyMap<Seat, string> {
    return new Map(this.seats.map((seat) => [seat, this.#since(seat, marks)]));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Waits for something else than a sentence, at most so long. Prompts are answered meanwhile. @throws OutOfTime */
  async waitFor(condition: () => boolean, limitMs: number): Promise<boolean> {
    return this.#parts.budget.until(() => {
      this.answerPrompts();
      return condition();
    }, limitMs);
  }

  /** Waits until nothing happens any more: no output, nothing on the wire, and no program at work. @throws OutOfTime */
  async settle(quietMs = QUIET_MS): Promise<void> {
    await this.#until(() => false, quietMs);
  }

  /** Ends everything. The captures are complete then. You may call it again. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { programs, taps } = this.#parts;
    // The relay first: a connection that it resets does not block the server’s port.
    await this.wire.close();
    for (const seat of ['client', 'second', 'server'] as const) await programs.get(seat)?.end();
    taps.client.close();
    taps.server.close();
  }

  #others(from: Seat): readonly Seat[] {
    return this.seats.filter((seat) => seat !== from);
  }

  #since(seat: Seat, marks: ReadonlyMap<Seat, Mark>): string {
    return this.#parts.programs.get(seat)?.screen.since(marks.get(seat) ?? 0) ?? '';
  }

  /** A few times as long as the slowest sentence took so far. */
  #patienceMs(): number {
    const { slowestMs, pauseMs } = this.#parts.facts;
    return Math.min(MOST_PATIENCE_MS, Math.max(LEAST_PATIENCE_MS, slowestMs * 4) + pauseMs * 4);
  }

  /**
   * Waits for `condition`, and answers prompts meanwhile. It stops when nothing has happened for `quietMs`. A program
   * at work is something that happens, and so are bytes that wait in the relay.
   */
  async #until(condition: () => boolean, quietMs: number): Promise<boolean> {
    const { budget } = this.#parts;
    const began = performance.now();
    const longestMs = this.#longestWorkMs() + quietMs;
    const limit = began + longestMs;
    let holds = false;
    await budget.until(() => {
      holds = condition();
      if (holds) return true;
      this.answerPrompts();
      const now = performance.now();
      return now > limit || now - Math.max(began, this.#lastEventAt(now, began + CHATTER_FACTOR * quietMs)) > quietMs;
    }, longestMs);
    return holds;
  }

  /** A program that makes keys does so at each start. One that works for much longer goes round in circles. */
  #longestWorkMs(): number {
    const { startMs } = this.#parts.facts;
    return startMs === 0 ? LONGEST_WORK_MS : Math.min(LONGEST_WORK_MS, Math.max(LEAST_WORK_MS, 2 * startMs));
  }

  /** @param chatterUntil what is shown after this time does not count: some programs show something all the time. */
  #lastEventAt(now: number, chatterUntil: number): number {
    if (this.wire.waiting > 0) return now;
    const screens = this.seats.map((seat) => Math.min(this.program(seat).screen.lastAt, chatterUntil));
    return Math.max(this.wire.lastAt, ...screens, ...this.seats.map((seat) => this.#lastWorkAt(seat, now)));
  }

  /** When this program was at work last, as far as we looked. */
  #lastWorkAt(seat: Seat, now: number): number {
    const { facts } = this.#parts;
    if (facts.spins.has(seat)) return 0;
    const program = this.program(seat);
    const before = this.#work.get(program);
    if (before !== undefined && now - before.at < SAMPLE_MS) return before.busy ? before.at : 0;
    const usedMs = program.processorMs ?? 0;
    const busy = before === undefined || (usedMs - before.usedMs) / (now - before.at) > AT_WORK;
    this.#work.set(program, { at: now, usedMs, busy });
    return busy ? now : 0;
  }

  /** Answers what the programs ask for: by the rules of the pair, and before the chat has begun by what is usual. */
  answerPrompts(): void {
    const { pair, programs } = this.#parts;
    for (const [seat, program] of programs) {
      const state = this.#answered.get(program) ?? { mark: 0, times: 0, spent: new Set<number>() };
      this.#answered.set(program, state);
      const { screen } = program;
      if (program.ended !== null || screen.bytes === state.mark) continue;
      if (performance.now() - screen.lastAt < PROMPT_MS || state.times >= MOST_ANSWERS) continue;
      const shown = screen.since(state.mark).toLowerCase();
      const index = pair.parts[seat].rules.findIndex(
        ({ wait, again }, at) => (again || !state.spent.has(at)) && shown.includes(wait.toLowerCase()),
      );
      const rule = pair.parts[seat].rules[index];
      const asked = { seat, host: pair.host, port: this.portFor(seat) };
      const answer = rule?.type ?? (this.#hasBegun ? null : usualAnswer(screen.lastLine(), asked));
      if (answer === null) continue;
      if (rule !== undefined) state.spent.add(index);
      state.mark = screen.mark();
      if (rule?.again !== true) state.times += 1;
      program.type(this.filled(answer, seat));
    }
  }

  /** The port that this program is told: the relay’s, for a client. */
  portFor(seat: Seat): number {
    const { pair, facts } = this.#parts;
    if (seat === 'server') return facts.ports.server ?? 0;
    return (facts.way === 'hook' ? wantedPort(pair, facts) : facts.ports.relay) ?? 0;
  }

  /** `{port}`, `{host}` and `{name}` in a text of the pair. */
  filled(text: string, seat: Seat): string {
    return text
      .replaceAll('{port}', String(this.portFor(seat)))
      .replaceAll('{host}', this.#parts.pair.host)
      .replaceAll('{name}', NAMES[seat]);
  }
}

function record<Value>(valueOf: (seat: Seat) => Value): Readonly<Record<Seat, Value>> {
  return Object.fromEntries(SEATS.map((seat) => [seat, valueOf(seat)])) as Record<Seat, Value>;
}
