import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Lesson } from '../../src/lesson/lesson.js';
import { lessonMarkdown } from '../../src/lesson/lesson-markdown.js';
import { comparison, conversation, capture, encryptedConversation, lesson, SCRIPT } from './fixture.js';
import { HOSTILE, hostileText } from './hostile.js';
import { followed } from './leaves.js';

function chapter(page: string, heading: string): string {
  return page.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
}

test('the chapters, in their order', () => {
  expect(lessonMarkdown(lesson()).match(/^#+ .*$/gm)).toEqual([
    '# What a listener can read',
    '## What was run, and how it was captured',
    '## What a listener reads',
    '## The same chat, encrypted',
    '## Inside one token',
    '## What stayed visible all the same',
    '## Check it yourself in Wireshark',
    '## What this does not prove',
  ]);
});

describe('how it was captured is said', () => {
  const page = lessonMarkdown(lesson());
  test('live', () => {
    expect(page).toMatch(/Plaintext: `captures\/plaintext.pcap`.*Captured live by `tcpdump`/);
  });
  test('by a tap, with what was rebuilt', () => {
    expect(page).toMatch(
      /Encrypted: `captures\/encrypted.pcap`.*Rebuilt around them: Ethernet, IP and TCP headers, the TCP handshake and checksums\./,
    );
  });
});

test('message by message: readable in plaintext, not found with its control when encrypted', () => {
  const page = lessonMarkdown(lesson());
  expect(chapter(page, 'What a listener reads')).toContain('| 5 | client | `Nice to Meet you` | **readable** in frame 12 | 120 |');
  expect(chapter(page, 'The same chat')).toContain(
    '| 5 | client | `Nice to Meet you` | not found | frame 18, 120 characters | 16–31 bytes | found in frame 12 |',
  );
});

test('with keys: what was opened, and whether it is what was typed', () => {
  const whole = lesson();
  expect(lessonMarkdown(whole)).toContain('| 18 | client | `Nice to Meet you` | verified | yes |');
  const other = encryptedConversation(SCRIPT.map(([side]) => [side, 'other'] as const), true);
  expect(lessonMarkdown({ ...whole, keys: { file: 'k', conversation: other } })).toContain('| client | `other` | verified | no |');
  expect(lessonMarkdown({ ...whole, keys: null })).not.toContain('key log `');
});

test('the token’s own bytes stand in the page', () => {
  const page = chapter(lessonMarkdown(lesson()), 'Inside one token');
  expect(page).toContain('     1  00 00 00 00 6a e9 b4 25                          time');
  expect(page).toContain('| ciphertext | 25–40 |');
});

test('the filters are those of this capture, with the frames that they will show', () => {
  const page = chapter(lessonMarkdown(lesson()), 'Check it yourself');
  expect(page).toContain('~~~text\ntcp.stream eq 0\n~~~');
  expect(page).toContain('~~~text\ntcp.port == 4747\n~~~');
  expect(page).toContain(
    'Message 5. In plaintext it shows frame 12; in the encrypted capture no packet.\n\n~~~text\nframe contains "Nice to Meet you"\n~~~',
  );
});

test('captures without a conversation still make a page', () => {
  const whole = lesson();
  const bare = { plaintext: capture('a', []), encrypted: capture('b', [conversation()]), messages: [] };
  const page = lessonMarkdown({ ...whole, comparison: bare, keys: null });
  expect(page).toContain('there was no message to compare');
  expect(page).toContain('`b` holds no encrypted conversation.');
});

