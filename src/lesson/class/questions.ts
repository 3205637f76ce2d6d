/** Questions about a student's captures, with answers. Both are made from what the captures contain. */
import type { ConversationFindings, EncryptedComparison, SealedMessage } from '../../eavesdropper/findings/findings.js';
import { sealedOf } from '../parts/chosen.js';
import { captured, lines, paragraph, phrasing, type Choice } from '../parts/tree.js';
import type { Lesson } from '../lesson.js';
import { counted, frameList, frameNumbers, grouped, textStep } from '../../faces/phrases.js';
import { framesThatContain, wiresharkFilterContains } from '../../faces/wireshark.js';
import type { Side } from '../../protocol/side.js';
import { otherSentences, type Spoken } from './conversation.js';
import { Dice } from './dice.js';
import { choiceQuestion, typedQuestion, writtenQuestion, type Question } from './question.js';

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
    ...publicKeyQuestions(encrypted.conversation),
    lengthQuestion(sealedOf(encrypted)),
    unknownQuestion(unknown, dice, seed, name),
    WITHOUT_A_KEY,
  ];
}

type Compared = EncryptedComparison['messages'][number];
/** A message that the plaintext capture shows. */
type Readable = Compared & { readonly plaintext: { readonly readable: true } };

function isReadable(message: Compared | undefined): message is Readable {
  return message?.plaintext.readable === true;
}

function frameQuestion({ text, plaintext }: Readable): Question {
  const frame = frameNumbers(plaintext.hit.place);
  return typedQuestion('where-it-crosses', 'frame', [frame], {
    asked: ['In which frame of plaintext.pcap does this text cross? ', captured(text)],
    answer: [paragraph(`Frame ${frame}. Filter:`), lines(wiresharkFilterContains(text))],
  });
}

function textQuestion({ text, plaintext }: Readable): Question {
  return typedQuestion('what-was-said', 'text', [text], {
    asked: [`What was said in frame ${frameNumbers(plaintext.hit.place)} of plaintext.pcap?`],
    answer: [paragraph(captured(text))],
  });
}

function countQuestion({ messages }: ConversationFindings): Question {
  const said = (side: Side): number => messages.filter(({ place }) => place.side === side).length;
  const [client, server] = [said('client'), said('server')];
  return typedQuestion('how-many-messages', 'number', [`${client} and ${server}`], {
    asked: [
      'How many messages did the client send in plaintext.pcap, and how many the server? Write two numbers, the client’s first.',
    ],
    answer: [
      paragraph(`${counted(client, 'message')} from the client, ${counted(server, 'message')} from the server.`),
    ],
  });
}

const NOT_FOUND: readonly Choice[] = [
  {
    content: phrasing('That nobody can read the message'),
    reason: phrasing('It shows only that this search did not find it. Someone who has the key can read it.'),
  },
  {
    content: phrasing(
      'Nothing by itself. Together with the same search in plaintext.pcap, it shows that the text does not stand there as it was typed',
    ),
    reason: [],
  },
  {
    content: phrasing('That the message was never sent'),
    reason: phrasing('It was sent. A line with a token crossed the wire for it.'),
  },
];

/** About the text of question 1. */
function searchQuestion({ plaintext, encrypted }: Readable): Question {
  return choiceQuestion('what-not-found-proves', NOT_FOUND, {
    asked: ['Search encrypted.pcap for the text of question 1. What does the result prove?'],
    answer: [
      paragraph(
        `${shown(framesThatContain(encrypted))}. A search that is broken finds nothing either. It proves something together with its control: the same search in plaintext.pcap, which shows ${shown(framesThatContain(plaintext))}.`,
      ),
    ],
  });
}

function publicKeyQuestions({ handshake }: ConversationFindings): readonly Question[] {
  const publicKey = handshake?.publicKey ?? null;
  if (publicKey === null) return [];
  const frame = frameNumbers(publicKey.place);
  const digits = publicKey.fingerprint.slice(0, 8);
  return [
    typedQuestion('public-key', 'frame', [frame], {
      asked: ['Which frame of encrypted.pcap carries the client’s public key?'],
      answer: [paragraph(`Frame ${frame}.`)],
    }),
    typedQuestion('fingerprint', 'text', [digits, grouped(digits)], {
      asked: ['What are the first eight hex digits of that key’s fingerprint? (servchat inspect)'],
      answer: [paragraph(`${digits}.`)],
    }),
  ];
}

/** @throws Error if the capture contains no token. */
function lengthQuestion(tokens: readonly SealedMessage[]): Question {
  const token = tokens[4] ?? tokens[0];
  if (token === undefined) throw new Error('Cannot make the questions: the encrypted capture holds no token');
  return typedQuestion('how-long', 'number', [textStep(token.token)], {
    asked: [
      `Frame ${frameNumbers(token.place)} of encrypted.pcap carries a token. How long can the text inside be? Write the shortest and the longest length, in bytes.`,
    ],
    answer: [paragraph(`${textStep(token.token)}; the token has ${counted(token.token.characters, 'character')}.`)],
  });
}

/** The choices on paper. */
export const LETTERS = ['A', 'B', 'C'];
/** The index of the longest message in the unknown chat. */
const ASKED_ABOUT = 2;

/**
 * The student can tell the right choice only by its length, because no other capture shows the text.
 *
 * @throws Error if the capture is not the capture of that chat.
 */
function unknownQuestion({ conversation, said }: UnknownChat, dice: Dice, seed: string, name: string): Question {
  const tokens = conversation.messages.filter((message) => message.kind === 'sealed');
  const [token, line] = [tokens[ASKED_ABOUT], said[ASKED_ABOUT]];
  if (tokens.length !== said.length || token === undefined || line === undefined)
    throw new Error('Cannot make the questions: unknown.pcap does not hold its chat');
  const { least, most } = token.token.textBytes;
  const decoys = otherSentences(seed, name).filter(
    (text) => Buffer.byteLength(text) < least || Buffer.byteLength(text) > most,
  );
  const texts = dice.shuffled([line.text, ...decoys.slice(0, 2)]);
  const step = textStep(token.token);
  const why = (text: string) => `It has ${Buffer.byteLength(text)} bytes, and this token holds ${step}.`;
  const choices = texts.map((text) => ({
    content: phrasing(captured(text)),
    reason: text === line.text ? [] : phrasing(why(text)),
  }));
  const letter = LETTERS[texts.indexOf(line.text)] ?? '';
  return choiceQuestion('which-text', choices, {
    asked: [
      `unknown.pcap is another encrypted chat, and nobody gives you its plaintext. One of these three was said in frame ${frameNumbers(token.place)}. Which one?`,
    ],
    answer: [paragraph(`${letter}: only it has ${step} (it has ${Buffer.byteLength(line.text)}).`)],
  });
}

const WITHOUT_A_KEY = writtenQuestion({
  asked: ['Name three things about this conversation that encrypted.pcap shows to anyone, without a key.'],
  answer: [
    paragraph(
      'Any three of: both addresses and ports; when each message crossed; who spoke, in which order and how often; the length of each text to a step of 16 bytes; the time in each token; the public key; which check was asked for.',
    ),
  ],
});

function shown(numbers: readonly number[]): string {
  return numbers.length === 0 ? 'No frame' : frameList(numbers);
}
