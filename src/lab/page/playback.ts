/** The controls of a recorded run. */
import { html, nothing, type TemplateResult } from 'lit-html';

import type { Desk } from './desk.js';
import { SPEEDS } from './recording.js';
import { clock } from './text.js';

export function playback(desk: Desk): TemplateResult | typeof nothing {
  const { playback: at } = desk;
  if (at === null) return nothing;
  const isOver = at.done >= at.all;
  const toggle = (): void => {
    desk.play(isOver ? { done: 0, isPlaying: true } : { isPlaying: !at.isPlaying });
  };
  return html`<section class="playback" aria-label="The recording">
    <button type="button" class="primary" @click=${toggle}>
      ${isOver ? 'Play again' : at.isPlaying ? 'Pause' : 'Play'}
    </button>
    <button
      type="button"
      ?disabled=${at.done === 0}
      @click=${() => {
        desk.step(-1);
      }}
    >
      Step back
    </button>
    <button
      type="button"
      ?disabled=${isOver}
      @click=${() => {
        desk.step(1);
      }}
    >
      Step
    </button>
    <label class="place">
      <span class="unseen">Place in the recording</span>
      <input
        type="range"
        min="0"
        max=${at.all}
        .value=${String(at.done)}
        aria-valuetext="event ${at.done} of ${at.all}"
        @input=${(event: Event) => {
          desk.play({ done: (event.currentTarget as HTMLInputElement).valueAsNumber, isPlaying: false });
        }}
      />
    </label>
    <span class="counts">${clock(desk.state.at)}</span>
    <label>
      Speed
      <select
        @change=${(event: Event) => {
          desk.play({ speed: Number((event.currentTarget as HTMLSelectElement).value) });
        }}
      >
        ${SPEEDS.map((speed) => html`<option value=${speed} .selected=${speed === at.speed}>${speed} ×</option>`)}
      </select>
    </label>
  </section>`;
}
