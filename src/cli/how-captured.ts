/** How a capture was made, where that is known: by what we noted when we made it, else by what the file says. */
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
