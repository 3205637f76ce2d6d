/**
 * Whether a program has shown what was said. It is compared loosely, because programs add names, colours and times,
 * change capitals, break lines, or cut a message off at a fixed length.
 */

/** `beginning`: the first part of it only. */
export type HowShown = 'whole' | 'beginning' | 'not';

/** So much of a sentence is enough as its beginning: signs, and the part of all. */
const LEAST_SIGNS = 8;
const LEAST_PART = 0.3;

export function howShown(said: string, screen: string): HowShown {
  const wanted = essence(said);
  const there = essence(screen);
  if (wanted === '') return 'not';
  if (there.includes(wanted)) return 'whole';
  const beginning = wanted.slice(0, Math.max(LEAST_SIGNS, Math.ceil(wanted.length * LEAST_PART)));
  return beginning.length < wanted.length && there.includes(beginning) ? 'beginning' : 'not';
}

/** How often it was shown. */
export function timesShown(said: string, screen: string): number {
  const wanted = essence(said);
  return wanted === '' ? 0 : essence(screen).split(wanted).length - 1;
}

/** Letters of any script, digits and emoji, in one case. Spaces go, so a line that was broken is the same. */
export function essence(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Extended_Pictographic}]/gu, '');
}

/** How many letters and digits a text has. */
export function lettersIn(text: string): number {
  return essence(text).length;
}

/** How many letters and digits of a text were shown, from its beginning. */
export function shownFrom(said: string, screen: string): number {
  return commonBeginning(essence(said), essence(screen));
}

/** How much of a text was shown sign for sign, from its beginning. */
export function shownExactly(said: string, screen: string): number {
  return commonBeginning(said, screen);
}

function commonBeginning(wanted: string, there: string): number {
  let [shown, most] = [0, wanted.length];
  while (shown < most) {
    const half = Math.ceil((shown + most) / 2);
    if (there.includes(wanted.slice(0, half))) shown = half;
    else most = half - 1;
  }
  // A few letters can be there by accident.
  return shown < LEAST_SIGNS ? 0 : shown;
}
