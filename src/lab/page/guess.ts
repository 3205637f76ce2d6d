/** What the learner says of a row of the wire: that it is the one, or which text is in it. */
import { html, nothing, type TemplateResult } from 'lit-html';

import { SIDES } from '../../protocol/side.js';
import type { Guess } from '../experiments/experiment.js';
import type { Desk } from './desk.js';
import { guessWords } from './guess-words.js';
import type { PieceRow } from './state.js';
import { brief, visible } from './text.js';

/** The learner chooses a row, and then says that it is the one, or which text is in it. */
export function guess(desk: Desk, kind: Guess, chosen: PieceRow | null): TemplateResult {
  const send = (text: string | null): void => {
    if (chosen !== null) desk.send({ do: 'guess', piece: chosen.piece.id, text });
  };
  return html`<div class="guess">
    <p>${chosen === null ? 'Choose a row of the wire.' : html`The chosen row: <bdi>${rowWords(chosen)}</bdi>`}</p>
    ${
      kind === 'text'
        ? nothing
        : html`<button
            type="button"
            class="small"
            ?disabled=${chosen === null}
            @click=${() => {
              send(null);
            }}
          >
            This is it
          </button>`
    }
    ${kind === 'piece' ? nothing : textGuess(desk, chosen, send)} ${guessVerdict(desk)}
  </div>`;
}

export function guessVerdict({ state }: Desk): TemplateResult | typeof nothing {
  const last = state.run?.guess ?? null;
  return typeof last?.right !== 'boolean' ? nothing : html`<p class="verdict">${guessWords(last)}</p>`;
}

function textGuess(desk: Desk, chosen: PieceRow | null, send: (text: string) => void): TemplateResult {
  const texts = textsSaid(desk.state);
  // A choice is about one row. For another row, the learner chooses anew.
  const { guess: draft } = desk.choices;
  const text = draft !== null && draft.row === chosen?.key && texts.includes(draft.text) ? draft.text : null;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (text !== null) send(text);
  };
  const pick = (event: Event): void => {
    const { value } = event.currentTarget as HTMLSelectElement;
    if (chosen !== null) desk.choose({ guess: value === '' ? null : { row: chosen.key, text: value } });
  };
  return html`<form @submit=${submit}>
    <label
      >It says
      <select name="text" ?disabled=${texts.length === 0 || chosen === null} @change=${pick}>
        <option value="" .selected=${text === null}>${texts.length === 0 ? 'nothing yet' : 'choose…'}</option>
        ${texts.map((each) => html`<option value=${each} .selected=${each === text}>${visible(each, 60)}</option>`)}
      </select></label
    >
    <button class="small" ?disabled=${text === null}>That is my guess</button>
  </form>`;
}

/** In the order of the alphabet: the order in which they were said would tell too much. */
function textsSaid({ run }: Desk['state']): readonly string[] {
  const lines = SIDES.flatMap((side) => run?.chairs[side].lines ?? []);
  return [...new Set(lines.flatMap((line) => (line.kind === 'said' ? [line.text] : [])))].sort((one, other) =>
    one.localeCompare(other),
  );
}

function rowWords({ piece, frames }: PieceRow): string {
  const seen = SIDES.flatMap((side) => (frames[side] === null ? [] : [`frame ${frames[side]} at the ${side}`]));
  return [brief(piece.label, 30), ...seen].join(', ');
}
