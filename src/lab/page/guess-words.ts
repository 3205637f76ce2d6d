/** What the page says of a guess. */
import type { LastGuess } from './state.js';
import { brief, visible } from './text.js';

/** What came of a guess, for the eye and for a screen reader. */
export function guessWords({ text, right, of, before }: LastGuess): string {
  if (right === true) return `✓ Right: ${rightWords(text)}`;
  if (before !== null) return `✓ You had it right: ${rightWords(before.text)}`;
  const label = of === null ? null : brief(of.label, 40);
  if (text === null)
    return `✗ Not this row.${label === null ? '' : ` It is ${label}.`} Choose another one, and try again.`;
  if (of !== null && of.message === null)
    return `✗ Not so: this row is ${label ?? ''}, and carries no message. Choose another one, and try again.`;
  return `✗ Not so: this row does not say “${visible(text, 60)}”. Try another row or another text.`;
}

function rightWords(text: string | null): string {
  return text === null ? 'this is the row.' : `this row says “${visible(text, 60)}”.`;
}
