/**
 * Runs an attack for real: two processes, `servchat serve` and `servchat connect` as any user starts them, with the
 * relay between them. The judgement depends only on what happened at these two.
 */
import fs from 'node:fs/promises';
import path from 'node:path';

import type { Attack } from '../attacker/attack.js';
import { judge, known } from '../attacker/judge.js';
import type { Cell, Moment, AttackOutcome, Seat, Setting } from '../attacker/matrix.js';
import { startRelay, type Relay } from '../attacker/relay.js';
import { TapRecorder } from '../capture/tap.js';
import { printable } from '../printable.js';
import { isProblem } from '../protocol/events.js';
import { isLeaving } from '../protocol/leaving.js';
import { MODE_FACTS } from '../protocol/modes.js';
import { clientArguments, lootFile, serverArguments, type Acquaintance, type Seating } from './chair-arguments.js';
import { ChairProcess, DemoError } from './chair-process.js';
import type { ScriptLine } from './script.js';
import { seatOf } from './seat.js';
import { SIDES, type Side } from '../protocol/side.js';

/** The time limit of a run. On an idle machine a run takes a second. */
const RUN_LIMIT_MS = 60_000;
/** The most moments that we keep of a run. A normal run has about thirty. */
const MOST_MOMENTS = 500;

/** What the two people type. It is long enough for every attack to find its moment. */
export const CONVERSATION: readonly ScriptLine[] = [
  { side: 'client', text: 'Meet me at noon' },
  { side: 'server', text: 'Yes' },
  { side: 'client', text: 'Bring the papers' },
  { side: 'client', text: 'Tell nobody' },
  { side: 'server', text: 'Agreed' },
  { side: 'client', text: 'Exit' },
];

export interface RunOptions {
  /** The path of the script of the servchat command. */
  readonly program: string;
  readonly attack: Attack;
  readonly setting: Setting;
  /** The folder for the captures and keys. It must not contain such files yet. */
  readonly directory: string;
  /** Required if the server requires a fingerprint in encrypted mode. If null, the client makes a new key pair. */
  readonly acquaintance: Acquaintance | null;
}

/** Never rejects because of the run: if the run fails, the outcome says why. */
export async function runAttack(options: RunOptions): Promise<Cell> {
  const run = new Run(options);
  const started = Date.now();
  try {
    await run.play();
  } catch (error) {
    run.failed(error instanceof Error ? error.message : String(error));
  } finally {
    await run.stop();
  }
  return run.cell(Date.now() - started);
}

/** Plays a first chat without an attacker. The client keeps its key pair in `directory`. @throws DemoError */
export async function getAcquainted(program: string, directory: string): Promise<Acquaintance> {
  const keyFile = path.join(directory, 'client.key.pem');
  const server = new ChairProcess('server', program, ['serve', '--mode', 'encrypted', '--port', '0']);
  let client: ChairProcess | null = null;
  try {
    const port = await portOf(server);
    client = new ChairProcess('client', program, [
      'connect',
      `127.0.0.1:${port}`,
      '--mode',
      'encrypted',
      '--save-private-key',
      keyFile,
    ]);
    const fingerprint = await fingerprintFrom(client);
    client.say('Exit');
    await Promise.all([client.ends(), server.ends()]);
    return { keyFile, fingerprint };
  } finally {
    await Promise.all([client?.stop(), server.stop()]);
  }
}

class Run {
  readonly #options: RunOptions;
  readonly #said: ScriptLine[] = [];
  readonly #timeline: Moment[] = [];
  /** How many events of each chair are already in the timeline. */
  readonly #noted = { client: 0, server: 0 };
  readonly #captures: Record<Side, string>;
  readonly #taps: Record<Side, TapRecorder | null> = { client: null, server: null };
  readonly #deadline = Date.now() + RUN_LIMIT_MS;
  #client: ChairProcess | null = null;
  #server: ChairProcess | null = null;
  #relay: Relay | null = null;
  #failure: string | null = null;
  #complete = false;
  #wake: () => void = () => undefined;

  constructor(options: RunOptions) {
    this.#options = options;
    const { directory, attack, setting } = options;
    const base = path.join(directory, `${attack.name}.${setting.name}`);
    this.#captures = { client: `${base}.client-side.pcap`, server: `${base}.server-side.pcap` };
  }

