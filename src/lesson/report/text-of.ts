/** The text of a node and of everything in it, without markup. */
import type { Nodes } from 'mdast';

export function textOf(node: Nodes): string {
  if ('children' in node) return node.children.map(textOf).join('');
  return 'value' in node && typeof node.value === 'string' ? node.value : '';
}
