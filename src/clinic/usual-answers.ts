/**
 * What most chat programs ask before the chat begins, and what we answer where `chat.json` says nothing. Only a prompt
 * is answered: the last line, not complete, after which the program waits.
 */
export interface Asked {
  /** Of the person who is asked. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

interface Usual {
  readonly asks: RegExp;
  readonly answer: (asked: Asked) => string;
}

/** A prompt for a message is not answered: it means that the chat has begun. */
const FOR_A_MESSAGE = /message|\bmsg\b|\btext\b|\bsay\b|\bchat\b|^\W*(you|me|client|server|alice|bob|sam)?\W*$/i;

const USUAL: readonly Usual[] = [
  { asks: /\((y\/n|yes\/no)\)|\[(y\/n|yes\/no)\]/i, answer: () => 'y' },
  { asks: /\bport\b/i, answer: ({ port }) => String(port) },
  { asks: /\b(host|ip|address|server('s)? (name|ip|address))\b/i, answer: ({ host }) => host },
  { asks: /\b(pass(word|phrase|code)?|secret|pin)\b/i, answer: () => 'Secret123' },
  {
    asks: /\b(user ?name|nick ?name|nick|name|user|login|handle|alias|who are you)\b/i,
    answer: ({ name }) => name,
  },
  { asks: /\b(room|channel|group)\b/i, answer: () => 'room1' },
  { asks: /\b(shift|offset|rotation|caesar)\b/i, answer: () => '3' },
  { asks: /\bkey\b/i, answer: () => 'Sixteen byte key' },
  { asks: /\b(choice|choose|option|select|menu|mode)\b/i, answer: () => '1' },
];

/** What to type at this prompt. null where we do not know, or where it is for a message. */
export function usualAnswer(prompt: string, asked: Asked): string | null {
  if (!isPrompt(prompt)) return null;
  const usual = USUAL.find(({ asks }) => asks.test(prompt));
  if (usual === undefined || FOR_A_MESSAGE.test(prompt)) return null;
  return usual.answer(asked);
}

/** Whether this line, which is not complete, asks for something. */
export function isPrompt(line: string): boolean {
  return /[:?>»$#)\]]\s*$/.test(line) && line.trim().length <= 200;
}
