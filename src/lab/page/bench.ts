/** The attacker's bench: what can be done with a held piece, besides letting it pass. */
import { html, nothing, type TemplateResult } from 'lit-html';

import type { LabCommand } from '../commands.js';
import type { Field } from '../events.js';
import type { Desk } from './desk.js';
import type { ShownBytes } from './shown-bytes.js';
import type { PieceRow } from './state.js';
import { bytesOf, hexOf, textOf } from './text.js';

export function bench(desk: Desk, { key, altered }: PieceRow, shown: ShownBytes): TemplateResult {
  return html`<div class="bench" role="group" aria-labelledby="bench-name">
    <h3 id="bench-name">${altered === null ? 'You hold it. Change it?' : 'You changed it. It still waits.'}</h3>
    <p>
      ${act(desk, 'Pass it on', { do: 'pass', piece: shown.piece.id }, 'primary')}
      ${act(desk, 'Drop it', { do: 'drop', piece: shown.piece.id })}
    </p>
    ${editor(desk, key, shown)} ${flipper(desk, shown)} ${tools(desk, key, shown)}
  </div>`;
}

function act(desk: Desk, name: string, command: LabCommand, kind = ''): TemplateResult {
  return html`<button
    type="button"
    class=${kind}
    @click=${() => {
      desk.send(command);
    }}
  >
    ${name}
  </button>`;
}

/** Eight buttons, one for each bit of the chosen byte. */
function flipper(desk: Desk, { piece, of, hex }: ShownBytes): TemplateResult {
  const bytes = bytesOf(hex);
  const last = bytes.length - 1;
  const byte = Math.min(desk.choices.byte ?? 0, last);
  const value = bytes[byte] ?? 0;
  const pick = (event: Event): void => {
    const wanted = (event.currentTarget as HTMLInputElement).valueAsNumber;
    if (wanted >= 0 && wanted <= last) desk.choose({ byte: wanted });
  };
  return html`<div class="flipper">
    <label>Byte <input type="number" min="0" max=${last} .value=${String(byte)} @input=${pick} /></label>
    <span>is ${value.toString(16).padStart(2, '0')}. Flip a bit:</span>
    <span class="bits">
      ${[7, 6, 5, 4, 3, 2, 1, 0].map(
        (bit) =>
          html`<button
            type="button"
            title="Flip bit ${bit}"
            @click=${() => {
              desk.send({ do: 'flip', piece: piece.id, of, byte, bit });
            }}
          >
            ${(value >> bit) & 1}<span class="unseen">, flip bit ${bit}</span>
          </button>`,
      )}
    </span>
  </div>`;
}

/** An input for each field that can be written anew. */
function editor(desk: Desk, key: number, shown: ShownBytes): TemplateResult | typeof nothing {
  const fields = shown.fields.flatMap((field, at) => (field.edit === null ? [] : [{ field, at }]));
  // Without all of its bytes, the page cannot write it anew.
  if (fields.length === 0 || shown.hex.length < 2 * shown.length) return nothing;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    desk.send(edited(shown, new FormData(event.currentTarget as HTMLFormElement)));
  };
  return html`<form class="editor" @submit=${submit}>
    ${fields.map(({ field, at }) => {
      const id = `edit-${key}-${shown.of}-${at}`;
      const isHex = field.edit === 'hex';
      return html`<label for=${id}>${field.name}${isHex ? ', in hex' : ''}</label>
        <input
          id=${id}
          name="field-${at}"
          autocomplete="off"
          spellcheck="false"
          dir="auto"
          pattern=${isHex ? '([0-9a-fA-F]{2} ?)*' : nothing}
          title=${isHex ? 'Pairs of hex digits' : nothing}
          .value=${valueOf(shown, field)}
        />`;
    })}
    <button>Change it</button>
  </form>`;
}

/** A plaintext line is changed as text; everything else as bytes. */
function edited(shown: ShownBytes, written: FormData): LabCommand {
  const { piece, of, fields } = shown;
  const parts = fields.map((field, at) => {
    const entry = written.get(`field-${at}`);
    if (typeof entry !== 'string') return hexAt(shown, field);
    return field.edit === 'text' ? hexOf(new TextEncoder().encode(entry)) : entry.replaceAll(' ', '').toLowerCase();
  });
  const text = written.get('field-0');
  if (piece.kind === 'text' && fields[0]?.edit === 'text' && typeof text === 'string') {
    return { do: 'edit-text', piece: piece.id, text };
  }
  return { do: 'edit', piece: piece.id, of, hex: parts.join('') };
}

function hexAt({ hex }: ShownBytes, { offset, length }: Field): string {
  return hex.slice(2 * offset, 2 * (offset + length));
}

function valueOf(shown: ShownBytes, field: Field): string {
  const hex = hexAt(shown, field);
  return field.edit === 'text' ? (textOf(bytesOf(hex)) ?? '') : hex;
}

/** What an attacker can compute without a key of the two sides. */
function tools(desk: Desk, key: number, { piece }: ShownBytes): TemplateResult {
  if (piece.kind === 'record') {
    return html`<p class="hint">This is TLS. You have no key, so there is nothing to compute: flip, drop, or cut.</p>`;
  }
  const isMessage = piece.kind === 'frame' && piece.message !== null;
  return html`<div class="tools">
    ${isMessage ? act(desk, 'Compute SHA-256 anew', { do: 'rehash', piece: piece.id }) : nothing}
    ${piece.label.startsWith('PUBLIC-KEY') ? act(desk, 'Put in your own key', { do: 'swap-key', piece: piece.id }) : nothing}
    ${isMessage ? reseal(desk, key, piece.id) : nothing}
  </div>`;
}

function reseal(desk: Desk, key: number, piece: number): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const text = new FormData(event.currentTarget as HTMLFormElement).get('text');
    if (typeof text === 'string') desk.send({ do: 'reseal', piece, text });
  };
  return html`<form class="reseal" @submit=${submit}>
    <label for="reseal-${key}">If your own key is in place, seal another text:</label>
    <input id="reseal-${key}" name="text" autocomplete="off" dir="auto" />
    <button>Seal it</button>
  </form>`;
}
