/** What someone who has only the capture knows so far. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';

import type { ListenerKnows, Searched } from '../events.js';
import type { Desk } from './desk.js';
import { counted, visible } from './text.js';

export function listener({ state }: Desk): TemplateResult {
  const knows = state.run?.listener ?? null;
  return html`<section class="listener" data-part="listener" aria-labelledby="listener-name">
    <header>
      <h2 id="listener-name">The listener</h2>
      ${knows === null ? nothing : html`<span class="counts">${counted(knows.packets, 'packet')} read</span>`}
    </header>
    <div class="scroller" tabindex="0" role="group" aria-label="What the listener knows so far">
      ${
        knows === null
          ? html`<p class="hint">The listener has only the capture. Nothing is in it yet.</p>`
          : guard([knows], () => known(knows))
      }
    </div>
  </section>`;
}

function known(knows: ListenerKnows): TemplateResult {
  return html`
    ${knows.takenFor === null ? nothing : html`<p>It takes this for: <b>${visible(knows.takenFor)}</b></p>`}
    ${knows.searched.length === 0 ? nothing : searches(knows)}
    <h3>Text that it can read</h3>
    ${
      knows.messages.length === 0
        ? html`<p class="none">None so far.</p>`
        : html`${earlier(knows.earlierMessages)}
            <ul class="read">
              ${knows.messages.map(
                ({ from, frame, text }) =>
                  html`<li><span class="frame">${frame}</span> ${from}: <bdi>${visible(text, 200)}</bdi></li>`,
              )}
            </ul>`
    }
    <h3>What it sees anyway</h3>
    ${listOf(knows.anyway, 'Nothing yet.')}
    ${
      knows.keys.length === 0
        ? nothing
        : html`<h3>Keys that crossed the wire</h3>
            ${listOf(knows.keys, '')}`
    }
  `;
}

function earlier(count: number): TemplateResult | typeof nothing {
  return count === 0 ? nothing : html`<p class="none">${counted(count, 'earlier message')} not listed.</p>`;
}

function listOf(texts: readonly string[], none: string): TemplateResult {
  if (texts.length === 0) return html`<p class="none">${none}</p>`;
  return html`<ul>
    ${texts.map((text) => html`<li><bdi>${visible(text)}</bdi></li>`)}
  </ul>`;
}

/** Who says the same twice asks the same question twice. */
function withoutRepeats(searched: readonly Searched[]): readonly Searched[] {
  const answers = new Map(searched.map((each) => [JSON.stringify([each.text, answerKind(each)]), each]));
  return [...answers.values()];
}

function searches({ searched, earlierSearched }: ListenerKnows): TemplateResult {
  return html`<h3>Is what was said in the capture?</h3>
    ${
      earlierSearched === 0
        ? nothing
        : html`<p class="none">
            Only the newest messages are searched for. ${counted(earlierSearched, 'earlier message')} not.
          </p>`
    }
    <ul class="searched">
      ${withoutRepeats(searched).map(
        (each) => html`<li class=${answerKind(each)}><bdi>“${visible(each.text, 100)}”</bdi> ${answerOf(each)}</li>`,
      )}
    </ul>`;
}

function answerKind({ frames, control }: Searched): 'found' | 'unknown' | 'missing' {
  if (frames.length > 0) return 'found';
  return control === null ? 'unknown' : 'missing';
}

/** “Not found” counts only if the same search finds something else in the same capture: its control. */
function answerOf({ frames, control }: Searched): TemplateResult {
  if (frames.length > 0) return html`<b>○ found</b> in ${framesOf(frames)}`;
  if (control === null) return html`<b>? cannot tell yet</b>`;
  return html`<b>● not found</b>, although the search works: it finds “<bdi>${visible(control.text, 40)}</bdi>” in frame
    ${control.frame}.`;
}

function framesOf(frames: readonly number[]): string {
  const some = frames.slice(0, 5).join(', ');
  return `frame${frames.length === 1 ? '' : 's'} ${some}${frames.length > 5 ? ', …' : ''}`;
}
