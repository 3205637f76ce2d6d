/**
 * A table. In a narrow window, the style sheet turns each row into a card. So each cell carries the name of its column,
 * and the roles say "table" where the display no longer does.
 */
import type { Element } from 'hast';
import { h } from 'hastscript';
import type { Table, TableCell, TableRow } from 'mdast';
import type { State } from 'mdast-util-to-hast';

import { textOf } from './text-of.js';

/** If no cell of a column has more characters than this, the cells are not broken. */
const BRIEF = 12;
/** If no cell has more than this, and the column's name is brief too, such cells share a line of a card. */
const TINY = 6;

/** A table with fewer columns fits on a phone as it is. */
const LEAST_STACKED = 3;
/** A table with this many columns or more becomes cards in a medium window already. */
const MANY = 6;

export function tableToHast(state: State, node: Table): Element {
  const [head, ...rows] = node.children;
  const heads = head?.children ?? [];
  const labels = heads.map(textOf);
  const widths = labels.map((label, column): string[] => {
    const longest = Math.max(0, ...rows.map((row) => lengthAt(row, column)));
    if (longest > BRIEF) return [];
    return longest <= TINY && label.length <= BRIEF ? ['brief', 'beside'] : ['brief'];
  });
  const { caption } = node.data ?? {};
  const stacked = heads.length < LEAST_STACKED ? [] : heads.length < MANY ? ['stack'] : ['stack', 'many'];
  const cell = (each: TableCell, column: number): Element =>
    h('td', { role: 'cell', dataLabel: labels[column], className: widths[column] ?? [] }, [h('div', state.all(each))]);
  return h('div', { className: ['scroll'] }, [
    h('table', { role: 'table', className: stacked }, [
      ...(caption === undefined ? [] : [h('caption', caption)]),
      h('thead', { role: 'rowgroup' }, [
        h(
          'tr',
          { role: 'row' },
          heads.map((each) => h('th', { scope: 'col', role: 'columnheader' }, state.all(each))),
        ),
      ]),
      h(
        'tbody',
        { role: 'rowgroup' },
        rows.map((row) => h('tr', { role: 'row' }, row.children.map(cell))),
      ),
    ]),
  ]);
}

function lengthAt(row: TableRow, column: number): number {
  const cell = row.children[column];
  return cell === undefined ? 0 : textOf(cell).length;
}
