/**
 * Every place where some bytes stand in others, overlapping ones included, in time that grows with the sum of both
 * lengths: what is searched, and often what is searched for, was written by somebody who may want the search to hang.
 */

/** Up to this length Node's own search is quicker than ours even where it has to look at each byte this many times. */
const NATIVE_LIMIT = 64;

/** Offsets in ascending order, from `from` on. An empty `needle` stands nowhere. */
export function* occurrences(haystack: Buffer, needle: Buffer, from = 0): Generator<number, void, void> {
  if (needle.length === 0) return;
  if (needle.length > NATIVE_LIMIT) {
    yield* knuthMorrisPratt(haystack, needle, from);
    return;
  }
  for (let at = haystack.indexOf(needle, from); at !== -1; at = haystack.indexOf(needle, at + 1)) yield at;
}

/** Knuth, Morris, Pratt: Fast Pattern Matching in Strings (1977). */
function* knuthMorrisPratt(haystack: Buffer, needle: Buffer, from: number): Generator<number, void, void> {
  const borders = bordersOf(needle);
  let matched = 0;
  for (let at = from; at < haystack.length; at += 1) {
    const byte = haystack[at];
    while (matched > 0 && needle[matched] !== byte) matched = borders[matched - 1] ?? 0;
    if (needle[matched] === byte) matched += 1;
    if (matched === needle.length) {
      yield at + 1 - needle.length;
      matched = borders[matched - 1] ?? 0;
    }
  }
}

/** For each prefix of `needle`, the length of the longest shorter prefix that it also ends in. */
function bordersOf(needle: Buffer): Int32Array {
  const borders = new Int32Array(needle.length);
  let length = 0;
  for (let at = 1; at < needle.length; at += 1) {
    while (length > 0 && needle[length] !== needle[at]) length = borders[length - 1] ?? 0;
    if (needle[length] === needle[at]) length += 1;
    borders[at] = length;
  }
  return borders;
}
