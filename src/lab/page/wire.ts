/** The wire: a row for each piece that crossed it, from the client's end on the left to the server's on the right. */
import { html, nothing, type TemplateResult } from 'lit-html';

import { SIDES, otherSide } from '../../protocol/side.js';
import type { LabCommand } from '../commands.js';
import type { WirePiece } from '../events.js';
import type { Desk } from './desk.js';
import { KeyedList } from './keyed-list.js';
import type { Guessed, NoteRow, PieceRow, Row, Run } from './state.js';
import { brief, bytesOf, counted, visible } from './text.js';
import { DEED_WORDS, FATE_WORDS, LEGIBLE } from './words.js';

export function wire(desk: Desk): TemplateResult {
  const { run } = desk.state;
  return html`<section class="wire" data-part="wire" aria-labelledby="wire-name">
    <header>
      <h2 id="wire-name">The wire</h2>
      <span class="counts">${run === null ? '' : countsOf(run.rows.length + run.rowsGone, run.queue.length)}</span>
      ${run !== null && desk.playback === null ? attackersTools(desk, run) : nothing}
    </header>
    ${run === null ? nothing : readyMade(run, desk)} ${ends(run)}
    <div class="scroller">
      ${
        run !== null && run.rowsGone + run.eventsGone > 0
          ? html`<p class="hint">The first rows are no longer shown. The capture has them.</p>`
          : nothing
      }
      ${
        run === null || run.rows.length === 0
          ? html`${isFirstSight(desk) ? firstSight() : nothing}
              <p class="hint">Nothing has crossed the wire yet.${desk.playback === null ? ` ${next(run)}` : ''}</p>`
          : nothing
      }
      <div
        id="wire-rows"
        class="rows"
        role="group"
        aria-label="What crossed the wire. Arrow keys move, Enter chooses."
      ></div>
    </div>
    ${legend()}
  </section>`;
}

/** Whether the learner sees the lab for the first time. */
function isFirstSight({ state, playback }: Desk): boolean {
  return playback === null && state.experiment === null && (state.run?.run ?? 1) === 1;
}

function firstSight(): TemplateResult {
  return html`<p class="hint">
    Here you sit in every chair. You are the two people who chat. You are the listener, who reads what crosses the wire
    between them. And you are the attacker, who can stop and change it. Two real programs chat on this computer.
  </p>`;
}

/** What the numbers at the two ends of a row are. */
function ends(run: Run | null): TemplateResult {
  if (run !== null && run.capture !== null)
    return html`<p class="ends" aria-hidden="true"><span>frame in ${visible(run.capture, 60)}</span></p>`;
  return html`<p class="ends" aria-hidden="true"><span>frame at the client</span><span>frame at the server</span></p>`;
}

/** What to do when nothing has crossed yet. */
function next(run: Run | null): string {
  if (run !== null && SIDES.every((side) => run.chairs[side].seat === 'chatting'))
    return 'Say something in one of the chairs.';
  return (run?.setting.elsewhere ?? null) === null
    ? 'The two programs are starting.'
    : 'The lab waits for your terminal.';
}

function legend(): TemplateResult {
  return html`<p class="legend">
    ${Object.values(LEGIBLE).map(
      ({ sign, word, means }) => html`<span><span aria-hidden="true">${sign}</span> <b>${word}</b>: ${means}</span> `,
    )}
  </p>`;
}

/** What the attacker does to all of the wire. With a ready-made attack, that attack does it. */
function attackersTools(desk: Desk, run: Run): TemplateResult | typeof nothing {
  if (run.setting.attack !== null) return nothing;
  const { hold } = desk.state;
  const button = (name: string, command: LabCommand): TemplateResult =>
    html`<button
      type="button"
      class="small"
      @click=${() => {
        desk.send(command);
      }}
    >
      ${name}
    </button>`;
  return html`<span class="acts" role="group" aria-label="What you can do on the wire">
    ${run.queue.length > 1 ? button('Pass all', { do: 'pass-all' }) : nothing} ${button('Cut the line', { do: 'cut' })}
    <button
      type="button"
      class="small"
      aria-pressed=${hold ? 'true' : 'false'}
      @click=${() => {
        desk.send({ do: 'hold', on: !hold });
      }}
    >
      Hold each message
    </button>
  </span>`;
}

/** A ready-made attack, perhaps one that waits for Start: what it does, and what to do so that it acts. */
function readyMade({ setting, attacks }: Run, { choices, playback }: Desk): TemplateResult | typeof nothing {
  const wanted = choices.draft?.attack ?? setting.attack;
  const attack = attacks.find(({ name }) => name === wanted);
  if (attack === undefined) return nothing;
  return html`<p class="hint attack">
    ${wanted === setting.attack ? nothing : html`<b>Press Start, and then:</b>`} The attacker
    ${visible(attack.summary)}. ${playback === null ? html`<b>To see it:</b> ${visible(attack.toSee)}` : nothing}
  </p>`;
}

