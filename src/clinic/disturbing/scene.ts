/**
 * A run in which messages are disturbed one after the other, for as long as the chat lives on. The next question goes
 * on in the same run if it can, because each start takes long.
 */
import type { Facts } from '../facts.js';
import { sideOf, type Road, type Seat } from '../seat.js';
import type { Stage } from '../stage.js';
import type { Talk } from '../talk.js';
import { otherSide } from '../../protocol/side.js';
import { Catcher } from '../wire/catching.js';
import { reactionTo, Usual, type Reaction } from './reaction.js';

/** What one person typed, as it crossed the wire. */
export interface Message {
  readonly text: string;
  readonly road: Road;
  /** What came together, in order. */
  readonly pieces: readonly Buffer[];
  readonly frames: readonly number[];
}

/** Nothing more comes of a message when it was quiet for so long. In milliseconds. */
const QUIET_MS = 150;
/** After something was shown, the rest of it. */
const REST_MS = 250;
const LEAST_PATIENCE_MS = 1_000;
const MOST_PATIENCE_MS = 5_000;

/** What nobody says. */
const UNSAID = 'qqqqqqqqqqqqqqqq';

/** A moment of the run, from which on we look. */
export interface Moment {
  readonly marks: ReturnType<Talk['marks']>;
  readonly ends: number;
  readonly said: number;
}

const KEPT = new WeakMap<Stage, Scene>();
/** What the programs show when nothing is disturbed is the same in all runs. */
const LEARNT = new WeakMap<Stage, Usual>();

function usualOf(stage: Stage): Usual {
  const usual = LEARNT.get(stage) ?? new Usual();
  LEARNT.set(stage, usual);
  return usual;
}

export class Scene {
  readonly talk: Talk;
  readonly road: Road;
  /** The way back, where there is one. */
  readonly back: Road | null;
  readonly #usual: Usual;
  readonly #stage: Stage;
  readonly #catcher: Catcher;
  readonly #said: string[] = [];
  /**
   * `calm`: nothing was disturbed since a message was shown as it should be. `alive`: something was, and we believe
   * that the chat goes on.
   */
  state: 'calm' | 'alive' | 'unknown' = 'unknown';

  private constructor(stage: Stage, talk: Talk, road: Road, catcher: Catcher) {
    this.#stage = stage;
    this.talk = talk;
    this.road = road;
    this.back = stage.facts.manner?.roads.find(({ from, to }) => from === road.to && to === road.from) ?? null;
    this.#usual = usualOf(stage);
    this.#catcher = catcher;
  }

  /** A new run, in which nothing has been said. @throws StartFailed, OutOfTime, Error if the pair has no manner. */
  static async fresh(stage: Stage): Promise<Scene> {
    const [road] = stage.facts.manner?.roads ?? [];
    if (road === undefined) throw new Error('There is no way on which messages go');
    const catcher = new Catcher(stage.facts.pauseMs);
    const scene = new Scene(stage, await stage.open({ treatment: catcher }), road, catcher);
    KEPT.set(stage, scene);
    return scene;
  }

  /**
   * A run in which undisturbed messages are shown: the one that an earlier question left, or a new one. null if a
   * message was not shown though nothing was disturbed.
   *
   * @throws StartFailed, OutOfTime
   */
  static async calm(stage: Stage): Promise<Scene | null> {
    const kept = KEPT.get(stage);
    const isOpen = kept !== undefined && !kept.talk.isClosed;
    if (isOpen && kept.state === 'calm') return kept;
    if (isOpen && kept.state === 'alive' && (await kept.control())) return kept;
    const scene = await Scene.fresh(stage);
    return (await scene.controlAll()) ? scene : null;
  }

  get facts(): Facts {
    return this.#stage.facts;
  }

  /** A sentence so long that a change in it leaves a part of it readable, where blocks of 16 bytes are encrypted. */
  newText(): string {
    return this.#noted(`${this.#stage.newSentence()} and ${this.#stage.newSentence()}`);
  }

