/** Recognises a spelling that has no sign of its own: all lines of a text are in its alphabet, and all are text. */
import type { DisguisedRun } from './disguise.js';
import { isTyped } from './text-bytes.js';

/** Fewer bytes can come out as text by accident. */
const LEAST_TEXT = 12;
const LF = 0x0a;
const CR = 0x0d;

/** `values`: -1 for a byte that is not in the alphabet. */
export function ofWholeLines<Name extends string>(
  as: Name,
  values: Int8Array,
  decoded: (line: Buffer) => Buffer | null,
): (bytes: Buffer, start: number, end: number) => DisguisedRun<Name> | null {
  return (bytes, start, end) => {
    // Most text is not in the alphabet, and shows it soon.
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if ((values[byte] ?? -1) < 0 && byte !== LF && byte !== CR) return null;
    }
    const lines = bytes
      .toString('latin1', start, end)
      .split(/(\r?\n)/)
      .map((line, index) =>
        index % 2 === 1 || line === '' ? Buffer.from(line) : decoded(Buffer.from(line, 'latin1')),
      );
    const contents = lines.filter((line) => line !== null);
    if (contents.length < lines.length) return null;
    const content = Buffer.concat(contents);
    if (content.length < LEAST_TEXT || !isTyped(content)) return null;
    return { as, start, end, decoded: () => content, otherwise: 'words' };
  };
}
