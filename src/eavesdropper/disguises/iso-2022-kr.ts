/**
 * ISO-2022-KR (RFC 1557), in which Korean mail was written: ESC `$)C` stands at the beginning, and between SO and SI
 * each character has two bytes. No other text has these, and among other bytes they are hardly ever met.
 */
import type { Disguise, Piece, WeighedRun } from './disguise.js';

const NAME = 'ISO-2022-KR';

export const ISO_2022_KR: Disguise<typeof NAME> = {
  name: NAME,
  recognised: { within: 'piece', next: nextShifted },
  patterns: () => [],
  ofMessage: (message) => (message.includes(ESC) ? decodedText(message.toString('latin1')) : null),
};

const ESC = 0x1b;
/** Printed ASCII, line ends and tabs, SO, SI and ESC. */
const MAY_BE = new Uint8Array(256).fill(1, 0x20, 0x7f);
for (const byte of [0x09, 0x0a, 0x0d, 0x0e, 0x0f, ESC]) MAY_BE[byte] = 1;

/** The beginning is four bytes that are right, and each shift two. */
const NATS_PER_SHIFT = 12;
const HEADER = '\x1b$)C';
const SHIFTED = /\x0e((?:[\x21-\x7e]{2})+)\x0f/g; // eslint-disable-line no-control-regex -- SO and SI
const HANGUL = /\p{Script=Hangul}/u;

function nextShifted({ bytes, start, end, shape }: Piece): WeighedRun<typeof NAME> | null {
  if ((shape.counts[ESC] ?? 0) < 1) return null;
  const first = bytes.subarray(0, end).indexOf(HEADER, start, 'latin1');
  if (first === -1) return null;
  let to = first;
  while (to < end && MAY_BE[bytes[to] ?? 0] === 1) to += 1;
  const source = bytes.toString('latin1', first, to);
  const text = decodedText(source);
  if (text === null) return null;
  return {
    as: NAME,
    start: first,
    end: to,
    nats: NATS_PER_SHIFT * (source.match(SHIFTED)?.length ?? 0) + to - first,
    decoded: (most) => decodedText(bytes.toString('latin1', first, Math.min(to, first + most))) ?? text,
  };
}

/** null unless there is a row of characters, every SO and SI belongs to one, and they are Korean. */
function decodedText(latin1: string): Buffer | null {
  if (!latin1.startsWith(HEADER)) return null;
  const bare = latin1.replaceAll(HEADER, '');
  // eslint-disable-next-line no-control-regex -- SO, SI and ESC
  if (/[\x0e\x0f\x1b]/.test(bare.replace(SHIFTED, ''))) return null;
  // With the highest bit set, the same two bytes are EUC-KR.
  const wide = bare.replace(SHIFTED, (_, pairs: string) =>
    String.fromCharCode(...Buffer.from(pairs, 'latin1').map((byte) => byte | 0x80)),
  );
  const text = new TextDecoder('euc-kr').decode(Buffer.from(wide, 'latin1'));
  return HANGUL.test(text) && !text.includes('\ufffd') ? Buffer.from(text) : null;
}