  #noted(text: string): string {
    this.#said.push(text);
    return text;
  }

  /** Says something on each way, undisturbed. Returns whether all was shown. @throws OutOfTime */
  async controlAll(): Promise<boolean> {
    for (const road of this.back === null || this.talk.turn !== null ? [this.road] : [this.road, this.back])
      if (!(await this.control(road))) return false;
    return true;
  }

  /** Says something that nothing disturbs. Returns whether it was shown. @throws OutOfTime */
  async control(road = this.road): Promise<boolean> {
    return (await this.saidUndisturbed(road)) !== null;
  }

  /**
   * Says something that nothing disturbs. Returns what, if it was shown, and null otherwise.
   *
   * @param learns whether what is shown meanwhile is what the programs always show.
   * @throws OutOfTime
   */
  async saidUndisturbed(road = this.road, learns = true): Promise<string | null> {
    this.state = 'unknown';
    if (!(await this.letOthersSpeak(road))) return null;
    const text = this.newText();
    const { marks } = this.moment();
    const said = await this.talk.say(road.from, text, [road.to]);
    if (said.shown[road.to] !== 'whole') return null;
    if (learns) this.#usual.learn(text, road.to, this.talk.screensSince(marks));
    this.state = 'calm';
    return text;
  }

  /** In strict turns, the other one speaks first if it is its turn. Returns whether that was shown. */
  async letOthersSpeak(road = this.road): Promise<boolean> {
    const { turn } = this.talk;
    if (turn === null || turn === road.from) return true;
    const back: Road = { from: road.to, to: road.from };
    const text = this.#noted(this.#stage.newSentence());
    const { marks } = this.moment();
    const said = await this.talk.say(back.from, text, [back.to]);
    if (said.shown[back.to] !== 'whole') return false;
    this.#usual.learn(text, back.to, this.talk.screensSince(marks));
    return true;
  }

  /** Types a sentence, and catches what is sent of it. null if nothing is sent. @throws OutOfTime */
  async caught(text = this.newText(), road = this.road): Promise<Message | null> {
    if (!(await this.letOthersSpeak(road))) return null;
    this.state = 'unknown';
    this.#catcher.catch(linkOf(road.from, road.to), sideOf(road.from));
    this.talk.type(road.from, road.to, text);
    const quietMs = QUIET_MS + 3 * this.facts.pauseMs;
    await this.talk.waitFor(() => this.#catcher.hasCaught(quietMs), this.#patienceMs() + quietMs);
    const chunks = this.#catcher.release();
    if (chunks.length === 0) return null;
    return {
      text,
      road,
      pieces: chunks.map(({ bytes }) => bytes),
      frames: road.from === 'server' ? [] : chunks.flatMap(({ frame }) => (frame === null ? [] : [frame])),
    };
  }

  /**
   * Sends bytes on to whom the message was for, or back to whom it came from: as one piece, unless the pair needs
   * pauses.
   */
  send(pieces: readonly Uint8Array[], { from, to }: Road, where: 'on' | 'back' = 'on'): void {
    const side = where === 'on' ? otherSide(sideOf(from)) : sideOf(from);
    const { pauseMs } = this.facts;
    for (const piece of pauseMs > 0 ? pieces : [Buffer.concat(pieces)])
      this.talk.wire.send(linkOf(from, to), side, piece, pauseMs);
  }

  /** Now: what is shown later is news. */
  moment(): Moment {
    return { marks: this.talk.marks(), ends: this.talk.wire.ends.length, said: this.#said.length };
  }

  /**
   * Waits until something is shown, or somebody leaves, or nothing happens.
   *
   * @param patienceMs how long nothing may happen.
   * @throws OutOfTime
   */
  async reaction(text: string, { from, to }: Road, since: Moment, patienceMs = this.#patienceMs()): Promise<Reaction> {
    const { talk } = this;
    const seats = talk.seats.filter((seat) => seat !== from);
    const isSomething = (): boolean =>
      this.leftSince(since).length > 0 ||
      seats.some((seat) => talk.program(seat).screen.bytes > (since.marks.get(seat) ?? 0));
    const isOver = (): boolean =>
      isSomething() &&
      performance.now() - Math.max(talk.wire.lastAt, ...seats.map((seat) => talk.program(seat).screen.lastAt)) >
        REST_MS;
    await talk.waitFor(isOver, patienceMs);
    return this.reactionSoFar(text, { from, to }, since);
  }

  reactionSoFar(text: string, { from, to }: Road, since: Moment): Reaction {
    const screens = this.talk.screensSince(since.marks);
    const others = this.#said.slice(since.said).filter((each) => each !== text);
    return reactionTo({ text, others, from, to, screens, left: this.leftSince(since) }, this.#usual);
  }

  /** What a program said since then besides the messages. null: nothing. */
  wordSince(since: Moment, { from, to }: Road): string | null {
    const others = this.#said.slice(Math.max(0, since.said - 2));
    const screens = this.talk.screensSince(since.marks);
    const reaction = reactionTo({ text: UNSAID, others, from, to, screens, left: [] }, this.#usual);
    return reaction.kind === 'word' ? reaction.shown : null;
  }

  /** So many pieces were sent by us so far. */
  get sent(): number {
    return this.talk.wire.sent.length;
  }

  /** The frames at the client's half of what we sent since then to the first client. */
  framesSince(sent: number): readonly number[] {
    return this.talk.wire.sent
      .slice(sent)
      .flatMap(({ to, link, frame }) => (to === 'client' && link === 0 && frame !== null ? [frame] : []));
  }

  /** Who ended, or closed its connection, since then. */
  leftSince({ ends }: Moment): readonly Seat[] {
    const { talk } = this;
    const ended = talk.seats.filter((seat) => !talk.isAlive(seat));
    const closed = talk.wire.ends
      .slice(ends)
      .flatMap(({ by, link }): Seat[] =>
        by === 'relay' ? [] : [by === 'server' ? 'server' : link === 0 ? 'client' : 'second'],
      );
    return [...new Set([...ended, ...closed])];
  }

  #patienceMs(): number {
    const { slowestMs, pauseMs } = this.facts;
    return Math.min(MOST_PATIENCE_MS, Math.max(LEAST_PATIENCE_MS, slowestMs * 3)) + pauseMs * 4;
  }
}

/** The connection on which a message leaves its sender. The relay counts them as the clients came. */
function linkOf(from: Seat, to: Seat): number {
  return from === 'second' || (from === 'server' && to === 'second') ? 1 : 0;
}
