/**
 * What most chat programs ask before the chat begins, and what we answer where `chat.json` says nothing. Only a prompt
 * is answered: the last line, not complete, after which the program waits; or a complete line that plainly asks.
 */
export interface Asked {
  /** Of the person who is asked. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Which of the two this program is to be, if it can be both. */
  readonly role: 'server' | 'client';
  /** How often the same question was answered before. */
  readonly before: number;
}

interface Usual {
  readonly asks: RegExp;
  readonly answer: (asked: Asked, prompt: string) => string;
}

/** A prompt for a message is not answered: it means that the chat has begun. */
const FOR_A_MESSAGE = /message|\bmsg\b|\btext\b|\bsay\b|^\W*chat\W*$|^\W*(you|me|client|server|alice|bob|sam)?\W*$/i;
const YES_OR_NO = /\by(?:es)?\s?\/\s?n(?:o)?\b|\byes or no\b|\by or n\b/i;
const LEAVING = /\b(?:exit|quit|leave|stop|close|end|bye|disconnect)\b/i;
const SERVER_WORDS = /\b(?:server|host|listen|create|wait)/i;
const CLIENT_WORDS = /\b(?:client|connect|join|guest)/i;
const CHATTING = /\b(?:register|sign up|log ?in|chat|connect|join|start|talk|send)/i;

const USUAL: readonly Usual[] = [
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

/**
 * What to type at this prompt. null where we do not know, or where it is for a message.
 *
 * @param shown the last lines that the program showed; the last of them is the prompt.
 */
export function usualAnswer(shown: string, asked: Asked): string | null {
  const lines = shown.split('\n').map((line) => line.slice(line.lastIndexOf('\r') + 1));
  const last = lines.at(-1) ?? '';
  const complete = lines.findLast((line) => line.trim() !== '') ?? '';
  const prompt = last.trim() === '' ? complete : last;
  if (last.trim() === '' ? !asksPlainly(prompt) : !isPrompt(prompt)) return null;
  if (YES_OR_NO.test(prompt)) return LEAVING.test(prompt) ? 'n' : 'y';
  const option = chosenOption(lines, prompt, asked);
  if (option !== null) return option;
  if (FOR_A_MESSAGE.test(prompt)) return null;
  return USUAL.find(({ asks }) => asks.test(prompt))?.answer(asked, prompt) ?? null;
}

export function asksYesOrNo(line: string): boolean {
  return YES_OR_NO.test(line);
}

/** Whether this line, which is not complete, asks for something. */
export function isPrompt(line: string): boolean {
  return /[:?>»$#)\]]\s*$/.test(line) && line.trim().length <= 200;
}

/** Whether a complete line asks for something: programs in Java and C often write a question so. */
function asksPlainly(line: string): boolean {
  return (
    /^\W*(?:please )?(?:enter|type|input|give|choose|select|what|which|who)\b.*[:?]\s*$/i.test(line) &&
    line.length <= 120
  );
}

interface MenuOption {
  readonly key: string;
  readonly words: string;
}

const MOST_MENU_LINES = 8;
const LEAST_OPTIONS = 2;
/** `1) connect`, `[2] leave`, `s = server` */
const OPTION =
  /(?<![\w.:])[[(]?([0-9]|[a-z])[\])}.:=-]+\s*([^\d\n()[\]]{2,40}?)(?=\s*(?:[[(]?(?:[0-9]|[a-z])[\])}.:=-]+\s|[,;/|]|\n|$))/giu;

/** The key of an entry of a menu that leads to a chat. null where there is no menu before the prompt, or in it. */
function chosenOption(lines: readonly string[], prompt: string, { role, before }: Asked): string | null {
  const answer = roleAnswer(prompt, role);
  if (answer !== null) return answer;
  if (
    !/\b(choice|choose|option|select|menu|mode|want|enter|pick)\b|^\W*$/i.test(prompt) &&
    optionsIn(prompt).length === 0
  )
    return null;
  const options = optionsIn(lines.slice(-MOST_MENU_LINES).join('\n'));
  if (options.length < LEAST_OPTIONS) return null;
  const own = options.find(({ words }) => (role === 'server' ? SERVER_WORDS : CLIENT_WORDS).test(words));
  const isOfRoles =
    options.some(({ words }) => SERVER_WORDS.test(words)) && options.some(({ words }) => CLIENT_WORDS.test(words));
  if (isOfRoles && own !== undefined) return own.key;
  const chatting = options.filter(({ words }) => CHATTING.test(words));
  const staying = options.filter(({ words }) => !LEAVING.test(words));
  const wanted = chatting.length > 0 ? chatting : staying;
  return wanted[Math.min(before, wanted.length - 1)]?.key ?? null;
}

function optionsIn(text: string): readonly MenuOption[] {
  const found = [...text.matchAll(OPTION)].map(([, key = '', words = '']) => ({ key, words: words.trim() }));
  // The keys of a menu are all different.
  return new Set(found.map(({ key }) => key)).size === found.length ? found : [];
}

/**
 * “client or server?” is answered by the word, “(s/c)” and “(s)erver” by the letter, “host (1)” and “1 for host” by the
 * number. null where the prompt does not name both.
 */
function roleAnswer(prompt: string, role: Asked['role']): string | null {
  const whole = prompt.replace(/[[(](\w)[\])](?=\w)/g, '$1');
  const [server] = SERVER_WORDS.exec(whole) ?? [];
  const [client] = CLIENT_WORDS.exec(whole) ?? [];
  if (server === undefined || client === undefined) return null;
  const own = role === 'server' ? server : client;
  const at = whole.indexOf(own);
  const [, behind] = /^\w*\s*[[(]\s*(\w)\s*[\])]/.exec(whole.slice(at)) ?? [];
  const [, before] = /[[(]?(\d|\b[a-z])[\])]?\s*(?:for|to|=|:|-|\.)?\s*(?:a |the )?$/i.exec(whole.slice(0, at)) ?? [];
  const [, one, other] = /[[(]\s*(\w)\s*\/\s*(\w)\s*[\])]/.exec(prompt) ?? [];
  const letter = [one, other].find((each) => each !== undefined && own.toLowerCase().startsWith(each.toLowerCase()));
  const isAbbreviated = whole !== prompt;
  return behind ?? before ?? letter ?? (isAbbreviated ? own.charAt(0).toLowerCase() : own.toLowerCase());
}
