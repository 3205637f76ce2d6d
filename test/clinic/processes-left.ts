/** Processes that a test has started, and those that they have started, known by a word in their environment. */
import fs from 'node:fs';

/** The ids of those that run. Only on Linux. */
export function processesWith(word: string): readonly string[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const state = fs.readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /, '');
        return !state.startsWith('Z') && fs.readFileSync(`/proc/${pid}/environ`, 'latin1').includes(word);
      } catch {
        return false;
      }
    });
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}
