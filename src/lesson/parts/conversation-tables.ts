/**
 * The chat as tables: how it was captured, who said what, both captures side by side, what the key reveals, what stays
 * visible.
 */
import type { Paragraph } from 'mdast';

import type { SealedMessage, TlsMessage, Verdict } from '../../eavesdropper/findings/findings.js';
import { MOST_SHOWN, shortened } from '../../faces/columns.js';
import { notes, summarySentence } from '../../faces/comparison-summary.js';
import { handshakeSteps } from '../../faces/handshake-steps.js';
import type { HowCaptured, Lesson, Recorded, RecordedTls } from '../lesson.js';
import {
  counted,
  duration,
  endpoint,
  frameNumbers,
  frames,
  guessPhrase,
  moment,
  shapePhrase,
  textStep,
} from '../../faces/phrases.js';
import { VERSION } from '../../protocol/frames.js';
import { shellWord } from '../../shell-word.js';
import { stillVisible } from '../../faces/still-visible.js';
import { isSealed } from '../../protocol/modes.js';
import { OF_MISSING, ofAttribute, sealedOf, without } from './chosen.js';
import {
  captured,
  list,
  MOST_ROWS,
  paragraph,
  part,
  strong,
  table,
  word,
  type Inline,
  type InlineOrMore,
  type Part,
} from './tree.js';

/** If the captures are not of the same chat, the reader learns it right after their list, before anything else. */
export function captures(lesson: Lesson): Part {
  const { plaintext, encrypted, tls, keys, privateKey, disagreements } = lesson;
  if ((plaintext ?? encrypted ?? tls) === null) return without('capture');
  const all = [
    { name: 'Plaintext', recorded: plaintext },
    { name: 'Encrypted', recorded: encrypted },
    { name: 'TLS', recorded: tls },
  ].flatMap(({ name, recorded }) => (recorded === null ? [] : [{ name, recorded }]));
  const ways = new Set(all.map(({ recorded: { captured: way } }) => JSON.stringify(way)));
  const isOneWay = all.length > 1 && ways.size === 1;
  return part(
    list([
      ...all.map(({ name, recorded }) => captureItem(name, recorded, isOneWay)),
      ...(keys === null
        ? []
        : [
            [
              'Key log of the encrypted chat: ',
              captured(keys.file),
              '. Anyone who has it can read that chat; this report quotes it.',
            ],
          ]),
      ...(privateKey === null ? [] : [['The client’s private key: ', captured(privateKey.file), '.']]),
    ]),
    ...(isOneWay
      ? all.slice(0, 1).map(({ recorded }) => paragraph(...capturedWords(recorded.captured, 'All of them were')))
      : []),
    ...disagreements.map((says) => paragraph(strong(says))),
    ...cutNotes(lesson),
  );
}

/** `isOneWay`: all were captured in the same way, so one sentence says it for all. */
function captureItem(
  name: string,
  { capture, conversation, captured: way }: Recorded,
  isOneWay: boolean,
): readonly Inline[] {
  const cut =
    capture.damage === null
      ? []
      : [` Reading stopped at packet ${capture.damage.packet}: `, captured(capture.damage.message), '.'];
  return [
    strong(name),
    ': ',
    captured(capture.file),
    `, ${counted(capture.packets, 'packet')}${among(capture, conversation)}, from `,
    captured(endpoint(conversation.client)),
    ' to ',
    captured(endpoint(conversation.server)),
    `, ${moment(conversation.started)} for ${duration(conversation.ended - conversation.started)}.`,
    ...(isOneWay ? [] : [' ', ...capturedWords(way, 'It was')]),
    ...doubts(capture, conversation),
    ...(conversation.guessedBorders === undefined ? [] : [` ${guessPhrase(conversation.guessedBorders)}`]),
    ...cut,
  ];
}

/** What may be wrong in the tables, or missing in them, because the capture does not hold all of the chat. */
function doubts(
  { leftOut }: Recorded['capture'],
  { guessedSides, streams }: Recorded['conversation'],
): readonly Inline[] {
  const missing = streams.client.missing + streams.server.missing;
  return [
    ...(guessedSides === true ? [` ${SIDES_GUESSED}`] : []),
    ...(missing === 0
      ? []
      : [` ${counted(missing, 'byte')} of the chat ${missing === 1 ? 'is' : 'are'} missing from the capture.`]),
    ...(leftOut.lateBytes === 0
      ? []
      : [
          ` ${counted(leftOut.lateBytes, 'byte')} came after servchat had forgotten their conversation, and were not read.`,
        ]),
  ];
}

