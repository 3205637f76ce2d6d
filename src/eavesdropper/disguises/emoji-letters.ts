/**
 * Emoji that stand for letters, or for bytes. People send emoji too, but not messages of many different ones, again and
 * again, without a word.
 */

/** Of all messages together: emoji, and different ones. */
const LEAST = { emoji: 24, different: 10, perMessage: 3 } as const;
/** The share of emoji that is the same as the one before: people repeat what they feel. */
const MOST_REPEATED = 0.25;
const LEAD = 0xf0;

/** With what joins two of them, and what chooses their look. */
const EMOJI = /^(?:[\p{Extended_Pictographic}\u{1f000}-\u{1faff}\s]|\u200d|\ufe0f)+$/u;
const EACH = /[\p{Extended_Pictographic}\u{1f000}-\u{1faff}]/gu;

/** Whether all messages are emoji, perhaps with blanks between them, in such an order. */
export function areEmojiLetters(messages: readonly Buffer[]): boolean {
  if (messages[0]?.[0] !== LEAD) return false;
  const texts = messages.map((message) => message.toString());
  if (!texts.every((text) => EMOJI.test(text))) return false;
  const emoji = texts.join('\n').match(EACH) ?? [];
  const repeated = emoji.filter((each, index) => each === emoji[index - 1]).length;
  return (
    emoji.length >= Math.max(LEAST.emoji, LEAST.perMessage * messages.length) &&
    new Set(emoji).size >= LEAST.different &&
    repeated <= MOST_REPEATED * emoji.length
  );
}
