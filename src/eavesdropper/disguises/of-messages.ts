/**
 * Which disguise the messages of a chat are in, judged together. One message is often too short to show it: `SGk=` may
 * be a word that somebody typed. But words do not happen to be base64 of text again and again.
 *
 *     SGVsbG8=  SGk=  T2sgQnll       all of them are base64, and they say: Hello, Hi, Ok Bye
 */
import { DISGUISES, type Disguises } from './disguises.js';
import { isText, isTyped } from './text-bytes.js';

export interface SeenMessages {
  readonly as: Disguises;
  /** In UTF-8, one for each message; null for one that is not in this disguise. */
  readonly texts: readonly (Buffer | null)[];
}

/** The share of the messages, and of their bytes, that is in the disguise. The others may be names, said at first. */
const LEAST_SHARE = 0.75;
/** How many bytes come out of all messages together, at least: of random ones, 1 in 10,000 is text. */
const LEAST_TEXT = 10;
/** Disguises that are taken off one after the other. */
const MOST_DISGUISES = 4;
/** So many messages show whether it is worth going on. */
const FIRST = 16;

/** null if they are in none, or as well in none. */
export function disguiseOfMessages(messages: readonly Buffer[], depth = 0): SeenMessages | null {
  if (depth >= MOST_DISGUISES || messages.length === 0) return null;
  for (const { name, ofMessage } of DISGUISES) {
    if (ofMessage === undefined) continue;
    const contents = decodedBy(ofMessage, messages);
    if (contents === null) continue;
    const found = contents.filter((content) => content !== null);
    const inner = disguiseOfMessages(found, depth + 1);
    if (inner !== null) return { as: `${inner.as} in ${name}`, texts: spread(contents, inner.texts) };
    if (isChat(found)) return { as: name, texts: contents };
  }
  return null;
}

function decodedBy(
  ofMessage: (message: Buffer) => Buffer | null,
  messages: readonly Buffer[],
): (Buffer | null)[] | null {
  const contents: (Buffer | null)[] = [];
  let [bytes, missed, misses] = [0, 0, 0];
  for (const message of messages) {
    const content = message.length === 0 ? null : ofMessage(message);
    contents.push(content);
    bytes += message.length;
    if (content === null) {
      missed += message.length;
      misses += 1;
    }
    const isEnough = contents.length === FIRST || contents.length === messages.length;
    if (isEnough && (1 - LEAST_SHARE < misses / contents.length || 1 - LEAST_SHARE < missed / bytes)) return null;
  }
  return contents;
}

/** Whether each is text, and all together are what people type. */
function isChat(contents: readonly Buffer[]): boolean {
  if (!contents.every((content) => isText(content, content.length))) return false;
  const all = Buffer.concat(contents.flatMap((content) => [content, BLANK]));
  return all.length - contents.length >= LEAST_TEXT && isTyped(all);
}
const BLANK = Buffer.from(' ');

/** `texts` are those of the contents that are not null. */
function spread(contents: readonly (Buffer | null)[], texts: readonly (Buffer | null)[]): (Buffer | null)[] {
  let next = 0;
  return contents.map((content) => (content === null ? null : (texts[next++] ?? null)));
}
