/** Says that a cipher shows what is said twice, and where. */
import type { SameBytes } from '../eavesdropper/findings/findings.js';
import { counted, frames } from './phrases.js';

/** For example `equal plaintexts give equal bytes: …` */
export function sameBytesPhrase({ kind, blockBytes = 0, again, places: [first, second] }: SameBytes): string {
  const where =
    first.offset === second.offset && first.side === second.side
      ? frames(first)
      : `${frames(first)} and ${frames(second)}`;
  const blocks = `${counted(again, 'block')} of ${blockBytes} bytes ${again === 1 ? 'is' : 'are'} equal to an earlier one`;
  switch (kind) {
    case 'blocks':
      return `equal plaintexts give equal bytes: ${blocks} (see ${where}). A cipher in ECB mode does that`;
    case 'beginnings':
      return `equal plaintexts give equal bytes: ${blocks}, at the beginning of messages (see ${where}). A cipher whose IV is always the same does that, and so does ECB mode`;
    case 'keystream':
      return `messages are mixed with the same stream of bytes (see ${where}), so equal plaintexts give equal bytes, and two messages XORed are their two texts XORed: the key is not needed to work them out`;
  }
}
