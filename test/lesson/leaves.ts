/**
 * Changes every value of a findings tree, one at a time. A page that is made from the data changes with each value that
 * it shows.
 */

interface Change<T> {
  /** `messages.*.place.frame`: the path of the value, with `*` for each index. */
  readonly pattern: string;
  readonly data: T;
}

/** Words from a fixed set. A changed one makes invalid findings. */
const TAGS = new Set(['kind', 'side', 'mode', 'shape', 'meaning', 'readable', 'held', 'ok', 'found', 'way']);

function changes<T>(data: T): readonly Change<T>[] {
  return leafPaths(data, []).map((path) => ({
    pattern: path.map((key) => (/^\d+$/.test(key) ? '*' : key)).join('.'),
    data: changedAt(data, path) as T,
  }));
}

/** The path patterns of the values that the page shows: whichever instance of them changes, the page changes. */
export function followed<T>(data: T, render: (data: T) => string): string[] {
  const before = render(data);
  const outcome = new Map<string, boolean>();
  for (const change of changes(data)) {
    outcome.set(change.pattern, (outcome.get(change.pattern) ?? true) && render(change.data) !== before);
  }
  return [...outcome].flatMap(([pattern, follows]) => (follows ? [pattern] : [])).sort();
}

function leafPaths(value: unknown, path: readonly string[]): (readonly string[])[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, part]) => leafPaths(part, [...path, key]));
  }
  const key = path.at(-1) ?? '';
  return (typeof value === 'number' || typeof value === 'string') && !TAGS.has(key) ? [path] : [];
}

function changedAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return typeof value === 'number' ? value + 1000 : `${String(value)}X`;
  const parts = value as Record<string, unknown>;
  if (Array.isArray(value))
    return value.map((part: unknown, at) => (String(at) === key ? changedAt(part, rest) : part));
  return { ...parts, [key]: changedAt(parts[key], rest) };
}
