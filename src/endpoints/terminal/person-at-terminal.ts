/**
 * A person at a terminal. The terminal is in raw mode from beginning to end: each key comes to us. What is typed while
 * nobody is connected is not shown, and not kept for the next client.
 *
 * Node's readline is no help here: of what is pasted into the middle of a line it moves all but the last character to
 * the end, it doubles keys when a second editor is made after the first, and after a change of the window's size it
 * wipes as many rows as the line took before, be they its own or a message. No kept package writes above a line that is
 * being typed; those that edit a line (Ink, Enquirer, Inquirer) build on readline or on a count of rows like it.
 */
import type { ReadStream, WriteStream } from 'node:tty';

import { hanging } from '../../hanging.js';
import { printable } from '../../printable.js';
import { endAtOnce, interrupt, onInterrupt } from '../interrupt.js';
import type { ShownLine, Listener, Person } from '../person.js';
import { EditedLine } from './edited-line.js';
import { KeyReader, type Key } from './keys.js';
import { releaseTerminal } from './lost-terminal.js';
import { ASK_POSITION_AND_WIDTH, TypingRow, wiped } from './typing-row.js';

const PASTES_ARE_MARKED = '\x1b[?2004h';
const PASTES_ARE_KEYS = '\x1b[?2004l';
const CLEAR_SCREEN = '\x1b[H\x1b[2J';

/** An escape sequence comes in one piece; after the Escape key nothing comes. */
const SEQUENCE_MS = 100;
/** A window that is dragged changes its size many times a second. */
const SIZE_SETTLES_MS = 50;
/** A terminal that has not answered by then where its cursor is does not know the question. */
const ANSWER_MS = 300;
/** Characters that wait to be shown while we wait for the terminal. */
const MOST_WAITING = 65_536;

const USUAL_WIDTH = 80;

/** A key that may change what is typed. */
type PressedKey = Exclude<Key, { type: 'position' | 'clear-screen' }>;
type TypedKey = Extract<Key, { type: 'text' | 'edit' | 'enter' | 'line-break' }>;

/** What a terminal answers: the column of its cursor, counted from 0, and how many columns it has. */
interface Answer {
  readonly column: number;
  readonly width: number;
}

interface Finding {
  readonly timer: NodeJS.Timeout;
  readonly asked: boolean;
  /** The first half of the answer. */
  readonly column: number | null;
  /** What the terminal answered the last time, if the window was changing then. */
  readonly earlier: Answer | null;
}

export interface Terminal {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly errors: WriteStream;
}

export class PersonAtTerminal implements Person {
  readonly #terminal: Terminal;
  /** Whether Enter alone says something: a program may wait for it. */
  readonly #saysEmpty: boolean;
  readonly #keys = new KeyReader();
  readonly #line = new EditedLine();
  readonly #row = new TypingRow();
  #listener: Listener | null = null;
  /** Whether we have told the person that what they type now is not sent. */
  #toldUnsent = false;
  #gone = false;
  #escape: NodeJS.Timeout | undefined;
  /**
   * Until we know where the row that is typed in begins: whether the terminal was asked, and what it has answered so
   * far.
   */
  #finding: Finding | null = null;
  /** Whether the terminal answers when it is asked. */
  #answers = true;
  /** What the terminal says of its width where the system has not told us yet, which may take a quarter of a second. */
  #saidWidth: number | null = null;
  #waiting: { readonly output: WriteStream; readonly lines: readonly ShownLine[] }[] = [];
  #waitingLength = 0;

