/**
 * Makes a `chat.json` from one conversation that a person typed by hand. A line that another program showed is a
 * message. What was typed before the first message are answers to questions, and become rules. What was typed before
 * each message, in the same way each time, belongs to the message. A word after which a program ended ends the chat.
 */
import type { Description } from '../pair.js';
import { quoted, WHO } from '../quoting.js';
import { SEATS, type Seat } from '../seat.js';
import { essence, howShown, lettersIn } from '../shown.js';
import type { Conversation, TypedLine } from './conversation.js';
import { lastingText } from './lasting-text.js';

export interface Described {
  readonly description: Description;
  /** What was seen, for the person: one sentence each. Escaped. */
  readonly notes: readonly string[];
}

/** A line of which another program showed a part: `text` between `before` and `after`. */
interface Message {
  readonly line: TypedLine;
  readonly to: Seat;
  readonly before: string;
  readonly after: string;
}

/** A message has two words at least. A name such as “Anna” is shown to others too. */
const LEAST_WORDS = 2;
const LEAST_LETTERS = 8;
/** Of longer lines, only the beginning is left out. */
const MOST_WORDS = 40;
/** What programs ask for is no message, even if they show it to others: “Anna Miller has joined”. */
const ASKS =
  /\b(?:name|nick\w*|user\w*|password|passphrase|secret|login|alias|handle|port|host|ip|address|room|channel)\b/i;
const HOSTS = new Set(['localhost', '127.0.0.1']);

export function described(conversation: Conversation): Described {
  const messages = messagesIn(conversation.lines);
  const parts = new Map(SEATS.map((seat) => [seat, partOf(seat, conversation, messages)]));
  const [server, client, second] = SEATS.map((seat) => parts.get(seat));
  const goodbye = goodbyeIn(conversation.lines, messages);
  const isHub = messages.some(({ line, to }) => line.seat !== 'server' && to !== 'server');
  const command = (which: 'server' | 'client'): string => withPort(conversation.commands[which], conversation.port);
  const description: Description = {
    server: { command: command('server'), ...server?.fields },
    client: { command: command('client'), ...client?.fields },
    ...(isHub && { second: { ...second?.fields } }),
    ...(conversation.port !== null && { port: conversation.port }),
    ...(isHub && { manner: 'hub' as const }),
    ...(goodbye !== null && { goodbye: [goodbye] }),
  };
  const notes = [
    ...[...parts.values()].flatMap((part) => part.notes),
    ...(goodbye === null ? [] : [`${quoted(goodbye)} ends the chat.`]),
  ];
  return { description, notes };
}

/** Whether enough was typed to tell how the programs are used: a message, at least. */
export function hasMessage(conversation: Conversation): boolean {
  return messagesIn(conversation.lines).length > 0;
}

function messagesIn(lines: readonly TypedLine[]): readonly Message[] {
  return lines.flatMap((line) => {
    const message = messageIn(line, lines);
    return message === null ? [] : [message];
  });
}

/** The longest row of words of a line that another program showed. null where there is none. */
function messageIn(line: TypedLine, lines: readonly TypedLine[]): Message | null {
  if (ASKS.test(lastingText(line.asked) ?? '')) return null;
  const words = [...line.text.matchAll(/\S+/g)].slice(0, MOST_WORDS);
  const least = beginsWithName(line, lines) ? 1 : 0;
  for (let length = words.length - least; length >= LEAST_WORDS; length -= 1) {
    for (let first = least; first + length <= words.length; first += 1) {
      const start = words[first]?.index ?? 0;
      const isToEnd = first + length === words.length;
      const last = words[first + length - 1];
      const end = isToEnd || last === undefined ? line.text.length : last.index + last[0].length;
      const part = line.text.slice(start, end).trim();
      if (lettersIn(part) < LEAST_LETTERS) continue;
      const to = SEATS.find((seat) => seat !== line.seat && howShown(part, line.later[seat]) === 'whole');
      if (to === undefined) continue;
      return { line, to: receiver(line, part) ?? to, before: line.text.slice(0, start), after: line.text.slice(end) };
    }
  }
  return null;
}

/** In a hub, the server may show what passes too: then the other client is meant. */
function receiver({ seat, later }: TypedLine, part: string): Seat | null {
  const client = (['client', 'second'] as const).find(
    (other) => other !== seat && seat !== 'server' && howShown(part, later[other]) === 'whole',
  );
  return client ?? null;
}

/** Whether a line begins with what somebody else typed as a name: it says who shall get it. */
function beginsWithName({ seat, text }: TypedLine, lines: readonly TypedLine[]): boolean {
  const first = essence(text.trim().split(/\s+/)[0] ?? '');
  return (
    first !== '' &&
    lines.some((other) => other.seat !== seat && /^\S+$/.test(other.text.trim()) && essence(other.text) === first)
  );
}

type Fields = Omit<Description['server'], 'command'>;