const SIDES_GUESSED =
  'Which side is the client is a guess: the beginning was not captured, and clients mostly have the higher port. If it is wrong, client and server are exchanged in this report.';

/** Says which conversation is the chat, if the file contains more than one. */
function among({ contents }: Recorded['capture'], { number }: Recorded['conversation']): string {
  return contents.conversations === 1
    ? ''
    : ` in ${contents.conversations} TCP conversations; the chat is conversation ${number}`;
}

/** If a chat is too long for a page: what is left out, and the command that shows it. */
function cutNotes({ plaintext, encrypted, tls, verdicts, command }: Lesson): readonly Paragraph[] {
  return [plaintext, encrypted, tls].flatMap((recorded) => {
    if (recorded === null || !isCut(recorded, verdicts.length)) return [];
    const { capture, conversation } = recorded;
    const shows = `${command} inspect ${shellWord(capture.file)} --follow ${conversation.number} --limit 0`;
    const many = conversation.messages.length + (conversation.unlistedMessages ?? 0);
    return [
      paragraph(
        `The chat in ${conversation.mode === 'unknown' ? 'tls' : conversation.mode} mode is too long for this page`,
        many === 0 ? '' : `, with ${counted(many, 'message')}`,
        `. A table shows ${MOST_ROWS} rows at most, and a text ${MOST_SHOWN} characters. `,
        ...(recorded !== plaintext || verdicts.length >= many
          ? []
          : [`The search is for the first ${verdicts.length} messages. `]),
        'To see all of the chat, run: ',
        word(shows),
      ),
    ];
  });
}

function isCut(recorded: Recorded, compared: number): boolean {
  const { messages, mode } = recorded.conversation;
  const rows = 'records' in recorded ? (recorded as RecordedTls).records.length : messages.length;
  if (rows > MOST_ROWS || (mode === 'plaintext' && compared < messages.length)) return true;
  return messages.some((message) => message.kind === 'readable' && message.text.length > MOST_SHOWN);
}

function capturedWords(way: HowCaptured, lead: 'It was' | 'All of them were'): readonly Inline[] {
  switch (way.way) {
    case 'live':
      return [
        `${lead} captured live by `,
        captured(way.tool),
        ': these are the packets that the system itself sent. ',
        'Within one machine it leaves the checksums in them unfinished. ',
        'If you tell Wireshark to verify checksums, it may call them wrong. That does not mean that someone changed them.',
      ];
    case 'tap':
      return [
        `${lead} captured by a tap, at the socket of one of the two programs. The bytes, how they were cut into writes, and their times are real. `,
        `What is around them was rebuilt: ${way.rebuilt.join('; ')}.`,
      ];
    case 'given':
      return [
        lead === 'It was'
          ? 'The file does not say how it was captured.'
          : 'The files do not say how they were captured.',
      ];
  }
}

export function summary({ comparison }: Lesson): Part {
  return comparison === null ? without('comparison') : part(paragraph(strong(`${summarySentence(comparison)}.`)));
}

/** The messages of one mode, as the listener sees them. */
export function messages(lesson: Lesson, attributes: Readonly<Record<string, string>>): Part | string {
  const of = ofAttribute(attributes);
  if (of === null) return OF_MISSING;
  const recorded = lesson[of];
  if (recorded === null) return without(of);
  const rows = recorded.conversation.messages.map((message): InlineOrMore[] => [
    String(message.number),
    frameNumbers(message.place),
    message.place.side,
    String(message.place.offset),
    message.kind === 'readable' ? captured(message.text) : captured(`${message.token.text.slice(0, 24)}…`),
  ]);
  const what = isSealed(of) ? 'what the listener sees (its beginning)' : 'what the listener reads';
  return part(table(`The chat in ${of} mode, as the listener has it`, ['#', 'frame', 'who', 'offset', what], rows));
}

/** Each message as it was typed, as it looks in both captures, and whether it was found, with the control. */
export function sideBySide(lesson: Lesson): Part {
  const { comparison } = lesson;
  if (comparison === null) return without('comparison');
  const rows = comparison.messages.map(({ number, side, text, plaintext, encrypted, sealed }): InlineOrMore[] => [
    String(number),
    side,
    quoted(text),
    verdictWords(plaintext),
    [...asSeen(sealed)],
    verdictWords(encrypted),
    controlWords(encrypted),
  ]);
  return part(
    table(
      'Each message as it was said, and as a listener saw it in both modes',
      ['#', 'who', 'as said', 'seen in plaintext', 'on the wire, encrypted', 'searched for, encrypted', 'control'],
      rows,
    ),
  );
}

