/** The drawing of a ladder: time runs down, and each rung is an arrow from its sender to its receiver. */
import type { ElementContent } from 'hast';
import { h } from 'hastscript';

import type { Side } from '../../protocol/side.js';
import { phrasingToHast } from '../report/phrasing-html.js';
import { phrasing, type Inline } from './tree.js';

export interface DrawnRung {
  /** `plain` has no colour of its own; the arrow of `sealed` is broken. */
  readonly kind: 'agreeing' | 'readable' | 'sealed' | 'plain';
  readonly from: Side;
  /** As `frame 4`. */
  readonly frames: string;
  /** As `3.5 ms`. */
  readonly after: string;
  readonly name: string;
  readonly says: readonly Inline[];
}

export function ladderFigure(caption: readonly string[], rungs: readonly DrawnRung[]): ElementContent {
  return h('figure', { className: ['ladder'] }, [
    h('figcaption', [...caption]),
    h('div', { className: ['ends'], ariaHidden: 'true' }, [h('span', 'client'), h('span', 'server')]),
    h('ol', { role: 'list' }, rungs.map(step)),
  ]);
}

function step({ kind, from, frames, after, name, says }: DrawnRung): ElementContent {
  const toServer = from === 'client';
  const way = toServer ? 'client to server' : 'server to client';
  return h('li', { className: [kind, toServer ? 'to-server' : 'to-client'] }, [
    h('span', { className: ['frame'] }, frames),
    ' ',
    h('span', { className: ['time'] }, after),
    h('span', { className: ['unseen'] }, `, ${way}: `),
    h('span', { className: ['lane'] }, [
      h('span', { className: ['what'] }, [h('b', name), ' ', ...phrasingToHast(phrasing(says))]),
      h('span', { className: ['arrow'], ariaHidden: 'true' }),
    ]),
  ]);
}
