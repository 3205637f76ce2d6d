/** A conversation for each student. Each name gets a different one; the same seed gives the same one again. */
import { Dice } from './dice.js';
import type { Side } from '../../protocol/side.js';

export interface Spoken {
  readonly side: Side;
  readonly text: string;
}

const PLACES = [
  'the library',
  'the old harbour',
  'platform nine',
  'the roof garden',
  'room 214',
  'the bakery on the corner',
  'the boathouse',
  'the north gate',
  'the museum café',
  'the tram stop',
];
const TIMES = [
  'at noon',
  'at half past three',
  'at six in the evening',
  'at a quarter to nine',
  'right after the lecture',
  'on Thursday at ten',
  'before it gets dark',
];
const THINGS = [
  'the blue folder',
  'two tickets',
  'the camera',
  'the spare key',
  'a torch',
  'the maps',
  'your notes',
  'the green umbrella',
  'the chess board',
  'a sandwich',
];
const FRIENDS = ['Mira', 'Jonas', 'Aiko', 'Tomás', 'Leila', 'Piet', 'Noor', 'Sanna'];
const GREETINGS = ['Hello', 'Good morning', 'Hi there', 'Are you there?', 'Hey'];
const ANSWERS = ['Hi', 'Yes, I am here', 'Good to hear you', 'Hello, what is it?'];
const YES = ['Yes', 'Fine', 'Agreed', 'I will be there', 'Yes, I can do that without any trouble'];
const REASONS = [
  'I want to show you something that I found yesterday',
  'There is a surprise for somebody we both know',
  'We have to talk before the others come',
  'It is about the plan that we made last week',
];
const DOUBTS = ['Why?', 'Is that really necessary?', 'What is it about?', 'Tell me more'];
const PARTINGS = ['See you then', 'Until later', 'Thanks', 'Bye for now'];

/** Nine messages, the last of which ends the chat. */
export function conversationFor(seed: string, name: string): readonly Spoken[] {
  const dice = new Dice('conversation', seed, name);
  const client = (text: string): Spoken => ({ side: 'client', text });
  const server = (text: string): Spoken => ({ side: 'server', text });
  const thing = dice.pick(THINGS);
  return [
    client(dice.pick(GREETINGS)),
    server(dice.pick(ANSWERS)),
    client(`Meet me ${dice.pick(TIMES)} at ${dice.pick(PLACES)}`),
    server(dice.pick(DOUBTS)),
    client(dice.pick(REASONS)),
    server(dice.pick(YES)),
    client(`Bring ${thing}, and tell ${dice.pick(FRIENDS)} nothing`),
    server(dice.pick(PARTINGS)),
    client('Exit'),
  ];
}

/** A second, shorter conversation. The student does not get its plaintext capture. */
export function unknownConversationFor(seed: string, name: string): readonly Spoken[] {
  const dice = new Dice('unknown conversation', seed, name);
  return [
    { side: 'client', text: dice.pick(GREETINGS) },
    { side: 'server', text: dice.pick(ANSWERS) },
    { side: 'client', text: dice.pick(otherSentences(seed, `${name}, unknown`)) },
    { side: 'server', text: dice.pick(YES) },
    { side: 'client', text: 'Exit' },
  ];
}

/** Other sentences that fit such a conversation, for the wrong answers of a question. */
export function otherSentences(seed: string, name: string): readonly string[] {
  const dice = new Dice('others', seed, name);
  const meetings = dice.shuffled(PLACES).map((place) => `Meet me ${dice.pick(TIMES)} at ${place}`);
  return dice.shuffled([...YES, ...DOUBTS, ...REASONS, ...PARTINGS, ...meetings]);
}
