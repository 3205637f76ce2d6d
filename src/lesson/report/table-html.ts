/**
 * A table of a page. In a narrow window the style makes a card of each row: so each cell carries its column's name, and
 * the roles say what a table's display would no longer say.
 */
import type { Element } from 'hast';
import { h } from 'hastscript';
import type { Table, TableCell, TableRow } from 'mdast';
import type { State } from 'mdast-util-to-hast';

import { textOf } from './text-of.js';

/** Cells of a column none of which has more characters are not broken. */
const BRIEF = 12;
/**
 * Those of a column of such numbers and names stand beside one another on a card, if the column's name is brief as
 * well.
 */
const TINY = 6;

/** Tables of fewer columns fit on a phone as they are. */
const LEAST_STACKED = 3;
/** Those of more become cards in a window of middle size already. */
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
