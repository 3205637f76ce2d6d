/** How a capture was made, if we know: from our own note about it, otherwise from the file itself. */
import { REBUILT } from '../capture/tap.js';
import { noteOn } from '../files/made.js';
import type { HowCaptured } from '../lesson/lesson.js';
import { parseProvenance, tapSaidIn } from '../wireshark/provenance.js';

/** @throws CaptureFileError where the file is not a capture. */
export async function howCaptured(file: string): Promise<HowCaptured> {
  const noted = parseProvenance(noteOn(file));
  if (noted.way !== 'unknown') return noted;
  return (await tapSaidIn(file)) === null ? { way: 'given' } : { way: 'tap', rebuilt: REBUILT };
}
