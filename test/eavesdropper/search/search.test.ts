import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Conversations } from '../../../src/eavesdropper/tcp/conversations.js';
import { readChat } from '../../../src/eavesdropper/chat/chat.js';
import { Haystack, search } from '../../../src/eavesdropper/search/search.js';
import { CONVERSATION, conversationOf, encryptedChat, handshake, noise, plaintextChat, tokenOf } from '../chats.js';
import { timeOf, viewOf } from '../wire.js';
import type { Conversation } from '../../../src/eavesdropper/tcp/conversation.js';
import type { Shape } from '../../../src/eavesdropper/disguises/disguises.js';
import { MAX_HITS, type Hit } from '../../../src/eavesdropper/findings/findings.js';
import type { Packet } from '../wire.js';
import type { Sent } from '../chats.js';

function haystacksOf(packets: readonly Packet[]): Haystack[] {
  const ended: Conversation[] = [];
  const conversations = new Conversations({ onEnd: (conversation) => ended.push(conversation) });
  for (const [index, packet] of packets.entries()) conversations.push(viewOf(packet), index + 1, timeOf(index));
  conversations.finish();
  return ended.flatMap((conversation) => {
    const { mode } = readChat(conversation);
    return (['client', 'server'] as const).map(
      (side) => new Haystack(conversation.number, side, conversation.streams[side].stream, mode),
    );
  });
}

function find(text: string, ...sent: (string | Buffer | Sent)[]): readonly Hit[] {
  const all = sent.map((part): Sent =>
    typeof part === 'string' || Buffer.isBuffer(part) ? { side: 'client', bytes: part } : part,
  );
  return search(text, haystacksOf(conversationOf(all)));
}

/** Disguise, offset and meaning, as in `as typed @3 text`. */
function told(hits: readonly Hit[]): string[] {
  return hits.map(({ shape, place, meaning }) => `${shape} @${place.offset} ${meaning}`);
}

function meanings(hits: readonly Hit[]): string[] {
  return [...new Set(hits.map(({ meaning }) => meaning))].sort();
}

