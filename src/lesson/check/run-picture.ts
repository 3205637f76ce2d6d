/** A run of the clinic as a ladder, and the bytes of the frames that a finding names. */
import type { RootContent } from 'mdast';

import type { Evidence } from '../../clinic/finding.js';
import type { KeptRun } from '../../clinic/kept-runs.js';
import { counted } from '../../faces/phrases.js';
import type { Side } from '../../protocol/side.js';
import { byteView } from '../parts/byte-view.js';
import { ladderFigure, type DrawnRung } from '../parts/ladder-figure.js';
import { captured, figure, paragraph, word, type Inline } from '../parts/tree.js';
import { crossingsOf, type Crossing } from './crossings.js';

/** Nobody looks at more than these one by one. */
const MOST_RUNGS = 24;
/** How many of them may stand before the first that is named. */
const BEFORE_NAMED = 6;
const MOST_NAMED = 8;
/** The bytes of each frame that is named, at most. */
const MOST_BYTES = 128;
const MOST_SIGNS = 32;

/** The run that evidence is about, as one half of the wire saw it, with the frames that the evidence names. */
export interface Pictured {
  readonly run: number;
  readonly half: Side;
  readonly frames: ReadonlySet<number>;
}

/** The runs and halves that a finding names, in its order. */
export function picturedBy(evidence: readonly Evidence[]): readonly Pictured[] {
  const all = new Map<string, Pictured & { readonly frames: Set<number> }>();
  for (const { run, half = 'client', frames = [] } of evidence) {
    if (run === undefined) continue;
    const key = `${run} ${half}`;
    const pictured = all.get(key) ?? { run, half, frames: new Set<number>() };
    all.set(key, pictured);
    for (const frame of frames) pictured.frames.add(frame);
  }
  return [...all.values()];
}

/** @param file where the capture is kept for the user; null if it is not. Empty if nothing crossed. */
export function runPicture(
  { run, half, frames }: Pictured,
  { captures }: KeptRun,
  file: string | null,
): readonly RootContent[] {
  const all = crossingsOf(captures[half]);
  if (all.length === 0) return [];
  const named = all.filter(({ frame }) => frames.has(frame));
  const first = Math.max(0, all.findIndex(({ frame }) => frames.has(frame)) - BEFORE_NAMED);
  const shown = all.slice(first, first + MOST_RUNGS);
  const several = new Set(all.map(({ connection }) => connection)).size > 1;
  return [
    figure(
      ladderFigure(
        [captionOf({ run, half, frames }, shown, all)],
        shown.map((crossing) => rung(crossing, frames, several)),
      ),
    ),
    ...(named.length === 0 ? [] : bytesOf(named, run)),
    ...(file === null ? [] : [paragraph('The capture of this run, for Wireshark: ', captured(file))]),
  ];
}

function captionOf({ run, half, frames }: Pictured, shown: readonly Crossing[], all: readonly Crossing[]): string {
  const at = shown[0] === all[0] ? 'the first' : `from frame ${shown[0]?.frame ?? 0} on,`;
  const cut = shown.length < all.length ? ` (${at} ${shown.length} of ${all.length} pieces)` : '';
  const named = frames.size === 0 ? '' : ' A coloured size: the finding names this frame.';
  return `What crossed in run ${run}, between the ${half} and the relay${cut}. On the left the frame, and milliseconds since the first packet.${named}`;
}

function rung(
  { frame, from, ms, bytes, connection }: Crossing,
  named: ReadonlySet<number>,
  several: boolean,
): DrawnRung {
  return {
    kind: named.has(frame) ? 'readable' : 'plain',
    from,
    frames: `frame ${frame}`,
    after: `${ms.toFixed(1)} ms`,
    name: counted(bytes.length, 'byte'),
    says: [...(several ? [`(connection ${connection}) `] : []), excerpt(bytes)],
  };
}

/** Text where it is text, and hex where it is not. */
function excerpt(bytes: Buffer): Inline {
  const isText = bytes.every(
    (byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09,
  );
  const more = (most: number): string => (bytes.length > most ? ' …' : '');
  if (isText) return captured(bytes.toString('latin1', 0, MOST_SIGNS).trimEnd() + more(MOST_SIGNS));
  const most = MOST_SIGNS / 4;
  return word(bytes.toString('hex', 0, most).replace(/(..)(?=.)/g, '$1 ') + more(most));
}

function bytesOf(named: readonly Crossing[], run: number): readonly RootContent[] {
  const shown = named.slice(0, MOST_NAMED);
  const which = named.length > shown.length ? `the first ${shown.length} of ${named.length} frames` : 'the frames';
  const fields = shown.map(({ frame, from, ms, bytes }) => ({
    name: `frame ${frame}`,
    bytes: bytes.subarray(0, MOST_BYTES),
    meaning: [
      `sent by the ${from} after ${ms.toFixed(1)} ms`,
      ...(bytes.length > MOST_BYTES ? [`; here are the first ${MOST_BYTES} of its ${bytes.length} bytes`] : []),
    ],
  }));
  return byteView(`The bytes of ${which} that the finding names, in run ${run}`, fields, { text: true }).html ?? [];
}
