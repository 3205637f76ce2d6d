/**
 * Display filters to paste into Wireshark.
 * https://www.wireshark.org/docs/wsug_html_chunked/ChWorkBuildDisplayFilterSection.html
 */
import type { ComparedMessage, ConversationFindings, Verdict } from '../eavesdropper/findings/findings.js';

/** The menu path to a conversation's text in Wireshark 4. */
export const FOLLOW_MENU = 'Analyze → Follow → TCP Stream';

/**
 * The filter that passes the frames whose bytes hold `text` in UTF-8. What is not printable ASCII is written as `\xNN`,
 * so that the filter is the same bytes whatever font, keyboard or clipboard it passes through. An empty text gives a
 * filter that passes nothing.
 */
export function wiresharkFilterContains(text: string): string {
  return `frame contains "${Array.from(Buffer.from(text, 'utf8'), quotedByte).join('')}"`;
}

export function wiresharkFilterConversation({ number }: Pick<ConversationFindings, 'number'>): string {
  return `tcp.stream eq ${number}`;
}

/**
 * The frames that {@link wiresharkFilterContains} will show for the text of this verdict: those that hold the whole of
 * it exactly as typed, whatever it means there. A text cut over two frames is in neither.
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

/** A longer text is searched for as well as a long one, and neither fits in Wireshark's field nor on a page. */
const MOST_SEARCHED_BYTES = 120;

/**
 * The message to try a search with: the longer a text, the less it turns up by accident. Where all are too long to be
 * pasted, the shortest. null where none was read.
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