describe('shapes', () => {
  // The disguised texts are not written by our code: the `base64` and `xxd` programs made base64 and hex, and the
  // others are written by hand.
  const rows: readonly [shape: Shape, text: string, wire: string | Buffer, offset: number][] = [
    ['as typed', 'Hello', 'say Hello\n', 4],
    ['as typed', 'Grüße 👋', 'x Grüße 👋\n', 2],
    ['in another case', 'Hello', 'say hELLO\n', 4],
    ['in another case', 'STRASSE', 'die Straße\n', 4],
    ['in another case', 'straße', 'DIE STRASSE\n', 4],
    ['in another case', 'ΟΔΟΣ', 'η οδος\n', 3],
    ['in another case', 'οδος', 'η ΟΔΟΣ\n', 3],
    // U+0130 takes two bytes, but three (i, U+0307) after case folding. What follows must not shift.
    ['in another case', 'ISTANBUL', 'İİİ istanbul\n', 7],
    // The Kelvin sign takes three bytes, and k takes one.
    ['in another case', '300 k', 'at 300 \u212A\n', 3],
    ['base64', 'attack at dawn', 'YXR0YWNrIGF0IGRhd24=\n', 0],
    // base64 of `x: attack at dawn!`: the text starts in the middle of a group.
    ['base64', 'attack at dawn', 'eDogYXR0YWNrIGF0IGRhd24h\n', 4],
    // base64 of `xattack at dawn!` and of `xxattack at dawn!`: the first characters depend on the byte before the text.
    ['base64', 'attack at dawn', 'eGF0dGFjayBhdCBkYXduIQ==\n', 2],
    ['base64', 'attack at dawn', 'eHhhdHRhY2sgYXQgZGF3biE=\n', 3],
    // `~~~???` has both characters that differ between the alphabets.
    ['base64', '~~~???', 'fn5+Pz8/\n', 0],
    ['base64', '~~~???', 'fn5-Pz8_\n', 0],
    ['hex', 'attack', 'x 61747461636b\n', 2],
    ['hex', 'attack', 'x 61747461636B\n', 2],
    ['URL escapes', 'a b', 'q=a%20b\n', 2],
    ['URL escapes', 'a b', 'q=a+b\n', 2],
    ['URL escapes', 'abc', 'q=%61%62%63\n', 2],
    ['URL escapes', 'abc', 'q=a%62c\n', 2],
    ['URL escapes', 'ü?', 'q=%c3%BC%3F\n', 2],
    ['UTF-16LE', 'Hi', Buffer.from('78004800690078000a00', 'hex'), 2],
    ['UTF-16BE', 'Hi', Buffer.from('007800480069000a', 'hex'), 2],
    ['UTF-16LE', '👋', Buffer.from('3dd84bdc0a', 'hex'), 0],
    ['Latin-1 or Windows-1252', 'Grüße', Buffer.from('784772fcdf650a', 'hex'), 1],
    // unicodedata.normalize('NFD', 'Grüße') and the other way round
    ['otherwise composed', 'Grüße', Buffer.from('477275cc88c39f650a', 'hex'), 0],
    ['otherwise composed', 'Gru\u0308ße', Buffer.from('4772c3bcc39f650a', 'hex'), 0],
    // html.escape and html.entities: named
    ['HTML escapes', 'Grüße', 'Viele Gr&uuml;&szlig;e\n', 0],
    // 'Grüße'.encode().decode('latin-1').encode()
    ['UTF-8 encoded twice', 'Grüße', Buffer.from('4772c383c2bcc383c29f650a', 'hex'), 0],
    ['Latin-1 or Windows-1252', 'café', Buffer.from('636166e90a', 'hex'), 0],
    // 'привет'.encode('koi8-r')
    ['KOI8-R', 'привет', Buffer.from('d0d2c9d7c5d40a', 'hex'), 0],
    // '電車'.encode('shift_jis')
    ['Shift-JIS', '電車', Buffer.from('93648ed40a', 'hex'), 0],
  ];

  test.each(rows)('%s: %j in %j', (shape, text, wire, offset) => {
    expect(told(find(text, wire))).toContain(`${shape} @${offset} text`);
  });

  test.each([
    ['Hello', 'Hell o\n'],
    ['Hello', 'Hallo\n'],
    ['abc', 'q=%61%62%6\n'],
    ['abc', 'q=%61%62%gg\n'],
    ['attack at dawn', 'YXR0YWNrIGF0IG5vb24=\n'],
    // Of another character of UTF-8: U+9024 is e9 80 a4.
    ['é', Buffer.from('逤 逤')],
    // Half of a character is not the character.
    ['é', Buffer.from('c30a', 'hex')],
  ])('%j is not in %j', (text, wire) => {
    expect(told(find(text, wire))).toEqual([]);
  });

  test('a text that is there as typed is reported in no disguise', () => {
    expect(told(find('Hello', 'Hello\n'))).toEqual(['as typed @0 text']);
    expect(told(find('a b', 'a b\n'))).toEqual(['as typed @0 text']);
  });

  test.each([
    // `ß` is one character that stands for two letters and has as many bytes as they have. A hit on either letter is
    // one hit on `ß`.
    ['s', 'aß!\n', 1, 3],
    ['se', 'Maße\n', 2, 5],
    ['as', 'Maße\n', 1, 4],
    // Three letters in three bytes.
    ['fi', 'oﬃce\n', 1, 4],
    ['f', 'oﬃce\n', 1, 4],
  ])('a hit within a character is told at the character: %j in %j', (text, wire, start, end) => {
    const whole = Buffer.from(wire);
    // One packet for each byte, so that a place also shows where its last byte is.
    const bytes = Array.from(whole, (byte) => Buffer.from([byte]));
    const hits = find(text, ...bytes);
    expect(hits.map(({ shape, place }) => [shape, place.offset, place.lastFrame - place.frame + 1])).toEqual([
      ['in another case', start, end - start],
    ]);
  });

  test('an empty text cannot be searched for', () => {
    expect(() => find('', 'Hello\n')).toThrow('Cannot search: the text is empty');
  });

  test('any text is found in each disguise, at any place', () => {
    const texts = fc.string({ unit: 'grapheme', minLength: 4, maxLength: 20 }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(texts, fc.stringMatching(/^[a-h]{0,9}$/), (text, before) => {
        const disguised: readonly (readonly [Shape, Buffer])[] = [
          ['as typed', Buffer.from(before + text)],
          ['base64', Buffer.from(Buffer.from(before + text + before).toString('base64'))],
          ['base64', Buffer.from(Buffer.from(before + text + before).toString('base64url'))],
          [
            'hex',
            Buffer.from(
              Buffer.from(before + text)
                .toString('hex')
                .toUpperCase(),
            ),
          ],
          ['UTF-16LE', Buffer.from(before + text, 'utf16le')],
          ['UTF-16BE', Buffer.from(before + text, 'utf16le').swap16()],
        ];
        for (const [shape, wire] of disguised) expect(find(text, wire).map((hit) => hit.shape)).toContain(shape);
        const escaped = encodeURIComponent(before + text);
        expect(find(text, escaped).map(({ shape }) => shape)).toContain(
          escaped === before + text ? 'as typed' : escaped.endsWith(text) ? 'as typed' : 'URL escapes',
        );
      }),
    );
  });

  test('a text is never found across missing bytes', () => {
    const packets = conversationOf([
      { side: 'client', bytes: 'Hel' },
      { side: 'client', bytes: '???' },
      { side: 'client', bytes: 'lo\n' },
    ]);
    const withGap = packets.filter(({ data }) => data !== '???');
    expect(told(search('Hello', haystacksOf(withGap)))).toEqual([]);
    expect(told(search('lo', haystacksOf(withGap)))).toEqual(['as typed @3 text']);
  });

  test('a hit names the packets that carried its first and its last byte', () => {
    const [hit] = find('Hello', 'He', 'llo', '\n');
    expect(hit?.place).toEqual({ conversation: 0, side: 'client', offset: 0, frame: 4, lastFrame: 5, time: timeOf(3) });
  });

  test('hits with the same disguise and meaning are reported up to a limit', () => {
    expect(find('e', 'e'.repeat(1000))).toHaveLength(MAX_HITS);
  });
});

