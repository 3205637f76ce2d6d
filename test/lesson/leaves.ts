/**
 * Every value of a findings tree, changed one at a time: a page that is made from the data follows each change of a
 * value that it shows.
 */

interface Change<T> {
  /** `messages.*.place.frame`: where the value stands, each index as `*`. */
  readonly pattern: string;
  readonly data: T;
}

/** Words with a fixed meaning: changing one gives no findings at all. */
const TAGS = new Set(['kind', 'side', 'mode', 'shape', 'meaning', 'readable', 'held', 'ok', 'found', 'way']);

function changes<T>(data: T): readonly Change<T>[] {
  return leafPaths(data, []).map((path) => ({
    pattern: path.map((key) => (/^\d+$/.test(key) ? '*' : key)).join('.'),
    data: changedAt(data, path) as T,
  }));
}

/** The patterns of the values that the page follows: whichever instance of them is changed, the page changes. */
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
