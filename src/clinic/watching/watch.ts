/**
 * Watches one conversation that a person types by hand. Both programs run at the person's terminal: what they show
 * stands there, line by line, and what the person types goes to the program that the prompt names.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { printable } from '../../printable.js';
import { capital, WHO } from '../quoting.js';
import { startGuard } from '../running/guard.js';
import { CAN_LIST_SOCKETS } from '../running/listening.js';
import { needsTerminal } from '../running/needs-terminal.js';
import { endFamily } from '../running/processes.js';
import { Program } from '../running/program.js';
import type { Mark } from '../running/screen.js';
import { findTerminal } from '../running/terminal.js';
import { SEATS, type Seat } from '../seat.js';
import { freePort } from '../way-in.js';
import { OWN_FOLDERS } from '../workplace.js';
import { openWorkshop, type Workshop } from '../workshop.js';
import type { Conversation, TypedLine } from './conversation.js';
import { hasMessage } from './described.js';

/** The person's place: where they read and type. */
export interface Desk {
  /** Lines that are safe to show. */
  show(lines: readonly string[]): void;
  /** What stands before what is typed, from now on. */
  ask(prompt: string): void;
}

export interface Watched {
  readonly server: string;
  readonly client: string;
  /** In which both run. */
  readonly folder: string;
}

const TICK_MS = 60;
/** A line that is not complete is shown when nothing more of it has come for so long: it is a prompt. */
const PROMPT_MS = 200;
const LOOK_FOR_PORT_MS = 300;
/** A server that listens by then needs no advice. */
const ADVICE_MS = 8_000;
/** Where the system has no list of sockets: a server that was quiet for so long listens. */
const QUIET_SERVER_MS = 2_000;

/** Of what comes at once. */
const MOST_LINES = 100;
const MOST_TYPED = 1_000;

const LABELS: Readonly<Record<Seat, string>> = { server: 'server  ', client: 'client  ', second: 'client 2' };
const PROMPTS: Readonly<Record<Seat, string>> = {
  server: 'to the server: ',
  client: 'to the client: ',
  second: 'to client 2: ',
};

const HELP = [
  'What you type goes to the program that the prompt names. These lines are for servchat:',
  '  /s     type to the server from now on',
  '  /c     type to the client from now on',
  '  /2     start a second client, and type to it from now on: a chat room needs one',
  '  /again end both programs, and begin anew',
  '  /done  the conversation is over; write what was seen',
  '  /help  show this again; Ctrl-C ends everything, and nothing is written',
  'A line that begins with // is typed with one / less.',
];

/** Something that the person typed at a program. */
interface Typed {
  readonly seat: Seat;
  readonly text: string;
  readonly asked: string;
  readonly marks: ReadonlyMap<Seat, Mark>;
  hasEnded: boolean;
}

interface Running {
  readonly program: Program;
  /** How much of it stands at the person's terminal. */
  shown: Mark;
  /** What of the line that is not complete stands there already. */
  begun: string;
  /** What it had shown when a line was typed to it last. */
  answered: Mark;
  isTold: boolean;
}

