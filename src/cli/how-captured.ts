/** How a capture was made, where that is known: from what we noted when we made it, else from what the file itself says. */
import { REBUILT } from '../capture/tap.js';
import { noteOn } from '../files/made.js';
import type { Captured } from '../lesson/lesson.js';
import { parseProvenance, tapSaidIn } from '../wireshark/provenance.js';

/** @throws CaptureFileError for what is no capture. */
export async function howCaptured(file: string): Promise<Captured> {
  const noted = parseProvenance(noteOn(file));
  if (noted.way !== 'unknown') return noted;
  return (await tapSaidIn(file)) === null ? { way: 'given' } : { way: 'tap', rebuilt: REBUILT };
}
