/** A word of the field where it stands in a text. `glossary.ts` has the popovers that it opens. */
import { html, type TemplateResult } from 'lit-html';

/** What the popover of a word needs at most, and how far it stays away from the edges. In CSS pixels. */
const WIDTH = 352;
const MARGIN = 8;

/** A word in a text. It opens what it means, beside it. */
export function word(name: string, text: string): TemplateResult {
  const id = idOf(name);
  return html`<button
    type="button"
    class="word"
    popovertarget=${id}
    .textContent=${text}
    @click=${(event: Event) => {
      const popover = document.getElementById(id);
      if (popover !== null) place(popover, (event.currentTarget as HTMLElement).getBoundingClientRect());
    }}
  ></button>`;
}

/** Of the popover. Two names never have the same. */
export function idOf(name: string): string {
  return `word-${Array.from(name, (letter) => (/[a-z]/.test(letter) ? letter : `_${letter.codePointAt(0) ?? 0}`)).join('')}`;
}

/** Below the word, or above it in the lower half of the window. */
function place({ style }: HTMLElement, { left, top, bottom }: DOMRect): void {
  const isLow = bottom > window.innerHeight / 2;
  style.left = `${Math.max(MARGIN, Math.min(left, window.innerWidth - WIDTH - MARGIN))}px`;
  style.top = isLow ? 'auto' : `${bottom + MARGIN / 2}px`;
  style.bottom = isLow ? `${window.innerHeight - top + MARGIN / 2}px` : 'auto';
}
