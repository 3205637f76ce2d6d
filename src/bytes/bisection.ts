/**
 * How many of `length` items in a row pass, where those that pass all stand before those that do not: in log2 steps.
 */
export function countPassing(length: number, passes: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
