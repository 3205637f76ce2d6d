/**
 * ISO-2022-JP (RFC 1468), in which Japanese mail was written: ESC `$B` begins two bytes for each character, ESC `(B`
 * ends them. No other text has these, and among other bytes they are hardly ever met.
 */
import type { Disguise, Piece, WeighedRun } from './disguise.js';

const NAME = 'ISO-2022-JP';

export const ISO_2022_JP: Disguise<typeof NAME> = {
  name: NAME,
  recognised: { within: 'piece', next: nextShifted },
  patterns: () => [],
  ofMessage: (message) => (isShifted(message.toString('latin1')) ? Buffer.from(decodedText(message)) : null),
};

const ESC = 0x1b;
/** Printed ASCII, line ends and tabs, and ESC. */
const MAY_BE = new Uint8Array(256).fill(1, 0x20, 0x7f);
for (const byte of [0x09, 0x0a, 0x0d, ESC]) MAY_BE[byte] = 1;

/** A beginning is three bytes that are right, an end too. */
const NATS_PER_SHIFT = 12;
const SHIFTED = /\x1b\$[@B]((?:[\x21-\x7e]{2})+)\x1b\([BJ]/g; // eslint-disable-line no-control-regex -- ESC
const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

function nextShifted({ bytes, start, end, shape }: Piece): WeighedRun<typeof NAME> | null {
  if ((shape.counts[ESC] ?? 0) < 2) return null;
  const first = bytes.subarray(0, end).indexOf(ESC, start);
  if (first === -1 || bytes[first + 1] !== 0x24) return null;
  let from = first;
  while (from > start && MAY_BE[bytes[from - 1] ?? 0] === 1) from -= 1;
  let to = first;
  while (to < end && MAY_BE[bytes[to] ?? 0] === 1) to += 1;
  const source = bytes.toString('latin1', from, to);
  if (!isShifted(source)) return null;
  const shifts = source.match(SHIFTED)?.length ?? 0;
  return {
    as: NAME,
    start: from,
    end: to,
    nats: NATS_PER_SHIFT * shifts + to - from,
    decoded: (most) => Buffer.from(decodedText(bytes.subarray(from, Math.min(to, from + most)))),
  };
}

/** Whether there is such a row of characters, each ESC belongs to one, and they are Japanese. */
function isShifted(latin1: string): boolean {
  const rest = latin1.replace(SHIFTED, '');
  if (rest.length === latin1.length || rest.includes('\x1b')) return false;
  const text = decodedText(Buffer.from(latin1, 'latin1'));
  return JAPANESE.test(text) && !text.includes('\ufffd');
}

function decodedText(bytes: Buffer): string {
  return new TextDecoder('iso-2022-jp').decode(bytes);
}
