/**
 * Text from the wire, safe to show. The server has made it safe already, but somebody may have edited a saved page.
 */

/** Controls, marks that change the direction of what follows, separators of lines, and halves of surrogate pairs. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** `text` with each character that could mislead as a visible escape, and cut to `most` characters. */
export function visible(text: string, most = 400): string {
  const cut = text.length > most ? text.slice(0, most) : text;
  const safe = cut.replace(UNSAFE, escapeOf);
  return cut === text ? safe : `${safe}… (${text.length.toLocaleString('en')} characters)`;
}

/** The same for a name or a label, which may be cut already: its length tells nothing. */
export function brief(text: string, most: number): string {
  return text.length > most ? `${visible(text.slice(0, most - 1))}…` : visible(text);
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** Bytes from hex digits. A last half byte is left out. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length >> 1 }, (_, at) => parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes as text, or null if they are not UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** Milliseconds since the run began, as seconds. */
export function clock(at: number): string {
  return `${(at / 1000).toFixed(2)} s`;
}
