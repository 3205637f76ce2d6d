/** The window is closed, or the line to it is cut: nothing is left to read from or to write to. */
import fs from 'node:fs';

const STANDARD_STREAMS = [0, 1, 2];

/**
 * Lets go of the terminal before the process ends.
 *
 * When Node ends it gives each terminal back the settings that it found, and aborts where the terminal is gone (EIO).
 * What is closed by then it leaves alone.
 */
export function letGoOfTerminal(): void {
  process.once('exit', () => {
    for (const stream of STANDARD_STREAMS) {
      try {
        fs.closeSync(stream);
      } catch {
        // Closed already, which is what we want.
      }
    }
  });
}
