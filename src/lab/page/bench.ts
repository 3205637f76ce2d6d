/** The attacker's bench: what can be done with a held piece, besides letting it pass. */
import { html, nothing, type TemplateResult } from 'lit-html';

import type { LabCommand } from '../commands.js';
import type { WirePiece } from '../events.js';
import type { Desk } from './desk.js';
import type { ShownBytes } from './shown-bytes.js';
import type { PieceRow } from './state.js';
import { bytesOf } from './text.js';

export function bench(desk: Desk, { key, altered }: PieceRow, shown: ShownBytes): TemplateResult {
  const { piece } = shown;
  const isMessage = piece.kind === 'frame' && piece.message !== null;
  return html`<div class="bench" role="group" aria-labelledby="bench-name">
    <div class="release">
      <h3 id="bench-name">${altered === null ? 'You hold it.' : 'You changed it.'}</h3>
      ${act(desk, 'Pass it on', { do: 'pass', piece: piece.id }, 'primary')}
      ${act(desk, 'Drop it', { do: 'drop', piece: piece.id })} ${isMessage ? rehash(desk, piece) : nothing}
      ${
        piece.label.startsWith('PUBLIC-KEY')
          ? act(desk, keyWords(desk, piece.id), { do: 'swap-key', piece: piece.id })
          : nothing
      }
    </div>
    ${flipper(desk, shown)} ${isMessage && hasOwnKey(desk) ? reseal(desk, key, piece.id) : nothing}
    ${
      piece.kind === 'record'
        ? html`<p class="hint">This is TLS. You have no key, so you can only flip, drop, repeat, move or cut.</p>`
        : nothing
    }
  </div>`;
}

/** It changes the check, which is not part of the token. So the learner is shown where. */
function rehash(desk: Desk, { id, fields }: WirePiece): TemplateResult {
  return html`<button
    type="button"
    @click=${() => {
      desk.send({ do: 'rehash', piece: id });
      desk.choose({ inside: false, field: fields.findIndex(({ name }) => name === 'check'), byte: null });
    }}
  >
    Compute SHA-256 anew
  </button>`;
}

function keyWords({ choices }: Desk, piece: number): string {
  return choices.keyFor === piece ? 'Your key is being made…' : 'Put in your own key';
}

/** Whether the learner changed a public key on its way, which is how their own key gets there. */
function hasOwnKey({ state }: Desk): boolean {
  return (state.run?.rows ?? []).some(
    (row) => row.kind === 'piece' && row.altered !== null && row.piece.label.startsWith('PUBLIC-KEY'),
  );
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
            <small aria-hidden="true">${bit}</small>${(value >> bit) & 1}<span class="unseen">, flip bit ${bit}</span>
          </button>`,
      )}
    </span>
  </div>`;
}

function reseal(desk: Desk, key: number, piece: number): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const text = new FormData(event.currentTarget as HTMLFormElement).get('text');
    if (typeof text === 'string') desk.send({ do: 'reseal', piece, text });
  };
  return html`<form class="reseal" @submit=${submit}>
    <label for="reseal-${key}">Your key is in place. Seal another text:</label>
    <input id="reseal-${key}" name="text" autocomplete="off" dir="auto" />
    <button>Seal it</button>
  </form>`;
}
