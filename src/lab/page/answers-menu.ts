/** The learner's answers as a whole: the name on them, the file, the way to forget them, and the teacher's view. */
import { html, nothing, type TemplateResult } from 'lit-html';

import type { Desk } from './desk.js';
import { LONGEST_NAME } from './progress.js';
import { counted, visible } from './text.js';

export function answersMenu(desk: Desk): TemplateResult {
  return html`<div id="answers" popover role="group" aria-label="Your answers" @toggle=${reset(desk)}>
    <h2>Your answers</h2>
    ${nameField(desk)}
    <p>
      <button
        type="button"
        class="primary"
        @click=${() => {
          desk.saveAnswers();
        }}
      >
        Save your answers as a file
      </button>
    </p>
    <p>${saved(desk)}</p>
    <label class="tick">
      <input
        type="checkbox"
        .checked=${desk.choices.teaches}
        @change=${(event: Event) => {
          desk.choose({ teaches: (event.currentTarget as HTMLInputElement).checked });
        }}
      />
      Teacher: show all answers
    </label>
    ${forgetting(desk)}
  </div>`;
}

/** A menu that opens again asks nothing and has saved nothing. */
function reset(desk: Desk): (event: Event) => void {
  return (event) => {
    if ((event as ToggleEvent).newState === 'closed') desk.choose({ isForgetting: false, savedAs: null });
  };
}

function nameField(desk: Desk): TemplateResult {
  return html`<label class="own-name">
      Your name
      <input
        autocomplete="off"
        dir="auto"
        maxlength=${LONGEST_NAME}
        .value=${desk.progress.name}
        @input=${(event: Event) => {
          desk.callMe((event.currentTarget as HTMLInputElement).value);
        }}
      />
    </label>
    <p>Write it if you hand in the file. The file has it in its name and in its first lines.</p>`;
}

function saved({ choices: { savedAs }, isKept }: Desk): TemplateResult | string {
  if (savedAs !== null)
    return html`<b>✓ Saved</b> as <code>${visible(savedAs, 100)}</code>, where your browser keeps downloads.`;
  return isKept
    ? 'Your answers are kept in this browser, and nowhere else.'
    : 'This browser does not keep your answers. Save them before you close the page.';
}

/** Asks once more, because nothing brings them back. */
function forgetting(desk: Desk): TemplateResult {
  const count = Object.keys(desk.progress.attempts).length;
  const ask = (isForgetting: boolean) => () => {
    desk.choose({ isForgetting });
  };
  return html`<div class="forgetting">
    ${
      desk.choices.isForgetting
        ? html`<p>
              <b>This forgets ${counted(count, 'answer')}, your name, and which experiments are done.</b> Nothing brings
              them back.
            </p>
            <button type="button" @click=${ask(false)}>Keep them</button>
            <button
              type="button"
              @click=${() => {
                desk.forget();
              }}
            >
              Forget them
            </button>`
        : count === 0 && desk.progress.name === ''
          ? nothing
          : html`<button type="button" @click=${ask(true)}>Forget all answers…</button>`
    }
  </div>`;
}
