/**
 * Where the pair is started, again and again. A question opens a run, talks, and closes it. Everything that was
 * started is ended when the stage is closed, however that comes about.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';

import { TapRecorder } from '../capture/tap.js';
import type { Side } from '../protocol/side.js';
import type { Budget } from './budget.js';
import { newFacts, type Facts } from './facts.js';
import type { Language } from './finding.js';
import { readHookLog } from './hook-log.js';
import { keepRuns, type KeptRun } from './kept-runs.js';
import { placeFiles } from './folder-copy.js';
import { languageOf } from './language.js';
import type { Pair, Part } from './pair.js';
import { startGuard } from './running/guard.js';
import { CAN_LIST_SOCKETS, isTaken } from './running/listening.js';
import { endFamily } from './running/processes.js';
import { Program, type Ended } from './running/program.js';
import { findTerminal, type Terminal } from './running/terminal.js';
import { SEATS, type Seat } from './seat.js';
import { sentence } from './sentences.js';
import { Talk } from './talk.js';
import { freePort, hookEnvironment, portsFor, wantedPort, waysIn, type WayIn } from './way-in.js';
import { WireRelay, type RelayOptions } from './wire/relay.js';
import { apart, passing, type Treatment } from './wire/treatment.js';
import { sizesOf } from './writes.js';
import { copiedTo, copiedWithPort, OWN_FOLDERS, type Workplace } from './workplace.js';
import { openWorkshop, type Hooks, type Workshop } from './workshop.js';

export interface OpenOptions {
  /** What the relay does. Default: it passes on what comes, with the pauses that the pair needs. */
  readonly treatment?: Treatment;
  /** The pause after each write, in milliseconds. Default: the one that the pair needs. */
  readonly pauseMs?: number;
  /** Whether a second client is started. Default: whether the pair is a hub. */
  readonly second?: boolean;
  /** Whether a client is started at all. Default: true. */
  readonly client?: boolean;
}

/** A program did not start, or did not come so far that the chat could begin. The message says what was seen. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
  readonly seat: Seat;
  /** What it had shown. Not escaped. */
  readonly screen: string;
  /** How it ended; null where it goes on, or was not started. */
  readonly ended: Ended | null;
  /** The ports on which it waits for datagrams, where it listens on none over TCP. */
  readonly datagramPorts: readonly number[];

  constructor(
    seat: Seat,
    message: string,
    screen: string,
    ended: Ended | null = null,
    datagramPorts: readonly number[] = [],
  ) {
    super(message);
    this.seat = seat;
    this.screen = screen;
    this.ended = ended;
    this.datagramPorts = datagramPorts;
  }
}

/** Until a server listens, and until a client has connected. Some make keys before. In milliseconds. */
const LONGEST_START_MS = 40_000;
/** Where the system has no list of sockets: a server that is quiet for so long listens. */
const QUIET_SERVER_MS = 1_500;
/** A client that neither asks anything nor connects, and is not at work. */
const LOST_CLIENT_MS = 6_000;
/** A server that has a socket for datagrams by then, and none for connections, uses UDP. */
const DATAGRAMS_MS = 4_000;
/** A program that is silent before the chat, and does not seem to be at work, is waited for so long. */
export const LATE_MS = 25_000;
/** Until the port of the run before is free again. */
const FREED_MS = 3_000;