  async play(): Promise<void> {
    const { attack } = this.#options;
    this.#taps.client = TapRecorder.open(this.#captures.client);
    if (attack.instead === undefined) this.#taps.server = TapRecorder.open(this.#captures.server);

    const { server, client } = await this.#seated();
    await this.#until(
      () => isOver(client) || (isConnected(client) && (attack.instead === true || isConnected(server))),
      'the connection',
    );
    for (const message of CONVERSATION) await this.#say(message, { client, server });
    this.#complete = this.#said.some(({ text }) => isLeaving(text));
    await this.#until(() => client.status !== null, 'the client to exit');
    // The server may still report what came last.
    await this.#until(() => server.status !== null || isWaiting(server), 'the server to exit');
    if (server.status === null) server.interrupt();
    await this.#until(() => server.status !== null, 'the server to exit');
    await this.#lookBack();
  }

  failed(why: string): void {
    this.#failure = why;
  }

  async stop(): Promise<void> {
    await Promise.all([this.#client?.stop(), this.#server?.stop(), this.#relay?.close()]);
    this.#taps.client?.close();
    this.#taps.server?.close();
  }

  cell(took: number): Cell {
    const { attack, setting } = this.#options;
    const seats = { client: seat(this.#client), server: seat(this.#server) };
    const { acted, learned, problem } = this.#relay?.report ?? { acted: false, learned: [], problem: null };
    const observed = { mode: setting.mode, said: this.#said, complete: this.#complete, seats, acted, learned };
    const failure = this.#failure ?? problem;
    const outcome: AttackOutcome = failure === null ? judge(attack, observed) : { kind: 'failed', why: failure };
    return {
      attack: attack.name,
      setting,
      outcome,
      known: known(attack.goal, observed),
      said: this.#said,
      seats,
      learned,
      timeline: this.#timeline,
      captures: {
        client: this.#captures.client,
        server: (this.#taps.server?.connections ?? 0) === 0 ? null : this.#captures.server,
      },
      took,
    };
  }

  /**
   * Starts the server, then the relay in front of it, then the client, which connects to the relay as if it were the
   * server.
   */
  async #seated(): Promise<{ client: ChairProcess; server: ChairProcess }> {
    const { program, attack, setting } = this.#options;
    const server = new ChairProcess(
      'server',
      program,
      ['serve', '--port', '0', ...serverArguments(this.#seating)],
      this.#changed,
    );
    this.#server = server;
    const port = await portOf(server);
    const pin =
      MODE_FACTS[setting.mode].keyOwner === 'server' && setting.insists ? await fingerprintFrom(server) : null;
    this.#relay = await startRelay({
      attack,
      target: { host: '127.0.0.1', port },
      port: 0,
      beyondLoopback: false,
      taps: this.#taps,
      onStep: (step) => {
        this.#note({ kind: 'crossed', step });
      },
      onChange: this.#changed,
    });
    const client = new ChairProcess(
      'client',
      program,
      ['connect', `127.0.0.1:${this.#relay.port}`, ...clientArguments(this.#seating, pin)],
      this.#changed,
    );
    this.#client = client;
    return { client, server };
  }

  get #seating(): Seating {
    const { attack, setting, directory, acquaintance } = this.#options;
    return { attack, setting, acquaintance, savedKey: path.join(directory, `${attack.name}.${setting.name}.key.pem`) };
  }

  async #say(message: ScriptLine, chairs: Readonly<Record<Side, ChairProcess>>): Promise<void> {
    const speaker = chairs[message.side];
    const { report } = this.#relay ?? {};
    if (report === undefined || report.cut || !isConnected(speaker) || isOver(chairs.client) || isOver(chairs.server))
      return;
    const seenBefore = report.seen[message.side];
    this.#said.push(message);
    this.#note({ kind: 'typed', ...message });
    speaker.say(message.text);
    await this.#until(
      () =>
        isOver(chairs.client) ||
        isOver(chairs.server) ||
        report.cut ||
        (report.seen[message.side] > seenBefore &&
          SIDES.every((side) => shownTo(chairs[side], side) >= report.delivered[side])),
      `what becomes of "${message.text}"`,
    );
  }

  async #lookBack(): Promise<void> {
    const { attack } = this.#options;
    if (attack.afterwards === undefined || this.#relay === null) return;
    const file = lootFile(this.#seating);
    const privateKey = file === null ? null : await fs.readFile(file, 'utf8');
    this.#relay.play(attack.afterwards(this.#relay.report.recorded, { privateKey }));
  }

  #note(moment: Moment): void {
    if (this.#timeline.length < MOST_MOMENTS) this.#timeline.push(moment);
  }

  readonly #changed = (): void => {
    for (const [side, chair] of [
      ['client', this.#client],
      ['server', this.#server],
    ] as const) {
      for (const event of chair?.events.slice(this.#noted[side]) ?? []) {
        if (event.type === 'message') this.#note({ kind: 'shown', side, text: printable(event.text) });
        if (isProblem(event)) this.#note({ kind: 'complained', side, text: printable(event.says) });
      }
      this.#noted[side] = chair?.events.length ?? 0;
    }
    this.#wake();
  };

  /** @throws DemoError if the run's time is over. */
  async #until(holds: () => boolean, what: string): Promise<void> {
    while (!holds()) {
      const left = this.#deadline - Date.now();
      if (left <= 0) throw new DemoError(`timed out after ${RUN_LIMIT_MS / 1000} s while waiting for ${what}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

/** Waits until the server process reports its port. */
function portOf(server: ChairProcess): Promise<number> {
  return server.tells((event) => (event.type === 'listening' ? event.port : null), 'listening');
}

function fingerprintFrom(chair: ChairProcess): Promise<string> {
  return chair.tells((event) => (event.type === 'fingerprint' ? event.sha256 : null), 'the fingerprint');
}

function isConnected(chair: ChairProcess): boolean {
  return chair.events.some(({ type }) => type === 'connected');
}

/**
 * Whether the server still waits for a client: no client reached it, or the client never proved that it has its key.
 */
function isWaiting(server: ChairProcess): boolean {
  const state = server.events.findLast(
    ({ type }) => type === 'listening' || type === 'connected' || type === 'waiting',
  );
  return state?.type !== 'connected';
}

function isOver(chair: ChairProcess): boolean {
  return chair.status !== null || chair.events.some((event) => isProblem(event) || event.type === 'left');
}

/** How many events of a chair come from messages of the other side. */
function shownTo(chair: ChairProcess, side: Side): number {
  return chair.events.filter((event) => event.type === 'message' || (event.type === 'left' && event.by !== side))
    .length;
}

function seat(chair: ChairProcess | null): Seat {
  return seatOf(chair?.events ?? [], chair?.status ?? 'never started');
}
