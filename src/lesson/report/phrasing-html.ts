/** Captured text as HTML: a text node in a `<code>` element, which is all that it can ever be. */
import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import type { PhrasingContent } from 'mdast';
import { toHast } from 'mdast-util-to-hast';

import { printable } from '../../printable.js';
import { visibleText } from '../phrases.js';
import type { Captured } from '../parts/tree.js';

/** `dir` keeps a text that is written from right to left from moving what stands around it. */
export function capturedToHast({ value }: Captured): Element {
  return h('code', { dir: 'auto' }, printable(visibleText(value)));
}

export function phrasingToHast(content: readonly PhrasingContent[]): ElementContent[] {
  const tree = toHast({ type: 'paragraph', children: [...content] }, { handlers: { captured: (_state: unknown, node: Captured) => capturedToHast(node) } });
  return tree.type === 'element' ? tree.children : [];
}