export class Stage {
  readonly pair: Pair;
  readonly budget: Budget;
  readonly facts: Facts;
  /** Whether somebody wants to know if the pair works each time. Otherwise one start that works is enough. */
  readonly asksEachTime: boolean;
  readonly #workshop: Workshop = openWorkshop();
  readonly #terminal: Terminal;
  readonly #hooks: Hooks;
  readonly #mark = randomBytes(8).toString('hex');
  readonly #releaseGuard: () => void;
  readonly #open = new Map<Talk, Opening>();
  /** Of every run, also of those that have ended. */
  readonly #captures = new Map<number, Readonly<Record<Side, string>>>();
  #runs = 0;
  #starts = 0;
  #sentences = 0;
  /** Where the programs run. null until the first one starts. */
  #place: Workplace | null = null;
  /** For the clients, by the way `copy`. */
  #copy: { readonly place: Workplace; readonly port: number } | null = null;
  readonly #endAll = (): void => {
    endFamily({ mark: `${this.#mark}.`, root: null });
    this.#workshop.remove();
  };

  constructor(pair: Pair, budget: Budget, asksEachTime = true) {
    this.pair = pair;
    this.asksEachTime = asksEachTime;
    this.budget = budget;
    const [way = 'hook'] = waysIn(pair);
    this.facts = newFacts(way);
    this.#releaseGuard = startGuard(`${this.#mark}.`, this.#workshop.root);
    process.once('exit', this.#endAll);
    // From here on, what was made goes, whatever happens.
    this.#terminal = findTerminal(this.#workshop.hooks);
    this.#hooks = this.#workshop.readyHooks();
  }

  /** How the output of the programs is read. */
  get terminal(): Terminal['kind'] {
    return this.#terminal.kind;
  }

  /** A sentence that was not said before in this check. */
  readonly newSentence = (): string => {
    this.#sentences += 1;
    return sentence(this.#sentences - 1);
  };

  languageOf(seat: Seat): Language {
    return this.facts.languages.get(seat) ?? 'other';
  }

  /** Another way for the relay to get in between, from now on. */
  use(way: WayIn): void {
    this.facts.way = way;
    this.facts.guide = null;
    this.facts.isMoved = false;
  }

  /**
   * Starts the pair, and waits until both are ready to chat. Close the talk when you have done with it; the next start
   * closes it too.
   *
   * @throws StartFailed, OutOfTime
   */
  async open(options: OpenOptions = {}): Promise<Talk> {
    this.budget.check();
    // A talk that an earlier question left open, for others to go on with, holds the server's port.
    for (const talk of this.#open.keys()) await talk.close();
    this.#open.clear();
    const began = performance.now();
    const { manner, pauseMs: neededMs } = this.facts;
    const { second = manner?.kind === 'hub', client = true, pauseMs = neededMs } = options;
    const opening = await this.#prepare(options.treatment ?? null, pauseMs);
    try {
      await this.#startServer(opening, pauseMs);
      if (client) await this.#startClient(opening, 'client', pauseMs);
      if (client && second) await this.#startClient(opening, 'second', pauseMs);
      await opening.talk.settle();
      await this.#awaitRules(opening.talk);
      await this.#awaitReadyLines(opening.talk);
      opening.talk.begin();
    } catch (error) {
      await opening.talk.close();
      throw error;
    }
    // With a treatment it says nothing about how long a start usually takes.
    if (options.treatment === undefined) this.facts.startMs = Math.max(this.facts.startMs, performance.now() - began);
    return opening.talk;
  }

  /**
   * Ends the client of a run (of a hub, both), and starts another one in its place, with the same server. Where no
   * client was started, this is the first one.
   *
   * @throws StartFailed if it does not get a connection, OutOfTime
   */
  async nextClient(talk: Talk): Promise<void> {
    const opening = this.#open.get(talk);
    if (opening === undefined) throw new Error(`Run ${talk.run} is not open`);
    await opening.programs.get('client')?.end();
    talk.beginAgain();
    await this.#startClient(opening, 'client', this.facts.pauseMs);
    if (this.facts.manner?.kind === 'hub') {
      await opening.programs.get('second')?.end();
      await this.#startClient(opening, 'second', this.facts.pauseMs);
    }
    await talk.settle();
    talk.begin();
  }

  /** Ends all runs, and reads the captures of those that are wanted, which are gone after {@link close}. */
  async capturesOf(wanted: ReadonlySet<number>): Promise<readonly KeptRun[]> {
    for (const talk of this.#open.keys()) await talk.close();
    return keepRuns(
      [...wanted].flatMap((run) => {
        const captures = this.#captures.get(run);
        return captures === undefined ? [] : [[run, captures] as const];
      }),
    );
  }

  /** Ends everything that was started, and removes what was written. */
  async close(): Promise<void> {
    for (const talk of this.#open.keys()) await talk.close();
    process.off('exit', this.#endAll);
    this.#endAll();
    this.#releaseGuard();
  }

  /** A line that does not come again, such as one with the time in it, is not waited for once more. */
  async #awaitReadyLines(talk: Talk): Promise<void> {
    const { readyLines } = this.facts;
    if (readyLines.size === 0) return;
    const isReady = (): boolean => [...readyLines].every(([seat, line]) => talk.hasShown(seat, line) !== 'not');
    if (await talk.waitFor(isReady, LATE_MS)) await talk.settle();
    else readyLines.clear();
  }

  /** What was not asked in one start is not waited for in the next. */
  async #awaitRules(talk: Talk): Promise<void> {
    if (talk.rulesAreUsed) return;
    if (await talk.waitFor(() => talk.rulesAreUsed, this.facts.rulesMs)) await talk.settle();
    else this.facts.rulesMs = 0;
  }

  async #prepare(wanted: Treatment | null, pauseMs: number): Promise<Opening> {
    this.#runs += 1;
    const folder = this.#workshop.folderFor(`run-${this.#runs}`);
    const ports = await portsFor(this.facts.way, this.pair, await this.#isPortFree());
    const captures: Record<Side, string> = {
      client: path.join(folder, 'client-side.pcap'),
      server: path.join(folder, 'server-side.pcap'),
    };
    const taps = { client: TapRecorder.open(captures.client), server: TapRecorder.open(captures.server) };
    const logs = Object.fromEntries(SEATS.map((seat) => [seat, path.join(folder, `${seat}.log`)])) as Record<
      Seat,
      string
    >;
    const treatment =
      wanted ?? (pauseMs > 0 ? apart(pauseMs, (from) => sizesOf(readHookLog(logs[from]), 'send')) : passing());
    const target = { host: '127.0.0.1', port: ports.server ?? 0 };
    const port = this.facts.way === 'copy' ? await this.#copyPort() : ports.relay;
    const wire = await relayAt({ port, target: () => target, treatment, taps, onChange: () => undefined });
    this.facts.isMoved = this.facts.way === 'hook' && this.pair.port !== null && ports.server !== this.pair.port;
    this.facts.ports = { server: ports.server, relay: wire.port, proxy: await this.#proxyTo(wire) };
    const programs = new Map<Seat, Program>();
    const { pair, budget, facts, newSentence } = this;
    const sparePort = await freePort();
    const parts = {
      run: this.#runs,
      sparePort,
      pair,
      budget,
      facts,
      wire,
      captures,
      taps,
      programs,
      logs,
      newSentence,
    };
    const talk = new Talk(parts);
    const opening = { talk, programs, logs, target };
    this.#open.set(talk, opening);
    this.#captures.set(this.#runs, captures);
    return opening;
  }

  /** Whether the server can have the port of the pair. What had it in the run before may just be ending. */
  async #isPortFree(): Promise<boolean> {
    const { port } = this.pair;
    if (this.facts.isMoved) return false;
    return port === null || this.budget.until(() => !isTaken(port), FREED_MS);
  }

  /** Where nothing else can lead a program in Java, it gets a proxy. */
  async #proxyTo(wire: WireRelay): Promise<number | null> {
    if (this.facts.way !== 'hook' || this.#hooks.library !== null || this.#terminal.watches) return null;
    const wanted = (): number => wantedPort(this.pair, this.facts) ?? 0;
    return wire.openProxy(wanted, () => {
      this.facts.guide = 'proxy';
    });
  }

  async #startServer(opening: Opening, pauseMs: number): Promise<void> {
    const { port } = this.pair;
    if (port !== null && this.facts.ports.server === port && !(await this.#isPortFree()))
      throw takenPort('server', port);
    const server = this.#start(opening, 'server', pauseMs);
    const began = performance.now();
    const isReady = (): boolean => {
      opening.talk.answerPrompts();
      if (server.ended !== null) return true;
      if (!CAN_LIST_SOCKETS) return performance.now() - Math.max(began, server.screen.lastAt) > QUIET_SERVER_MS;
      const sockets = server.listening;
      const wanted = this.facts.ports.server;
      // A server that was told a port, and listens on another one, is taken as it is.
      const socket =
        sockets.find((each) => each.port === wanted) ??
        (performance.now() - began > 2_000 || wanted === null ? sockets[0] : undefined);
      if (socket === undefined) return performance.now() - began > DATAGRAMS_MS && server.datagramPorts.length > 0;
      opening.target.host = socket.host;
      opening.target.port = socket.port;
      this.facts.ports = { ...this.facts.ports, server: socket.port };
      return true;
    };
    const ready = await this.budget.until(isReady, LONGEST_START_MS);
    const isOverUdp = ready && server.ended === null && CAN_LIST_SOCKETS && server.listening.length === 0;
    if (ready && server.ended === null && !isOverUdp) return;
    if (this.facts.isMoved && port !== null) throw takenPort('server', port);
    throw failed(
      'server',
      server,
      isOverUdp
        ? 'waits for datagrams, and not for connections'
        : ready
          ? 'ended before it listened'
          : `did not listen on a port within ${LONGEST_START_MS / 1000} s`,
    );
  }

  async #startClient(opening: Opening, seat: Seat, pauseMs: number): Promise<void> {
    const { talk } = opening;
    const before = talk.wire.connections;
    const client = this.#start(opening, seat, pauseMs);
    const isConnected = (): boolean => {
      talk.answerPrompts();
      return talk.wire.connections > before || client.ended !== null;
    };
    for (const limit = performance.now() + LONGEST_START_MS; ;) {
      if (await this.budget.until(isConnected, LOST_CLIENT_MS)) break;
      const usedMs = client.work?.usedMs ?? 0;
      await this.budget.pause(500);
      const isAtWork = client.work?.isRunnable === true || (client.work?.usedMs ?? 0) - usedMs > 100;
      if (!isAtWork || performance.now() > limit) break;
    }
    if (talk.wire.connections > before) {
      this.#learnOf(opening, 'server');
      this.#learnOf(opening, seat);
      return;
    }
    throw failed(seat, client, client.ended === null ? 'did not connect to the relay' : 'ended before it connected');
  }

  #start({ talk, programs, logs }: Opening, seat: Seat, pauseMs: number): Program {
    const part = this.pair.parts[seat];
    const { way, ports, isMoved } = this.facts;
    const hooks = this.#hooks;
    const { watches } = this.#terminal;
    this.#starts += 1;
    const place = this.#placeOf(seat);
    const folder = place.placeOf(part.folder);
    placeFiles(part.files, folder, (text) => talk.filled(text, seat));
    const environment = Object.fromEntries(
      Object.entries(part.environment).map(([name, value]) => [name, talk.filled(value, seat)]),
    );
    const program = new Program({
      command: talk.filled(part.command, seat),
      folder,
      environment: {
        ...environment,
        ...hookEnvironment({ way, seat, pair: this.pair, ports, isMoved, hooks, watches, log: logs[seat], pauseMs }),
      },
      input: this.facts.atTerminal.has(seat) ? 'terminal' : part.input,
      terminal: this.#terminal,
      hooks: hooks.folder,
      asKnown: place.asKnown,
      mark: `${this.#mark}.${this.#starts}.`,
      onChange: () => undefined,
    });
    programs.set(seat, program);
    return program;
  }

  async #copyPort(): Promise<number> {
    if (this.#copy === null) {
      const port = await freePort();
      const top = this.#workshop.folderFor('with-other-port');
      try {
        this.#copy = { place: copiedWithPort(top, this.#folders(), [this.pair.port ?? 0, port]), port };
      } catch (error) {
        throw new StartFailed('client', (error as Error).message, '');
      }
    }
    return this.#copy.port;
  }

  /** What the hooks noted of a program that is running: its language, and what led it to the relay. */
  #learnOf({ logs }: Opening, seat: Seat): void {
    const noted = readHookLog(logs[seat]);
    this.facts.languages.set(seat, languageOf(noted, this.pair.parts[seat]));
    const led = noted.find((one) => one.what === 'connect');
    if (led !== undefined) this.facts.guide = led.by ?? 'language';
  }

  /** Where a program runs. Those of one folder share one copy, for one may read what the other has written. */
  #placeOf(seat: Seat): Workplace {
    if (this.facts.way === 'copy' && seat !== 'server' && this.#copy !== null) return this.#copy.place;
    this.#place ??= this.#madePlace();
    return this.#place;
  }

  #madePlace(): Workplace {
    try {
      return copiedTo(this.#workshop.folderFor('programs'), this.#folders());
    } catch (error) {
      // Files of the pair are put only into a copy.
      if (SEATS.some((each) => hasFiles(this.pair.parts[each]))) throw error;
      this.facts.inPlace = 'their folder is too large, or cannot be read';
      return OWN_FOLDERS;
    }
  }

  #folders(): readonly string[] {
    return SEATS.map((seat) => this.pair.parts[seat].folder);
  }

  /** From now on, the programs run where they are. false: they do so already, or they need files that are put there. */
  leaveCopy(why: string): boolean {
    if (this.facts.inPlace !== null || SEATS.some((each) => hasFiles(this.pair.parts[each]))) return false;
    this.facts.inPlace = why;
    this.#place = OWN_FOLDERS;
    return true;
  }
}

