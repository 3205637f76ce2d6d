/**
 * UTF-8 that a program took for Latin-1 or Windows-1252 and wrote as UTF-8 once more: `GrÃ¼ÃŸe` for `Grüße`. Taken back
 * once, it is UTF-8 with letters beyond ASCII again, which no other text is by accident.
 */
import { isUtf8 } from 'node:buffer';
import { holds } from './runs.js';
import { codePages } from './code-page.js';
import type { Disguise, DisguisedRun, Piece, WeighedRun } from './disguise.js';

type Name = 'UTF-8 encoded twice';

const DISGUISE = { name: 'UTF-8 encoded twice', patterns: () => [] } as const;

/** Two rows with one name: among text, and where controls of Latin-1 are in it. */
export const TWICE_UTF8: readonly Disguise<Name>[] = [
  { ...DISGUISE, recognised: { within: 'plain', of: amongText }, ofMessage },
  { ...DISGUISE, recognised: { within: 'piece', next: amongOthers } },
];

/** Each byte of UTF-8 that begins a character comes out as this byte and another. */
const SIGN = 0xc3;

function ofMessage(message: Buffer): Buffer | null {
  return amongText(message, 0, message.length)?.decoded(message.length) ?? null;
}

function amongText(bytes: Buffer, start: number, end: number): DisguisedRun<Name> | null {
  return holds(SIGN, bytes, start, end) ? runOf(bytes, start, end) : null;
}

function amongOthers({ bytes, start, end, shape }: Piece): WeighedRun<Name> | null {
  if (shape.controls > 0 || (shape.counts[SIGN] ?? 0) === 0) return null;
  const run = runOf(bytes, start, end);
  return run === null ? null : { ...run, nats: NATS_PER_SIGN * (shape.counts[SIGN] ?? 0) };
}
/** Two bytes, and two more behind them, that hardly follow each other by accident. */
const NATS_PER_SIGN = 12;

function runOf(bytes: Buffer, start: number, end: number): DisguisedRun<Name> | null {
  const held = bytes.subarray(start, end);
  if (!isUtf8(held)) return null;
  const once = takenBack(held.toString('utf8'));
  if (once === null || !isUtf8(once)) return null;
  const text = once.toString('utf8');
  const beyond = text.match(/[^\p{ASCII}]/gu)?.length ?? 0;
  const letters = text.match(/[^\P{L}\p{ASCII}]|[\u2010-\u203a\u20ac]|\p{Emoji_Presentation}/gu)?.length ?? 0;
  if (beyond === 0 || letters < beyond / 2) return null;
  return { as: 'UTF-8 encoded twice', start, end, decoded: (most) => once.subarray(0, most) };
}

let codes: ReadonlyMap<string, number> | null = null;

/** By character: its byte in Windows-1252, or in Latin-1. */
function codesOf1252(): ReadonlyMap<string, number> {
  const page = codePages().find(({ name }) => name === 'Windows-1252');
  const latin1 = Array.from({ length: 256 }, (_, byte) => [String.fromCharCode(byte), byte] as const);
  const windows = (page?.characters ?? []).flatMap((character, byte) =>
    character === null ? [] : [[character, byte] as const],
  );
  return new Map([...latin1, ...windows]);
}

/** null if a character is in neither. */
function takenBack(text: string): Buffer | null {
  codes ??= codesOf1252();
  const bytes = Buffer.alloc(text.length);
  let count = 0;
  for (const character of text) {
    const byte = codes.get(character);
    if (byte === undefined) return null;
    bytes[count] = byte;
    count += 1;
  }
  return bytes.subarray(0, count);
}
