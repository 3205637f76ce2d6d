/** The lesson as one Markdown page. Each number, byte and verdict in it is taken from the lesson's data. */
import type { CaptureFindings, Comparison, ConversationFindings, SealedMessage, Verdict } from '../eavesdropper/findings.js';
import { MOST_SHOWN, shortened } from './columns.js';
import { comparedConversations, notes, summarySentence } from './comparison-summary.js';
import { handshakeSteps } from './handshake-steps.js';
import type { Captured, Lesson } from './lesson.js';
import { block, bullets, code, prose, table } from './markdown.js';
import {
  counted,
  duration,
  endpoint,
  frameList,
  frameNumbers,
  frames,
  listed,
  moment,
  secondMoment,
  shapePhrase,
  textStep,
} from './phrases.js';
import { sealedMessages, stillVisible } from './still-visible.js';
import { hexRows, tokenFields } from './token-anatomy.js';
import {
  FOLLOW_MENU,
  framesThatContain,
  wiresharkFilterContains,
  wiresharkFilterConversation,
  wiresharkFilterPort,
} from './wireshark.js';

/** Ends in LF. */
export function lessonMarkdown(lesson: Lesson): string {
  const { comparison } = lesson;
  const { plaintext, encrypted } = comparedConversations(comparison);
  const chapters: readonly (readonly string[])[] = [
    ['# What a listener can read', `In short: ${summaryMarkdown(comparison)}.`],
    ['## What was run, and how it was captured', ...runChapter(lesson, plaintext, encrypted)],
    ['## What a listener reads', ...plaintextChapter(comparison, plaintext)],
    ['## The same chat, encrypted', ...encryptedChapter(lesson, encrypted)],
    ['## Inside one token', ...tokenChapter(encrypted)],
    ['## What stayed visible all the same', ...visibleChapter(encrypted)],
    ['## Check it yourself in Wireshark', ...checkChapter(lesson, plaintext, encrypted)],
    ['## What this does not prove', limits()],
  ];
  return `${chapters.flat().join('\n\n')}\n`;
}

function summaryMarkdown(comparison: Comparison): string {
  return `**${summarySentence(comparison)}**`;
}

function runChapter(
  { comparison, captured, keys }: Lesson,
  plaintext: ConversationFindings | null,
  encrypted: ConversationFindings | null,
): string[] {
  const script = 'Two programs talked over TCP, first in plaintext, then the same conversation once more encrypted.';
  const items = [
    captureItem('Plaintext', comparison.plaintext, captured.plaintext, plaintext),
    captureItem('Encrypted', comparison.encrypted, captured.encrypted, encrypted),
    ...(keys === null ? [] : [`Key log of the encrypted chat: ${code(keys.file)}. Whoever has it can read that chat.`]),
  ];
  return [
    script,
    bullets(items),
    'What follows was read from the two capture files alone, as somebody on the wire would have them; only where the key log is named was it used.',
  ];
}

function captureItem(
  name: string,
  { file, packets, linkType, damage }: CaptureFindings,
  captured: Captured,
  conversation: ConversationFindings | null,
): string {
  const ends =
    conversation === null
      ? 'no conversation of this mode is in it'
      : `${code(endpoint(conversation.client))} to ${code(endpoint(conversation.server))}, ${moment(conversation.started)} for ${duration(conversation.ended - conversation.started)}`;
  const cut =
    damage === null
      ? ''
      : ` Reading stopped at packet ${damage.packet}, byte ${damage.offset} of the file: ${prose(damage.message)}.`;
  return `${name}: ${code(file)}, ${counted(packets, 'packet')} (${prose(linkType.name)}); ${ends}. ${capturedSentence(captured)}${cut}`;
}

function capturedSentence(captured: Captured): string {
  if (captured.way === 'live') {
    return `Captured live by ${code(captured.tool)}: the packets are those of the kernel. On loopback the kernel leaves checksums unfinished, so Wireshark may call them wrong when it is told to verify them; that is no tampering.`;
  }
  const bytes = 'Captured by a tap on the socket: the bytes, their cut into writes and their times are what crossed it.';
  if (captured.rebuilt.length === 0) return bytes;
  return `${bytes} Rebuilt around them: ${prose(listed(captured.rebuilt))}.`;
}

