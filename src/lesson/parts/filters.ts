/** Filters and commands made for these captures, with the frames that they will show. */
import type { Lesson, Recorded } from '../lesson.js';
import { frameList } from '../phrases.js';
import { shellWord } from '../shell.js';
import { framesThatContain, wiresharkFilterContains, wiresharkFilterConversation } from '../wireshark.js';
import { longestMessage, sealedOf, without } from './chosen.js';
import { captured, lines, paragraph, part, type Part } from './tree.js';

/** A filter to paste into Wireshark, and what it shows of one capture. */
export interface Check {
  readonly file: string;
  readonly filter: string;
  /** Wireshark's `frame.number`, all that will show; null where the capture does not tell. */
  readonly frames: readonly number[] | null;
}

/** Each by the name that a chapter calls it by; none where the run does not have what it looks at. */
const CHECKS: Readonly<Record<string, (lesson: Lesson) => readonly Check[]>> = {
  'the messages in plaintext': ({ plaintext }) =>
    plaintext === null
      ? []
      : [{ file: plaintext.capture.file, filter: `${wiresharkFilterConversation(plaintext.conversation)} && tcp.len > 0`, frames: framesOf(plaintext.conversation.messages) }],
  'the longest message': (lesson) => {
    const message = longestMessage(lesson);
    if (message === null || lesson.comparison === null) return [];
    const { plaintext, encrypted } = lesson.comparison;
    return [
      { file: plaintext.file, filter: wiresharkFilterContains(message.text), frames: framesThatContain(message.plaintext) },
      { file: encrypted.file, filter: wiresharkFilterContains(message.text), frames: framesThatContain(message.encrypted) },
    ];
  },
  'the handshake': ({ encrypted }) => {
    const handshake = encrypted?.conversation.handshake ?? null;
    if (encrypted === null || handshake === null) return [];
    const steps = [
      ...(handshake.publicKey === null ? [] : [{ word: 'PUBLIC-KEY ', place: handshake.publicKey.place }]),
      ...(handshake.sessionKey === null ? [] : [{ word: 'SESSION-KEY ', place: handshake.sessionKey.place }]),
    ];
    return steps.map(({ word, place }) => ({
      file: encrypted.capture.file,
      filter: `${wiresharkFilterConversation(encrypted.conversation)} && ${wiresharkFilterContains(word)}`,
      frames: [place.frame],
    }));
  },
  'the tokens': ({ encrypted }) =>
    encrypted === null
      ? []
      : [{ file: encrypted.capture.file, filter: `${wiresharkFilterConversation(encrypted.conversation)} && ${wiresharkFilterContains('MESSAGE gAAAA')}`, frames: framesOf(sealedOf(encrypted)) }],
  'the longest tokens': ({ encrypted }) => (encrypted === null ? [] : longestTokens(encrypted)),
};

function longestTokens(encrypted: Recorded): readonly Check[] {
  const all = sealedOf(encrypted);
  const most = Math.max(0, ...all.map(({ token }) => token.characters));
  const longest = all.filter(({ token }) => token.characters === most);
  if (longest.length === 0) return [];
  // MESSAGE, a space, the token, a space, 64 hex digits and the line feed.
  const lineBytes = 'MESSAGE '.length + most + 1 + 64 + 1;
  const alone = framesOf(all) !== null;
  return [
    {
      file: encrypted.capture.file,
      filter: `${wiresharkFilterConversation(encrypted.conversation)} && tcp.len == ${lineBytes}`,
      frames: alone ? framesOf(longest) : null,
    },
  ];
}

/** null where a frame carried more than one message or a message took more than one frame. */
function framesOf(messages: Recorded['conversation']['messages']): readonly number[] | null {
  const numbers = messages.map(({ place }) => place.frame);
  const whole = messages.every(({ place }) => place.frame === place.lastFrame);
  return whole && new Set(numbers).size === numbers.length ? [...numbers].sort((one, other) => one - other) : null;
}

/** All that a report of this lesson may give to check. */
export function checksOf(lesson: Lesson): readonly Check[] {
  return Object.values(CHECKS).flatMap((made) => made(lesson));
}

export function filter(lesson: Lesson, { shows = '' }: Readonly<Record<string, string>>): Part | string {
  const made = Object.hasOwn(CHECKS, shows) ? CHECKS[shows] : undefined;
  if (made === undefined) return `it needs {shows="…"}, one of: ${Object.keys(CHECKS).join('; ')}`;
  const checks = made(lesson);
  if (checks.length === 0) return without('what this filter looks for', lesson);
  return part(...checks.flatMap((check) => [paragraph('In ', captured(check.file), ` this shows ${shownWords(check)}:`), lines(check.filter)]));
}

function shownWords({ frames }: Check): string {
  if (frames === null) return 'the frames that carry it';
  return frames.length === 0 ? 'no frame at all' : frameList(frames);
}

const FILES: Readonly<Record<string, (lesson: Lesson) => string | undefined>> = {
  plaintext: (lesson) => lesson.plaintext?.capture.file,
  encrypted: (lesson) => lesson.encrypted?.capture.file,
  keylog: (lesson) => lesson.keys?.file,
  'longest message': (lesson) => longestMessage(lesson)?.text,
};

const PLACEHOLDER = /\[([^\]]*)\]/g;

/** A servchat command to run; `[plaintext]`, `[encrypted]`, `[keylog]`, `[longest message]` in it stand for those of this run. */
export function command(lesson: Lesson, { run = '' }: Readonly<Record<string, string>>): Part | string {
  if (run === '') return 'it needs {run="…"}, the command without the word servchat';
  const names = Array.from(run.matchAll(PLACEHOLDER), ([, name = '']) => name);
  const unknown = names.find((name) => !Object.hasOwn(FILES, name));
  if (unknown !== undefined) return `there is no [${unknown}]; there are ${Object.keys(FILES).map((name) => `[${name}]`).join(', ')}`;
  const missing = names.find((name) => FILES[name]?.(lesson) === undefined);
  if (missing !== undefined) return without(`what [${missing}] stands for`, lesson);
  return part(lines(`${lesson.command} ${run.replace(PLACEHOLDER, (_, name: string) => shellWord(FILES[name]?.(lesson) ?? ''))}`));
}
