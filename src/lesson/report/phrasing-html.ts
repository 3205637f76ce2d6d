/** Captured text as HTML. It is always a text node in a `<code>` element and never markup. */
import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import type { InlineCode, PhrasingContent } from 'mdast';
import { toHast } from 'mdast-util-to-hast';

import { printable } from '../../printable.js';
import { visibleText } from '../../faces/phrases.js';
import type { CapturedText } from '../parts/tree.js';

/** The longest run of characters that fits a narrow column. A longer run, of hex for example, may break anywhere. */
const LONGEST_WORD = 20;

/** `dir` keeps text that is written from right to left from moving the text around it. */
export function capturedToHast({ value }: CapturedText): Element {
  const shown = printable(visibleText(value));
  return h('code', { dir: 'auto', className: breaking(shown) }, shown);
}

export function inlineCodeToHast({ value }: InlineCode): Element {
  return h('code', { className: breaking(value) }, value);
}

export function phrasingToHast(content: readonly PhrasingContent[]): ElementContent[] {
  const tree = toHast(
    { type: 'paragraph', children: [...content] },
    {
      handlers: {
        captured: (_state: unknown, node: CapturedText) => capturedToHast(node),
        inlineCode: (_state: unknown, node: InlineCode) => inlineCodeToHast(node),
      },
    },
  );
  return tree.type === 'element' ? tree.children : [];
}

/** Keeps words in one piece, except a run that is too long for a column. */
function breaking(text: string): string[] {
  const runs = text.split(/\s+/);
  if (runs.some((run) => run.length > LONGEST_WORD)) return ['long'];
  return runs.length === 1 ? ['name'] : [];
}
