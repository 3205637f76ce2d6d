import { describe, expect, test } from '@jest/globals';
import { readChat } from '../../../src/eavesdropper/chat/chat.js';
import { Haystack, search } from '../../../src/eavesdropper/search/search.js';
import { Conversations } from '../../../src/eavesdropper/tcp/conversations.js';
import type { Conversation } from '../../../src/eavesdropper/tcp/conversation.js';
import { conversationOf } from '../chats.js';
import { timeOf, viewOf } from '../wire.js';

function haystackOf(wire: string): Haystack {
  const ended: Conversation[] = [];
  const conversations = new Conversations({ onEnd: (conversation) => ended.push(conversation) });
  for (const [index, packet] of conversationOf([{ side: 'client', bytes: wire }]).entries())
    conversations.push(viewOf(packet), index + 1, timeOf(index));
  conversations.finish();
  const [conversation] = ended;
  if (conversation === undefined) throw new Error('Cannot search: there is no conversation');
  const { mode } = readChat(conversation);
  return new Haystack(conversation.number, 'client', conversation.streams.client.stream, mode);
}

const PRINTABLE = Array.from({ length: 0x7f - 0x20 }, (_, at) => String.fromCharCode(0x20 + at));

// Nobody disguised anything in these.
const PLAIN = [
  'servchat\nHELLO\nMESSAGE\nPUBLIC-KEY\nSESSION-KEY\nCan you see the film at 71 Hill Road? Bring 4869 and your IQ\n',
  'I am from Computer science department\nNice to Meet you too\nIs value 7172 or 313233 right? Call 0171 717273\n',
  'GET /usr/local/lib/each/film/index HTTP/1.0\nUser-Agent: Mozilla/5.0\nAccept: image/webp\nface dead beef cafe\n',
];

describe('plain words are not taken for base64 or hex of a short text', () => {
  test.each(PLAIN)('each character that is not in %j', (wire) => {
    const haystack = haystackOf(wire);
    const absent = PRINTABLE.filter((letter) => !wire.toLowerCase().includes(letter.toLowerCase()));
    expect(absent.length).toBeGreaterThan(20);
    const found = absent.filter((letter) => search(letter, [haystack]).some(({ meaning }) => meaning === 'text'));
    expect(found).toEqual([]);
  });

  test('each pair of small letters that is not in it', () => {
    const small = PRINTABLE.filter((letter) => /[a-z]/.test(letter));
    const [wire = ''] = PLAIN;
    const haystack = haystackOf(wire);
    const absent = small
      .flatMap((first) => small.map((second) => first + second))
      .filter((pair) => !wire.toLowerCase().includes(pair) && pair !== 'hi');
    expect(absent.length).toBeGreaterThan(500);
    const found = absent.filter((pair) => search(pair, [haystack]).some(({ meaning }) => meaning === 'text'));
    expect(found).toEqual([]);
  });
});

describe('a short text that somebody did disguise is found', () => {
  // What `printf TEXT | base64` and `printf TEXT | xxd -p` print.
  const rows: readonly [text: string, shape: string, wire: string][] = [
    ['a', 'base64', 'YQ==\n'],
    ['Hi', 'base64', 'SGk=\n'],
    ['Hi', 'base64', 'say SGk to them\n'],
    ['No', 'base64', 'Tm8=\n'],
    ['me', 'base64', 'TWVldCBtZQ==\n'],
    ['z', 'base64', 'cGl6emE=\n'],
    ['Yes', 'base64', 'answer=WWVz\n'],
    ['ü', 'base64', 'w7w=\n'],
    ['Hi', 'hex', '4869\n'],
    ['No', 'hex', '4e6f\n'],
    ['No', 'hex', '4E6F\n'],
    ['z', 'hex', '70697a7a61\n'],
  ];

  test.each(rows)('%j as %s in %j', (text, shape, wire) => {
    const found = search(text, [haystackOf(wire)]).filter(({ meaning }) => meaning === 'text');
    expect(found.map((hit) => hit.shape)).toContain(shape);
  });
});
