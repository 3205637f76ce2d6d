/**
 * The check of a chat of which there is only a capture. The listener's findings answer some of the questions. Nobody
 * types, and nobody sees what the programs show, so the others stay open.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { TapRecorder } from '../../capture/tap.js';
import type { ConversationFindings, ReadableMessage } from '../../eavesdropper/findings/findings.js';
import { inspectCapture } from '../../eavesdropper/inspect.js';
import { wireKeyFinder } from '../../keyholder/wire/wire-keys.js';
import { cannotTell, doesNotApply, type Answer, type Finding } from '../finding.js';
import { QUESTION_IDS, type QuestionId } from '../question-ids.js';
import { capital, quoted } from '../quoting.js';
import { crosses } from '../questions/key-in-clear.js';
import { rsaStrength } from '../questions/rsa-strength.js';
import { sharesKeystream } from '../questions/keystream.js';
import { publicKeysIn } from '../keys/public-keys.js';
import { isReadable } from '../questions/readable.js';
import { formsOf } from '../keys/recording.js';
import { isRepeated } from '../questions/same-bytes.js';
import type { Chunk } from '../wire/treatment.js';
import { connectionsIn, type Connection, type Piece } from './pieces.js';
import { trafficOf, type Traffic } from './traffic.js';

export interface RecordedCheck {
  /** The capture, as the user named it. */
  readonly file: string;
  /** One for each question, in the order of {@link QUESTION_IDS}. */
  readonly findings: readonly Finding[];
  /** The questions that no capture can answer. */
  readonly unasked: readonly QuestionId[];
  /** What anybody can see of each connection. */
  readonly traffic: readonly Traffic[];
  /** Why some of the capture was left out, as whole sentences. */
  readonly notes: readonly string[];
  readonly tookMs: number;
}

/**
 * @param port of the server. null: all connections are looked at, except those of protocols that are no chat.
 * @throws CaptureFileError
 */
export async function checkCapture(file: string, port: number | null): Promise<RecordedCheck> {
  const began = performance.now();
  const { findings: found } = await inspectCapture(file, { wireKeys: wireKeyFinder(), hashes: false });
  const isWanted = (serverPort: number): boolean => port === null || serverPort === port;
  const all = found.conversations.filter(({ server }) => isWanted(server.port));
  const chats = all.filter((each) => port !== null || each.protocol === null || each.tls !== undefined);
  const connections = (await connectionsIn(file)).filter(({ serverPort }) =>
    chats.some(({ server }) => server.port === serverPort),
  );
  const recording = { chats, connections, hasDatagrams: (found.udp ?? []).length > 0 };
  const answers = await answersTo(recording);
  const findings = QUESTION_IDS.map((question): Finding => {
    const answer = answers[question] ?? unanswered(question);
    return { ...answer, question, took: 0 };
  });
  const notes = [
    ...(found.damage === null ? [] : [`The capture is damaged: ${found.damage.message}.`]),
    ...(chats.length < all.length
      ? [
          `${all.length - chats.length} of ${all.length} connections belong to known protocols that are no chat; --port chooses one.`,
        ]
      : []),
    ...(recording.hasDatagrams ? ['The capture also holds datagrams of UDP, which this check does not look at.'] : []),
  ];
  const unasked = QUESTION_IDS.filter((question) => answers[question] === undefined);
  const traffic = connections.map(trafficOf);
  return { file, findings, unasked, traffic, notes, tookMs: performance.now() - began };
}

interface Recording {
  readonly chats: readonly ConversationFindings[];
  readonly connections: readonly Connection[];
  readonly hasDatagrams: boolean;
}

type Answers = Partial<Record<QuestionId, Answer>>;

