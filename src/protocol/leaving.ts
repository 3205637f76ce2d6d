/**
 * Whether a message ends the chat for both sides: EXIT or END, in upper or lower case, with or without white space
 * around it.
 */
export function isLeaving(text: string): boolean {
  return /^\s*(exit|end)\s*$/i.test(text);
}

/** What a side sends when its person leaves with Ctrl-D or Ctrl-C. */
export const LEAVING_WORD = 'EXIT';
