/** Whether a message ends the chat for both: EXIT or END, in any case, whatever white space stands around it. */
export function isLeaving(text: string): boolean {
  return /^\s*(exit|end)\s*$/i.test(text);
}

/** What an end sends when its person leaves without typing it, by Ctrl-D or Ctrl-C. */
export const LEAVING_WORD = 'EXIT';
