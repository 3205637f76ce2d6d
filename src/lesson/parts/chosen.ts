/** The messages and places of a run that several parts show. */
import type { ComparedMessage, SealedMessage } from '../../eavesdropper/findings/findings.js';
import { messageToSearch } from '../../faces/wireshark.js';
import { MODES, isLineMode, type LineMode } from '../../protocol/modes.js';
import type { Lesson, Recorded } from '../lesson.js';
import type { Need } from './need.js';
import type { Part } from './tree.js';

/**
 * The mode that the attribute names, if its messages can be listed one by one. In the other modes, a listener knows
 * only lengths.
 */
export function ofAttribute({ of }: { readonly of?: string }): LineMode | null {
  return OF_MODES.find((mode) => mode === of) ?? null;
}
const OF_MODES = MODES.filter(isLineMode);

export const OF_MISSING = `it needs ${OF_MODES.map((mode) => `{of=${mode}}`).join(' or ')}`;

/** The longest text for a command, which is also the longest that `inspect --find` accepts. */
export const MOST_TYPED_BYTES = 1024;

/** The message that the page searches for and explains; null if every message is too long for a command. */
export function longestMessage({ verdicts }: Lesson): ComparedMessage | null {
  const message = messageToSearch(verdicts);
  return message === null || Buffer.byteLength(message.text) > MOST_TYPED_BYTES ? null : message;
}

/** The first chat that there is, for facts that are true of every chat. */
export function anyRecorded({ plaintext, encrypted, tls }: Lesson): Recorded | null {
  return plaintext ?? encrypted ?? tls;
}

export function sealedOf({ conversation }: Recorded): readonly SealedMessage[] {
  return conversation.messages.filter((message) => message.kind === 'sealed');
}

/** The first token, decrypted if there is a key. */
export function firstSealed(lesson: Lesson): SealedMessage | null {
  const messages = (lesson.keys?.conversation ?? lesson.encrypted?.conversation)?.messages ?? [];
  return messages.find((message) => message.kind === 'sealed') ?? null;
}

/** A part that is left out because something is missing. The chapter says so once in a section. */
export function without(...missing: readonly Need[]): Part {
  return { markdown: [], missing };
}
