/**
 * The bytes of one piece in rows of 16, with a line under each field. The bytes of one field, and its explanation in
 * the list beside it, light up together.
 */
import type { ShownBytes } from './shown-bytes.js';
import { bytesOf } from './text.js';

const PER_ROW = 16;

export interface Marked {
  readonly field: number | null;
  readonly byte: number | null;
}

export class HexView {
  readonly #root: HTMLElement;
  #shown: ShownBytes | null = null;
  #marked: Marked = { field: null, byte: null };

  /** @param choose called with a byte and its field that the learner points at and presses. */
  constructor(root: HTMLElement, choose: (byte: number, field: number) => void) {
    this.#root = root;
    root.addEventListener('click', ({ target }) => {
      const byte = (target as Element).closest<HTMLElement>('[data-byte]');
      if (byte !== null) choose(Number(byte.dataset['byte']), Number(byte.dataset['field']));
    });
  }

  show(bytes: ShownBytes | null, { field, byte }: Marked): void {
    if (!isSame(bytes, this.#shown)) {
      // While the same piece is changed, the place stays.
      if (bytes?.piece.id !== this.#shown?.piece.id || bytes?.of !== this.#shown?.of) this.#root.scrollTop = 0;
      this.#shown = bytes;
      this.#root.replaceChildren(...(bytes === null ? [] : rowsOf(bytes)));
    } else if (field === this.#marked.field && byte === this.#marked.byte) return;
    this.#marked = { field, byte };
    for (const each of this.#root.querySelectorAll('.kept, .picked')) each.classList.remove('kept', 'picked');
    if (field !== null) {
      for (const each of this.#root.querySelectorAll(`.stretch[data-field="${field}"]`)) each.classList.add('kept');
    }
    if (byte !== null) this.#root.querySelector(`[data-byte="${byte}"]`)?.classList.add('picked');
    this.#reveal();
  }

  /** Scrolls the bytes, and not the page, to what is marked. */
  #reveal(): void {
    const first = this.#root.querySelector('.picked') ?? this.#root.querySelector('.kept');
    if (first === null) return;
    const above = first.getBoundingClientRect().top - this.#root.getBoundingClientRect().top;
    if (above < 0 || above > this.#root.clientHeight - 24) this.#root.scrollTop += above - this.#root.clientHeight / 3;
  }
}

function isSame(one: ShownBytes | null, other: ShownBytes | null): boolean {
  return one?.piece === other?.piece && one?.of === other?.of && one?.before === other?.before;
}

function rowsOf({ hex, fields, before }: ShownBytes): HTMLElement[] {
  const bytes = bytesOf(hex);
  const old = before === null ? bytes : bytesOf(before);
  const cell = (at: number): Cell => ({
    value: bytes[at] ?? 0,
    field: fields.findIndex(({ offset, length }) => at < offset + length),
    differs: bytes[at] !== old[at],
  });
  const rows: HTMLElement[] = [];
  for (let start = 0; start < bytes.length; start += PER_ROW) {
    rows.push(
      rowOf(
        Array.from(bytes.subarray(start, start + PER_ROW), (_, at) => cell(start + at)),
        start,
      ),
    );
  }
  return rows;
}

interface Cell {
  readonly value: number;
  readonly field: number;
  /** Whether the attacker changed it. */
  readonly differs: boolean;
}

function rowOf(cells: readonly Cell[], start: number): HTMLElement {
  const row = element('div', 'row');
  for (const [half, name] of ['first', 'second'].entries()) {
    const from = (half * PER_ROW) / 2;
    const some = cells.slice(from, from + PER_ROW / 2);
    if (some.length === 0) continue;
    row.append(
      element('span', `offset ${name}`, (start + from).toString(16).padStart(4, '0')),
      digitsOf(some, start + from, name),
      element('span', `letters ${name}`, lettersOf(some)),
    );
  }
  return row;
}

/** The bytes in hex. What belongs to one field is in one element, with the spaces between. */
function digitsOf(cells: readonly Cell[], from: number, name: string): HTMLElement {
  const digits = element('span', `digits ${name}`);
  let stretch: HTMLElement | null = null;
  for (const [at, { value, field, differs }] of cells.entries()) {
    if (stretch?.dataset['field'] === String(field)) {
      stretch.append(' ');
    } else {
      if (stretch !== null) digits.append(' ');
      stretch = element('span', 'stretch');
      stretch.dataset['field'] = String(field);
      digits.append(stretch);
    }
    const byte = element('i', differs ? 'differs' : '', value.toString(16).padStart(2, '0'));
    byte.dataset['byte'] = String(from + at);
    byte.dataset['field'] = String(field);
    stretch.append(byte);
  }
  return digits;
}

/** ASCII where it can be shown, a dot for every other byte. */
function lettersOf(cells: readonly Cell[]): string {
  return cells.map(({ value }) => (value >= 0x20 && value < 0x7f ? String.fromCharCode(value) : '.')).join('');
}

function element(tag: string, classes: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  if (classes !== '') made.className = classes;
  if (text !== '') made.textContent = text;
  return made;
}
