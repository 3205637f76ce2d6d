/**
 * Writes text in an encoding of two bytes a character. TextDecoder only reads them, so it reads all pairs of bytes
 * once, on first use: that is when somebody searches for a text with such characters.
 */

const LEAD = { first: 0x81, last: 0xfe } as const;
const TRAIL = { first: 0x40, last: 0xfe } as const;

type Table = ReadonlyMap<string, readonly [lead: number, trail: number]>;

const tables = new Map<string, Table>();

function tableOf(label: string): Table {
  const made = tables.get(label) ?? makeTable(label);
  tables.set(label, made);
  return made;
}

function makeTable(label: string): Table {
  const pairs: [lead: number, trail: number][] = [];
  for (let lead: number = LEAD.first; lead <= LEAD.last; lead += 1) {
    for (let trail: number = TRAIL.first; trail <= TRAIL.last; trail += 1) pairs.push([lead, trail]);
  }
  // A line for each pair: what is not valid stays in its line.
  const lines = new TextDecoder(label).decode(Uint8Array.from(pairs.flatMap((pair) => [...pair, LF]))).split('\n');
  const table = new Map<string, readonly [lead: number, trail: number]>();
  for (const [index, line] of lines.entries()) {
    const pair = pairs[index];
    if (pair !== undefined && /^[^\p{ASCII}\ufffd]$/u.test(line) && !table.has(line)) table.set(line, pair);
  }
  return table;
}

const LF = 0x0a;

/** null if a character is not in it, or if all are ASCII. */
export function encodedByTable(text: string, label: string): Buffer | null {
  if (/^\p{ASCII}*$/u.test(text)) return null;
  const table = tableOf(label);
  const bytes: number[] = [];
  for (const character of text) {
    const pair = table.get(character) ?? (character < '\x80' ? [character.charCodeAt(0)] : null);
    if (pair === null) return null;
    bytes.push(...pair);
  }
  return Buffer.from(bytes);
}
