/** The words of the field: a list of all, and a popover for each. */
import { html, nothing, type TemplateResult } from 'lit-html';

import type { Word } from '../experiments/experiment.js';
import { phrases } from './prose.js';
import { visible } from './text.js';
import { idOf } from './word.js';

const LONGEST_NAME = 60;
/** The button that opens the list. */
export function wordsButton(words: readonly Word[]): TemplateResult | typeof nothing {
  return words.length === 0 ? nothing : html`<button type="button" class="small" popovertarget="words">Words…</button>`;
}

/** The list, and a popover for each word. They are seen only when they are open. */
export function glossary(words: readonly Word[]): TemplateResult | typeof nothing {
  if (words.length === 0) return nothing;
  return html`<div id="words" popover role="group" aria-label="Words" tabindex="0">
      <h2>Words</h2>
      <dl>
        ${words.map(
          ({ name, says }) =>
            html`<div>
              <dt>${visible(name, LONGEST_NAME)}</dt>
              <dd>${phrases(says)}</dd>
            </div>`,
        )}
      </dl>
    </div>
    ${words.map(
      ({ name, says }) =>
        html`<div
          id=${idOf(name)}
          class="meaning-of"
          popover
          role="dialog"
          tabindex="-1"
          autofocus
          aria-label=${visible(name, LONGEST_NAME)}
          aria-describedby="${idOf(name)}-says"
        >
          <p id="${idOf(name)}-says"><b>${visible(name, LONGEST_NAME)}</b>: ${phrases(says)}</p>
        </div>`,
    )}`;
}