function countsOf(rows: number, held: number): string {
  return `${counted(rows, 'row')}${held === 0 ? '' : `, ${held} held`}`;
}

/** Draws the rows, and moves between them by keyboard. Only one row can be reached with Tab, and its buttons. */
export class WireRows {
  readonly #list: KeyedList<Row>;
  readonly #root: HTMLElement;
  readonly #desk: () => Desk;
  /** The key of the row that Tab reaches. */
  #active: number | null = null;
  #chosen: number | null = null;
  #shown: readonly Row[] = [];

  constructor(root: HTMLElement, desk: () => Desk) {
    this.#root = root;
    this.#desk = desk;
    this.#list = new KeyedList<Row>(
      root,
      (row) => (row.kind === 'piece' ? pieceRow(row, desk()) : noteRow(row)),
      classesOf,
    );
    root.addEventListener('click', ({ target }) => {
      this.#click(target as Element);
    });
    root.addEventListener('keydown', (event) => {
      this.#key(event);
    });
  }

  show(rows: readonly Row[], chosen: number | null): void {
    if (rows !== this.#shown) {
      const focused = this.#focusedRow();
      this.#shown = rows;
      this.#list.show(rows);
      if (focused !== null) this.#keepFocus(focused);
    }
    if (chosen !== this.#chosen) {
      this.#button(this.#chosen)?.removeAttribute('aria-current');
      this.#chosen = chosen;
    }
    this.#button(chosen)?.setAttribute('aria-current', 'true');
    if (this.#active === null || this.#button(this.#active) === null) {
      this.#activate(chosen ?? rows.find(({ kind }) => kind === 'piece')?.key ?? null);
    }
  }

  #button(key: number | null): HTMLButtonElement | null {
    return key === null ? null : (this.#list.elementOf(key)?.querySelector<HTMLButtonElement>('button.choose') ?? null);
  }

  #activate(key: number | null): HTMLButtonElement | null {
    this.#button(this.#active)?.setAttribute('tabindex', '-1');
    this.#active = key;
    const button = this.#button(key);
    button?.setAttribute('tabindex', '0');
    return button;
  }

  #focusedRow(): { readonly key: number; readonly act: string | undefined } | null {
    const focused = document.activeElement;
    if (!(focused instanceof HTMLElement) || !this.#root.contains(focused)) return null;
    return { key: Number(focused.closest('li')?.dataset['key']), act: focused.dataset['act'] };
  }

  /** If the focused button went away with what it did, the next held row gets the focus, or else the same row. */
  #keepFocus({ key, act }: { readonly key: number; readonly act: string | undefined }): void {
    if (this.#root.contains(document.activeElement)) return;
    const held = this.#shown.find((row) => row.kind === 'piece' && row.fate === 'held' && row.key > key);
    const next = act === undefined ? key : (held?.key ?? key);
    const row = this.#activate(next);
    const same = act === undefined ? null : row?.parentElement?.querySelector<HTMLElement>(`[data-act="${act}"]`);
    (same ?? row)?.focus();
  }

  #rowOf(element: Element): PieceRow | null {
    const key = Number(element.closest('li')?.dataset['key']);
    const row = this.#shown.find((each) => each.key === key);
    return row?.kind === 'piece' ? row : null;
  }

  #click(target: Element): void {
    const row = this.#rowOf(target);
    if (row === null) return;
    const act = target.closest<HTMLElement>('[data-act]')?.dataset['act'];
    if (act !== undefined) {
      this.#act(row, act);
    } else if (target.closest('button.choose') !== null) {
      this.#activate(row.key);
      this.#desk().choose({ row: row.key, field: null, byte: null, tab: 'bytes' });
    }
  }

  #act(row: PieceRow, act: string): void {
    const command = commandOf(act, row.piece.id);
    if (command !== null) this.#desk().send(command);
  }

  #key(event: KeyboardEvent): void {
    const target = event.target as Element;
    const row = this.#rowOf(target);
    if (row === null || !target.matches('button.choose') || event.ctrlKey || event.altKey || event.metaKey) return;
    const act = this.#desk().playback === null && row.fate === 'held' ? KEYS.get(keyOf(event)) : undefined;
    if (act !== undefined) {
      event.preventDefault();
      this.#act(row, act);
      return;
    }
    const next = this.#next(row.key, event.key);
    if (next === undefined || event.shiftKey) return;
    event.preventDefault();
    this.#activate(next)?.focus();
  }

  #next(key: number, pressed: string): number | undefined {
    const pieces = this.#shown.filter((row) => row.kind === 'piece');
    const at = pieces.findIndex((row) => row.key === key);
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: Math.min(at + 10, pieces.length - 1),
      PageUp: Math.max(at - 10, 0),
      Home: 0,
      End: pieces.length - 1,
    }[pressed];
    return to === undefined ? undefined : pieces[to]?.key;
  }
}

