/**
 * One run: two servchat processes, the relay between them, a tap on each half of the wire, and what happens there as
 * events.
 *
 *      client process ── client's half ──▶ relay ── server's half ──▶ server process
 *                            │ tap                      │ tap
 *                      client-half.pcap           server-half.pcap
 */
import fs from 'node:fs';
import path from 'node:path';

import type { Attack, Piece } from '../attacker/attack.js';
import { ATTACKS } from '../attacker/attacks.js';
import type { Rest, Sending } from '../attacker/link.js';
import type { Deed } from '../attacker/deed.js';
import { startRelay, type Relay } from '../attacker/relay.js';
import { TapRecorder } from '../capture/tap.js';
import {
  clientArguments,
  lootFile,
  serverArguments,
  type Acquaintance,
  type Seating,
} from '../demo/chair-arguments.js';
import { ChairProcess } from '../demo/chair-process.js';
import { PATIENCE_VARIABLE } from '../endpoints/limits.js';
import { printable } from '../printable.js';
import type { ParsedEvent } from '../protocol/event-lines.js';
import { isProblem, type Problem } from '../protocol/events.js';
import { MODE_FACTS, isSealed, type Carrier } from '../protocol/modes.js';
import { SIDES, otherSide, type Side } from '../protocol/side.js';
import { Declined } from './declined.js';
import type { Hold, LabEvent, SeatState, Setting, WirePiece } from './events.js';
import { Judging } from './judging.js';
import { LearnersAttack, type BenchCommand, type BenchHooks } from './learners-attack.js';
import type { Said } from './listening.js';
import { freePort, linesToJoin } from './own-terminal.js';
import { SaidMessages } from './said.js';
import { wirePiece } from './wire-piece.js';

/** Seconds. A learner may look at a line of the handshake for a while. */
const PATIENCE = '3600';
/** A program that does not read what its person types. */
const MOST_UNREAD_BYTES = 1024 * 1024;

export interface RunOptions {
  /** The path of the script of the servchat command. */
  readonly program: string;
  /** What a person types to run it. */
  readonly command: string;
  /** A folder for the captures and keys of this run. It is empty. */
  readonly directory: string;
  readonly setting: Setting;
  readonly hold: Hold;
  /** Required if the server insists on a key in encrypted mode. */
  readonly acquaintance: Acquaintance | null;
  readonly tell: (event: LabEvent) => void;
}

export interface RunFiles {
  readonly captures: Readonly<Record<Side, string>>;
  /** Each exists when its side has a key to write. */
  readonly keyLogs: Readonly<Record<Side, string>>;
}

export class LabRun {
  readonly #options: RunOptions;
  readonly #attack: Attack;
  /** null if a ready-made attack was chosen. */
  readonly #bench: LearnersAttack | null;
  readonly #taps: Readonly<Record<Side, TapRecorder>>;
  readonly #chairs: Record<Side, ChairProcess | null> = { client: null, server: null };
  /** What was said to a process that does not run yet. */
  readonly #early: Readonly<Record<Side, string[]>> = { client: [], server: [] };
  readonly #seats: Record<Side, SeatState> = { client: 'starting', server: 'starting' };
  #relay: Relay | null = null;
  /** What the client must see, if it insists on the server's key. */
  #pin: string | null = null;
  #crossings = 0;
  readonly #numbers = new WeakMap<Piece, number>();
  /** The frames of pieces that were held. */
  readonly #frames = new Map<number, number | null>();
  #learned = 0;
  #problem: string | null = null;
  #lookedBack = false;
  #stopped = false;
  readonly files: RunFiles;
  readonly #said = new SaidMessages();
  /** null if the learner is the attacker. */
  readonly #judging: Judging | null;
  #isChanged = false;
  /** How many messages each side has shown. */
  readonly #shown = { client: 0, server: 0 };

  constructor(options: RunOptions) {
    this.#options = options;
    const { setting, directory } = options;
    const learners = new LearnersAttack(this.#hooks(), options.hold);
    this.#attack = ATTACKS.find(({ name }) => name === setting.attack) ?? learners;
    this.#bench = this.#attack === learners ? learners : null;
    this.#judging = this.#bench === null ? new Judging(this.#attack, setting.mode) : null;
    const file = (side: Side, ending: string): string => path.join(directory, `${side}-half.${ending}`);
    this.files = {
      captures: { client: file('client', 'pcap'), server: file('server', 'pcap') },
      keyLogs: { client: file('client', 'keylog'), server: file('server', 'keylog') },
    };
    this.#taps = {
      client: TapRecorder.open(this.files.captures.client),
      server: TapRecorder.open(this.files.captures.server),
    };
  }