test('each value comes from the data', () => {
  const whole = lesson();
  // The token of a changed text would be no token: its bytes are tested with its anatomy.
  const render = (data: Lesson) => {
    const encrypted = whole.comparison.encrypted.conversations.map(({ messages }) => messages).flat();
    const conversations = data.comparison.encrypted.conversations.map((talk) => ({
      ...talk,
      messages: talk.messages.map((message, at) => {
        const original = encrypted[at];
        if (message.kind === 'readable' || original?.kind !== 'sealed') return message;
        return { ...message, token: { ...message.token, text: original.token.text } };
      }),
    }));
    const kept = { ...data.comparison, encrypted: { ...data.comparison.encrypted, conversations } };
    return lessonMarkdown({ ...data, comparison: kept });
  };
  expect(followed(whole, render)).toEqual(expect.arrayContaining([
    'captured.encrypted.rebuilt.*',
    'captured.plaintext.tool',
    'comparison.encrypted.conversations.*.handshake.hello.integrity',
    'comparison.encrypted.conversations.*.handshake.hello.place.frame',
    'comparison.encrypted.conversations.*.handshake.publicKey.bits',
    'comparison.encrypted.conversations.*.handshake.publicKey.fingerprint',
    'comparison.encrypted.conversations.*.handshake.publicKey.place.frame',
    'comparison.encrypted.conversations.*.handshake.sessionKey.envelopeBytes',
    'comparison.encrypted.conversations.*.handshake.sessionKey.place.frame',
    'comparison.encrypted.conversations.*.messages.*.place.frame',
    'comparison.encrypted.conversations.*.messages.*.place.time',
    'comparison.encrypted.conversations.*.messages.*.token.created',
    'comparison.encrypted.conversations.*.number',
    'comparison.encrypted.conversations.*.server.port',
    'comparison.encrypted.file',
    'comparison.encrypted.packets',
    'comparison.messages.*.encrypted.control.hit.place.frame',
    'comparison.messages.*.number',
    'comparison.messages.*.plaintext.hit.place.frame',
    'comparison.messages.*.plaintext.hit.place.offset',
    'comparison.messages.*.sealed.place.frame',
    'comparison.messages.*.sealed.token.characters',
    'comparison.messages.*.sealed.token.textBytes.least',
    'comparison.messages.*.sealed.token.textBytes.most',
    'comparison.messages.*.text',
    'comparison.plaintext.conversations.*.client.address',
    'comparison.plaintext.conversations.*.frames',
    'comparison.plaintext.conversations.*.number',
    'comparison.plaintext.conversations.*.server.port',
    'comparison.plaintext.conversations.*.started',
    'comparison.plaintext.file',
    'comparison.plaintext.packets',
    'keys.conversation.messages.*.opened.text',
    'keys.conversation.messages.*.place.frame',
    'keys.file',
  ]));
});

test('no text from a chat, a path or a tool becomes markup', () => {
  const shape = (text: string) => {
    const whole = lesson([['client', text], ['server', 'Bye']]);
    const hostile: Lesson = {
      ...whole,
      comparison: { ...whole.comparison, plaintext: { ...whole.comparison.plaintext, file: text } },
      captured: { plaintext: { way: 'live', tool: text }, encrypted: { way: 'tap', rebuilt: [text] } },
    };
    return lessonMarkdown(hostile);
  };
  const benign = (page: string) => ({
    pipes: page.split('\n').filter((line) => line.startsWith('|')).map((line) => line.split('|').length),
    fences: page.split('\n').filter((line) => line.startsWith('~~~')).length,
    headings: page.match(/^#+ .*$/gm),
  });
  const check = (text: string) => {
    const page = shape(text);
    // An empty text has no filter to paste.
    expect(benign(page)).toEqual(benign(shape(text === '' ? '' : 'word')));
    const outside = page.replace(/^(~{3,})text\n[^]*?\n\1$/gm, '');
    expect(outside.replace(/<\/?code>/g, '')).not.toMatch(/[<>]|\]\(/);
    expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\p{Cs}]/u);
  };
  HOSTILE.forEach(check);
  fc.assert(fc.property(hostileText, check));
});

test('the page ends in one LF', () => {
  expect(lessonMarkdown({ ...lesson(), comparison: comparison() })).toMatch(/[^\n]\n$/);
});