function hasFiles({ files }: Part): boolean {
  return Object.keys(files).length > 0;
}

/** A run whose programs are being started. */
interface Opening {
  readonly talk: Talk;
  readonly programs: Map<Seat, Program>;
  readonly logs: Readonly<Record<Seat, string>>;
  /** Where the server listens. */
  readonly target: { host: string; port: number };
}

/** @throws StartFailed if the port is taken: it is the one that the client has in its source. */
async function relayAt(options: RelayOptions): Promise<WireRelay> {
  try {
    return await WireRelay.start(options);
  } catch {
    throw takenPort('client', options.port);
  }
}

function takenPort(seat: Seat, port: number): StartFailed {
  return new StartFailed(seat, `port ${port} is used by another program; end it, or give another port`, '');
}

function failed(seat: Seat, program: Program, what: string): StartFailed {
  const screen = program.screen.since(0);
  const { ended, flooded } = program;
  const who = seat === 'second' ? 'the second client' : `the ${seat}`;
  if (flooded) return new StartFailed(seat, `${who} showed without end, and was ended`, screen);
  const how =
    ended === null
      ? ''
      : (ended.problem ?? (ended.signal === null ? `exit status ${ended.code ?? '?'}` : `signal ${ended.signal}`));
  const message = `${who} ${what}${how === '' ? '' : ` (${how})`}`;
  return new StartFailed(seat, message, screen, ended, ended === null ? program.datagramPorts : []);
}