function partOf(
  seat: Seat,
  { lines, port, atTerminal }: Conversation,
  messages: readonly Message[],
): { readonly fields: Fields; readonly notes: readonly string[] } {
  const own = lines.filter((line) => line.seat === seat);
  const said = messages.filter(({ line }) => line.seat === seat);
  const [first] = said;
  const isMessage = (line: TypedLine): boolean => said.some((message) => message.line === line);
  const before = first === undefined ? own : own.slice(0, own.indexOf(first.line));
  const steps =
    first !== undefined && said.length === 1 ? askedAgain(before, first.line) : stepsBetween(own, isMessage);
  const endsWithSteps =
    steps.length > 0 && before.slice(-steps.length).every(({ text }, at) => text === steps[at]?.text);
  const answers = (endsWithSteps ? before.slice(0, -steps.length) : before).filter(
    // Where nothing was said at this program, a word that ended it is no answer.
    (line) => first !== undefined || !line.hasEnded,
  );
  const rules = answers.map((line) => ruleFor(line, port));
  const message = first === undefined ? null : messageOf(first, steps, seat, port);
  const fields: Fields = {
    ...(atTerminal.has(seat) && { input: 'terminal' as const }),
    ...(rules.length > 0 && { rules }),
    ...(message !== null && message !== '{text}' && { message }),
  };
  return { fields, notes: notesOf(seat, rules, message, own, isMessage) };
}

interface WrittenStep {
  readonly wait?: string;
  readonly type: string;
}

function ruleFor(line: TypedLine, port: number | null): WrittenStep {
  const wait = lastingText(line.asked);
  return { ...(wait !== null && { wait }), type: generalised(line, port) };
}

/** The port and the host of a check are others than those that were typed. */
function generalised({ text, seat }: TypedLine, port: number | null): string {
  const trimmed = text.trim();
  if (port !== null && trimmed === String(port)) return '{port}';
  return seat !== 'server' && HOSTS.has(trimmed) ? '{host}' : text;
}

/** Where there is one message only: the lines before it that the program asked for once more after it. */
function askedAgain(before: readonly TypedLine[], message: TypedLine): readonly TypedLine[] {
  const shown = message.later[message.seat];
  const at = before.findLastIndex((line) => {
    const asked = lastingText(line.asked);
    return asked === null || !shown.includes(asked);
  });
  return before.slice(at + 1);
}

/** The lines between two messages, if they are the same each time. */
function stepsBetween(own: readonly TypedLine[], isMessage: (line: TypedLine) => boolean): readonly TypedLine[] {
  const places = own.flatMap((line, at) => (isMessage(line) ? [at] : []));
  const gaps = places.slice(1).map((place, at) => own.slice((places[at] ?? 0) + 1, place));
  const [first = []] = gaps;
  const texts = (gap: readonly TypedLine[]): string => JSON.stringify(gap.map(({ text }) => text));
  return gaps.every((gap) => texts(gap) === texts(first)) ? first : [];
}

function messageOf(
  { line, before, after }: Message,
  steps: readonly TypedLine[],
  seat: Seat,
  port: number | null,
): NonNullable<Fields['message']> {
  const text = `${before}{text}${after}`;
  if (steps.length === 0) return text;
  const wait = lastingText(line.asked);
  return [...steps.map((step) => ruleFor({ ...step, seat }, port)), { ...(wait !== null && { wait }), type: text }];
}

/** The last line, if a program ended after it, and people had chatted before. */
function goodbyeIn(lines: readonly TypedLine[], messages: readonly Message[]): string | null {
  const last = lines.findLast(({ hasEnded }) => hasEnded);
  const first = messages[0]?.line;
  if (last === undefined || first === undefined || lines.indexOf(last) < lines.indexOf(first)) return null;
  return messages.some(({ line }) => line === last) || last.text.trim() === '' ? null : last.text;
}

/** A port that stands as a word of a command, so that the check can lead the program elsewhere. */
function withPort(command: string, port: number | null): string {
  return port === null ? command : command.replace(new RegExp(`(?<![\\w.])${port}(?![\\w.])`, 'g'), '{port}');
}

function notesOf(
  seat: Seat,
  rules: readonly WrittenStep[],
  message: Fields['message'] | null,
  own: readonly TypedLine[],
  isMessage: (line: TypedLine) => boolean,
): readonly string[] {
  const asked = rules.map(({ wait, type }) =>
    wait === undefined
      ? `Without being asked, ${WHO[seat]} gets ${quoted(type)}.`
      : `When ${WHO[seat]} shows ${quoted(wait)}, it gets ${quoted(type)}.`,
  );
  const said =
    message === null || message === undefined || message === '{text}'
      ? []
      : typeof message === 'string'
        ? [`To say something at ${WHO[seat]}, ${quoted(message)} is typed.`]
        : [
            `To say something at ${WHO[seat]}, ${message.map((step) => quoted(typeof step === 'string' ? step : step.type)).join(', then ')} are typed.`,
          ];
  const first = own.findIndex(isMessage);
  const lost = own
    .slice(first + 1)
    .filter((line) => first >= 0 && !isMessage(line) && !line.hasEnded && lettersIn(line.text) >= LEAST_LETTERS)
    .map(({ text }) => `${quoted(text)}, typed at ${WHO[seat]}, was shown nowhere else, so it is left out.`);
  return [...asked, ...said, ...lost];
}
