/** The lines with which a person's own terminal takes a chair. */
import { html, nothing, type TemplateResult } from 'lit-html';

import type { Join } from '../events.js';
import type { Desk } from './desk.js';

export function terminal(desk: Desk, join: Join): TemplateResult {
  return html`<div class="terminal">
    <p>
      This chair is yours, in a terminal.
      ${join.folder === null ? 'Type there:' : 'Go to the folder of servchat there, and then type the second line:'}
    </p>
    ${join.folder === null ? nothing : command(desk, join.folder)} ${command(desk, join.servchat)}
    ${
      join.nc === null
        ? nothing
        : html`<p>Or, with netcat:</p>
            ${command(desk, join.nc)}`
    }
    <p class="hint">The lab sees what crosses the wire. It does not see your screen.</p>
  </div>`;
}

function command(desk: Desk, text: string): TemplateResult {
  return html`<p class="command">
    <code>${text}</code
    ><button
      type="button"
      class="small"
      @click=${(event: Event) => {
        void copy(desk, event.currentTarget as HTMLElement, text);
      }}
    >
      Copy
    </button>
  </p>`;
}

/** A page without the right to the clipboard marks the text instead. */
async function copy(desk: Desk, button: HTMLElement, text: string): Promise<void> {
  let said = 'Copied';
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (button.previousElementSibling !== null) getSelection()?.selectAllChildren(button.previousElementSibling);
    said = 'Press Ctrl+C';
  }
  button.textContent = said;
  desk.announce(said === 'Copied' ? said : 'The text is marked. Press Ctrl+C to copy it.');
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 2500);
}