async function answersTo(recording: Recording): Promise<Answers> {
  const { chats, connections, hasDatagrams } = recording;
  if (connections.length === 0) {
    const none = cannotTell(
      hasDatagrams
        ? 'Nothing crossed in a TCP connection: it is a chat over UDP'
        : 'Nothing crossed in a TCP connection',
      'A capture of the chat from its beginning, made while both programs spoke',
    );
    return { readable: none, 'same-bytes': none, 'key-in-clear': none, keystream: none, 'key-strength': none };
  }
  const readable = await readableAnswer(recording);
  const isPlain = readable.verdict === 'fault' && chats.every(isAllText);
  const plain = doesNotApply('The messages are not encrypted, so there is nothing of this to find');
  const { 'same-bytes': repeated, keystream } = isPlain
    ? { 'same-bytes': plain, keystream: plain }
    : repetitions(recording);
  return {
    readable,
    'same-bytes': repeated,
    keystream,
    'key-in-clear': isPlain ? plain : keyAnswer(chats),
    'key-strength': strengthAnswer(connections) ?? (isPlain ? plain : noPublicKey()),
  };
}

/** Bytes that are neither text nor a disguise of text: a chat that has none is not encrypted at all. */
function isAllText({ streams }: ConversationFindings): boolean {
  return Object.values(streams).every(({ readability: { other, encoded } }) => other + encoded === 0);
}

/** Of all bytes. */
function readablePart(chats: readonly ConversationFindings[]): number {
  const streams = chats.flatMap((chat) => Object.values(chat.streams));
  const all = streams.reduce((sum, { bytes }) => sum + bytes, 0);
  const not = streams.reduce((sum, { readability: { other, encoded } }) => sum + other + encoded, 0);
  return all === 0 ? 0 : 1 - not / all;
}