  /** Whether messages can be said: the client is in the chat, and the server too, if it takes part. */
  get isChatting(): boolean {
    const { client, server } = this.#seats;
    return client === 'chatting' && (server === 'chatting' || this.#attack.instead === true);
  }

  isInChat(side: Side): boolean {
    return this.#seats[side] === 'chatting';
  }

  /** Whether one of the two has left, so that nothing more can come. */
  get isOver(): boolean {
    return SIDES.some((side) => this.#seats[side] === 'over' || this.#seats[side] === 'gone');
  }

  /** How many messages of this side came to the relay. */
  seenFrom(side: Side): number {
    return this.#relay?.report.seen[side] ?? 0;
  }

  /** Whether nothing waits at the relay, and each side shows all that was sent to it. */
  get isSettled(): boolean {
    const { delivered = { client: 0, server: 0 }, cut = false } = this.#relay?.report ?? {};
    return cut || (this.#bench?.isEmpty !== false && SIDES.every((side) => this.#hasShown(side, delivered[side])));
  }

  /** What a terminal of the person shows, nobody here knows. */
  #hasShown(side: Side, count: number): boolean {
    return side === this.#options.setting.elsewhere || this.#shown[side] >= count;
  }

  /** Whether a person has to do something before the chat can go on. */
  get waitsForPerson(): boolean {
    return this.#bench?.isEmpty === false || this.#options.setting.elsewhere !== null;
  }

  /** Whether the two halves of the wire differ. */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  /** What was said, for the listener: of it, what has crossed the client's half with its own bytes. */
  get said(): Said {
    return this.#said.said;
  }

  /**
   * Starts the server. The relay and the client follow when it listens. If a person's terminal is the server, the
   * client comes when it has something to say: nobody may listen there yet.
   */
  async begin(): Promise<void> {
    if (this.#options.setting.elsewhere === 'server') {
      const port = await freePort();
      this.#awaitTerminal('server', serverArguments(this.#seating), port);
      await this.#connect(port);
      if (!this.#stopped) this.#seat('client', 'waiting');
      return;
    }
    const { keyLogs } = this.files;
    this.#sit('server', ['serve', '--port', '0', ...serverArguments(this.#seating), ...this.#keyLog(keyLogs.server)]);
  }

  /** @throws Declined if nobody is there who could say it. */
  say(side: Side, text: string): void {
    const { elsewhere } = this.#options.setting;
    if (side === elsewhere) throw new Declined(`The ${side} is in your own terminal. Type it there.`);
    if (side === 'client' && elsewhere === 'server' && (this.#chairs.client === null || hasEnded(this.#chairs.client)))
      this.#sitClient();
    const chair = this.#chairs[side];
    const state = this.#seats[side];
    if (state === 'over' || state === 'gone') throw new Declined(`The ${side} has left. Start a new chat.`);
    const early = this.#early[side];
    const waiting = chair?.unread ?? early.reduce((sum, each) => sum + Buffer.byteLength(each), 0);
    if (waiting > MOST_UNREAD_BYTES)
      throw new Declined(`The ${side} has not sent what it was told before. Wait until it has.`);
    if (chair === null) early.push(text);
    else chair.say(text);
  }

  /** Does something at the relay. @throws Declined if the command makes no sense now. */
  async attack(command: BenchCommand): Promise<void> {
    if (this.#bench === null)
      throw new Declined('A ready-made attack is at work. To be the attacker yourself, start a chat without one.');
    await this.#bench.command(command);
  }

  /** Ends both processes and the relay. Resolves when they have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.#chairs.client?.stop(), this.#chairs.server?.stop(), this.#relay?.close()]);
    for (const side of SIDES) this.#taps[side].close();
  }

  #tell(event: LabEvent): void {
    if (!this.#stopped) this.#options.tell(event);
  }

  #sit(side: Side, args: readonly string[]): void {
    this.#tell({ type: 'seat', side, state: 'starting' });
    const notice = (): void => {
      this.#notice(side, chair);
    };
    const chair = new ChairProcess(side, this.#options.program, args, notice, { [PATIENCE_VARIABLE]: PATIENCE });
    this.#chairs[side] = chair;
    for (const text of this.#early[side].splice(0)) chair.say(text);
  }

  #notice(side: Side, chair: ChairProcess): void {
    if (this.#chairs[side] !== chair) return;
    for (const event of chair.take()) this.#happened(side, event);
    if (chair.status !== null && this.#seats[side] !== 'over') this.#seat(side, 'gone');
    this.#lookBack();
  }

  #seat(side: Side, state: SeatState): void {
    if (this.#seats[side] === state) return;
    this.#seats[side] = state;
    this.#tell({ type: 'seat', side, state });
    // Of a terminal we know only what the other side knows.
    const { elsewhere } = this.#options.setting;
    if (elsewhere === otherSide(side) && (state === 'chatting' || state === 'over')) this.#seat(elsewhere, state);
  }

  #happened(side: Side, event: ParsedEvent): void {
    this.#judging?.take(side, event);
    switch (event.type) {
      case 'listening':
        this.#seat(side, 'waiting');
        if (event.certificate !== null && this.#options.setting.insists) this.#pin = event.certificate;
        void this.#connect(event.port);
        return;
      case 'connected':
        this.#seat(side, 'chatting');
        return;
      case 'waiting':
        this.#seat(side, 'waiting');
        return;
      case 'fingerprint':
        this.#tell({ type: 'fingerprint', side, of: event.of, sha256: event.sha256 });
        return;
      case 'sent':
        this.#said.add(side, event.text);
        this.#tell({ type: 'said', side, text: printable(event.text) });
        return;
      case 'message':
        this.#shown[side] += 1;
        this.#tell({ type: 'shown', side, text: printable(event.text) });
        return;
      case 'unsent':
        this.#tell({ type: 'declined', says: `This message has ${event.bytes} bytes; ${event.most} is the most.` });
        return;
      case 'left':
        this.#seat(side, 'over');
        return;
      default:
        if (!isProblem(event)) return;
        this.#tell({ type: 'complained', side, reason: reasonOf(event), says: event.says });
        // With a problem, the chat has ended for this side. Its program may stay until the other one has gone.
        if (this.#seats[side] === 'chatting') this.#seat(side, 'over');
    }
  }

  async #connect(port: number): Promise<void> {
    try {
      this.#relay = await startRelay({
        attack: this.#attack,
        target: { host: '127.0.0.1', port },
        port: 0,
        beyondLoopback: false,
        taps: this.#taps,
        onCame: this.#came,
        onStep: (step, sendings) => {
          for (const sending of sendings) this.#went(sending);
          if (step.cut) this.#tell({ type: 'cut' });
        },
        onRest: this.#rest,
        onChange: this.#changed,
        onEnd: this.#ended,
      });
    } catch (error) {
      this.#tell({ type: 'declined', says: error instanceof Error ? error.message : String(error) });
      return;
    }
    if (this.#stopped) {
      await this.#relay.close();
      return;
    }
    const { elsewhere } = this.#options.setting;
    if (elsewhere === 'client') {
      this.#awaitTerminal('client', clientArguments(this.#seating, this.#pin), this.#relay.port);
    } else if (elsewhere === null) this.#sitClient();
  }

  #sitClient(): void {
    const { port = 0 } = this.#relay ?? {};
    const args = [...clientArguments(this.#seating, this.#pin), ...this.#keyLog(this.files.keyLogs.client)];
    this.#seats.client = 'starting';
    this.#sit('client', ['connect', `127.0.0.1:${port}`, ...args]);
  }

  #awaitTerminal(side: Side, args: readonly string[], port: number): void {
    const { command, setting } = this.#options;
    this.#tell({ type: 'join', side, lines: linesToJoin(command, side, port, setting.mode, args) });
    this.#seat(side, 'waiting');
  }

  /** A connection to the relay has ended. */
  readonly #ended = (how: 'closed' | 'unreachable'): void => {
    const { elsewhere } = this.#options.setting;
    if (how === 'unreachable' && elsewhere === 'server') this.#comeLater();
    if (how === 'closed' && elsewhere === 'client' && this.#seats.client === 'chatting') this.#seat('client', 'gone');
  };

  /** Nobody listens in the terminal yet. The client goes, and comes again when it has something to say. */
  #comeLater(): void {
    const { client } = this.#chairs;
    this.#chairs.client = null;
    void client?.stop();
    for (const side of SIDES) this.#seat(side, 'waiting');
    this.#tell({ type: 'declined', says: 'Nobody is there as the server yet. Type its line in your terminal first.' });
  }

  get #seating(): Seating {
    const { setting, acquaintance, directory } = this.#options;
    return { attack: this.#attack, setting, acquaintance, savedKey: path.join(directory, 'key.pem') };
  }

  /** Each side always writes its keys, in our own folder. They leave it only when the learner asks for them. */
  #keyLog(file: string): readonly string[] {
    return isSealed(this.#options.setting.mode) ? ['--keylog', file] : [];
  }

  readonly #came = (piece: Piece, frame: number | null): void => {
    const id = this.#nextId();
    this.#numbers.set(piece, id);
    const { from, kind, message, bytes } = piece;
    const held = this.#bench?.willHold(piece) === true;
    if (held) this.#frames.set(id, frame);
    if (from === 'client' && message !== null) this.#said.crossed(from, message);
    this.#tell({ type: 'came', piece: wirePiece({ id, from, half: from, frame, kind, message, bytes }), held });
  };

  /** A side ended in the middle of a line. Its bytes crossed all the same, so they have a row. */
  readonly #rest = ({ from, bytes, frames, isSent }: Rest): void => {
    const piece = (half: Side, frame: number | null): WirePiece =>
      wirePiece({
        id: this.#nextId(),
        from,
        half,
        frame,
        kind: KINDS[MODE_FACTS[this.#options.setting.mode].carrier],
        message: null,
        bytes,
      });
    const came = piece(from, frames.came);
    this.#tell({ type: 'came', piece: came, held: false });
    if (isSent)
      this.#tell({ type: 'went', of: came.id, deed: 'passed on', piece: piece(otherSide(from), frames.went) });
  };

  #went({ cause, to, bytes, message, deed, frame, isSent }: Sending): void {
    const learners = this.#bench?.sending ?? null;
    if (!isSent) {
      this.#tell({ type: 'declined', says: `Nothing was sent: the connection to the ${to} is closed.` });
      return;
    }
    const piece = wirePiece({
      id: this.#nextId(),
      from: otherSide(to),
      half: to,
      frame,
      kind: cause?.kind ?? KINDS[MODE_FACTS[this.#options.setting.mode].carrier],
      message: message ? (learners?.message ?? cause?.message ?? null) : null,
      bytes,
    });
    const did = learners?.deed ?? deed;
    if (did !== 'passed on') this.#isChanged = true;
    if (to === 'client' && UNCHANGED.includes(did) && piece.message !== null)
      this.#said.crossed('server', piece.message);
    const of = learners?.of ?? (cause === null ? null : (this.#numbers.get(cause) ?? null));
    this.#tell({ type: 'went', of, deed: did, piece });
  }

  #nextId(): number {
    this.#crossings += 1;
    return this.#crossings;
  }

  #hooks(): BenchHooks {
    return {
      numberOf: (piece) => this.#numbers.get(piece) ?? 0,
      altered: (id, { from, kind, message, bytes }) => {
        const frame = this.#frames.get(id) ?? null;
        this.#tell({ type: 'altered', piece: wirePiece({ id, from, half: from, frame, kind, message, bytes }) });
      },
      dropped: (of) => {
        this.#isChanged = true;
        this.#tell({ type: 'dropped', of });
      },
      queued: (order) => {
        for (const id of this.#frames.keys()) if (!order.includes(id)) this.#frames.delete(id);
        this.#tell({ type: 'queue', order });
      },
    };
  }

  readonly #changed = (): void => {
    const { learned = [], problem = null } = this.#relay?.report ?? {};
    for (const { from, text } of learned.slice(this.#learned))
      this.#tell({ type: 'understood', from, text: printable(text) });
    this.#learned = learned.length;
    if (problem === null || problem === this.#problem) return;
    this.#problem = problem;
    this.#tell({ type: 'declined', says: `The attack failed: ${printable(problem)}` });
  };

  /** After the chat, some attacks do more with what they recorded, perhaps with a stolen key. Then it can be judged. */
  #lookBack(): void {
    const { client, server } = this.#chairs;
    const isOver = hasEnded(client) && (hasEnded(server) || this.#seats.server === 'waiting');
    if (!isOver || this.#lookedBack || this.#relay === null) return;
    this.#lookedBack = true;
    if (this.#attack.afterwards !== undefined) {
      const file = lootFile(this.#seating);
      const privateKey = file === null || !fs.existsSync(file) ? null : fs.readFileSync(file, 'utf8');
      this.#relay.play(this.#attack.afterwards(this.#relay.report.recorded, { privateKey }));
      this.#changed();
    }
    const says = this.#judging?.says(this.#relay.report) ?? null;
    if (says !== null) this.#tell({ type: 'outcome', says });
  }
}

/** With its own bytes. */
const UNCHANGED: readonly Deed[] = ['passed on', 'sent late', 'sent again'];

/** What a piece is if the attacker begins to send it. */
const KINDS = { line: 'text', token: 'frame', record: 'record' } as const satisfies Readonly<
  Record<Carrier, WirePiece['kind']>
>;

function hasEnded(chair: ChairProcess | null): boolean {
  return chair !== null && chair.status !== null;
}

function reasonOf(problem: Problem): string {
  return problem.type === 'refused' ? problem.reason : problem.type;
}
