/** Questions about a student's captures, with answers. Both are made from what the captures contain. */
import type { ConversationFindings, EncryptedComparison, SealedMessage } from '../../eavesdropper/findings/findings.js';
import { sealedOf } from '../parts/chosen.js';
import { captured, lines, list, paragraph, type Inline } from '../parts/tree.js';
import type { Lesson } from '../lesson.js';
import { counted, frameList, frameNumbers, textStep } from '../../faces/phrases.js';
import { framesThatContain, wiresharkFilterContains } from '../../faces/wireshark.js';
import type { Side } from '../../protocol/side.js';
import { otherSentences, type Spoken } from './conversation.js';
import { Dice } from './dice.js';
import type { RootContent } from 'mdast';

export interface Question {
  readonly asked: readonly RootContent[];
  readonly answer: readonly RootContent[];
}

/** An encrypted chat. The student gets only its capture. */
export interface UnknownChat {
  readonly conversation: ConversationFindings;
  /** What was said in it. */
  readonly said: readonly Spoken[];
}

/**
 * `seed` and `name` decide what is asked. The answers come from the captures.
 *
 * @throws Error if a capture is missing.
 */
export function questionsFor(lesson: Lesson, unknown: UnknownChat, seed: string, name: string): readonly Question[] {
  const { comparison, plaintext, encrypted } = lesson;
  if (comparison === null || plaintext === null || encrypted === null)
    throw new Error('Cannot make the questions: the two captures are not there');
  const dice = new Dice('questions', seed, name);
  const [sought, other] = dice.shuffled(comparison.messages.slice(2, 7));
  if (!isReadable(sought) || !isReadable(other))
    throw new Error('Cannot make the questions: the plaintext capture does not hold the conversation');
  return [
    frameQuestion(sought),
    textQuestion(other),
    countQuestion(plaintext.conversation),
    searchQuestion(sought),
    publicKeyQuestion(encrypted.conversation),
    lengthQuestion(sealedOf(encrypted)),
    choiceQuestion(unknown, dice, seed, name),
    WITHOUT_A_KEY,
  ];
}

type Compared = EncryptedComparison['messages'][number];
/** A message that the plaintext capture shows. */
type Readable = Compared & { readonly plaintext: { readonly readable: true } };

function isReadable(message: Compared | undefined): message is Readable {
  return message?.plaintext.readable === true;
}

function frameQuestion({ text, side, plaintext }: Readable): Question {
  return {
    asked: [paragraph('In which frame of plaintext.pcap does this text cross, and who said it? ', captured(text))],
    answer: [
      paragraph(`Frame ${frameNumbers(plaintext.hit.place)}, the ${side}. Filter:`),
      lines(wiresharkFilterContains(text)),
    ],
  };
}

function textQuestion({ text, plaintext }: Readable): Question {
  return {
    asked: [paragraph(`What was said in frame ${frameNumbers(plaintext.hit.place)} of plaintext.pcap?`)],
    answer: [paragraph(captured(text))],
  };
}

function countQuestion({ messages }: ConversationFindings): Question {
  const said = (side: Side): string => counted(messages.filter(({ place }) => place.side === side).length, 'message');
  return {
    asked: [paragraph('How many messages did each side send in plaintext.pcap, and which side ended the chat?')],
    answer: [
      paragraph(
        `${said('client')} from the client, ${said('server')} from the server; the ${messages.at(-1)?.place.side ?? 'client'} ended it.`,
      ),
    ],
  };
}

/** About the text of question 1. */
function searchQuestion({ plaintext, encrypted }: Readable): Question {
  return {
    asked: [
      paragraph(
        'Search encrypted.pcap for the text of question 1. Which frames does Wireshark show? Why does this prove nothing by itself, and what would make it prove something?',
      ),
    ],
    answer: [
      paragraph(
        `${shown(framesThatContain(encrypted))}. A search that is broken finds nothing either. It proves something together with its control: the same search in plaintext.pcap, which shows ${shown(framesThatContain(plaintext))}.`,
      ),
    ],
  };
}

function publicKeyQuestion({ handshake }: ConversationFindings): Question {
  const publicKey = handshake?.publicKey ?? null;
  return {
    asked: [
      paragraph(
        'Which frame of encrypted.pcap carries the client’s public key, and what are the first eight hex digits of the key’s fingerprint? (servchat inspect)',
      ),
    ],
    answer: [
      paragraph(
        publicKey === null
          ? 'The capture does not hold it.'
          : `Frame ${frameNumbers(publicKey.place)}; ${publicKey.fingerprint.slice(0, 8)}.`,
      ),
    ],
  };
}

/** @throws Error if the capture contains no token. */
function lengthQuestion(tokens: readonly SealedMessage[]): Question {
  const token = tokens[4] ?? tokens[0];
  if (token === undefined) throw new Error('Cannot make the questions: the encrypted capture holds no token');
  return {
    asked: [
      paragraph(
        `Frame ${frameNumbers(token.place)} of encrypted.pcap carries a token. How many characters does it have, and how long can the text inside be?`,
      ),
    ],
    answer: [paragraph(`${counted(token.token.characters, 'character')}; ${textStep(token.token)}.`)],
  };
}

const LETTERS = ['A', 'B', 'C'];
/** The index of the longest message in the unknown chat. */
const ASKED_ABOUT = 2;

/**
 * The student can tell the right choice only by its length, because no other capture shows the text.
 *
 * @throws Error if the capture is not the capture of that chat.
 */
function choiceQuestion({ conversation, said }: UnknownChat, dice: Dice, seed: string, name: string): Question {
  const tokens = conversation.messages.filter((message) => message.kind === 'sealed');
  const [token, line] = [tokens[ASKED_ABOUT], said[ASKED_ABOUT]];
  if (tokens.length !== said.length || token === undefined || line === undefined)
    throw new Error('Cannot make the questions: unknown.pcap does not hold its chat');
  const { least, most } = token.token.textBytes;
  const decoys = otherSentences(seed, name).filter(
    (text) => Buffer.byteLength(text) < least || Buffer.byteLength(text) > most,
  );
  const choices = dice.shuffled([line.text, ...decoys.slice(0, 2)]);
  return {
    asked: [
      paragraph(
        `unknown.pcap is another encrypted chat, and nobody gives you its plaintext. One of these three was said in frame ${frameNumbers(token.place)}. Which one? Give your reason in a sentence.`,
      ),
      list(choices.map((text, at): Inline[] => [`${LETTERS[at] ?? ''}: `, captured(text)])),
    ],
    answer: [
      paragraph(
        `${LETTERS[choices.indexOf(line.text)] ?? ''}: only it has ${textStep(token.token)} (it has ${Buffer.byteLength(line.text)}).`,
      ),
    ],
  };
}

const WITHOUT_A_KEY: Question = {
  asked: [paragraph('Name three things about this conversation that encrypted.pcap shows to anyone, without a key.')],
  answer: [
    paragraph(
      'Any three of: both addresses and ports; when each message crossed; who spoke, in which order and how often; the length of each text to a step of 16 bytes; the time in each token; the public key; which check was asked for.',
    ),
  ],
};

function shown(numbers: readonly number[]): string {
  return numbers.length === 0 ? 'No frame' : frameList(numbers);
}
