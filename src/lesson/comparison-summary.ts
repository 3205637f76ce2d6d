/** A comparison counted, and the hits that are not what they look like: the same for each face. */
import type { CaptureFindings, Comparison, ConversationFindings, Hit } from '../eavesdropper/findings.js';
import { counted, frames, listed, shapePhrase } from './phrases.js';

export interface Tally {
  readonly messages: number;
  readonly readableInPlaintext: number;
  readonly readableEncrypted: number;
  /** Absent where no tls capture was compared. */
  readonly readableInTls?: number;
  /** "Not found" in the encrypted capture, and how many of those have a control that held. */
  readonly notFound: number;
  readonly withControl: number;
}

export function tally({ messages, tls }: Comparison): Tally {
  const notFound = messages.flatMap(({ encrypted }) => (encrypted.readable ? [] : [encrypted]));
  return {
    messages: messages.length,
    readableInPlaintext: messages.filter(({ plaintext }) => plaintext.readable).length,
    readableEncrypted: messages.filter(({ encrypted }) => encrypted.readable).length,
    ...(tls === undefined ? {} : { readableInTls: messages.filter((message) => message.tls?.verdict.readable === true).length }),
    notFound: notFound.length,
    withControl: notFound.filter(({ control }) => control.held).length,
  };
}

/** One sentence without its full stop. */
export function summarySentence(comparison: Comparison): string {
  const { messages, readableInPlaintext, readableEncrypted, readableInTls, notFound, withControl } = tally(comparison);
  if (messages === 0) return 'there was no message to compare';
  const found = `${readableInPlaintext} of ${counted(messages, 'message')} readable in plaintext`;
  const inTls = readableInTls === undefined ? '' : `, ${readableInTls} of ${messages} in TLS`;
  return `${found}, ${readableEncrypted} of ${messages} encrypted${inTls}${controlClause(notFound, withControl)}`;
}

function controlClause(notFound: number, withControl: number): string {
  if (notFound === 0) return '';
  if (withControl < notFound) {
    return `; ${withControl} of the ${notFound} “not found” have a control: without one it proves nothing`;
  }
  return notFound === 1 ? '; the one “not found” has its control' : `; each of the ${notFound} “not found” has its control`;
}

/** What a learner who searches in Wireshark will stumble over. */
export interface Note {
  /** The text that was searched for, as it was typed: to be made safe by whoever shows it. */
  readonly text: string;
  /** A sentence that follows the text, without its full stop. */
  readonly says: string;
}

export function notes({ messages }: Comparison): readonly Note[] {
  const all = messages.flatMap(({ text, plaintext, encrypted }) => [
    ...hitNotes(text, 'plaintext', plaintext.others),
    ...hitNotes(text, 'encrypted', encrypted.others),
    ...(encrypted.readable || encrypted.control.held
      ? []
      : [{ text, says: `has no control, so its “not found” proves nothing: ${encrypted.control.why}` }]),
  ]);
  const known = new Set<string>();
  return all.filter(({ text, says }) => {
    const key = JSON.stringify([text, says]);
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}

function hitNotes(text: string, capture: string, hits: readonly Hit[]): Note[] {
  return (['protocol word', 'chance'] as const).flatMap((meaning) => {
    const places = hits.filter((hit) => hit.meaning === meaning);
    if (places.length === 0) return [];
    const where = [...new Set(places.map(({ place, shape }) => `${frames(place)} (${shapePhrase(shape)})`))];
    return [{ text, says: `also stands in ${listed(where)} of the ${capture} capture: ${REASONS[meaning]}` }];
  });
}

const REASONS = {
  'protocol word': 'it is a word of servchat’s own there, whatever is typed, and not this message',
  chance: 'a text this short turns up by chance in a long run of base64, and it is not this message',
} as const;

/** The conversation that the comparison is about: the one that its messages were found in, else the first of its mode. */
export function comparedConversations(comparison: Comparison): {
  readonly plaintext: ConversationFindings | null;
  readonly encrypted: ConversationFindings | null;
} {
  const { plaintext, encrypted, messages } = comparison;
  const readable = messages.flatMap((message) => (message.plaintext.readable ? [message.plaintext.hit.place] : []));
  const sealed = messages.flatMap((message) => (message.sealed === null ? [] : [message.sealed.place]));
  return {
    plaintext: chosen(plaintext, readable[0]?.conversation, 'plaintext'),
    encrypted: chosen(encrypted, sealed[0]?.conversation, 'encrypted'),
  };
}

function chosen(
  { conversations }: CaptureFindings,
  number: number | undefined,
  mode: ConversationFindings['mode'],
): ConversationFindings | null {
  return (
    conversations.find((conversation) => conversation.number === number) ??
    conversations.find((conversation) => conversation.mode === mode) ??
    null
  );
}