function plaintextChapter(comparison: Comparison, conversation: ConversationFindings | null): string[] {
  const rows = comparison.messages.map(({ number, side, text, plaintext }) => [
    String(number),
    side,
    quoted(text),
    verdictWords(plaintext),
    plaintext.readable ? String(plaintext.hit.place.offset) : '',
  ]);
  const where = conversation === null ? '' : ` (conversation ${conversation.number})`;
  return [
    `Without a key and without effort: the listener opens ${code(comparison.plaintext.file)}${where} and looks for what was typed. A frame is a packet’s number in the file; the offset counts the bytes of one side from its first.`,
    table(['#', 'who', 'as typed', 'in plaintext', 'offset'], rows),
  ];
}

function verdictWords(verdict: Verdict): string {
  if (!verdict.readable) return 'not found';
  const { place, shape } = verdict.hit;
  return `**readable** in ${frames(place)}${shape === 'as typed' ? '' : `, ${shapePhrase(shape)}`}`;
}

function encryptedChapter({ comparison, keys }: Lesson, conversation: ConversationFindings | null): string[] {
  if (conversation === null) return [`${code(comparison.encrypted.file)} holds no encrypted conversation.`];
  return [
    'Before the first message the two must agree on a key, over a wire that anybody reads.',
    ...handshakeParagraphs(conversation),
    'Each message then crosses as a Fernet token and a check behind it. The listener looks for the same texts again. “Not found” proves something only together with its control: the same search on the plaintext capture, where it must find the message.',
    encryptedTable(comparison),
    ...noteParagraphs(comparison),
    ...openedParagraphs(comparison, keys),
  ];
}

function handshakeParagraphs(conversation: ConversationFindings): string[] {
  const steps = handshakeSteps(conversation);
  if (steps.length === 0) return ['The capture holds none of the lines in which they did.'];
  const rows = steps.map(({ place, line, value, meaning }) => [
    frameNumbers(place),
    place.side,
    code(line),
    value === '' ? '' : quoted(value),
    meaning,
  ]);
  return [
    'These lines crossed for it:',
    table(['frame', 'who', 'line', 'value', 'what it is'], rows),
  ];
}

function encryptedTable({ messages }: Comparison): string {
  const rows = messages.map(({ number, side, text, encrypted, sealed }) => [
    String(number),
    side,
    quoted(text),
    verdictWords(encrypted),
    sealed === null ? 'none' : `frame ${frameNumbers(sealed.place)}, ${counted(sealed.token.characters, 'character')}`,
    sealed === null ? '' : textStep(sealed.token),
    controlWords(encrypted),
  ]);
  return table(['#', 'who', 'as typed', 'encrypted', 'its token', 'so the text is', 'control'], rows);
}

function controlWords(verdict: Verdict): string {
  if (verdict.readable) return '';
  const { control } = verdict;
  return control.held ? `found in ${frames(control.hit.place)}` : `none: ${prose(control.why)}`;
}

function noteParagraphs(comparison: Comparison): string[] {
  const all = notes(comparison);
  if (all.length === 0) return [];
  return ['If you search yourself, you will meet these:', bullets(all.map(({ text, says }) => `${quoted(text)} ${prose(says)}.`))];
}

function openedParagraphs({ messages }: Comparison, keys: Lesson['keys']): string[] {
  if (keys === null) return [];
  const typed = new Map(messages.flatMap(({ sealed, text }) => (sealed === null ? [] : [[sealed.number, text] as const])));
  const rows = sealedMessages(keys.conversation).map(({ number, place, opened }) => [
    frameNumbers(place),
    place.side,
    ...openedCells(opened, typed.get(number)),
  ]);
  return [
    `With the key log ${code(keys.file)} the same capture reads. Each token was opened by the ${code('fernet')} package, which shares no line with the program that wrote it:`,
    table(['frame', 'who', 'opened', 'check', 'as it was typed'], rows),
  ];
}

function openedCells(opened: SealedMessage['opened'], typed: string | undefined): readonly string[] {
  if (opened === null) return ['', 'not opened', ''];
  if (!opened.ok) return ['', `refused: ${prose(opened.why)}`, ''];
  return [quoted(opened.text), opened.check, opened.text === typed ? 'yes' : 'no'];
}

