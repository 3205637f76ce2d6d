/** What our hooks noted in a program: each write and each read of a connection, in their order. */
import fs from 'node:fs';

export type Noted =
  | { readonly what: 'hook'; readonly pid: number; readonly language: 'python' | 'node' }
  /** A program without a hook for its language. */
  | { readonly what: 'hook'; readonly pid: number; readonly language: 'native'; readonly program: string }
  /** `by`: absent where a hook for its language led it. */
  | {
      readonly what: 'connect';
      readonly pid: number;
      readonly host: string;
      readonly port: number;
      readonly by?: 'library' | 'system call';
    }
  | { readonly what: 'send'; readonly pid: number; readonly bytes: number }
  /** `asked`: the most that the program wanted. Absent where the language does not ask. */
  | { readonly what: 'recv'; readonly pid: number; readonly bytes: number; readonly asked?: number };

const MOST_BYTES = 2 ** 20;

/** Everything that was noted so far. The program could write there too, so a line that is not ours is left out. */
export function readHookLog(file: string): readonly Noted[] {
  let text: string;
  try {
    if (fs.statSync(file).size > MOST_BYTES) return [];
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const noted = parsed(line);
    return noted === null ? [] : [noted];
  });
}

function parsed(line: string): Noted | null {
  try {
    const value = JSON.parse(line) as Noted;
    return ['hook', 'connect', 'send', 'recv'].includes(value.what) ? value : null;
  } catch {
    return null;
  }
}
