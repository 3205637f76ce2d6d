/** A plot as SVG: axes, grid, legend and marks. What a series is, is told by the shape of its marks as well as by colour. */
import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from 'd3-scale';
import { line, symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle } from 'd3-shape';
import type { ElementContent } from 'hast';
import { h, s } from 'hastscript';

export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly logarithmic?: boolean;
  /** Where the default would not do. */
  readonly ticks?: readonly number[];
}

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  /** `points`: a mark each. `line`: a line through them. `segments`: a line from each point to the one after it. */
  readonly as: 'points' | 'line' | 'segments';
}

export interface Plot {
  readonly title: string;
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

const WIDTH = 640;
const HEIGHT = 330;
const MARGIN = { left: 58, right: 16, top: 14, bottom: 48 };
const SHAPES = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond];
const MARK_AREA = 70;

export function plotFigure({ title, caption, x, y, series }: Plot): ElementContent {
  const acrossScale = scale(x, [MARGIN.left, WIDTH - MARGIN.right]);
  const upScale = scale(y, [HEIGHT - MARGIN.bottom, MARGIN.top]);
  return h('figure', { className: ['drawing', 'plot'] }, [
    h('figcaption', caption),
    h('ul', { className: ['legend'] }, series.map(({ name, as }, index) => h('li', [key(as, index), ' ', name]))),
    h('div', { className: ['scroll'], tabIndex: 0, role: 'group', ariaLabel: `${title}, as a plot` }, [
      s('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', ariaLabel: title }, [
        ...grid(x, y, acrossScale, upScale),
        ...series.flatMap((each, index) => marks(each, index, acrossScale, upScale)),
      ]),
    ]),
  ]);
}

type Scale = ScaleContinuousNumeric<number, number>;

function scale({ from, to, logarithmic }: Axis, range: readonly [number, number]): Scale {
  const made = logarithmic === true ? scaleLog() : scaleLinear();
  return made.domain([from, to]).range(range);
}

function ticksOf({ ticks }: Axis, from: Scale): readonly number[] {
  return ticks ?? from.ticks(6);
}

function grid(x: Axis, y: Axis, across: Scale, up: Scale): ElementContent[] {
  const bottom = HEIGHT - MARGIN.bottom;
  const number = (value: number) => String(Number(value.toPrecision(4)));
  return [
    ...ticksOf(y, up).flatMap((tick) => [
      s('line', { x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: round(up(tick)), y2: round(up(tick)), className: ['grid'] }),
      s('text', { x: MARGIN.left - 8, y: round(up(tick) + 4), textAnchor: 'end', className: ['tick'] }, number(tick)),
    ]),
    ...ticksOf(x, across).map((tick) => s('text', { x: round(across(tick)), y: bottom + 18, textAnchor: 'middle', className: ['tick'] }, number(tick))),
    s('line', { x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: bottom, y2: bottom, className: ['axis'] }),
    s('text', { x: (MARGIN.left + WIDTH - MARGIN.right) / 2, y: HEIGHT - 8, textAnchor: 'middle', className: ['name'] }, x.label),
    s('text', { x: -(MARGIN.top + bottom) / 2, y: 14, transform: 'rotate(-90)', textAnchor: 'middle', className: ['name'] }, y.label),
  ];
}

function marks({ points, as }: Series, index: number, across: Scale, up: Scale): ElementContent[] {
  const series = `series${index + 1}`;
  const at = points.map(([x, y]): [number, number] => [round(across(x)), round(up(y))]);
  if (as === 'points') {
    return at.map(([x, y]) => s('path', { d: markPath(index), transform: `translate(${x},${y})`, className: ['mark', series] }));
  }
  const paths = as === 'line' ? [at] : at.flatMap((point, place) => (place % 2 === 0 ? [[point, at[place + 1] ?? point]] : []));
  return paths.map((path) => s('path', { d: line()(path) ?? '', className: ['trace', series] }));
}

function key(as: Series['as'], index: number): ElementContent {
  const inner = as === 'points' ? s('path', { d: markPath(index), transform: 'translate(10,8)', className: ['mark', `series${index + 1}`] }) : s('path', { d: 'M1,8 L19,8', className: ['trace', `series${index + 1}`] });
  return s('svg', { viewBox: '0 0 20 16', width: 20, height: 16, ariaHidden: 'true' }, [inner]);
}

function markPath(index: number): string {
  return symbol(SHAPES[index % SHAPES.length], MARK_AREA).digits(2)() ?? '';
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
