/** What the learner should know of the lab itself: that it is lost, what could not be done, what was saved. */
import { html, nothing, type TemplateResult } from 'lit-html';

import type { Desk } from './desk.js';
import { visible } from './text.js';

export function notices(desk: Desk): TemplateResult {
  const { state, link, choices } = desk;
  const declined = state.declined.filter(({ key }) => key > choices.closed).slice(-1);
  const saved = state.saved.filter(({ key }) => key > choices.closed).slice(-1);
  const isQuiet = link !== 'lost' && declined.length === 0 && saved.length === 0 && choices.trouble === null;
  return html`<section class="notices" aria-label="Notices" ?hidden=${isQuiet}>
    <div tabindex="0" role="group" aria-label="What to know">
      ${
        link === 'lost'
          ? html`<p class="lost">
              <b>The lab cannot be reached.</b> What you see is what happened until now. Look at the terminal in which
              you started it. If it still runs, this page goes on by itself. If you start it anew, open its new address.
            </p>`
          : nothing
      }
      ${choices.trouble === null ? nothing : html`<p><b>Not done:</b> ${visible(choices.trouble)}</p>`}
      ${declined.map(({ says }) => html`<p><b>Not done:</b> <bdi>${visible(says)}</bdi></p>`)}
      ${saved.map(
        ({ files }) =>
          html`<ul>
            ${files.map(
              ({ path, says }) => html`<li>Saved <code>${visible(path, 300)}</code>. <bdi>${visible(says)}</bdi></li>`,
            )}
          </ul>`,
      )}
    </div>
    ${
      declined.length === 0 && saved.length === 0 && choices.trouble === null
        ? nothing
        : html`<button
            type="button"
            class="small"
            @click=${() => {
              desk.choose({ closed: state.last, trouble: null });
            }}
          >
            Close
          </button>`
    }
  </section>`;
}
