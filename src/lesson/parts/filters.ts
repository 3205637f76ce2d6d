/** Filters and commands for these captures, with the frames that they will show. */
import { CHECK_BYTES } from '../../protocol/integrity.js';
import type { Lesson, Recorded } from '../lesson.js';
import { frameList } from '../../faces/phrases.js';
import { shellWord } from '../../shell-word.js';
import { framesThatContain, wiresharkFilterContains, wiresharkFilterConversation } from '../../faces/wireshark.js';
import { anyRecorded, longestMessage, sealedOf, without } from './chosen.js';
import type { Need } from './need.js';
import { captured, lines, paragraph, part, type Part } from './tree.js';

/** A filter for Wireshark, and what it shows in one capture. */
export interface Check {
  readonly file: string;
  readonly filter: string;
  /** All frames that it shows, by Wireshark's `frame.number`; null if the capture does not say. */
  readonly frames: readonly number[] | null;
}

/** By the name that a chapter uses. Empty if the run lacks what the filter is about. */
const CHECKS: Readonly<Record<string, { readonly needs: Need; readonly made: (lesson: Lesson) => readonly Check[] }>> =
  {
    'the packets with bytes': { needs: 'capture', made: packetsWithBytes },
    'the longest message': { needs: 'plaintext-message', made: longestMessageIn },
    'the longest message in plaintext': {
      needs: 'plaintext-message',
      made: (lesson) => longestMessageIn(lesson).slice(0, 1),
    },
    'the handshake': { needs: 'handshake', made: handshakeLines },
    'the tokens': { needs: 'token', made: ({ encrypted }) => (encrypted === null ? [] : tokens(encrypted)) },
    'the longest tokens': {
      needs: 'token',
      made: ({ encrypted }) => (encrypted === null ? [] : longestTokens(encrypted)),
    },
  };

/** In plaintext, every packet with bytes is a message. In the other modes, some are not. */
function packetsWithBytes(lesson: Lesson): readonly Check[] {
  const recorded = anyRecorded(lesson);
  if (recorded === null) return [];
  const { capture, conversation } = recorded;
  const filter = `${wiresharkFilterConversation(conversation)} && tcp.len > 0`;
  return [
    { file: capture.file, filter, frames: conversation.mode === 'plaintext' ? framesOf(conversation.messages) : null },
  ];
}

/** In the plaintext capture and, if there is one, in the encrypted capture. */
function longestMessageIn(lesson: Lesson): readonly Check[] {
  const message = longestMessage(lesson);
  const { plaintext, encrypted } = lesson.comparison ?? { plaintext: lesson.plaintext?.capture, encrypted: undefined };
  if (message === null || plaintext === undefined) return [];
  const filter = wiresharkFilterContains(message.text);
  return [
    { file: plaintext.file, filter, frames: framesThatContain(message.plaintext) },
    ...(encrypted === undefined || message.encrypted === null
      ? []
      : [{ file: encrypted.file, filter, frames: framesThatContain(message.encrypted) }]),
  ];
}

function handshakeLines({ encrypted }: Lesson): readonly Check[] {
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
}

function tokens(encrypted: Recorded): readonly Check[] {
  const filter = `${wiresharkFilterConversation(encrypted.conversation)} && ${wiresharkFilterContains('MESSAGE gAAAA')}`;
  return [{ file: encrypted.capture.file, filter, frames: framesOf(sealedOf(encrypted)) }];
}

function longestTokens(encrypted: Recorded): readonly Check[] {
  const all = sealedOf(encrypted);
  const most = Math.max(0, ...all.map(({ token }) => token.characters));
  const longest = all.filter(({ token }) => token.characters === most);
  if (longest.length === 0) return [];
  // `MESSAGE`, a space, the token, a space, the check in hex digits, the line feed.
  const lineBytes = 'MESSAGE '.length + most + 1 + 2 * CHECK_BYTES + 1;
  const alone = framesOf(all) !== null;
  return [
    {
      file: encrypted.capture.file,
      filter: `${wiresharkFilterConversation(encrypted.conversation)} && tcp.len == ${lineBytes}`,
      frames: alone ? framesOf(longest) : null,
    },
  ];
}