export class Watch {
  readonly #desk: Desk;
  readonly #watched: Watched;
  readonly #workshop: Workshop = openWorkshop();
  readonly #terminal = findTerminal(this.#workshop.hooks);
  readonly #mark = randomBytes(8).toString('hex');
  readonly #releaseGuard: () => void;
  readonly #running = new Map<Seat, Running>();
  readonly #atTerminal = new Set<Seat>();
  #typed: Typed[] = [];
  #target: Seat = 'server';
  #port: number | null = null;
  /** What `{port}` stands for. */
  #freePort = 0;
  #state: 'going' | 'done' | 'given up' = 'going';
  #warnedOfLittle = false;
  #began = 0;
  #hasAdvised = false;
  #starts = 0;
  readonly #endAll = (): void => {
    endFamily({ mark: `${this.#mark}.`, root: null });
    this.#workshop.remove();
  };

  constructor(watched: Watched, desk: Desk) {
    this.#watched = watched;
    this.#desk = desk;
    this.#releaseGuard = startGuard(`${this.#mark}.`, this.#workshop.root);
    process.once('exit', this.#endAll);
  }

  /** Resolves when the person has done, with what was seen; null if they gave up. @throws CommandError */
  async conversation(): Promise<Conversation | null> {
    try {
      this.#freePort = await freePort();
      this.#begin();
      while (this.#state === 'going') {
        this.#tick();
        await delay(TICK_MS);
      }
      if (this.#state !== 'done') return null;
      this.#showAll(true);
      return this.#seen();
    } finally {
      await this.#endPrograms();
      process.off('exit', this.#endAll);
      this.#endAll();
      this.#releaseGuard();
    }
  }

  /** The person typed a line. */
  said(text: string): void {
    switch (text.trim()) {
      case '/s':
        this.#turnTo('server');
        return;
      case '/c':
        if (!this.#running.has('client')) this.#start('client');
        this.#turnTo('client');
        return;
      case '/2':
        if (!this.#running.has('second')) this.#start('second');
        this.#turnTo('second');
        return;
      case '/again':
        void this.#again();
        return;
      case '/done':
        this.#done();
        return;
      case '/help':
        this.#desk.show(HELP);
        return;
      default:
        this.#type(text.startsWith('//') ? text.slice(1) : text);
    }
  }

  /** The person gives up. */
  leave(): void {
    if (this.#state === 'going') this.#state = 'given up';
  }

  #begin(): void {
    this.#began = performance.now();
    this.#hasAdvised = false;
    this.#port = null;
    this.#typed = [];
    this.#start('server');
    this.#turnTo('server');
  }

  async #again(): Promise<void> {
    await this.#endPrograms();
    if (this.#state !== 'going') return;
    this.#desk.show(['Both programs begin anew. What was typed before is forgotten.']);
    this.#begin();
  }

  async #endPrograms(): Promise<void> {
    const all = [...this.#running.values()];
    this.#running.clear();
    for (const { program } of all.reverse()) await program.end();
  }

  #start(seat: Seat): void {
    const command = this.#watched[seat === 'server' ? 'server' : 'client'];
    this.#desk.show([`Starting ${WHO[seat]}: ${printable(command)}`]);
    this.#starts += 1;
    const program = new Program({
      command: command.replaceAll('{port}', String(this.#freePort)).replaceAll('{host}', '127.0.0.1'),
      folder: this.#watched.folder,
      // The hook lets the server use its port again at once.
      environment: {
        PYTHONPATH: [this.#workshop.hooks, process.env['PYTHONPATH'] ?? ''].filter(Boolean).join(path.delimiter),
        SERVCHAT_CLINIC_LOG: path.join(this.#workshop.root, `${seat}.log`),
        SERVCHAT_CLINIC_REUSE: '1',
      },
      input: this.#atTerminal.has(seat) ? 'terminal' : 'pipe',
      terminal: this.#terminal,
      hooks: this.#workshop.hooks,
      asKnown: OWN_FOLDERS.asKnown,
      mark: `${this.#mark}.${this.#starts}.`,
      onChange: () => undefined,
    });
    this.#running.set(seat, { program, shown: 0, begun: '', answered: 0, isTold: false });
  }

  #turnTo(seat: Seat): void {
    this.#target = seat;
    this.#desk.ask(PROMPTS[seat]);
  }

  #type(text: string): void {
    const running = this.#running.get(this.#target);
    if (running?.program.ended !== null || this.#typed.length >= MOST_TYPED) {
      this.#desk.show([
        `${capital(WHO[this.#target])} does not run. /again starts both anew, /help shows what you can do.`,
      ]);
      return;
    }
    // What it has shown and what stands at the terminal are the same, so that the person knows what they answer.
    this.#showAll(true);
    const { program } = running;
    const marks = new Map([...this.#running].map(([seat, each]) => [seat, each.program.screen.mark()]));
    const asked = program.screen.since(running.answered);
    running.answered = program.screen.mark();
    this.#typed.push({ seat: this.#target, text, asked, marks, hasEnded: false });
    program.type(text);
  }

  #tick(): void {
    this.#showAll(false);
    this.#tellEnds();
    const server = this.#running.get('server');
    if (server === undefined) return;
    if (this.#port === null) this.#lookForPort(server.program);
    const all = [...this.#running.values()];
    const isOver = this.#running.has('client') && all.every(({ program }) => program.ended !== null);
    if (isOver && hasMessage(this.#seen())) this.#state = 'done';
  }

  #lookForPort(server: Program): void {
    const now = performance.now();
    const lastAt = Math.max(this.#began, server.screen.lastAt);
    if (server.ended !== null) return;
    if (CAN_LIST_SOCKETS) {
      if (now - this.#lookedAt < LOOK_FOR_PORT_MS) return;
      this.#lookedAt = now;
      this.#port = server.listening[0]?.port ?? null;
    }
    if (this.#port !== null || (!CAN_LIST_SOCKETS && now - lastAt > QUIET_SERVER_MS)) {
      if (this.#port !== null) this.#desk.show([`The server listens on port ${this.#port}.`]);
      if (this.#running.has('client')) return;
      this.#start('client');
      this.#turnTo('client');
      return;
    }
    if (this.#hasAdvised || now - this.#began < ADVICE_MS) return;
    this.#hasAdvised = true;
    const datagrams = server.datagramPorts;
    this.#desk.show(
      datagrams.length > 0
        ? [
            `The server waits for datagrams on UDP port ${datagrams[0] ?? ''}. servchat check examines only chats over TCP, where client and server have a connection.`,
          ]
        : ['The server does not listen yet. If it asks for something, type the answer. /c starts the client anyway.'],
    );
  }
  #lookedAt = 0;

  #tellEnds(): void {
    for (const [seat, running] of this.#running) {
      const { ended, screen } = running.program;
      if (ended === null || running.isTold) continue;
      running.isTold = true;
      const last = this.#typed.at(-1);
      if (last !== undefined) last.hasEnded = true;
      if (needsTerminal(screen.since(0)) && !this.#atTerminal.has(seat) && this.#terminal.kind === 'python') {
        this.#atTerminal.add(seat);
        this.#desk.show([`${capital(WHO[seat])} needs a terminal for its input. It gets one.`]);
        void this.#again();
        return;
      }
      const how = ended.problem ?? ended.signal ?? `exit status ${ended.code ?? '?'}`;
      this.#desk.show([`${capital(WHO[seat])} has ended (${printable(how)}).`]);
    }
  }

  #done(): void {
    const seen = this.#seen();
    if (!hasMessage(seen)) {
      this.#desk.show([
        'No sentence that you typed at one program was shown by another one, so there is nothing to write yet.',
        'Type a sentence of four words or more. /help shows what you can do; Ctrl-C ends everything.',
      ]);
      return;
    }
    const speakers = SEATS.filter((seat) => seen.lines.filter((line) => line.seat === seat).length > 0);
    if (speakers.length < 2 && !this.#warnedOfLittle) {
      this.#warnedOfLittle = true;
      this.#desk.show([
        `You have typed only at ${WHO[speakers[0] ?? 'client']}. If the other one can speak too, type a sentence there. /done once more ends the conversation.`,
      ]);
      return;
    }
    this.#state = 'done';
  }

  #seen(): Conversation {
    const lines = this.#typed.map(({ seat, text, asked, marks, hasEnded }): TypedLine => ({
      seat,
      text,
      asked,
      hasEnded,
      later: Object.fromEntries(
        SEATS.map((each) => [each, this.#running.get(each)?.program.screen.since(marks.get(each) ?? 0) ?? '']),
      ) as TypedLine['later'],
    }));
    const { server, client } = this.#watched;
    return { commands: { server, client }, port: this.#port, atTerminal: this.#atTerminal, lines };
  }

  /** @param also what is not complete, and would be shown only when nothing more comes. */
  #showAll(also: boolean): void {
    for (const [seat, running] of this.#running) {
      const rows = newRows(running, also);
      if (rows.length > MOST_LINES) {
        const left = rows.length - MOST_LINES;
        rows.splice(MOST_LINES / 2, left, `… ${left} more lines …`);
      }
      if (rows.length > 0) this.#desk.show(rows.map((row) => `${LABELS[seat]} | ${printable(row)}`));
    }
  }
}

/** The lines of a program that do not stand at the terminal yet. */
function newRows(running: Running, also: boolean): string[] {
  const { screen, ended } = running.program;
  if (screen.bytes === running.shown && running.begun === '') return [];
  const bytes = screen.bytesSince(running.shown);
  const end = bytes.lastIndexOf(0x0a) + 1;
  const rows: string[] = [];
  if (end > 0) {
    const text = screen.since(running.shown).split('\n').slice(0, -1);
    for (const line of text) {
      const row = rowOf(line);
      const rest = row.startsWith(running.begun) ? row.slice(running.begun.length) : row;
      if (rest.trim() !== '') rows.push(running.begun === '' ? rest : rest.trimStart());
      running.begun = '';
    }
    // Of a flood, the middle is not kept.
    running.shown = screen.bytes - (bytes.length - end);
  }
  const isQuiet = also || ended !== null || performance.now() - screen.lastAt >= PROMPT_MS;
  const line = rowOf(screen.since(running.shown));
  if (!isQuiet || line === running.begun) return rows;
  const rest = line.startsWith(running.begun) ? line.slice(running.begun.length) : line;
  if (rest.trim() !== '') rows.push(rest);
  running.begun = line;
  return rows;
}

/** A program that goes back to the left margin writes over what it wrote. */
function rowOf(line: string): string {
  return line.replace(/\r+$/, '').replace(/^.*\r/s, '').trimEnd();
}

/** What is said before the first start. */
export function welcome(): readonly string[] {
  return [
    'Now chat with yourself once, as two people would: answer what your programs ask, then type a few sentences of four words or more at each of them, at last the word that ends the chat.',
    ...HELP,
    `The file will hold all that you type before the chat, also a password: do not use one that you need elsewhere.`,
    '',
  ];
}