/** What encrypted mode and TLS reveal about the length of each message, and whether TLS reveals its text. */
export function tlsSideBySide(lesson: Lesson): Part {
  const { verdicts } = lesson;
  if (verdicts.every(({ tls }) => tls === undefined)) return tlsRecords(lesson);
  const hasTokens = verdicts.some(({ sealed }) => sealed !== null);
  const isOpened = verdicts.some(({ tls }) => (tls?.record?.opened ?? null) !== null);
  const rows = verdicts.map(({ number, side, text, sealed, tls }): InlineOrMore[] => [
    String(number),
    side,
    quoted(text),
    ...(hasTokens ? [sealed === null ? 'no token' : `${frames(sealed.place)}: ${textStep(sealed.token)}`] : []),
    tls === undefined || tls.record === null
      ? 'no record'
      : `${frames(tls.record.place)}: ${counted(tls.record.textBytes, 'byte')}`,
    ...(isOpened ? [openedWords(tls?.record ?? null)] : []),
    tls === undefined ? '–' : verdictWords(tls.verdict),
    tls === undefined ? '–' : controlWords(tls.verdict),
  ]);
  return part(
    table(
      isOpened
        ? 'What is known of each message without a key, and what the key log opens'
        : 'What is known of each message without a key',
      [
        '#',
        'who',
        'as said',
        ...(hasTokens ? ['a token tells'] : []),
        'a TLS record tells',
        ...(isOpened ? ['the key log opens'] : []),
        'searched for in TLS',
        'control',
      ],
      rows,
    ),
  );
}

/** What the key log makes of the record with a message. */
function openedWords(record: TlsMessage | null): InlineOrMore {
  const opened = record?.opened ?? null;
  if (opened === null) return '–';
  return opened.ok ? quoted(opened.text) : `not opened: ${opened.why}`;
}

/** An encrypted alert has two bytes (RFC 8446, section 6), like a line of one byte with its LF. */
const GOODBYE_AS_TEXT_BYTES = 1;
const GOODBYE = 'TLS’s own goodbye, if this side ended properly; else a text of 1 byte';

/** A TLS capture alone: each line of the chat is an encrypted record. */
function tlsRecords({ tls }: Lesson): Part {
  if (tls === null) return without('tls');
  const last = (['client', 'server'] as const).map((side) => tls.records.findLast(({ place }) => place.side === side));
  const rows = tls.records.map((record): InlineOrMore[] => {
    const { place, textBytes } = record;
    const isGoodbye = textBytes === GOODBYE_AS_TEXT_BYTES && last.includes(record);
    return [frameNumbers(place), place.side, isGoodbye ? GOODBYE : counted(textBytes, 'byte')];
  });
  return part(
    table('The sealed records of the chat, as anyone sees them', ['frame', 'who', 'length of the text'], rows),
  );
}

function asSeen(sealed: SealedMessage | null): readonly Inline[] {
  if (sealed === null) return ['no token'];
  return [
    captured(`${sealed.token.text.slice(0, 20)}…`),
    ` ${counted(sealed.token.characters, 'character')}, ${frames(sealed.place)}: ${textStep(sealed.token)} of text`,
  ];
}

function verdictWords(verdict: Verdict): InlineOrMore {
  if (!verdict.readable) return verdict.control.proves ? '○\u00a0not found' : '?\u00a0cannot tell';
  const { place, shape } = verdict.hit;
  return ['●\u00a0', strong('readable'), `, ${frames(place)}${shape === 'as typed' ? '' : `, ${shapePhrase(shape)}`}`];
}

function controlWords(verdict: Verdict): InlineOrMore {
  if (verdict.readable) return '–';
  const { control } = verdict;
  if (control.proves) return `found in ${frames(control.hit.place)}`;
  // Only the reason why two chats differ can contain captured text.
  return ['none: ', control.isOtherConversation === true ? captured(control.why) : control.why];
}

function quoted(text: string): Inline {
  return captured(text);
}

