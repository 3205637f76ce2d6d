/** A plot as SVG: axes, grid, legend and marks. The series differ in the shape of their marks as well as in colour. */
import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from 'd3-scale';
import { line, symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle } from 'd3-shape';
import type { ElementContent } from 'hast';
import { h, s } from 'hastscript';

export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly logarithmic?: boolean;
  /** Set only if the default ticks do not fit. */
  readonly ticks?: readonly number[];
}

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  /**
   * `points`: one mark for each. `line`: one line through all. `segments`: a line from each point to the next, in
   * pairs.
   */
  readonly as: 'points' | 'line' | 'segments';
}

export interface Plot {
  readonly title: string;
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/**
 * A plot is drawn twice, for a wide window and for a phone, and the style sheet shows one. Scaled down, its text would
 * be too small to read.
 */
interface Size {
  readonly name: 'wide' | 'slim';
  readonly width: number;
  readonly height: number;
  /** The least distance between two numbers of an axis. */
  readonly apart: number;
}

const SIZES: readonly Size[] = [
  { name: 'wide', width: 640, height: 330, apart: 40 },
  { name: 'slim', width: 358, height: 300, apart: 34 },
];
/** Leaves room for half of a number with five digits, which is centred at the end of its axis. */
const MARGIN = { left: 52, right: 22, top: 14, bottom: 48 };
const SHAPES = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond];
const MARK_AREA = 70;

export function plotFigure(plot: Plot): ElementContent {
  return h('figure', { className: ['plot'] }, [
    h('figcaption', plot.caption),
    h(
      'ul',
      { className: ['legend'] },
      plot.series.map(({ name, as }, index) => h('li', [key(as, index), ' ', name])),
    ),
    ...SIZES.map((size) => drawn(plot, size)),
  ]);
}

function drawn({ title, x, y, series }: Plot, size: Size): ElementContent {
  const across = scale(x, [MARGIN.left, size.width - MARGIN.right]);
  const up = scale(y, [size.height - MARGIN.bottom, MARGIN.top]);
  const viewBox = `0 0 ${size.width} ${size.height}`;
  return s('svg', { viewBox, className: [size.name], role: 'img', ariaLabel: title }, [
    ...grid(x, y, across, up, size),
    ...series.flatMap((each, index) => marks(each, index, across, up)),
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

/** Keeps every second, third, … of `ticks`, so that their numbers do not overlap. */
function thinned(ticks: readonly number[], from: Scale, apart: number): readonly number[] {
  const [first, second] = ticks;
  if (first === undefined || second === undefined) return ticks;
  const every = Math.ceil(apart / Math.abs(from(second) - from(first)));
  return ticks.filter((_, index) => index % every === 0);
}

function grid(x: Axis, y: Axis, across: Scale, up: Scale, { width, height, apart }: Size): ElementContent[] {
  const bottom = height - MARGIN.bottom;
  const right = width - MARGIN.right;
  const number = (value: number) => String(Number(value.toPrecision(4)));
  return [
    ...ticksOf(y, up).flatMap((tick) => [
      s('line', { x1: MARGIN.left, x2: right, y1: round(up(tick)), y2: round(up(tick)), className: ['grid'] }),
      s('text', { x: MARGIN.left - 8, y: round(up(tick) + 4), textAnchor: 'end', className: ['tick'] }, number(tick)),
    ]),
    ...thinned(ticksOf(x, across), across, apart).map((tick) => {
      return s(
        'text',
        { x: round(across(tick)), y: bottom + 18, textAnchor: 'middle', className: ['tick'] },
        number(tick),
      );
    }),
    s('line', { x1: MARGIN.left, x2: right, y1: bottom, y2: bottom, className: ['axis'] }),
    s('text', { x: (MARGIN.left + right) / 2, y: height - 8, textAnchor: 'middle', className: ['name'] }, x.label),
    s(
      'text',
      { x: -(MARGIN.top + bottom) / 2, y: 13, transform: 'rotate(-90)', textAnchor: 'middle', className: ['name'] },
      y.label,
    ),
  ];
}

function marks({ points, as }: Series, index: number, across: Scale, up: Scale): ElementContent[] {
  const series = `series${index + 1}`;
  const at = points.map(([x, y]): [number, number] => [round(across(x)), round(up(y))]);
  if (as === 'points') {
    return at.map(([x, y]) =>
      s('path', { d: markPath(index), transform: `translate(${x},${y})`, className: ['mark', series] }),
    );
  }
  const paths =
    as === 'line' ? [at] : at.flatMap((point, place) => (place % 2 === 0 ? [[point, at[place + 1] ?? point]] : []));
  return paths.map((path) => s('path', { d: line()(path) ?? '', className: ['trace', series] }));
}

function key(as: Series['as'], index: number): ElementContent {
  const inner =
    as === 'points'
      ? s('path', { d: markPath(index), transform: 'translate(10,8)', className: ['mark', `series${index + 1}`] })
      : s('path', { d: 'M1,8 L19,8', className: ['trace', `series${index + 1}`] });
  return s('svg', { viewBox: '0 0 20 16', width: 20, height: 16, ariaHidden: 'true' }, [inner]);
}

function markPath(index: number): string {
  return symbol(SHAPES[index % SHAPES.length], MARK_AREA).digits(2)() ?? '';
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
