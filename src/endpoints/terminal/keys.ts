/**
 * What a terminal sends, as the keys that were pressed: text in UTF-8, control characters, and escape sequences
 * (ECMA-48, section 5.4; xterm's "ctlseqs" for the keys). A sequence may be cut anywhere between two reads.
 *
 * A terminal that knows of bracketed paste marks what is pasted, which is then text and no commands.
 */
import { StringDecoder } from 'node:string_decoder';

export type Edit =
  | 'left'
  | 'right'
  | 'word-left'
  | 'word-right'
  | 'start'
  | 'end'
  | 'delete-left'
  | 'delete-right'
  | 'delete-word-left'
  | 'delete-word-right'
  | 'delete-to-start'
  | 'delete-to-end'
  | 'earlier'
  | 'later';

export type Key =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'edit'; readonly edit: Edit }
  | { readonly type: 'enter' }
  /** A line break in what is pasted. */
  | { readonly type: 'line-break' }
  /** Ctrl-C. */
  | { readonly type: 'interrupt' }
  /** Ctrl-D. */
  | { readonly type: 'end-of-input' }
  /** Ctrl-Z. */
  | { readonly type: 'suspend' }
  /** Ctrl-L. */
  | { readonly type: 'clear-screen' }
  /** The terminal's answer to `ESC [ 6 n`: where the cursor is, counted from 1. */
  | { readonly type: 'position'; readonly row: number; readonly column: number };

const PASTE_ENDS = '\x1b[201~';

/** No key has a longer sequence than this. */
const LONGEST_SEQUENCE = 32;
/* eslint-disable no-control-regex -- control characters are what this file reads */
const SEQUENCE = /^\x1b(?:\[\[[A-E]|\[[0-?]*[ -/]*[@-Z\\-~]|O[ -~]|[^[O])/;
const BEGUN_SEQUENCE = /^\x1b(?:\[[0-?]*[ -/]*|\[\[|O)?$/;
const PLAIN = /^[^\x00-\x08\x0a-\x1f\x7f]+/;
const PASTED = /^(?:[\r\n]|[^\r\n]+)/;
/* eslint-enable no-control-regex */

export class KeyReader {
  readonly #decoder = new StringDecoder('utf8');
  #text = '';
  #pasting = false;

  /**
   * Whether an ESC has come and nothing after it yet: an escape sequence may have begun, or someone pressed the Escape
   * key. Only time tells which.
   */
  get isWaiting(): boolean {
    return this.#text !== '' && !this.#pasting;
  }

  /** No more came: it was the Escape key. */
  giveUp(): void {
    if (this.isWaiting) this.#text = '';
  }

  *keys(chunk: Buffer): Generator<Key> {
    this.#text += this.#decoder.write(chunk);
    for (;;) {
      const next = this.#pasting ? this.#pasted() : this.#typed();
      if (next === null) return;
      this.#text = this.#text.slice(next.length);
      if (next.key !== null) yield next.key;
    }
  }

  #typed(): Read | null {
    const text = this.#text;
    if (text === '') return null;
    const [plain] = PLAIN.exec(text) ?? [];
    if (plain !== undefined) return { length: plain.length, key: { type: 'text', text: plain } };
    if (!text.startsWith('\x1b')) return { length: 1, key: CONTROLS.get(text.charAt(0)) ?? null };
    const [sequence] = SEQUENCE.exec(text.slice(0, LONGEST_SEQUENCE)) ?? [];
    if (sequence === undefined)
      return BEGUN_SEQUENCE.test(text) && text.length < LONGEST_SEQUENCE ? null : { length: 1, key: null };
    if (sequence === '\x1b[200~') this.#pasting = true;
    return { length: sequence.length, key: SEQUENCES.get(sequence) ?? positionIn(sequence) };
  }

  #pasted(): Read | null {
    const text = this.#text;
    const end = text.indexOf('\x1b');
    if (end === 0) {
      if (text.startsWith(PASTE_ENDS)) {
        this.#pasting = false;
        return { length: PASTE_ENDS.length, key: null };
      }
      if (PASTE_ENDS.startsWith(text)) return null;
      return { length: 1, key: { type: 'text', text: '\x1b' } };
    }
    const [part] = PASTED.exec(end === -1 ? text : text.slice(0, end)) ?? [];
    if (part === undefined) return null;
    return {
      length: part.length,
      key: part === '\r' || part === '\n' ? { type: 'line-break' } : { type: 'text', text: part },
    };
  }
}

interface Read {
  readonly length: number;
  readonly key: Key | null;
}

function positionIn(sequence: string): Key | null {
  // eslint-disable-next-line no-control-regex -- an escape sequence begins with ESC
  const [, row, column] = /^\x1b\[(\d+);(\d+)R$/.exec(sequence) ?? [];
  return row === undefined || column === undefined
    ? null
    : { type: 'position', row: Number(row), column: Number(column) };
}

const edit = (name: Edit): Key => ({ type: 'edit', edit: name });

/** The keys that line editors have used since Emacs. */
const CONTROLS: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['\x01', edit('start')],
  ['\x02', edit('left')],
  ['\x03', { type: 'interrupt' }],
  ['\x04', { type: 'end-of-input' }],
  ['\x05', edit('end')],
  ['\x06', edit('right')],
  ['\x08', edit('delete-left')],
  ['\x0a', { type: 'enter' }],
  ['\x0b', edit('delete-to-end')],
  ['\x0c', { type: 'clear-screen' }],
  ['\x0d', { type: 'enter' }],
  ['\x0e', edit('later')],
  ['\x10', edit('earlier')],
  ['\x15', edit('delete-to-start')],
  ['\x17', edit('delete-word-left')],
  ['\x1a', { type: 'suspend' }],
  ['\x7f', edit('delete-left')],
]);

/** A key, by what comes after `ESC [` or `ESC O`. With Ctrl (5) or Alt (3), an arrow moves by words. */
const SEQUENCES: ReadonlyMap<string, Key> = new Map<string, Key>([
  ...(
    [
      ['A', 'earlier'],
      ['B', 'later'],
      ['C', 'right'],
      ['D', 'left'],
      ['H', 'start'],
      ['F', 'end'],
    ] as const
  ).flatMap(([letter, name]): [string, Key][] => [
    [`\x1b[${letter}`, edit(name)],
    [`\x1bO${letter}`, edit(name)],
  ]),
  ...(['1', '7'] as const).map((number): [string, Key] => [`\x1b[${number}~`, edit('start')]),
  ...(['4', '8'] as const).map((number): [string, Key] => [`\x1b[${number}~`, edit('end')]),
  ...(['3', '5'] as const).flatMap((modifier): [string, Key][] => [
    [`\x1b[1;${modifier}C`, edit('word-right')],
    [`\x1b[1;${modifier}D`, edit('word-left')],
    [`\x1b[3;${modifier}~`, edit('delete-word-right')],
  ]),
  ['\x1b[3~', edit('delete-right')],
  ['\x1bb', edit('word-left')],
  ['\x1bf', edit('word-right')],
  ['\x1bd', edit('delete-word-right')],
  ['\x1b\x7f', edit('delete-word-left')],
  ['\x1b\x08', edit('delete-word-left')],
]);
