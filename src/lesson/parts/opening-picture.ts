/**
 * The picture at the top of the page: two people, the wire between them, a listener and an attacker. It shows the
 * situation and asks a question. The chapters ask what the listener can read, so the picture does not show what is on
 * the wire. It is drawn twice, for a wide window and for a phone, and the style sheet shows one of the two. Scaled
 * down, its text would be too small to read.
 */
import type { Element, ElementContent } from 'hast';
import { h, s } from 'hastscript';

import { MODES, MODE_FACTS, isSealed, type Mode } from '../../protocol/modes.js';
import type { Lesson } from '../lesson.js';

interface Shape {
  readonly name: 'wide' | 'slim';
  readonly width: number;
  /** Width of the boxes for client and server. */
  readonly person: number;
  readonly slip: { readonly x: number; readonly width: number };
  readonly attackerX: number;
}

const SHAPES: readonly Shape[] = [
  { name: 'wide', width: 720, person: 92, slip: { x: 182, width: 186 }, attackerX: 522 },
  { name: 'slim', width: 358, person: 54, slip: { x: 78, width: 132 }, attackerX: 264 },
];

const LANE = 44;
const LANES_TOP = 36;

const QUESTIONS = ['What can they read?', 'What else do they see?'] as const;

/** null if no capture contains a chat. */
export function openingPicture(lesson: Lesson): Element | null {
  const lanes = MODES.filter((mode) => lesson[mode] !== null);
  if (lanes.length === 0) return null;
  return h('figure', { className: ['opening'] }, [
    ...SHAPES.map((shape) => drawn(shape, lanes)),
    h('figcaption', 'A message on its way. One stranger listens, another sits on the wire.'),
  ]);
}

function drawn(shape: Shape, lanes: readonly Mode[]): Element {
  const { name, width, person } = shape;
  const bottom = LANES_TOP + LANE * lanes.length;
  const height = bottom + 70 + 20 * QUESTIONS.length;
  const ids = { title: `opening-${name}-title`, desc: `opening-${name}-desc` };
  return s(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      className: [name],
      role: 'img',
      ariaLabelledBy: ids.title,
      ariaDescribedBy: ids.desc,
    },
    [
      s(
        'title',
        { id: ids.title },
        'Client and server talk; a listener has a copy of what crosses the wire, an attacker may change it',
      ),
      s('desc', { id: ids.desc }, described(lanes)),
      s('path', { d: `M${shape.slip.x + 16},${bottom + 28} V${LANES_TOP + LANE / 2}`, className: ['tap'] }),
      ...lanes.flatMap((mode, index) => wire(mode, LANES_TOP + LANE * index + LANE / 2, shape)),
      ...chair('client', 0, person, bottom),
      ...chair('server', width - person, person, bottom),
      ...attacker(shape.attackerX, bottom),
      ...listener(shape, bottom),
    ],
  );
}

function described(lanes: readonly Mode[]): string {
  return [
    `A message crosses the wire: ${lanes.map((mode) => MODE_FACTS[mode].crosses).join(', then ')}.`,
    `The listener has a copy of all that crosses. ${QUESTIONS.join(' ')}`,
    'The attacker sits on the wire and could also change, repeat or hold back what passes.',
  ].join(' ');
}

function wire(mode: Mode, y: number, { width, person, slip }: Shape): ElementContent[] {
  return [
    s('line', { x1: person, x2: width - person, y1: y, y2: y, className: ['wire'] }),
    s('rect', { x: slip.x, y: y - 15, width: slip.width, height: 30, rx: 4, className: ['slip', mode] }),
    s(
      'text',
      { x: slip.x + slip.width / 2, y: y + 4.5, textAnchor: 'middle', className: ['mode', mode] },
      MODE_FACTS[mode].crosses,
    ),
    ...(isSealed(mode) ? lock(slip.x + slip.width - 14, y) : []),
  ];
}

function lock(x: number, y: number): ElementContent[] {
  return [
    s('path', { d: `M${x - 3.5},${y - 1} v-3.5 a3.5,3.5 0 0 1 7,0 v3.5`, className: ['outline', 'shut'] }),
    s('rect', { x: x - 5.5, y: y - 1, width: 11, height: 8.5, rx: 1.5, className: ['lock'] }),
  ];
}

/** One of the two sides: a window with a prompt. */
function chair(name: string, x: number, width: number, bottom: number): ElementContent[] {
  const middle = LANES_TOP + (bottom - LANES_TOP) / 2;
  return [
    s('text', { x: x + width / 2, y: LANES_TOP - 16, textAnchor: 'middle', className: ['who'] }, name),
    s('rect', {
      x: x + 1,
      y: LANES_TOP - 6,
      width: width - 2,
      height: bottom - LANES_TOP + 12,
      rx: 6,
      className: ['box'],
    }),
    s('line', { x1: x + 1, x2: x + width - 1, y1: LANES_TOP + 8, y2: LANES_TOP + 8, className: ['edge'] }),
    s('path', { d: `M${x + width / 2 - 12},${middle - 2} l7,6 l-7,6 m11,0 h12`, className: ['outline'] }),
  ];
}

/** A person on the wire, with a hat. */
function attacker(x: number, bottom: number): ElementContent[] {
  const y = LANES_TOP + (bottom - LANES_TOP) / 2;
  return [
    s('text', { x, y: bottom + 24, textAnchor: 'middle', className: ['who'] }, 'attacker'),
    s('text', { x, y: bottom + 42, textAnchor: 'middle', className: ['may'] }, 'may change it'),
    s('rect', {
      x: x - 32,
      y: LANES_TOP - 6,
      width: 64,
      height: bottom - LANES_TOP + 12,
      rx: 6,
      className: ['box', 'attacker'],
    }),
    ...bust(x, y + 2),
    s('path', { d: `M${x - 15},${y - 14} h30 M${x - 9},${y - 14} l2,-9 h14 l2,9`, className: ['outline', 'hat'] }),
  ];
}

/** A person next to the wire, with headphones. */
function listener({ slip }: Shape, bottom: number): ElementContent[] {
  const x = slip.x + 16;
  const y = bottom + 52;
  return [
    ...bust(x, y),
    s('path', { d: `M${x - 12},${y - 3} a12,13 0 0 1 24,0`, className: ['outline'] }),
    s('rect', { x: x - 15, y: y - 5, width: 6, height: 11, rx: 2.5, className: ['filled'] }),
    s('rect', { x: x + 9, y: y - 5, width: 6, height: 11, rx: 2.5, className: ['filled'] }),
    s('text', { x: x + 28, y: y - 8, className: ['who'] }, 'listener'),
    ...QUESTIONS.map((question, index) =>
      s('text', { x: x + 28, y: y + 12 + 20 * index, className: ['asked'] }, question),
    ),
  ];
}

function bust(x: number, y: number): ElementContent[] {
  return [
    s('circle', { cx: x, cy: y - 3, r: 9, className: ['face'] }),
    s('path', { d: `M${x - 15},${y + 24} v-3 a15,13 0 0 1 30,0 v3`, className: ['face'] }),
  ];
}
