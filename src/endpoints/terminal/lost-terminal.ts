/** The window is closed, or the connection to it is cut: there is nothing to read from or write to any more. */
import fs from 'node:fs';

const STANDARD_STREAMS = [0, 1, 2];

/**
 * Lets go of the terminal before the process ends.
 *
 * When Node ends, it gives each terminal its old settings back, and aborts where the terminal is gone (EIO). It leaves
 * alone what is already closed.
 */
export function releaseTerminal(): void {
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