export function searchNotes({ comparison }: Lesson): Part {
  const all = comparison === null ? [] : notes(comparison);
  if (all.length === 0) return part();
  const shown = all.slice(0, MOST_ROWS);
  return part(
    paragraph('If you search yourself, you will meet these:'),
    list(shown.map(({ text, says }) => [quoted(text), ` ${says}.`])),
  );
}

export function handshake(lesson: Lesson): Part {
  if (lesson.encrypted === null) return without('encrypted');
  const steps = handshakeSteps(lesson.encrypted.conversation);
  if (steps.length === 0)
    return part(paragraph('The capture does not hold the lines in which the two agreed on a key.'));
  return part(
    table(
      'The lines that crossed before the first message',
      ['frame', 'who', 'line', 'value', 'what it is'],
      steps.map(({ place, line, value, meaning }) => [
        frameNumbers(place),
        place.side,
        word(line),
        value === '' ? '–' : captured(value),
        line === 'HELLO' ? HELLO_MEANS : meaning,
      ]),
    ),
  );
}

/** A later chapter says how much the check protects, after it explains HMAC. */
const HELLO_MEANS = `the client speaks ${VERSION} and names the check that each message will carry: chapter 6 says what it is worth`;

/** What each token contains, for someone with the key. */
export function opened(lesson: Lesson): Part {
  const { keys, comparison } = lesson;
  if ((keys?.sessionKey ?? null) === null || keys === null) return without('key-log');
  const typed = new Map(
    (comparison?.messages ?? []).flatMap(({ sealed, text }) =>
      sealed === null ? [] : [[sealed.number, text] as const],
    ),
  );
  const rows = keys.conversation.messages.flatMap((message): InlineOrMore[][] => {
    if (message.kind !== 'sealed') return [];
    const { place, opened: found, number } = message;
    return [
      [
        frameNumbers(place),
        place.side,
        ...openedCells(found),
        ...(comparison === null ? [] : [sameCell(found, typed.get(number))]),
      ],
    ];
  });
  const heads = ['frame', 'who', 'opened', 'its check', ...(comparison === null ? [] : ['same as in plaintext'])];
  return part(table('The encrypted chat, opened with its key log', heads, rows));
}

function openedCells(found: SealedMessage['opened']): readonly InlineOrMore[] {
  if (found === null) return ['–', 'not opened'];
  return found.ok ? [quoted(found.text), found.check] : ['–', ['refused: ', captured(found.why)]];
}

function sameCell(found: SealedMessage['opened'], typed: string | undefined): string {
  if (found?.ok !== true || typed === undefined) return '–';
  return found.text === typed ? 'yes' : 'no';
}

export function visible(lesson: Lesson): Part {
  if (lesson.encrypted === null) return without('encrypted');
  const rows = stillVisible(lesson.encrypted.conversation).map(({ what, seen }): InlineOrMore[] => [what, seen]);
  return part(table('What the encrypted capture shows without any key', ['what', 'as the capture shows it'], rows));
}

/** For each token, the texts of this chat that have the right length. */
export function guesses(lesson: Lesson): Part {
  const { comparison, encrypted } = lesson;
  if (comparison === null || encrypted === null) return without('comparison');
  const texts = [...new Set(comparison.messages.map(({ text }) => text))].map((text) => ({
    text,
    bytes: Buffer.byteLength(text),
  }));
  const rows = sealedOf(encrypted).map((message): InlineOrMore[] => {
    const { least, most } = message.token.textBytes;
    const fitting = texts.flatMap(({ text, bytes }) => (bytes >= least && bytes <= most ? [text] : []));
    const outcome = fitting.length === 1 ? strong('told apart') : `one of ${fitting.length}`;
    return [frameNumbers(message.place), message.place.side, textStep(message.token), fittingWords(fitting), outcome];
  });
  return part(
    table(
      'What each token could be, by its length, for someone who knows what might be said',
      ['frame', 'who', 'length', 'what fits', 'guess'],
      rows,
    ),
  );
}

/** How many such texts are listed for one token. With many tokens, there could be very many. */
const MOST_FITTING = 12;

function fittingWords(texts: readonly string[]): readonly Inline[] {
  const named = texts
    .slice(0, MOST_FITTING)
    .flatMap((text, at): Inline[] => [...(at === 0 ? [] : [', ']), captured(shortened(text, 60))]);
  return texts.length > MOST_FITTING ? [...named, ` and ${texts.length - MOST_FITTING} more`] : named;
}