  constructor(terminal: Terminal, saysEmpty = false) {
    this.#terminal = terminal;
    this.#saysEmpty = saysEmpty;
    const { input, output } = terminal;
    // Before there is a chat, nobody needs to hear that we leave.
    onInterrupt(endAtOnce);
    process.once('exit', () => {
      this.#restore();
    });
    input.on('data', (chunk: Buffer) => {
      this.#pressed(chunk);
    });
    for (const stream of [input, output]) stream.on('error', this.#lost);
    input.on('end', this.#lost);
    output.on('drain', () => this.#listener?.shown());
    output.on('resize', () => {
      this.#resized();
    });
    process.on('SIGCONT', () => {
      this.#begin();
    });
    // The connection keeps the process alive; the keyboard does not.
    input.unref();
    this.#begin();
  }

  show(lines: readonly ShownLine[]): boolean {
    return this.#above(this.#terminal.output, lines);
  }

  /** @param prompt what stands before what is typed, from now on. Safe to show, and short. */
  ask(prompt: string): void {
    if (prompt === this.#row.prompt) return;
    // The row that is there has the length of the old one.
    const isShown = this.#listener !== null && this.#finding === null;
    if (isShown) this.#write(wiped());
    this.#row.prompt = prompt;
    this.#draw();
  }

  warn(line: string): void {
    this.#above(this.#terminal.errors, [line]);
  }

  listen(listener: Listener): void {
    this.#listener = listener;
    this.#draw();
  }

  resume(): void {
    // A person types slower than a socket takes.
  }

  rest(): void {
    if (this.#listener === null) return;
    this.#settle(null);
    this.#write(wiped());
    this.#listener = null;
    // A half-typed line was meant for the client that has gone.
    this.#line.clear();
    this.#toldUnsent = false;
  }

  #pressed(chunk: Buffer): void {
    clearTimeout(this.#escape);
    let changed = false;
    for (const key of this.#keys.keys(chunk)) {
      if (key.type === 'position') this.#answered(key.column);
      else if (key.type === 'clear-screen') this.#clearScreen();
      else {
        this.#press(key);
        changed = true;
      }
    }
    if (this.#keys.isWaiting) {
      this.#escape = setTimeout(() => {
        this.#keys.giveUp();
      }, SEQUENCE_MS).unref();
    }
    if (changed) this.#drawChange();
  }

  #press(key: PressedKey): void {
    switch (key.type) {
      case 'interrupt':
        this.#leave();
        return;
      case 'end-of-input':
        // As in every shell: where there is text, this key deletes.
        if (this.#line.isEmpty) this.#leave();
        else this.#line.edit('delete-right');
        return;
      case 'suspend':
        this.#restore();
        process.kill(process.pid, 'SIGTSTP');
        return;
      default:
        if (this.#listener === null) this.#unsent();
        else this.#type(key, this.#listener);
    }
  }

  #clearScreen(): void {
    this.#write(CLEAR_SCREEN);
    // Where the row began, it begins no more.
    if (this.#finding === null) this.#draw();
    else this.#settle(null);
  }

  #type(key: TypedKey, listener: Listener): void {
    switch (key.type) {
      case 'text':
        this.#line.insert(key.text);
        return;
      case 'edit':
        this.#line.edit(key.edit);
        return;
      case 'enter':
        this.#say(this.#line.take(), listener);
        return;
      case 'line-break':
        this.#say(this.#line.takeBefore(), listener);
    }
  }

  #say(text: string, listener: Listener): void {
    // A person who presses Enter on an empty line is waiting, not talking.
    if (text === '' && !this.#saysEmpty) return;
    this.show([`${this.#row.prompt}${printable(text)}`]);
    listener.said([text]);
  }

  #unsent(): void {
    if (this.#toldUnsent) return;
    this.#toldUnsent = true;
    this.show(['Nobody is connected: what you type now is not sent to anyone.']);
  }

  #leave(): void {
    const listener = this.#listener;
    if (listener === null) {
      interrupt('SIGINT');
      return;
    }
    this.rest();
    listener.leave();
  }

  /** We can show nothing to the person any more: we tell the other side that we leave. */
  readonly #lost = (): void => {
    if (this.#gone) return;
    this.#gone = true;
    releaseTerminal();
    interrupt('SIGHUP');
  };

  #above(output: WriteStream, lines: readonly ShownLine[]): boolean {
    if (this.#listener !== null && this.#finding === null && this.#row.mayBeBroken && this.#answers) this.#ask();
    if (this.#finding !== null) {
      this.#waiting.push({ output, lines });
      this.#waitingLength += lines.reduce((sum, line) => sum + textOf(line).length, 0);
      return this.#waitingLength < MOST_WAITING;
    }
    if (this.#listener !== null) this.#write(wiped());
    const room = this.#print(output, lines);
    this.#draw();
    return room;
  }

  /** Only now are the lines cut into rows: while they waited, the window may have become narrower. */
  #print(output: WriteStream, lines: readonly ShownLine[]): boolean {
    if (this.#gone) return true;
    // Standard error may be a file.
    const width = output.isTTY ? this.#width : Infinity;
    const rows = lines.flatMap((line) => (typeof line === 'string' ? hanging(line, width) : [textOf(line)]));
    return output.write(`${rows.join('\n')}\n`);
  }

  #draw(): void {
    if (this.#listener === null || this.#finding !== null) return;
    this.#write(this.#row.draw(this.#line.before, this.#line.after, this.#width));
  }

  /** Shows what a key did. Most keys add a letter at the end: then nothing else is written. */
  #drawChange(): void {
    if (this.#listener === null || this.#finding !== null) return;
    const more = this.#row.grow(this.#line.before, this.#line.after, this.#width);
    if (more !== null) this.#write(more);
    else if (this.#row.mayBeBroken && this.#answers) this.#ask();
    else this.#draw();
  }

  get #width(): number {
    if (this.#saidWidth !== null) return this.#saidWidth;
    const { columns } = this.#terminal.output;
    // It is 0 where the terminal does not know its size.
    return columns > 0 ? columns : USUAL_WIDTH;
  }

  #resized(): void {
    this.#saidWidth = null;
    if (this.#listener === null) return;
    clearTimeout(this.#finding?.timer);
    const timer = setTimeout(() => {
      this.#ask();
    }, SIZE_SETTLES_MS);
    this.#finding = { asked: false, timer, column: null, earlier: null };
  }

  /**
   * A window tells the system of its new size only after it has broken our row; tmux lets a quarter of a second pass.
   * So the terminal itself is asked, also before anything is written above or into a row that may be broken by now.
   */
  #ask(earlier: Answer | null = null): void {
    if (!this.#row.mayBeBroken) {
      this.#settle(null);
      return;
    }
    this.#write(ASK_POSITION_AND_WIDTH);
    const timer = setTimeout(() => {
      this.#answers = false;
      this.#settle(null);
    }, ANSWER_MS);
    this.#finding = { asked: true, timer, column: null, earlier };
  }

  /** @param column counted from 1: of the cursor first, then of the window's last column. */
  #answered(column: number): void {
    this.#answers = true;
    const finding = this.#finding;
    if (finding?.asked !== true) return;
    if (finding.column === null) this.#finding = { ...finding, column: column - 1 };
    else this.#found({ column: finding.column, width: column }, finding.earlier);
  }

  /**
   * If the window has changed, it may be changing again right now. Then what we write comes too late for the answer: it
   * would wipe a row too few, or a message. So we wait until it answers the same twice.
   */
  #found(answer: Answer, earlier: Answer | null): void {
    const changed = answer.width !== this.#width || this.#row.rowsAbove(answer.width, answer.column) > 0;
    const same = earlier?.column === answer.column && earlier.width === answer.width;
    if (!changed || same) {
      this.#saidWidth = answer.width;
      this.#settle(answer.column);
      return;
    }
    clearTimeout(this.#finding?.timer);
    const timer = setTimeout(() => {
      this.#ask(answer);
    }, SIZE_SETTLES_MS);
    this.#finding = { asked: false, timer, column: null, earlier: null };
  }

  /** Now we know what the window looks like. `column`: where its cursor was, or null where the terminal did not say. */
  #settle(column: number | null): void {
    if (this.#finding === null) return;
    clearTimeout(this.#finding.timer);
    this.#finding = null;
    this.#write(wiped(this.#row.rowsAbove(this.#width, column)));
    const waiting = this.#waiting.splice(0);
    this.#waitingLength = 0;
    for (const { output, lines } of waiting) this.#print(output, lines);
    this.#draw();
    this.#listener?.shown();
  }

  #begin(): void {
    this.#setRaw(true);
    this.#write(PASTES_ARE_MARKED);
    this.#draw();
  }

  /** Restores the terminal for the shell. */
  #restore(): void {
    this.#write(this.#listener === null ? PASTES_ARE_KEYS : `${PASTES_ARE_KEYS}\n`);
    this.#setRaw(false);
  }

  #setRaw(raw: boolean): void {
    if (this.#gone) return;
    try {
      this.#terminal.input.setRawMode(raw);
    } catch {
      // EIO: the terminal is gone; 'end' or 'error' will tell us.
    }
  }

  #write(sequence: string): void {
    if (!this.#gone) this.#terminal.output.write(sequence);
  }
}

function textOf(line: ShownLine): string {
  return typeof line === 'string' ? line : line.toCopy;
}
