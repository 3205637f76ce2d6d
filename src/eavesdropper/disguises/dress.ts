/**
 * What stands around a text in each message of a chat: the names of JSON, the name of who speaks, a check behind it.
 * Only the text may be in a disguise.
 *
 *     {"sender": "anna", "text": "SGVsbG8="}     anna: SGVsbG8=     SGVsbG8=|185f8db32271fe25f561a6fc938b2e26…
 */

/** The text in a message: where it stands, and its bytes without JSON's escapes. */
export interface Core {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

/** For each message its core; null for one that has none. */
export type Cores = readonly (Core | null)[];

/** Of the messages, so many have the dress. */
const LEAST_SHARE = 0.75;
const MOST_FIELDS = 6;
/** Who speaks in a chat. */
const MOST_NAMES = 8;

/** The dresses that fit these messages, each with what is in it. Few messages of other programs have one. */
export function coresOf(messages: readonly Buffer[]): readonly Cores[] {
  const texts = messages.map((message) => message.toString('latin1'));
  const fits = (cores: Cores): boolean =>
    cores.filter((core) => core !== null).length >= LEAST_SHARE * Math.max(1, messages.length);
  return [...jsonCores(messages, texts), checkedCores(messages, texts), namedCores(messages, texts)].filter(fits);
}

/** A string in JSON, with its name. */
const FIELD = /"(\w{1,32})"\s*:\s*"((?:[^"\\]|\\.)*)"/g;

/** By the name of the string; the longest strings first. */
function jsonCores(messages: readonly Buffer[], texts: readonly string[]): readonly Cores[] {
  if (texts.filter((text) => /^\s*\{.*\}\s*$/s.test(text)).length < LEAST_SHARE * texts.length) return [];
  const byName = new Map<string, (Core | null)[]>();
  for (const [index, text] of texts.entries()) {
    for (const match of text.matchAll(FIELD)) {
      const [all, name = '', value = ''] = match;
      if (byName.size >= MOST_FIELDS && !byName.has(name)) continue;
      const cores = byName.get(name) ?? messages.map(() => null);
      byName.set(name, cores);
      const end = match.index + all.length - 1;
      const bytes = unescaped(value);
      if (value !== '' && bytes !== null) cores[index] ??= { start: end - value.length, end, bytes };
    }
  }
  const length = (cores: Cores): number => cores.reduce((sum, core) => sum + (core?.bytes.length ?? 0), 0);
  return [...byName.values()].sort((one, other) => length(other) - length(one));
}

/** Without JSON's escapes; null where it has none that JSON knows. `value`: its bytes, as Latin-1. */
function unescaped(value: string): Buffer | null {
  const bytes = Buffer.from(value, 'latin1');
  if (!value.includes('\\')) return bytes;
  try {
    return Buffer.from(JSON.parse(`"${bytes.toString('utf8')}"`) as string);
  } catch {
    return null;
  }
}

/** Two hex digits are no name: more of them follow. */
const NAMED = /^(?![\da-f]{2}:[\da-f]{2}(?![\da-z]))([\w .@#-]{1,24})(?:: ?|> ?)(.+?)\r?\n?$/is;

function namedCores(messages: readonly Buffer[], texts: readonly string[]): Cores {
  const names = new Set<string>();
  const cores = texts.map((text) => {
    const [, name, said = ''] = NAMED.exec(text) ?? [];
    if (name === undefined) return null;
    names.add(name);
    return said;
  });
  if (names.size > MOST_NAMES) return messages.map(() => null);
  return cores.map((said, index) => {
    const text = texts[index] ?? '';
    return said === null ? null : coreAt(messages[index] ?? NOTHING, text.indexOf(said, text.search(/[:>]/)), said);
  });
}

/** As many hex digits as MD5, SHA-1 and the kinds of SHA-2 have. */
const CHECKED = /^(.+)[|:;,\t ](?:[\da-f]{32}|[\da-f]{40}|[\da-f]{56}|[\da-f]{64}|[\da-f]{96}|[\da-f]{128})\r?\n?$/is;

function checkedCores(messages: readonly Buffer[], texts: readonly string[]): Cores {
  return texts.map((text, index) => {
    const [, said] = CHECKED.exec(text) ?? [];
    return said === undefined ? null : coreAt(messages[index] ?? NOTHING, 0, said);
  });
}

/** The messages without a check behind each, where most have one; otherwise as they are. */
export function withoutChecks(messages: readonly Buffer[]): readonly Buffer[] {
  const cores = checkedCores(
    messages,
    messages.map((message) => message.toString('latin1')),
  );
  const present = cores.filter((core) => core !== null).length;
  if (present < LEAST_SHARE * messages.length) return messages;
  return cores.map((core, index) => core?.bytes ?? messages[index] ?? NOTHING);
}

const NOTHING = Buffer.alloc(0);

function coreAt(message: Buffer, start: number, said: string): Core {
  const end = start + said.length;
  return { start, end, bytes: message.subarray(start, end) };
}
