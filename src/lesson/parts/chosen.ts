/** Of a run, the messages and places that several parts speak of. */
import type { EncryptedComparison, SealedMessage } from '../../eavesdropper/findings.js';
import type { Lesson, Recorded } from '../lesson.js';
import { paragraph, part, word, type Part } from './tree.js';

export type Of = 'plaintext' | 'encrypted';

export function ofAttribute(attributes: Readonly<Record<string, string>>): Of | null {
  const { of } = attributes as { of?: string };
  return of === 'plaintext' || of === 'encrypted' ? of : null;
}

export const OF_MISSING = 'it needs {of=plaintext} or {of=encrypted}';

/** The longest message that was read in plaintext: the longer a text, the less it turns up by accident. */
export function longestMessage({ comparison }: Lesson): EncryptedComparison['messages'][number] | null {
  const read = (comparison?.messages ?? []).filter(({ plaintext, text }) => plaintext.readable && text !== '');
  return [...read].sort((one, other) => other.text.length - one.text.length)[0] ?? null;
}

export function sealedOf({ conversation }: Recorded): readonly SealedMessage[] {
  return conversation.messages.filter((message) => message.kind === 'sealed');
}

/** The first token, opened where there is a key. */
export function firstSealed(lesson: Lesson): SealedMessage | null {
  const messages = (lesson.keys?.conversation ?? lesson.encrypted?.conversation)?.messages ?? [];
  return messages.find((message) => message.kind === 'sealed') ?? null;
}

/** What stands in place of a part whose capture is not there. */
export function without(what: string, { command }: Lesson): Part {
  return part(paragraph(`This report was made without ${what}. A run that has everything: `, word(`${command} demo compare`), '.'));
}
