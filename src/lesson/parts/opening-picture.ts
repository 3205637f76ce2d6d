/**
 * The picture that the page opens with: two people, the wire between them, who listens and who interferes. What stands on
 * the wire is one message of this run, as it crossed. It is drawn twice, for a wide window and for a phone, and the style
 * shows one of the two: text in a drawing that is scaled down could not be read.
 */
import type { Element, ElementContent } from 'hast';
import { h, s } from 'hastscript';

import type { ComparedMessage, SealedMessage } from '../../eavesdropper/findings/findings.js';
import { printable } from '../../printable.js';
import { displayWidth, shortened } from '../../faces/columns.js';
import type { Lesson } from '../lesson.js';
import { frames, textStep, visibleText } from '../../faces/phrases.js';
import { firstSealed, longestMessage } from './chosen.js';

/** One way in which the message crossed: a slip on the wire, and what the listener has of it. */
interface Lane {
  readonly mode: 'plaintext' | 'encrypted';
  /** As it crossed; it may be text from the wire. A token is cut to what a slip has room for. */
  readonly crossed: string;
  readonly listener: string;
}

interface Shape {
  readonly name: 'wide' | 'slim';
  readonly width: number;
  /** Width of the boxes of client and server. */
  readonly person: number;
  readonly slip: { readonly x: number; readonly width: number };
  readonly attackerX: number;
}

const SHAPES: readonly Shape[] = [
  { name: 'wide', width: 720, person: 92, slip: { x: 122, width: 306 }, attackerX: 522 },
  { name: 'slim', width: 358, person: 48, slip: { x: 56, width: 174 }, attackerX: 270 },
];

/** Columns of a message that fit on its slip in the narrow drawing. */
const MOST_COLUMNS = 20;

/** Of the type on a slip, and what a lock takes at its right end. */
const COLUMN = 7.3;
const LOCK_ROOM = 40;

const LANE = 66;
const LANES_TOP = 36;

/** null where no capture holds a message to show. */
export function openingPicture(lesson: Lesson): Element | null {
  const lanes = lanesOf(lesson);
  if (lanes.length === 0) return null;
  const modes = lanes.length === 1 ? 'what the listener has of it' : 'what the listener has of it in each mode';
  return h('figure', { className: ['opening'] }, [
    ...SHAPES.map((shape) => drawn(shape, lanes)),
    h('figcaption', `One message of this run on the wire, and ${modes}.`),
  ]);
}

/** Where the captures do not hold the same conversation, the message of one of them is shown alone. */
function lanesOf(lesson: Lesson): readonly Lane[] {
  const message = chosenMessage(lesson);
  const plain = message === null ? firstText(lesson) : message.plaintext.readable ? message.text : null;
  const sealed = message !== null ? message.sealed : plain === null ? firstSealed(lesson) : null;
  return [
    ...(plain === null ? [] : [{ mode: 'plaintext' as const, crossed: slipText(plain), listener: readWords(message) }]),
    ...(sealed === null ? [] : [sealedLane(sealed, message)]),
  ];
}

/** The longest message that fits on a slip whole; the longest of all where none does. */
function chosenMessage(lesson: Lesson): ComparedMessage | null {
  const fitting = lesson.verdicts.filter(
    ({ text, plaintext }) => plaintext.readable && text.trim() !== '' && displayWidth(printable(text)) <= MOST_COLUMNS,
  );
  const [longest] = [...fitting].sort((one, other) => other.text.length - one.text.length);
  return longest ?? longestMessage(lesson);
}

function firstText({ plaintext }: Lesson): string | null {
  const texts = (plaintext?.conversation.messages ?? []).flatMap((each) => (each.kind === 'readable' ? [each.text] : []));
  return texts.find((text) => text.trim() !== '' && displayWidth(printable(text)) <= MOST_COLUMNS) ?? texts[0] ?? null;
}

function readWords(message: ComparedMessage | null): string {
  return message?.plaintext.readable === true ? `reads it, in ${frames(message.plaintext.hit.place)}` : 'reads it';
}

/** Where the search found the message in the encrypted capture all the same, the picture says so. */
function sealedLane({ token }: SealedMessage, message: ComparedMessage | null): Lane {
  const found = message?.encrypted?.readable === true ? message.encrypted.hit : null;
  return {
    mode: 'encrypted',
    crossed: token.text,
    listener: found === null ? `sees its length: ${textStep(token)}` : `reads it, in ${frames(found.place)}`,
  };
}

function slipText(text: string): string {
  const shown = printable(visibleText(text));
  return displayWidth(shown) <= MOST_COLUMNS ? shown : shortened(shown, MOST_COLUMNS - 2).replace(/ \(.*\)$/s, '');
}

function drawn(shape: Shape, lanes: readonly Lane[]): Element {
  const { name, width, person } = shape;
  const bottom = LANES_TOP + LANE * lanes.length;
  const height = bottom + 70 + 20 * lanes.length;
  const ids = { title: `opening-${name}-title`, desc: `opening-${name}-desc` };
  return s('svg', {
    viewBox: `0 0 ${width} ${height}`,
    className: [name],
    role: 'img',
    ariaLabelledBy: ids.title,
    ariaDescribedBy: ids.desc,
  }, [
    s('title', { id: ids.title }, 'Client and server talk; a listener sees what crosses the wire, an attacker may change it'),
    s('desc', { id: ids.desc }, described(lanes)),
    s('path', { d: `M${shape.slip.x + 16},${bottom + 28} V${LANES_TOP + LANE / 2}`, className: ['tap'] }),
    ...lanes.flatMap((lane, index) => wire(lane, LANES_TOP + LANE * index + LANE / 2, shape)),
    ...chair('client', 0, person, bottom),
    ...chair('server', width - person, person, bottom),
    ...attacker(shape.attackerX, bottom),
    ...listener(shape, lanes, bottom),
  ]);
}