describe('bytes that nobody typed', () => {
  const encrypted = encryptedChat(CONVERSATION);

  test.each([
    'HELLO',
    'Hello',
    'hello',
    'MESSAGE',
    'servchat',
    'public-key',
    'hmac-sha256',
    'HELLO servchat/1',
    'MESSAGE gAAAAA',
    'gAAAAA',
    'MIIBIjANBgkqhkiG',
  ])('a word of the protocol, whatever is typed: %s', (text) => {
    const hits = find(text, ...encrypted);
    expect(meanings(hits)).toContain('protocol word');
    expect(meanings(hits)).not.toContain('text');
  });

  test('the same word in a plaintext chat is text', () => {
    expect(told(find('HELLO', 'HELLO\n'))).toEqual(['as typed @0 text']);
  });

  test('of 20,000 texts of two and three letters none counts as found in tokens, though many occur there', () => {
    const haystacks = haystacksOf(conversationOf(encrypted));
    const letters = 'etaoinshrdlcumwfgypbvk';
    let hits = 0;
    for (const a of letters) {
      for (const b of letters) {
        for (const text of [a + b, `${a.toUpperCase()}${b}${a}`]) {
          const found = search(text, haystacks);
          hits += found.length;
          expect(found.filter(({ meaning }) => meaning === 'text')).toEqual([]);
        }
      }
    }
    expect(hits).toBeGreaterThan(100);
  });

  test('a long text inside something that looks like a token is a real hit', () => {
    // A program whose encryption does nothing: the text's own letters are between the token's.
    const token = Buffer.from(tokenOf('padding that makes a long token, so that there is room in it')).toString(
      'latin1',
    );
    const leaky = `${token.slice(0, 40)}IamFromCyberSecurity${token.slice(60)}`;
    const chat = [...handshake('sha256'), { side: 'client' as const, bytes: `MESSAGE ${leaky} ${'0'.repeat(64)}\n` }];
    expect(told(find('IamFromCyberSecurity', ...chat)).filter((hit) => hit.startsWith('as typed'))).toEqual([
      `as typed @${String(chat[0]!.bytes.length + chat[1]!.bytes.length + 'MESSAGE '.length + 40)} text`,
    ]);
  });

  test('base64 in place of encryption is found', () => {
    const fake = Buffer.from('I am from cyber security department').toString('base64url');
    const padded = fake + '='.repeat((4 - (fake.length % 4)) % 4);
    const chat = [...handshake('sha256'), { side: 'client' as const, bytes: `MESSAGE ${padded} ${'0'.repeat(64)}\n` }];
    expect(find('cyber security', ...chat).map(({ shape, meaning }) => [shape, meaning])).toEqual([['base64', 'text']]);
  });

  test('words in an ERROR line can be read, but are not a message', () => {
    const chat = [...handshake('sha256'), { side: 'server' as const, bytes: 'ERROR you were seen\n' }];
    expect(find('seen', ...chat)).toMatchObject([{ meaning: 'protocol word', within: 'an ERROR line' }]);
  });

  test('in a long run of base64 of any protocol, a short hit is chance and a long one is not', () => {
    const run = noise(3000).toString('base64');
    expect(meanings(find(run.slice(1001, 1003), `Cookie: ${run}\n`))).toEqual(['chance']);
    expect(meanings(find(run.slice(1001, 1011), `Cookie: ${run}\n`))).toEqual(['text']);
  });

  test('in a long run of hex, the same is true', () => {
    const run = noise(3000).toString('hex');
    expect(meanings(find(run.slice(1001, 1005), `id ${run}\n`))).toEqual(['chance']);
    expect(meanings(find(run.slice(1001, 1021), `id ${run}\n`))).toEqual(['text']);
  });

  test('a run of base64 that decodes to text is not random', () => {
    const words = Buffer.from('the quick brown fox jumps over the lazy dog. '.repeat(20)).toString('base64');
    expect(meanings(find('fox', words))).toEqual(['text']);
  });

  test('among opaque bytes, a short hit is chance and a long one is not', () => {
    const opaque = Buffer.concat([noise(50_000), Buffer.from('a message that someone typed'), noise(50_000, 'more')]);
    expect(meanings(find('a message that someone typed', opaque))).toEqual(['text']);
    // Two bytes that are certainly there, and mean nothing.
    const letters = /[a-z]{2}/.exec(opaque.toString('latin1'))![0];
    expect(meanings(find(letters, opaque))).toContain('chance');
  });

  test.each(['PUBLIC-KEY', 'SESSION-KEY'])('a text in %s is not a message, however long it is', (word) => {
    const line = encrypted.map(({ bytes }) => bytes.toString()).find((each) => each.startsWith(word))!;
    const field = line.slice(word.length + 1);
    expect(meanings(find(field.slice(100, 102), ...encrypted))).not.toContain('text');
    expect(find(field.slice(100, 120), ...encrypted)).toMatchObject([
      { meaning: 'protocol word', within: `the handshake (${word})` },
    ]);
  });

  test('a text in the check after a token is not a message', () => {
    const check = encrypted.at(-1)!.bytes.toString().trim().split(' ')[2]!;
    expect(find(check.slice(10, 40), ...encrypted)).toMatchObject([
      { shape: 'as typed', meaning: 'protocol word', within: 'a check' },
    ]);
  });
});

test('in plaintext mode each message of the conversation is found as text, in encrypted mode none', () => {
  const [plain, sealed] = [plaintextChat(CONVERSATION), encryptedChat(CONVERSATION)].map((sent) =>
    haystacksOf(conversationOf(sent)),
  );
  for (const { text } of CONVERSATION) {
    expect(meanings(search(text, plain!))).toContain('text');
    expect(meanings(search(text, sealed!))).not.toContain('text');
  }
});
