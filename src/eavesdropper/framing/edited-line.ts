/** A line with the keys in it that take back what was typed before them, as a terminal of Unix takes them. */

/** Backspace and delete: a character. Ctrl+W: a word. Ctrl+U: all of the line. */
const KEY = { backspace: 0x08, killLine: 0x15, killWord: 0x17, delete: 0x7f } as const;
const IS_KEY = new Uint8Array(256);
for (const key of Object.values(KEY)) IS_KEY[key] = 1;

/** Whether something is taken back between `start` and `end`. */
export function holdsEdit(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (IS_KEY[bytes[at] ?? 0] === 1) return true;
  return false;
}

/** What stays of the line, which is what its receiver reads. */
export function editedLine(line: Buffer): Buffer {
  const kept: number[] = [];
  for (const byte of line) {
    if (byte === KEY.killLine) kept.length = 0;
    else if (byte === KEY.killWord) dropWord(kept);
    else if (IS_KEY[byte] === 1) dropCharacter(kept);
    else kept.push(byte);
  }
  return Buffer.from(kept);
}

/** In UTF-8, the bytes inside a character begin with the bits 10. */
function dropCharacter(kept: number[]): void {
  while (kept.length > 0 && ((kept.pop() ?? 0) & 0xc0) === 0x80);
}

const SPACE = 0x20;

function dropWord(kept: number[]): void {
  while (kept.at(-1) === SPACE) kept.pop();
  while (kept.length > 0 && kept.at(-1) !== SPACE) kept.pop();
}
