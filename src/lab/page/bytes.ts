/** The chosen frame, byte by byte, with what each field means. If it is held, its fields can be changed. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';

import { SIDES, otherSide, type Side } from '../../protocol/side.js';
import type { Field, Inside } from '../events.js';
import { bench } from './bench.js';
import { edited, fieldInput } from './edit.js';
import type { Desk } from './desk.js';
import type { ShownBytes } from './shown-bytes.js';
import type { PieceRow, Run } from './state.js';
import { brief, bytesOf, counted, visible } from './text.js';
import { LEGIBLE } from './words.js';

export function bytes(desk: Desk, row: PieceRow | null, shown: ShownBytes | null): TemplateResult {
  const inside = shown?.piece.inside ?? null;
  return html`<section class="bytes" data-part="bytes" aria-labelledby="bytes-name" @keydown=${fieldKeys}>
    <header>
      <h2 id="bytes-name">${row === null ? 'Byte by byte' : html`<bdi>${brief(row.piece.label, 40)}</bdi>`}</h2>
      ${inside === null ? nothing : whichBytes(desk, inside)}
      ${row === null ? nothing : html`<span class="counts">${whereOf(row, desk.state.run)}</span>`}
    </header>
    ${row === null ? html`<p class="hint">Choose a row of the wire to see its bytes.</p>` : nothing}
    <div class="beside" ?hidden=${row === null}>
      <div class="left">
        <div id="hex" class="hex" tabindex="0" role="group" aria-label="Bytes of the chosen frame"></div>
        ${row === null || shown === null || !isHeld(desk, row) ? nothing : bench(desk, row, shown)}
      </div>
      <div class="scroller" tabindex="0" role="group" aria-label="What the bytes mean">
        ${row === null || shown === null ? nothing : explained(desk, row, shown)}
      </div>
    </div>
  </section>`;
}

/** As on the wire, or decoded from base64. */
function whichBytes(desk: Desk, inside: Inside): TemplateResult {
  const button = (isInside: boolean, name: string): TemplateResult =>
    html`<button
      type="button"
      class="small"
      aria-pressed=${desk.choices.inside === isInside ? 'true' : 'false'}
      @click=${() => {
        desk.choose({ inside: isInside, field: null, byte: null });
      }}
    >
      ${name}
    </button>`;
  return html`<span class="which" role="group" aria-label="Which bytes">
    ${button(false, 'As on the wire')} ${button(true, `Inside: ${visible(inside.what, 40)}`)}
  </span>`;
}

function whereOf({ piece, frames }: PieceRow, run: Run | null): string {
  const where = (side: Side): string => ((run?.capture ?? null) === null ? ` at the ${side}` : '');
  const seen = SIDES.flatMap((side) => (frames[side] === null ? [] : [`frame ${frames[side]}${where(side)}`]));
  const way = `${piece.from} → ${otherSide(piece.from)}`;
  return [way, ...seen, counted(piece.length, 'byte'), LEGIBLE[piece.legible].word].join(' · ');
}

function isHeld(desk: Desk, row: PieceRow): boolean {
  return row.fate === 'held' && desk.playback === null;
}

function explained(desk: Desk, row: PieceRow, shown: ShownBytes): TemplateResult {
  const left = shown.length - (shown.hex.length >> 1);
  // Without all of its bytes, the page cannot write it anew.
  const canEdit = isHeld(desk, row) && left === 0 && shown.fields.some(({ edit }) => edit !== null);
  const fields = html`<ol class="fields">
    ${repeat(
      shown.fields,
      (_, at) => `${row.key} ${shown.of} ${at}`,
      (field, at) => fieldItem(desk, shown, field, at, canEdit),
    )}
  </ol>`;
  if (left > 0) {
    return html`${fields}
      <p class="hint">${counted(left, 'more byte')} are not shown here. The capture has them.</p>`;
  }
  if (!canEdit) return fields;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    desk.send(edited(shown, new FormData(event.currentTarget as HTMLFormElement)));
  };
  return html`<form class="editor" @submit=${submit}>
    ${fields}
    <p class="submit"><button class="primary">Change these bytes</button></p>
  </form>`;
}

function fieldItem(desk: Desk, shown: ShownBytes, field: Field, at: number, canEdit: boolean): TemplateResult {
  const isKept = desk.choices.field === at;
  return html`<li class=${isKept ? 'kept' : ''} data-field=${at}>
    <button
      type="button"
      aria-pressed=${isKept ? 'true' : 'false'}
      @click=${() => {
        desk.choose({ field: isKept ? null : at, byte: null });
      }}
    >
      <b>${visible(field.name, 60)}</b> <span>${rangeOf(field)}</span>
    </button>
    <span class="meaning"
      ><bdi>${visible(field.meaning, 600)}</bdi>${
        canEdit && field.edit !== null ? fieldInput(shown, field, at) : previewOf(shown, field)
      }</span
    >
  </li>`;
}

function rangeOf({ offset, length }: Field): string {
  return length === 1 ? `byte ${offset}` : `bytes ${offset}–${offset + length - 1}`;
}

/** The text of a field that is text, unless its meaning quotes it. */
function previewOf({ hex }: ShownBytes, { offset, length, edit, meaning }: Field): TemplateResult | typeof nothing {
  if (edit !== 'text') return nothing;
  const text = new TextDecoder().decode(bytesOf(hex.slice(2 * offset, 2 * (offset + length))));
  if (meaning.includes(text)) return nothing;
  return html` <code><bdi>${visible(text, 120)}</bdi></code>`;
}

/** The arrow keys move between fields, as in the report. */
function fieldKeys(event: KeyboardEvent): void {
  const panel = event.currentTarget as HTMLElement;
  const buttons = [...panel.querySelectorAll<HTMLButtonElement>('.fields button')];
  const at = buttons.indexOf(event.target as HTMLButtonElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  const next = at === -1 || to === undefined ? undefined : buttons[to];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