function described(lanes: readonly Lane[]): string {
  const said = lanes.map(({ mode, crossed, listener: seen }) =>
    mode === 'plaintext'
      ? `In plaintext “${crossed}” crosses as it is: the listener ${seen}.`
      : `Encrypted it crosses as a token that begins with ${crossed.slice(0, 12)}: the listener ${seen}.`,
  );
  return [...said, 'The attacker sits on the wire and could also change, repeat or hold back what passes.'].join(' ');
}

function wire({ mode, crossed }: Lane, y: number, { width, person, slip: paper }: Shape): ElementContent[] {
  const sealed = mode === 'encrypted';
  const right = paper.x + paper.width;
  const room = Math.floor((paper.width - LOCK_ROOM) / COLUMN);
  return [
    s('line', { x1: person, x2: width - person, y1: y, y2: y, className: ['wire'] }),
    s('text', { x: right, y: y - 22, textAnchor: 'end', className: ['mode', mode] }, sealed ? 'encrypted' : 'in plaintext'),
    s('rect', { x: paper.x, y: y - 15, width: paper.width, height: 30, rx: 4, className: ['slip', mode] }),
    s('text', { x: paper.x + 10, y: y + 4.5, className: ['said'] }, sealed ? `${crossed.slice(0, room)}…` : crossed),
    ...(sealed ? lock(right - 14, y) : []),
  ];
}

function lock(x: number, y: number): ElementContent[] {
  return [
    s('path', { d: `M${x - 3.5},${y - 1} v-3.5 a3.5,3.5 0 0 1 7,0 v3.5`, className: ['outline', 'encrypted'] }),
    s('rect', { x: x - 5.5, y: y - 1, width: 11, height: 8.5, rx: 1.5, className: ['lock'] }),
  ];
}

/** One of the two ends: a window with a prompt in it. */
function chair(name: string, x: number, width: number, bottom: number): ElementContent[] {
  const middle = LANES_TOP + (bottom - LANES_TOP) / 2;
  return [
    s('text', { x: x + width / 2, y: LANES_TOP - 16, textAnchor: 'middle', className: ['who'] }, name),
    s('rect', { x: x + 1, y: LANES_TOP - 6, width: width - 2, height: bottom - LANES_TOP + 12, rx: 6, className: ['box'] }),
    s('line', { x1: x + 1, x2: x + width - 1, y1: LANES_TOP + 8, y2: LANES_TOP + 8, className: ['edge'] }),
    s('path', { d: `M${x + width / 2 - 12},${middle - 2} l7,6 l-7,6 m11,0 h12`, className: ['outline'] }),
  ];
}

/** Someone on the wire itself, with a hat. */
function attacker(x: number, bottom: number): ElementContent[] {
  const y = LANES_TOP + (bottom - LANES_TOP) / 2;
  return [
    s('text', { x, y: bottom + 24, textAnchor: 'middle', className: ['who'] }, 'attacker'),
    s('text', { x, y: bottom + 42, textAnchor: 'middle', className: ['may'] }, 'may change it'),
    s('rect', { x: x - 32, y: LANES_TOP - 6, width: 64, height: bottom - LANES_TOP + 12, rx: 6, className: ['box', 'attacker'] }),
    ...bust(x, y + 2),
    s('path', { d: `M${x - 15},${y - 14} h30 M${x - 9},${y - 14} l2,-9 h14 l2,9`, className: ['outline', 'hat'] }),
  ];
}

/** Someone beside the wire, with headphones. */
function listener({ slip }: Shape, lanes: readonly Lane[], bottom: number): ElementContent[] {
  const x = slip.x + 16;
  const y = bottom + 52;
  return [
    ...bust(x, y),
    s('path', { d: `M${x - 12},${y - 3} a12,13 0 0 1 24,0`, className: ['outline'] }),
    s('rect', { x: x - 15, y: y - 5, width: 6, height: 11, rx: 2.5, className: ['filled'] }),
    s('rect', { x: x + 9, y: y - 5, width: 6, height: 11, rx: 2.5, className: ['filled'] }),
    s('text', { x: x + 28, y: y - 8, className: ['who'] }, 'listener'),
    ...lanes.map(({ mode, listener: seen }, index) =>
      s('text', { x: x + 28, y: y + 12 + 20 * index, className: ['seen', mode] }, `${mode === 'plaintext' ? '●' : '○'} ${seen}`),
    ),
  ];
}

function bust(x: number, y: number): ElementContent[] {
  return [
    s('circle', { cx: x, cy: y - 3, r: 9, className: ['face'] }),
    s('path', { d: `M${x - 15},${y + 24} v-3 a15,13 0 0 1 30,0 v3`, className: ['face'] }),
  ];
}