function tokenChapter(conversation: ConversationFindings | null): string[] {
  const sealed = conversation === null ? undefined : sealedMessages(conversation)[0];
  if (sealed === undefined) return ['The capture holds no token to take apart.'];
  const { number, place, token, check } = sealed;
  const fields = tokenFields(token.text);
  const rows = fields.map(({ name, offset, bytes, meaning }) => [
    name,
    bytes.length === 1 ? String(offset) : `${offset}–${offset + bytes.length - 1}`,
    meaning,
  ]);
  const whole = fields.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return [
    `Message ${number}, in ${frames(place)}, from the ${place.side}. Its token is ${counted(token.characters, 'character')} of base64url:`,
    block([token.text]),
    `Decoded, ${counted(whole, 'byte')}. The offsets are decimal, the bytes hexadecimal:`,
    block(hexRows(fields)),
    table(['field', 'bytes', 'what it is'], rows),
    `Version, time and IV are in clear for everybody. The text fills ${counted(token.ciphertextBytes, 'byte')} of ciphertext with 1 to 16 bytes of padding, so it is ${textStep(token)} long. Printable is not readable: every character above can be printed, and none of them says what was typed.`,
    'Behind the token stands the check of the chat itself:',
    block([check]),
  ];
}

function visibleChapter(conversation: ConversationFindings | null): string[] {
  if (conversation === null) return ['There is no encrypted conversation in the capture.'];
  const rows = stillVisible(conversation).map(({ what, seen }) => [what, prose(seen)]);
  const times = sealedMessages(conversation).map(({ number, place, token }) => [
    String(number),
    frameNumbers(place),
    place.side,
    moment(place.time),
    secondMoment(token.created),
    textStep(token),
  ]);
  return [
    'Encryption hides what is said. It does not hide that somebody speaks:',
    table(['what', 'as the capture shows it'], rows),
    ...(times.length === 0 ? [] : [table(['#', 'frame', 'who', 'captured at', 'token made', 'text'], times)]),
  ];
}

function checkChapter(
  { comparison }: Lesson,
  plaintext: ConversationFindings | null,
  encrypted: ConversationFindings | null,
): string[] {
  return [
    'Open a capture in Wireshark and put a filter into the bar above the packets.',
    ...conversationCheck(comparison.plaintext, plaintext),
    ...conversationCheck(comparison.encrypted, encrypted),
    'Then look for each message. `frame contains` searches a packet’s headers too, where two or three letters can turn up by accident; what is told here is what stands in the conversation.',
    ...comparison.messages.filter(({ text }) => text !== '').flatMap((message) => messageCheck(message)),
  ];
}

function conversationCheck({ file }: CaptureFindings, conversation: ConversationFindings | null): string[] {
  if (conversation === null) return [];
  return [
    `${code(file)}: ${counted(conversation.frames, 'frame')} belong to the conversation. Mark one and choose *${FOLLOW_MENU}* to see both sides as text.`,
    block([wiresharkFilterConversation(conversation)]),
    'Or every conversation at the server’s port:',
    block([wiresharkFilterPort(conversation)]),
  ];
}

function messageCheck({ number, text, plaintext, encrypted }: Comparison['messages'][number]): string[] {
  return [
    `Message ${number}. In plaintext it shows ${shownFrames(plaintext)}; in the encrypted capture ${shownFrames(encrypted)}.`,
    block([wiresharkFilterContains(text)]),
  ];
}

function shownFrames(verdict: Verdict): string {
  const numbers = framesThatContain(verdict);
  return numbers.length === 0 ? 'no packet' : frameList(numbers);
}

function quoted(text: string): string {
  return code(shortened(text, MOST_SHOWN));
}

function limits(): string {
  return bullets([
    '**Not found is not proven secure.** A search that finds nothing shows that the text does not stand there in the shapes that were tried. Whether the cipher is used well is another question.',
    '**Nobody vouches for the public key.** Somebody between the two can hand each of them a key of their own and read everything: a man in the middle. Only comparing the fingerprints over another way shows it; TLS has certificates for this.',
    '**A Fernet key is 32 bytes, but two keys:** 16 bytes sign and 16 bytes encrypt. So the cipher is AES-128, not AES-256.',
    '**There is no forward secrecy.** As long as the client’s private key is kept anywhere, whoever recorded the chat and gets that key opens the session key, and with it every message.',
    '**Sizes and times stay visible,** and so do the two ends and who spoke when. Short answers can be guessed by their length.',
    '**It was captured just as well.** Encryption does not keep anybody from recording; it keeps them from reading.',
  ]);
}
