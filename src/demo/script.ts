/**
 * Reads a conversation file: one message a line, in the order of the chat.
 *
 *     # a comment
 *     client: Hello
 *     server: Hi
 */
import { MAX_TEXT_BYTES } from '../protocol/frames.js';
import { LEAVING_WORD, isLeaving } from '../protocol/leaving.js';
import type { Side } from '../protocol/side.js';

export interface ScriptLine {
  readonly side: Side;
  readonly text: string;
}

/** An error in a conversation file, with the line number. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
}

/**
 * Returns the messages of a conversation. If it does not end with EXIT or END, the client's EXIT is added, because a
 * chat must end.
 *
 * @throws ScriptError
 */
export function parseScript(source: string): readonly ScriptLine[] {
  const messages = parseMessages(source);
  const isEnded = messages.some(({ text }) => isLeaving(text));
  return isEnded ? messages : [...messages, { side: 'client', text: LEAVING_WORD }];
}

/** Returns the messages of a conversation as they are. @throws ScriptError */
export function parseMessages(source: string): readonly ScriptLine[] {
  const messages: ScriptLine[] = [];
  for (const [index, line] of source
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const last = messages.at(-1);
    if (last !== undefined && isLeaving(last.text)) {
      throw new ScriptError(`line ${index + 1} comes after the chat has ended with ${last.text.trim()}`);
    }
    messages.push(parseLine(line, index + 1));
  }
  if (messages.length === 0) throw new ScriptError('it holds no message; a line is `client: …` or `server: …`');
  return messages;
}

function parseLine(line: string, number: number): ScriptLine {
  const [, side, text] = /^(client|server):[ \t]?(.*)$/s.exec(line) ?? [];
  if ((side !== 'client' && side !== 'server') || text === undefined) {
    throw new ScriptError(`line ${number} is neither \`client: …\`, \`server: …\` nor a # comment`);
  }
  if (text === '') throw new ScriptError(`line ${number} holds an empty message`);
  if (Buffer.byteLength(text) > MAX_TEXT_BYTES) {
    throw new ScriptError(`the message in line ${number} is longer than ${MAX_TEXT_BYTES} bytes`);
  }
  return { side, text };
}
