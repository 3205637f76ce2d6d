/** The whole page. Its lists of rows are drawn apart (`KeyedList`): here they are empty elements. */
import { html, nothing, type TemplateResult } from 'lit-html';

import { bytes } from './bytes.js';
import { chair } from './chair.js';
import { TABS, type Desk, type Tab } from './desk.js';
import { experiment, hasExperiments } from './experiment.js';
import { listener } from './listener.js';
import { notices } from './notices.js';
import { playback } from './playback.js';
import type { ShownBytes } from './shown-bytes.js';
import type { PieceRow } from './state.js';
import { toolbar } from './toolbar.js';
import { wire } from './wire.js';
import { TAB_NAMES } from './words.js';

/** On a narrow screen, a piece may wait in a part that is not shown. These parts have it. */
const WAITING: readonly Tab[] = ['wire', 'bytes'];

export function page(desk: Desk, chosen: PieceRow | null, shown: ShownBytes | null): TemplateResult {
  const waits = (desk.state.run?.queue.length ?? 0) > 0;
  return html`${toolbar(desk)}
    <nav class="tabs" aria-label="Parts of the lab">
      ${TABS.filter((tab) => tab !== 'experiment' || hasExperiments(desk)).map(
        (tab) =>
          html`<button
            type="button"
            class=${waits && WAITING.includes(tab) ? 'waits' : ''}
            aria-label=${waits && WAITING.includes(tab) ? `${TAB_NAMES[tab]}, something waits here` : nothing}
            aria-current=${desk.choices.tab === tab ? 'true' : 'false'}
            @click=${() => {
              desk.choose({ tab });
            }}
          >
            ${TAB_NAMES[tab]}
          </button>`,
      )}
    </nav>
    ${notices(desk)}
    <main data-tab=${desk.choices.tab} data-run=${desk.state.run?.run ?? 0}>
      ${chair(desk, 'client')} ${wire(desk)} ${chair(desk, 'server')} ${bytes(desk, chosen, shown)} ${listener(desk)}
      ${experiment(desk, chosen)}
    </main>
    ${playback(desk)}`;
}
