/** Blocks that open, in Markdown: HTML's `<details>` around Markdown, which GitHub and most programs show as such. */
import type { PhrasingContent, RootContent } from 'mdast';

import { list, paragraph, strong, type Choice } from '../parts/tree.js';

/** The choices have boxes to tick. They are not task lists, in which the right one would be ticked already. */
export function predictionMarkdown(
  asked: readonly PhrasingContent[],
  choices: readonly Choice[],
  answer: readonly RootContent[],
): readonly RootContent[] {
  const boxes = choices.length === 0 ? [] : [list(choices.map(({ content }) => ['☐ ', ...content]))];
  return [paragraph(strong('Predict first.'), ' ', ...asked), ...boxes, ...details('Answer', answer)];
}

export function curiousMarkdown(
  title: readonly PhrasingContent[],
  inside: readonly RootContent[],
): readonly RootContent[] {
  return [paragraph(strong('For the curious.'), ' ', ...title), ...details('Show it', inside)];
}

function details(summary: string, inside: readonly RootContent[]): readonly RootContent[] {
  return [
    { type: 'html', value: `<details><summary>${summary}</summary>` },
    ...inside,
    { type: 'html', value: '</details>' },
  ];
}