/** null if a frame carried several messages, or a message needed several frames. */
function framesOf(messages: Recorded['conversation']['messages']): readonly number[] | null {
  const numbers = messages.map(({ place }) => place.frame);
  const whole = messages.every(({ place }) => place.frame === place.lastFrame);
  return whole && new Set(numbers).size === numbers.length ? [...numbers].sort((one, other) => one - other) : null;
}

/** All filters that a report of this lesson can contain. */
export function checksOf(lesson: Lesson): readonly Check[] {
  return Object.values(CHECKS).flatMap(({ made }) => made(lesson));
}

export function filter(lesson: Lesson, { shows = '' }: Readonly<Record<string, string>>): Part | string {
  const check = Object.hasOwn(CHECKS, shows) ? CHECKS[shows] : undefined;
  if (check === undefined) return `it needs {shows="…"}, one of: ${Object.keys(CHECKS).join('; ')}`;
  const checks = check.made(lesson);
  if (checks.length === 0) return without(check.needs);
  return part(
    ...checks.flatMap((each) => [
      paragraph('In ', captured(each.file), ` this shows ${shownWords(each)}:`),
      lines(each.filter),
    ]),
  );
}

function shownWords({ frames }: Check): string {
  if (frames === null) return 'the frames that carry them';
  return frames.length === 0 ? 'no frame at all' : frameList(frames);
}

const PLACEHOLDERS: Readonly<
  Record<string, { readonly needs: Need; readonly value: (lesson: Lesson) => string | undefined }>
> = {
  plaintext: { needs: 'plaintext', value: ({ plaintext }) => plaintext?.capture.file },
  encrypted: { needs: 'encrypted', value: ({ encrypted }) => encrypted?.capture.file },
  keylog: { needs: 'key-log', value: ({ keys }) => keys?.file },
  'longest message': { needs: 'plaintext-message', value: (lesson) => longestMessage(lesson)?.text },
  tls: { needs: 'tls', value: ({ tls }) => tls?.capture.file },
  'tls keylog': { needs: 'tls-key-log', value: ({ tls }) => tls?.keyLog ?? undefined },
  'tls stream': { needs: 'tls', value: ({ tls }) => tls?.conversation.number.toString() },
};

const PLACEHOLDER = /\[([^\]]*)\]/g;

/**
 * A servchat command to run. In it, `[plaintext]` and the other {@link PLACEHOLDERS} are replaced by the values of this
 * run.
 */
export function command(lesson: Lesson, { run = '' }: Readonly<Record<string, string>>): Part | string {
  if (run === '') return 'it needs {run="…"}, the command without the word servchat';
  return commandLine(lesson, `${lesson.command} ${run}`);
}

/** The same for a command of another program. */
export function shell(lesson: Lesson, { run = '' }: Readonly<Record<string, string>>): Part | string {
  return run === '' ? 'it needs {run="…"}, the whole command' : commandLine(lesson, run);
}

function commandLine(lesson: Lesson, template: string): Part | string {
  const names = Array.from(template.matchAll(PLACEHOLDER), ([, name = '']) => name);
  const unknown = names.find((name) => !Object.hasOwn(PLACEHOLDERS, name));
  if (unknown !== undefined)
    return `there is no [${unknown}]; there are ${Object.keys(PLACEHOLDERS)
      .map((name) => `[${name}]`)
      .join(', ')}`;
  const missing = names.flatMap((name) => {
    const placeholder = PLACEHOLDERS[name];
    return placeholder === undefined || placeholder.value(lesson) !== undefined ? [] : [placeholder.needs];
  });
  if (missing.length > 0) return without(...missing);
  return part(
    lines(template.replace(PLACEHOLDER, (_, name: string) => shellWord(PLACEHOLDERS[name]?.value(lesson) ?? ''))),
  );
}
