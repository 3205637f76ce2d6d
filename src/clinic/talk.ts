/**
 * One run of the pair: the programs, the relay between them, and what a person does there: type a line, wait, and look
 * at the screens.
 */
import type { TapRecorder } from '../capture/tap.js';
import type { Side } from '../protocol/side.js';
import type { Budget } from './budget.js';
import type { Facts } from './facts.js';
import { readHookLog, type Noted } from './hook-log.js';
import type { Pair, Step } from './pair.js';
import { quoted } from './quoting.js';
import { MOST_OUTPUT, type Program } from './running/program.js';
import type { Mark } from './running/screen.js';
import { SEATS, type Road, type Seat } from './seat.js';
import { howShown, type HowShown } from './shown.js';
import { withoutStackTraces } from './stack-trace.js';
import { asksYesOrNo, usualAnswer } from './usual-answers.js';
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
/** A complete line may be followed by another one; if not for so long, it was a question. In milliseconds. */
const LINE_MS = 700;
const MOST_PROMPT_BYTES = 4096;
/** What is typed without being asked for is typed when a program has been quiet for so long. In milliseconds. */
const SILENT_MS = 1_000;
/** A program that shows something all the time is not waited for longer than so many times the usual. */
const CHATTER_FACTOR = 3;

/** A word that ends the chat is typed `alone`, without what the pair types before and after a message. */
export type HowTyped = 'as message' | 'alone';

