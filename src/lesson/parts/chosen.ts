/** Of a run, the messages and places that several parts speak of. */
import type { ComparedMessage, SealedMessage } from '../../eavesdropper/findings/findings.js';
import { messageToSearch } from '../../faces/wireshark.js';
import { MODES, isLineMode, type LineMode } from '../../protocol/modes.js';
import type { Lesson, Recorded } from '../lesson.js';
import type { Need } from './need.js';
import type { Part } from './tree.js';

/** A mode whose messages are told one by one: in the others a listener knows only lengths. */
export function ofAttribute({ of }: { readonly of?: string }): LineMode | null {
  return OF_MODES.find((mode) => mode === of) ?? null;
}
const OF_MODES = MODES.filter(isLineMode);

export const OF_MISSING = `it needs ${OF_MODES.map((mode) => `{of=${mode}}`).join(' or ')}`;

/** Of what goes into a command: `inspect --find` takes no more. */
export const MOST_TYPED_BYTES = 1024;

/** The message that the page searches for and takes apart; null where each is too long for a command. */
export function longestMessage({ verdicts }: Lesson): ComparedMessage | null {
  const message = messageToSearch(verdicts);
  return message === null || Buffer.byteLength(message.text) > MOST_TYPED_BYTES ? null : message;
}

/** Any of the run's chats: what is true of each connection is told of the first that there is. */
export function anyRecorded({ plaintext, encrypted, tls }: Lesson): Recorded | null {
  return plaintext ?? encrypted ?? tls;
}

export function sealedOf({ conversation }: Recorded): readonly SealedMessage[] {
  return conversation.messages.filter((message) => message.kind === 'sealed');
}

/** The first token, opened where there is a key. */
export function firstSealed(lesson: Lesson): SealedMessage | null {
  const messages = (lesson.keys?.conversation ?? lesson.encrypted?.conversation)?.messages ?? [];
  return messages.find((message) => message.kind === 'sealed') ?? null;
}

/** A part that the run lacks something for; its chapter says so, once in a section. */
export function without(...missing: readonly Need[]): Part {
  return { markdown: [], missing };
}