/** Two words: what is only a greeting of two programs, a number or a key in base64 says nothing. */
const WORDS =
  /\p{L}{2,}['’]?\p{L}*[ ,]+\p{L}+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]{4}/u;
/** Where a part of the chat is not text, so much of it has to be readable: programs greet each other in words too. */
const LEAST_SAID = 3;
const LEAST_READABLE = 0.5;

function saidIn({ messages }: ConversationFindings): readonly ReadableMessage[] {
  return messages.flatMap((message) =>
    message.kind === 'readable' && WORDS.test(message.text) && !message.text.includes('-----') ? [message] : [],
  );
}

async function readableAnswer({ chats, connections }: Recording): Promise<Answer> {
  const said = chats.flatMap(saidIn);
  const isEnough = chats.every(isAllText) || (said.length >= LEAST_SAID && readablePart(chats) >= LEAST_READABLE);
  if (said.length > 0 && isEnough) return canBeRead(said, connections);
  const sealed = chats.filter(({ tls }) => tls !== undefined);
  if (sealed.length === chats.length && chats.every(({ tlsFrom }) => tlsFrom === undefined)) return insideTls(sealed);
  const words = chats.flatMap(({ messages }) => messages.filter(({ kind }) => kind === 'readable'));
  return cannotTell(
    words.length === 0
      ? 'Nothing that crossed reads as text, neither as it is nor in a disguise; but nobody has told servchat what was said'
      : 'Some text crosses, but so little that it may be what the programs tell each other',
    'What was said: servchat inspect FILE --find "a sentence of the chat"; or the two programs, for servchat check to run',
    words.slice(0, 3).flatMap((each) =>
      each.kind === 'readable'
        ? [
            {
              seen: `${quoted(each.text)} can be read in what ${nameOf(each.place.side)} sends.`,
              frames: [each.place.frame],
            },
          ]
        : [],
    ),
  );
}

/** The control: the same reader, and as many random bytes in the same pieces. */
async function canBeRead(said: readonly ReadableMessage[], connections: readonly Connection[]): Promise<Answer> {
  const pieces = connections.flatMap((connection) => connection.pieces);
  const control = await inspected(pieces.map((piece) => ({ ...piece, bytes: randomBytes(piece.bytes.length) })));
  if (control.flatMap(saidIn).length > 0)
    return cannotTell('The reader also finds sentences in random bytes of the same sizes', 'A longer chat');
  const disguises = [...new Set(said.flatMap(({ as }) => (as === undefined ? [] : [as])))];
  return isReadable(
    {
      said: `${said.length} ${said.length === 1 ? 'message' : 'messages'} can be read on the wire${disguises.length === 0 ? '' : `, written as ${disguises.join(' and ')}`}`,
      evidence: said.slice(0, 3).map(({ text, place, as }) => ({
        seen: `${quoted(text)} is in what ${nameOf(place.side)} sends, from byte ${place.offset} on${as === undefined ? '' : `, as ${as}`}.`,
        frames: [place.frame],
      })),
      control: 'The same reader finds no sentence in random bytes that were cut into the same pieces',
    },
    disguises.length > 0,
  );
}

function insideTls(sealed: readonly ConversationFindings[]): Answer {
  const version = sealed[0]?.tls?.serverHello?.version ?? null;
  const records = sealed.reduce((sum, { tls }) => sum + (tls?.records.length ?? 0), 0);
  return {
    verdict: 'good',
    said: `All of it is inside ${version ?? 'TLS'}; a listener sees sizes and times`,
    control: `each byte belongs to one of ${records} TLS records, whose headers were read`,
    evidence: [],
  };
}

function repetitions({ chats, connections }: Recording): Record<'same-bytes' | 'keystream', Answer> {
  const needed =
    'The same sentence said twice at one program, and another one between: servchat check does that when it runs them';
  const shown = chats.flatMap(({ sameBytes }) => (sameBytes === undefined ? [] : [sameBytes]));
  const [first] = shown;
  const stream = shown.find(({ kind }) => kind === 'keystream');
  const block = shown.find(({ kind }) => kind !== 'keystream');
  const unknown = cannotTell(
    'Nothing shows that the same text gives the same bytes; but nobody knows whether anything was said twice',
    needed,
  );
  if (first === undefined) return { 'same-bytes': equalPieces(connections) ?? unknown, keystream: unknown };
  const frames = first.places.map(({ frame }) => frame);
  const streamFrames = stream?.places.map(({ frame }) => frame) ?? [];
  return {
    'same-bytes': isRepeated(
      {
        said:
          block === undefined
            ? 'Messages that say the same have the same bytes'
            : 'Equal parts of messages give equal bytes',
        evidence: [
          {
            seen:
              block === undefined
                ? `${stream?.again ?? 0} more messages are mixed with the stream of bytes of an earlier one.`
                : `${block.again} blocks of ${block.blockBytes ?? 0} bytes are equal to an earlier one.`,
            frames,
          },
        ],
        control: 'In random bytes, blocks of this size do not come again',
      },
      block?.kind === 'blocks',
    ),
    keystream:
      stream === undefined
        ? unknown
        : sharesKeystream({
            said: 'Messages are mixed with the same stream of bytes',
            evidence: [{ seen: `Two messages XORed give what two texts XORed would give.`, frames: streamFrames }],
            control: 'Random bytes XORed do not give that',
          }),
  };
}

/** So many bytes, with so many different ones, are not equal by accident. */
const LEAST_EQUAL = 16;
const LEAST_VALUES = 10;

/** Two pieces of one side that are the same, and that are no text. null where there are none. */
function equalPieces(connections: readonly Connection[]): Answer | null {
  for (const { pieces } of connections) {
    const seen = new Map<string, Piece>();
    for (const piece of pieces) {
      if (!formsOf(piece.bytes).some(isSealed)) continue;
      const key = `${piece.from} ${piece.bytes.toString('latin1')}`;
      const before = seen.get(key);
      if (before === undefined) seen.set(key, piece);
      else
        return isRepeated(
          {
            said: 'The same bytes cross again, so the same text gives the same bytes',
            evidence: [
              {
                seen: `${capital(nameOf(piece.from))} sends exactly the same ${piece.bytes.length} bytes twice.`,
                frames: [before.frame, piece.frame],
              },
            ],
            control: `Bytes that a cipher makes anew each time are equal by accident once in 2^${8 * LEAST_EQUAL}`,
          },
          false,
        );
    }
  }
  return null;
}

/** Whether bytes may come from a cipher: many different ones, and not all letters and signs. */
function isSealed(bytes: Buffer): boolean {
  const strange = bytes.filter((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20) || byte > 0x7e).length;
  return bytes.length >= LEAST_EQUAL && new Set(bytes).size >= LEAST_VALUES && strange >= bytes.length / 4;
}

type FoundKey = NonNullable<ConversationFindings['wireKeys']>[number];

function keysOf(chats: readonly ConversationFindings[]): readonly FoundKey[] {
  return chats
    .flatMap(({ wireKeys = [] }) => wireKeys)
    .filter(({ texts, what }) => texts.some(({ text }) => WORDS.test(text)) || /private/i.test(what));
}

function keyAnswer(chats: readonly ConversationFindings[]): Answer {
  const keys = keysOf(chats);
  if (keys.length > 0)
    return crosses({
      said: keys.some(({ opened }) => opened > 0)
        ? 'The key crosses as it is, and opens the messages'
        : 'A private key crosses as it is',
      evidence: keys.slice(0, 3).map(({ place, what, opened, cipher, texts }) => ({
        seen: `A key (${what}) is in what ${nameOf(place.side)} sends, from byte ${place.offset} on.${opened > 0 ? ` As ${cipher ?? 'a key'}, it opens ${opened} ${opened === 1 ? 'message' : 'messages'}, such as ${quoted(texts[0]?.text ?? '')}.` : ''}`,
        frames: [place.frame],
      })),
      control: 'What comes out is text, or the key is whole by its form; other bytes that crossed do not give that',
    });
  const isWhole = chats.every(({ wireKeysUnsought }) => wireKeysUnsought === undefined);
  return cannotTell(
    isWhole
      ? 'Nothing that crossed opens a message as a key, in the ways that servchat knows'
      : 'Too much crossed to try all of it as a key',
    isWhole
      ? 'The two programs: then servchat knows what was typed, and proves a key by that'
      : 'A shorter capture, from the beginning of the chat',
  );
}

/** What one side sent before the other one answered is looked at as one. null where no public key is in it. */
function strengthAnswer(connections: readonly Connection[]): Answer | null {
  const keys = connections.flatMap(({ pieces }, link) => publicKeysIn(turnsOf(pieces, link), []));
  return keys.length === 0 ? null : rsaStrength(keys, {}, []);
}

function noPublicKey(): Answer {
  return cannotTell(
    'No RSA public key was seen: none crosses in PEM or in DER',
    'A capture from the beginning of the chat, in which an RSA public key crosses; of other keys, servchat does not know the form',
  );
}

function turnsOf(pieces: readonly Piece[], link: number): readonly Chunk[] {
  const turns: Chunk[] = [];
  for (const { from, bytes, ms, frame } of pieces) {
    const last = turns.at(-1);
    const isSame = last?.from === from;
    if (last !== undefined && isSame) turns[turns.length - 1] = { ...last, bytes: Buffer.concat([last.bytes, bytes]) };
    else turns.push({ number: turns.length, link, from, bytes, at: ms, frame });
  }
  return turns;
}

/** What the listener makes of such pieces. */
async function inspected(pieces: readonly Piece[]): Promise<readonly ConversationFindings[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-check-'));
  try {
    const file = path.join(folder, 'control.pcap');
    const recorder = TapRecorder.open(file);
    const tap = recorder.connection(
      { client: { address: '127.0.0.1', port: 50_000 }, server: { address: '127.0.0.1', port: 4747 } },
      'client',
    );
    for (const { from, bytes } of pieces) {
      if (from === 'client') tap.sent(bytes);
      else tap.received(bytes);
    }
    recorder.close();
    return (await inspectCapture(file, { hashes: false })).findings.conversations;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const SEEN_ONLY_AT_SCREENS = new Set<QuestionId>(['works', 'ends']);

function unanswered(question: QuestionId): Answer {
  return cannotTell(
    SEEN_ONLY_AT_SCREENS.has(question)
      ? 'A capture shows what crossed, and not what the programs showed'
      : 'What has crossed cannot be changed any more: for this, servchat has to sit between the programs',
    'The two programs: servchat check --server … --client …',
  );
}

function nameOf(side: 'client' | 'server'): string {
  return `the ${side}`;
}