export interface TalkParts {
  /** Counts the runs of a check from 1. */
  readonly run: number;
  /** For a server that asks for its port, where nobody has said which. */
  readonly sparePort: number;
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

/** What was answered at a program before the chat. */
interface Answered {
  /** How much it had shown by the last answer. */
  mark: Mark;
  times: number;
  /** How often each of its questions was answered without a rule. */
  readonly asked: Map<string, number>;
  /** The rules that are used up. */
  readonly spent: Set<number>;
  readonly since: number;
}

/** A line that is typed when its time has come. */
interface Waiting extends Step {
  /** When it was wanted. */
  readonly at: number;
  readonly atOnce: boolean;
}

/** What a step waits for is not waited for any longer. In milliseconds. */
const LONGEST_STEP_MS = 5_000;
/** A program that shows nothing has read a line by then. */
const SILENT_STEP_MS = 500;

function isTimeFor(
  { wait, atOnce }: Waiting,
  { screen }: Program,
  typed: { readonly mark: Mark; readonly at: number },
): boolean {
  if (wait !== null) return isIn(wait, screen.since(typed.mark));
  if (atOnce) return true;
  const now = performance.now();
  const isQuiet = screen.bytes > typed.mark && now - screen.lastAt >= PROMPT_MS;
  return isQuiet || now - typed.at >= SILENT_STEP_MS;
}

/** Whether a text is shown. Capitals do not matter. */
function isIn(wait: string, shown: string): boolean {
  return shown.toLowerCase().includes(wait.toLowerCase());
}

export class Talk {
  readonly run: number;
  readonly wire: WireRelay;
  readonly captures: Readonly<Record<Side, string>>;
  readonly #parts: TalkParts;
  readonly #answered = new Map<Program, Answered>();
  readonly #work = new Map<Program, { at: number; usedMs: number; busy: boolean }>();
  /** In strict turns: who speaks next. */
  #turn: Seat | null = null;
  /** What is still to be typed at each program: a message can have several lines. */
  readonly #lines = new Map<Program, Waiting[]>();
  /** The line that was typed last, and how much had been shown by then. */
  readonly #typed = new Map<Program, { readonly mark: Mark; readonly at: number; readonly prompt: string }>();
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
    return howShown(text, withoutStackTraces(this.#parts.programs.get(seat)?.screen.since(0) ?? ''));
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

  /**
   * Like {@link round}, up to the first sentence that is not shown. null if all are.
   *
   * @param least what counts as shown: some programs always show only the beginning.
   * @throws OutOfTime
   */
  async firstLost(least: 'beginning' | 'whole' = 'beginning'): Promise<SaidOnRoad | null> {
    for (const road of this.#roads()) {
      const said = await this.sayOn(road);
      const shown = said.shown[road.to];
      if (shown === 'not' || (least === 'whole' && shown !== 'whole')) return { ...said, road };
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
  async sayOn(road: Road, text = this.#parts.newSentence(), how: HowTyped = 'as message'): Promise<Said> {
    if (this.#turn !== null && this.#turn !== road.from) await this.say(this.#turn, undefined, [road.from]);
    return this.say(road.from, text, [road.to], how);
  }

  /**
   * Types a line, and waits until one of `at` shows it, or until nothing more happens.
   *
   * @throws OutOfTime
   */
  async say(
    from: Seat,
    text = this.#parts.newSentence(),
    at: readonly Seat[] = this.#others(from),
    how: HowTyped = 'as message',
  ): Promise<Said> {
    const { budget } = this.#parts;
    const marks = this.marks();
    const chunksBefore = this.wire.came.length;
    const began = performance.now();
    if (how === 'as message') this.type(from, at[0] ?? from, text);
    else {
      this.#typeLine(this.program(from), text);
      if (this.#turn === from) this.#turn = at[0] ?? from;
    }
    const shownAt = (seat: Seat): HowShown => howShown(text, withoutStackTraces(this.#since(seat, marks)));
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
    const { parts } = this.#parts.pair;
    const steps = parts[from].message.map(({ wait, type }) => ({
      wait,
      type: type.replaceAll('{to}', parts[to].name).replaceAll('{text}', () => text),
    }));
    const program = this.program(from);
    const before = this.#lines.get(program) ?? [];
    const at = performance.now();
    // A message of one line is typed at once, also if the program is at work.
    this.#lines.set(program, [...before, ...steps.map((step) => ({ ...step, at, atOnce: steps.length === 1 }))]);
    this.#typeNext(program);
    if (this.#turn === from) this.#turn = to;
  }

  /** Types the lines that wait for this program, up to the first one for which it is too early. */
  #typeNext(program: Program): void {
    const lines = this.#lines.get(program) ?? [];
    for (let [line] = lines; line !== undefined; [line] = lines) {
      const typed = this.#typed.get(program) ?? { mark: 0, at: -Infinity, prompt: '' };
      const now = performance.now();
      if (now - typed.at > LONGEST_STEP_MS && now - line.at > LONGEST_STEP_MS) {
        // What it waits for does not come. To type the rest into another place could do anything.
        lines.length = 0;
        return;
      }
      if (!isTimeFor(line, program, typed)) return;
      lines.shift();
      this.#typeLine(program, line.type);
    }
  }

  #typeLine(program: Program, line: string): void {
    const shown = program.screen.since(this.#typed.get(program)?.mark ?? 0);
    this.#typed.set(program, {
      mark: program.screen.mark(),
      at: performance.now(),
      prompt: shown.slice(-MOST_PROMPT_BYTES),
    });
    program.type(line);
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
    if ([...this.#lines.values()].some(({ length }) => length > 0)) return now;
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
    const { usedMs, isRunnable } = program.work ?? { usedMs: 0, isRunnable: false };
    const busy = before === undefined || isRunnable || (usedMs - before.usedMs) / (now - before.at) > AT_WORK;
    this.#work.set(program, { at: now, usedMs, busy });
    return busy ? now : 0;
  }

  #answeredAt(program: Program): Answered {
    const known = this.#answered.get(program) ?? {
      mark: 0,
      times: 0,
      asked: new Map(),
      spent: new Set(),
      since: performance.now(),
    };
    this.#answered.set(program, known);
    return known;
  }

  /** Whether each rule of the pair is used up, or its program has ended. */
  get rulesAreUsed(): boolean {
    const { pair, programs } = this.#parts;
    return [...programs].every(([seat, program]) => {
      const { spent } = this.#answeredAt(program);
      return program.ended !== null || pair.parts[seat].rules.every(({ again }, at) => again || spent.has(at));
    });
  }

  /** Answers what the programs ask for: by the rules of the pair, and before the chat has begun by what is usual. */
  answerPrompts(): void {
    const { pair, programs } = this.#parts;
    for (const [seat, program] of programs) {
      const state = this.#answeredAt(program);
      const { screen } = program;
      if (program.ended !== null) continue;
      this.#typeNext(program);
      if ((this.#lines.get(program)?.length ?? 0) > 0 || state.times >= MOST_ANSWERS) continue;
      const quietMs = performance.now() - Math.max(state.since, screen.lastAt, this.#typed.get(program)?.at ?? 0);
      if (quietMs < PROMPT_MS) continue;
      const { name, rules, message } = pair.parts[seat];
      const shown = screen.since(state.mark);
      const index = rules.findIndex(
        ({ wait, again }, at) =>
          (again || !state.spent.has(at)) && (wait === null ? quietMs >= SILENT_MS : isIn(wait, shown)),
      );
      const rule = rules[index];
      const isNew = screen.bytes !== state.mark;
      if (!isNew && rule?.wait !== null) continue;
      // Where a message has several lines, a menu or a question after the rules may be the first of them.
      const isUsual =
        !this.#hasBegun && message.length === 1 && (screen.lastLine().trim() !== '' || quietMs >= LINE_MS);
      const answer = rule?.type ?? (isUsual ? this.#usualAnswerAt(seat, program, name) : null);
      if (answer === null) continue;
      if (rule !== undefined) state.spent.add(index);
      state.mark = screen.mark();
      if (rule?.again !== true) state.times += 1;
      this.#typeLine(program, this.filled(answer, seat));
    }
  }

  /**
   * What this program had asked for when a line was typed last, if that was not for a message. null if it had asked for
   * nothing.
   */
  questionAt(seat: Seat): string | null {
    const prompt = this.#typed.get(this.program(seat))?.prompt ?? '';
    const asked = { name: '', host: '', port: 0, role: 'client', before: 0 } as const;
    const lines = prompt.split('\n');
    const last = lines.at(-1) ?? '';
    // Something else may be shown behind a question that is still open.
    return usualAnswer(last, asked) === null ? (lines.find(asksYesOrNo)?.trim() ?? null) : last.trim();
  }

  #usualAnswerAt(seat: Seat, program: Program, name: string): string | null {
    const { asked, mark } = this.#answeredAt(program);
    // Only what came after the last answer: what is typed is not shown, so all questions stand in one line.
    const shown = program.screen.since(Math.max(mark, program.screen.bytes - MOST_PROMPT_BYTES));
    const prompt = shown.trimEnd().split('\n').at(-1) ?? '';
    const before = asked.get(prompt) ?? 0;
    const role = seat === 'server' ? 'server' : 'client';
    const answer = usualAnswer(shown, { name, host: this.#parts.pair.host, port: this.portFor(seat), role, before });
    if (answer !== null) asked.set(prompt, before + 1);
    return answer;
  }

  /** The port that this program is told: the relay’s, for a client. */
  portFor(seat: Seat): number {
    const { pair, facts } = this.#parts;
    if (seat === 'server') return facts.ports.server ?? this.#parts.sparePort;
    return (facts.way === 'hook' ? wantedPort(pair, facts) : facts.ports.relay) ?? 0;
  }

  /** `{port}`, `{host}` and `{name}` in a text of the pair. */
  filled(text: string, seat: Seat): string {
    return text
      .replaceAll('{port}', String(this.portFor(seat)))
      .replaceAll('{host}', this.#parts.pair.host)
      .replaceAll('{name}', this.#parts.pair.parts[seat].name);
  }
}

function record<Value>(valueOf: (seat: Seat) => Value): Readonly<Record<Seat, Value>> {
  return Object.fromEntries(SEATS.map((seat) => [seat, valueOf(seat)])) as Record<Seat, Value>;
}