/** Keys that act on a held row while it has the focus. */
const KEYS: ReadonlyMap<string, string> = new Map([
  ['p', 'pass'],
  ['d', 'drop'],
  ['Delete', 'drop'],
  ['t', 'again'],
  ['b', 'back'],
  ['Shift+ArrowUp', 'up'],
  ['Shift+ArrowDown', 'down'],
]);

function keyOf({ key, shiftKey }: KeyboardEvent): string {
  return shiftKey ? `Shift+${key}` : key;
}

function commandOf(act: string, piece: number): LabCommand | null {
  switch (act) {
    case 'pass':
    case 'drop':
    case 'again':
    case 'back':
      return { do: act, piece };
    case 'up':
      return { do: 'move', piece, by: -1 };
    case 'down':
      return { do: 'move', piece, by: 1 };
    default:
      return null;
  }
}

function classesOf(row: Row): string {
  if (row.kind === 'note') return 'note';
  return [
    row.piece.legible,
    row.piece.from === 'client' ? 'to-server' : 'to-client',
    row.fate === null ? 'made' : row.fate.replaceAll(' ', '-'),
  ].join(' ');
}

function pieceRow(row: PieceRow, { playback, state }: Desk): TemplateResult {
  const isLive = playback === null;
  const hasHalves = state.run?.capture === null;
  const { piece, frames } = row;
  const { sign, word } = LEGIBLE[piece.legible];
  const what = whatBecame(row);
  return html`<button type="button" class="choose" tabindex="-1">
      ${frameCell(frames.client, hasHalves ? ' at the client' : '')}
      <span class="way"
        ><span aria-hidden="true">${piece.from === 'client' ? '→' : '←'}</span
        ><span class="unseen">to the ${otherSide(piece.from)}: </span></span
      >
      <span class="label"><bdi>${brief(labelOf(piece), 120)}</bdi></span>
      <span class="size">${piece.length.toLocaleString('en')} B</span>
      ${what === null ? nothing : html`<span class="what">${what}</span>`}
      <span class="legible"><span aria-hidden="true">${sign}</span> ${word}</span>
      ${frameCell(frames.server, ' at the server')}
    </button>
    ${row.fate === 'held' && isLive ? heldActions() : nothing}`;
}

/** The line itself, as far as a row has room. Lines are ASCII; a record has only a name. */
function labelOf({ kind, label, hex }: WirePiece): string {
  if (kind !== 'frame') return label;
  const line = String.fromCharCode(...bytesOf(hex.slice(0, 180))).replace(/\n$/, '');
  return line.startsWith(label) ? line : label;
}

function frameCell(frame: number | null, where: string): TemplateResult {
  if (frame === null) return html`<span class="frame"></span>`;
  return html`<span class="frame"
    ><span class="unseen">frame </span>${frame}<span class="unseen">${where},</span></span
  >`;
}

function heldActions(): TemplateResult {
  return html`<span class="acts" role="group" aria-label="Held: what should happen?">
    <button type="button" data-act="pass">Pass</button>
    <button type="button" data-act="drop">Drop</button>
    <button type="button" data-act="again" title="Sends a copy now, and keeps this one">Twice</button>
    <button type="button" data-act="back" title="Sends it back to who said it">Back</button>
    <button type="button" data-act="up" aria-label="Earlier in the queue">↑</button>
    <button type="button" data-act="down" aria-label="Later in the queue">↓</button>
  </span>`;
}

/** What the attacker did with it, in words. null if it just passed. */
function whatBecame(row: PieceRow): string | null {
  const words = [
    row.fate === null ? null : FATE_WORDS[row.fate],
    row.deed === null ? null : DEED_WORDS[row.deed],
    row.guess === null ? null : guessed(row.guess),
    row.fate === 'held' && row.altered !== null ? 'changed' : null,
  ].filter((each) => each !== null);
  return words.length === 0 ? null : words.join(', ');
}

function guessed({ text, right }: Guessed): string {
  const sign = right === null ? '' : right ? '✓ ' : '✗ ';
  return text === null ? `${sign}your choice` : `${sign}you say: ${brief(text, 24)}`;
}

function noteRow({ note }: NoteRow): TemplateResult {
  switch (note.type) {
    case 'cut':
      return html`<p>✂ The attacker ended both connections.</p>`;
    case 'outcome':
      return html`<p class="outcome">⚑ What came of it: <bdi>${visible(note.says)}</bdi></p>`;
    case 'understood':
      return html`<p>◉ The attacker understood what the ${note.from} said: <bdi>${visible(note.text, 120)}</bdi></p>`;
  }
}
