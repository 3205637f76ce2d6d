/** The text of an experiment as elements. It comes from Markdown that a teacher wrote, and is still only text here. */
import { html, type TemplateResult } from 'lit-html';

import type { Block, Phrase } from '../experiments/experiment.js';
import { visible } from './text.js';
import { word } from './word.js';

const LONGEST = 10_000;

export function blocks(some: readonly Block[]): readonly TemplateResult[] {
  return some.map((block) => {
    switch (block.kind) {
      case 'paragraph':
        return html`<p>${phrases(block.content)}</p>`;
      case 'list':
        return html`<ul class="points">
          ${block.items.map((item) => html`<li>${phrases(item)}</li>`)}
        </ul>`;
      case 'lines':
        return html`<pre tabindex="0" role="group" aria-label="Lines">
${block.lines.map((line) => visible(line, LONGEST)).join('\n')}</pre>`;
    }
  });
}

export function phrases(some: readonly Phrase[]): readonly (string | TemplateResult)[] {
  return some.map((phrase) => {
    if (typeof phrase === 'string') return visible(phrase, LONGEST);
    const text = visible(phrase.text, LONGEST);
    switch (phrase.mark) {
      case 'code':
        return html`<code>${text}</code>`;
      case 'emphasis':
        return html`<em>${text}</em>`;
      case 'strong':
        return html`<strong>${text}</strong>`;
      case 'word':
        return word(phrase.word, text);
      case 'link':
        return phrase.to.startsWith('https://')
          ? html`<a href=${phrase.to} target="_blank" rel="noreferrer">${text}</a>`
          : text;
    }
  });
}
