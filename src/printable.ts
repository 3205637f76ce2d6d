/**
 * Text that came from a wire or a file, made safe to show at a terminal.
 *
 * A message may hold escape sequences that move the cursor, retitle the window or hide what follows, and Unicode
 * controls that reorder what is read. They are shown, as `\x1b` or `\u{202e}`, and never obeyed. The backslash itself is
 * left alone: this is for people to read, not to be parsed again.
 */
import { isUtf8 } from 'node:buffer';

/** C0, DEL and C1 controls; then the bidirectional controls, line and paragraph separators, BOM, tags, lone surrogates. */
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- finding control characters is this file's work
  /[\u0000-\u001f\u007f-\u009f]|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** `text` with each control character as a visible escape: `\xNN` below U+0100, `\u{N}` above. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** `bytes` as text to show: UTF-8 where it is, `\xNN` for each byte that is not, controls escaped as in {@link printable}. */
export function printableBytes(bytes: Uint8Array): string {
  return printable(isUtf8(bytes) ? textOf(bytes) : decodeMarkingErrors(bytes));
}

/** Asks before it decodes: of bytes that are no text most are no UTF-8, and an exception for each takes far longer. */
function decodeMarkingErrors(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const character = bytes.subarray(at, at + sequenceLength(bytes[at] ?? 0));
    if (isUtf8(character)) {
      text += textOf(character);
      at += character.length;
    } else {
      text += `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`;
      at += 1;
    }
  }
  return text;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

/** The length in bytes of the UTF-8 sequence that a lead byte announces (RFC 3629, section 3); 1 for what leads none. */
function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  if (lead >= 0xc0) return 2;
  return 1;
}
