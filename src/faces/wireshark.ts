/**
 * Display filters to paste into Wireshark.
 * https://www.wireshark.org/docs/wsug_html_chunked/ChWorkBuildDisplayFilterSection.html
 */
import type { ComparedMessage, ConversationFindings, Verdict } from '../eavesdropper/findings/findings.js';

/** The menu path to a conversation's text in Wireshark 4. */
export const FOLLOW_MENU = 'Analyze → Follow → TCP Stream';

/**
 * A filter for the frames whose bytes contain `text` in UTF-8. Everything except printable ASCII is written as `\xNN`.
 * So no font, keyboard or clipboard can change the filter. An empty text gives a filter that matches nothing.
 */
export function wiresharkFilterContains(text: string): string {
  return `frame contains "${Array.from(Buffer.from(text, 'utf8'), quotedByte).join('')}"`;
}

export function wiresharkFilterConversation({ number }: Pick<ConversationFindings, 'number'>): string {
  return `tcp.stream eq ${number}`;
}

/**
 * The frames that {@link wiresharkFilterContains} shows for this verdict's text. These are the frames that contain all
 * of it exactly as typed, whatever it means there. If a text is split over two frames, neither of them matches.
 */
export function framesThatContain(verdict: Verdict): readonly number[] {
  const hits = verdict.readable ? [verdict.hit, ...verdict.others] : verdict.others;
  const whole = hits.filter(({ shape, place }) => shape === 'as typed' && place.frame === place.lastFrame);
  return [...new Set(whole.map(({ place }) => place.frame))].sort((a, b) => a - b);
}

function quotedByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (character === '"' || character === '\\') return `\\${character}`;
  return byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** A text of this length is long enough to search for. A longer one does not fit in Wireshark's field or on a page. */
const MOST_SEARCHED_BYTES = 120;

/**
 * Chooses the message for an example of a search. A long text is better, because it rarely occurs by accident. If all
 * texts are too long to paste, it chooses the shortest. null if no message was read.
 */
export function messageToSearch<Read extends Pick<ComparedMessage, 'plaintext' | 'text'>>(
  messages: readonly Read[],
): Read | null {
  const byLength = messages
    .filter(({ plaintext, text }) => plaintext.readable && text !== '')
    .sort((one, other) => one.text.length - other.text.length);
  const [shortest = null] = byLength;
  const fits = byLength.filter(({ text }) => Buffer.byteLength(text) <= MOST_SEARCHED_BYTES);
  const longest = fits.at(-1)?.text.length;
  return fits.find(({ text }) => text.length === longest) ?? shortest;
}
