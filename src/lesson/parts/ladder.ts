/** A chat as a ladder: time runs down, and each line that crossed is an arrow from who sent it to who got it. */
import type { ElementContent } from 'hast';
import { h, s } from 'hastscript';

import type { Place } from '../../eavesdropper/findings.js';
import { printable } from '../../printable.js';
import { shortened } from '../columns.js';
import { handshakeSteps } from '../handshake-steps.js';
import type { Lesson, Recorded } from '../lesson.js';
import { counted, frameNumbers, visibleText } from '../phrases.js';
import { OF_MISSING, ofAttribute, without } from './chosen.js';
import { captured, drawing, table, word, type InlineOrMore, type Part } from './tree.js';

interface Rung {
  readonly place: Place;
  /** What stands on the arrow; it may be text from the wire. */
  readonly label: string;
  readonly cell: InlineOrMore;
  readonly sealed: boolean;
}

/** More than these are no longer looked at one by one. */
const MOST_RUNGS = 40;

const WIDTH = 640;
const CLIENT_X = 110;
const SERVER_X = 580;
const TOP = 46;
const STEP = 40;
/** Characters that an arrow has room for. */
const LABEL_WIDTH = 50;

export function ladder(lesson: Lesson, attributes: Readonly<Record<string, string>>): Part | string {
  const of = ofAttribute(attributes);
  if (of === null) return OF_MISSING;
  const recorded = lesson[of];
  if (recorded === null) return without(`a chat in ${of} mode`, lesson);
  const all = rungsOf(recorded);
  const rungs = all.slice(0, MOST_RUNGS);
  const label = `The chat in ${of} mode, line by line${all.length > rungs.length ? ` (the first ${rungs.length} of ${all.length})` : ''}`;
  return drawing(
    h('figure', { className: ['drawing', 'ladder'] }, [
      h('figcaption', `${label}. Left: the frame that carried it, and milliseconds since the first packet.`),
      h('div', { className: ['scroll'], tabIndex: 0, role: 'group', ariaLabel: `${label}, as a diagram` }, [drawn(label, rungs, recorded)]),
    ]),
    table(label, ['frame', 'after', 'who', 'what crossed'], rungs.map(({ place, cell }) => [frameNumbers(place), after(place, recorded), place.side, cell])),
  );
}

function rungsOf({ conversation }: Recorded): readonly Rung[] {
  const steps = handshakeSteps(conversation).map(({ place, line, value }) => {
    const shown = line === 'PUBLIC-KEY' ? '…' : value;
    return { place, label: `${line} ${shown || '…'}`, cell: [word(line), ' ', captured(shown || '…')], sealed: false };
  });
  const messages = conversation.messages.map((message) =>
    message.kind === 'readable'
      ? { place: message.place, label: visibleText(message.text), cell: captured(message.text), sealed: false }
      : {
          place: message.place,
          label: `MESSAGE ${message.token.text.slice(0, 10)}… ${counted(message.token.characters, 'character')}`,
          cell: [word('MESSAGE'), ` with a token of ${counted(message.token.characters, 'character')}`],
          sealed: true,
        },
  );
  return [...steps, ...messages].sort((one, other) => one.place.frame - other.place.frame || one.place.offset - other.place.offset);
}

function drawn(label: string, rungs: readonly Rung[], recorded: Recorded): ElementContent {
  const height = TOP + STEP * rungs.length + 24;
  const lifeline = (x: number, name: string) => [
    s('text', { x, y: 18, className: ['who'], textAnchor: 'middle' }, name),
    s('line', { x1: x, x2: x, y1: 28, y2: height - 4, className: ['lifeline'] }),
  ];
  return s('svg', { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', ariaLabel: label }, [
    ...lifeline(CLIENT_X, 'client'),
    ...lifeline(SERVER_X, 'server'),
    ...rungs.flatMap((rung, index) => arrow(rung, TOP + STEP * index + STEP / 2, recorded)),
  ]);
}

function arrow({ place, label, sealed }: Rung, y: number, recorded: Recorded): ElementContent[] {
  const toServer = place.side === 'client';
  const [from, to] = toServer ? [CLIENT_X + 3, SERVER_X - 3] : [SERVER_X - 3, CLIENT_X + 3];
  const back = toServer ? -8 : 8;
  return [
    s('text', { x: 0, y: y + 4, className: ['frame'] }, frameNumbers(place)),
    s('text', { x: CLIENT_X - 14, y: y + 4, className: ['time'], textAnchor: 'end' }, after(place, recorded)),
    s('line', { x1: from, x2: to, y1: y, y2: y, className: sealed ? ['arrow', 'sealed'] : ['arrow'] }),
    s('path', { d: `M${to},${y} l${back},-4 l0,8 z`, className: ['head'] }),
    s('text', { x: (CLIENT_X + SERVER_X) / 2, y: y - 7, className: ['label'], textAnchor: 'middle' }, shortened(printable(label), LABEL_WIDTH)),
  ];
}

function after(place: Place, { conversation }: Recorded): string {
  return `${((place.time - conversation.started) * 1000).toFixed(1)} ms`;
}
