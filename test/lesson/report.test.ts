import { createHash } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { Lesson } from '../../src/lesson/lesson.js';
import { reportOf } from '../../src/lesson/write-report.js';
import { lesson } from './fixture.js';
import { longTest } from '../tools.js';
import { HOSTILE, hostileText } from './hostile.js';
import { examplesToTry } from '../fuzz/asked.js';

/** A lesson in which each text from outside is this text. */
function lessonOf(text: string): Lesson {
  const whole = lesson([
    ['client', text],
    ['server', 'Bye'],
  ]);
  const seat = { heard: [text], left: true, problems: [], complaint: text, status: 0 };
  const setting = { name: 'plaintext', mode: 'plaintext', integrity: null, insists: false } as const;
  return {
    ...whole,
    plaintext: {
      ...whole.plaintext!,
      capture: { ...whole.plaintext!.capture, file: text },
      captured: { way: 'live', tool: text },
    },
    encrypted: {
      ...whole.encrypted!,
      capture: { ...whole.encrypted!.capture, file: text, damage: { message: text, packet: 1, offset: 2 } },
    },
    keys: { ...whole.keys!, file: text },
    privateKey: { file: text, opened: null },
    stream: { few: { writes: [Buffer.from(text)], reads: [Buffer.from(text)] }, long: { write: 1, reads: [1] } },
    attacks: {
      file: text,
      matrix: {
        attacks: [{ name: 'modify', summary: 'change it' }],
        settings: [setting],
        cells: [
          {
            attack: 'modify',
            setting,
            outcome: { kind: 'works-unnoticed' },
            known: null,
            said: [{ side: 'client', text }],
            seats: { client: seat, server: seat },
            learned: [],
            timeline: [],
            captures: { client: text, server: null },
            took: 1,
          },
        ],
      },
    },
  };
}

function tagsOf(html: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [tag] of html.matchAll(/<[a-z][a-z0-9]*/gi)) counts[tag] = (counts[tag] ?? 0) + 1;
  return counts;
}

describe('no text from a chat, a path or a tool becomes markup or script', () => {
  // Bytes are drawn one by one, and empty texts have no filter. What may differ with the text is not counted.
  const COUNTED = [
    '<script',
    '<style',
    '<a',
    '<meta',
    '<h1',
    '<h2',
    '<h3',
    '<details',
    '<table',
    '<tr',
    '<td',
    '<th',
    '<form',
    '<iframe',
    '<object',
    '<base',
    '<link',
  ];
  const benign = tagsOf(reportOf(lessonOf('word')).html);
  const known = new Set(Object.keys(benign));
  const check = (text: string): void => {
    const { html, markdown } = reportOf(lessonOf(text));
    const tags = tagsOf(html);
    expect(Object.keys(tags).filter((tag) => !known.has(tag))).toEqual([]);
    const like = text.trim() === '' ? tags : benign;
    for (const tag of COUNTED.filter((each) => each !== '<tr' && each !== '<td'))
      expect({ tag, count: tags[tag] ?? 0 }).toEqual({ tag, count: like[tag] ?? 0 });
    expect(html).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\p{Cs}]/u);

    const outside = markdown.replace(/^(~{3,})text\n[^]*?\n\1$/gm, '');
    const ours = outside
      .replace(/<\/?(code|details)>|<summary>(Answer|Show it)<\/summary>/g, '')
      .replace(/\]\(https:\/\/(www\.rfc-editor\.org|github\.com\/fernet|www\.usenix\.org)\/[^)]*\)/g, '')
      .replaceAll('](#glossary)', '');
    expect(ours).not.toMatch(/[<>]|\]\(/);
    expect(markdown).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\p{Cs}]/u);
  };

  test.each(HOSTILE.map((text) => [text]))('%j', check);
  longTest('any text', () => {
    fc.assert(fc.property(hostileText, check), { numRuns: examplesToTry({ usual: 5, fuzz: 250 }) });
  });
});

describe('the page', () => {
  const { html, markdown } = reportOf(lesson());

  test('allows its own style and script by their hashes, and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!.replaceAll('&#x27;', "'");
    const hash = (tag: string) =>
      createHash('sha256')
        .update(new RegExp(`<${tag}(?: type="module")?>([^]*?)</${tag}>`).exec(html)![1]!)
        .digest('base64');
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${hash('style')}'; script-src 'sha256-${hash('script')}'; base-uri 'none'; form-action 'none'`,
    );
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<style'));
  });

  test('needs no other file', () => {
    expect(html).not.toMatch(/\s(src|srcset|style|on\w+)=|url\(|@import/);
    expect(html.match(/<link|<img|<iframe|<object/g)).toBeNull();
    expect(Buffer.byteLength(html)).toBeLessThan(1_500_000);
  });

  test('no id occurs twice', () => {
    const ids = Array.from(html.matchAll(/ id="([^"]*)"/g), ([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('no id occurs twice if chapters and headings share names with each other and with the page', () => {
    const text = '# Keys\n\n## Title\n\nOne.\n\n## Title\n\n## Two\n\nTwo.\n';
    const files = [
      '01-keys.md',
      '02-keys.md',
      '03-keys-two.md',
      '04-keys-2.md',
      '05-main.md',
      '06-glossary.md',
      '07-term-key.md',
    ];
    const same = reportOf(
      lesson(),
      files.map((file) => ({ file, text })),
    ).html;
    const found = Array.from(same.matchAll(/ id="([^"]*)"/g), ([, id]) => id!);
    expect(found.filter((id, at) => found.indexOf(id) < at)).toEqual([]);
    const leads = Array.from(same.matchAll(/ href="#([^"]*)"/g), ([, id]) => id!);
    expect(leads.filter((id) => !found.includes(id))).toEqual([]);
    const listed = Array.from(/<nav[^]*?<\/nav>/.exec(same)![0].matchAll(/href="#([^"]*)"/g), ([, id]) => id);
    expect(new Set(listed).size).toBe(files.length + 1);
  });

  test('side by side: the message, in plaintext, encrypted, verdict and control', () => {
    expect(markdown).toMatch(
      /\| 5 \| client \| `Nice to Meet you` \| ●\u00a0\*\*readable\*\*, frame 12 \| `gAAAA[^`]*…` 120 characters, frame 18: 16–31 bytes of text \| ○\u00a0not found \| found in frame 12 \|/,
    );
  });

  test('it says how each capture was made', () => {
    expect(markdown).toMatch(/\*\*Plaintext\*\*: `captures\/plaintext.pcap`.*It was captured live by `tcpdump`/);
    expect(markdown).toMatch(
      /\*\*Encrypted\*\*: `captures\/encrypted.pcap`.*What is around them was rebuilt: Ethernet, IP and TCP headers; the TCP handshake; checksums\./,
    );
  });

  test('it says so once if all captures were made in the same way', () => {
    const { plaintext, encrypted } = lesson();
    const tap = encrypted!.captured;
    const told = reportOf({ ...lesson(), plaintext: { ...plaintext!, captured: tap } }).markdown;
    expect(told.split('captured by a tap')).toHaveLength(2);
    expect(told).toContain('All of them were captured by a tap');
  });

  test('for a file with more than the chat, it says which conversation the chat is', () => {
    const { encrypted } = lesson();
    const contents = { ...encrypted!.capture.contents, conversations: 3 };
    const conversation = { ...encrypted!.conversation, number: 2 };
    const told = reportOf({
      ...lesson(),
      encrypted: { ...encrypted!, capture: { ...encrypted!.capture, contents }, conversation },
    }).markdown;
    expect(told).toContain('27 packets in 3 TCP conversations; the chat is conversation 2, from');
    expect(told).toContain('`captures/plaintext.pcap`, 27 packets, from');
  });

  test.each([
    ['one message', [['client', 'Exit']], 'This chat has only one token.'],
    [
      'messages of one length',
      [
        ['client', 'Hi'],
        ['server', 'Hm'],
        ['client', 'Exit'],
      ],
      'The 3 tokens of this chat all have the same length.',
    ],
  ] as const)('a chat of %s is told in sentences that are right for it', (_, script, says) => {
    const told = reportOf(lesson(script)).markdown;
    expect(told).toContain(says);
    expect(told).not.toMatch(
      /\b(?:the|each of the|all) 1 \w|\b1 different|\b1 (?:messages|tokens|bytes|packets|frames)\b|\bof 1 are\b|\b1 tokens? .*\bhave\b/i,
    );
  });

  test('the Markdown page ends in one LF', () => {
    expect(markdown).toMatch(/[^\n]\n$/);
  });
});

test('it compares what a key opened with what was typed', () => {
  const whole = lesson();
  expect(reportOf(whole).markdown).toContain('| 18 | client | `Nice to Meet you` | verified | yes |');
  const [first, ...rest] = whole.comparison!.messages;
  const other = { ...whole, comparison: { ...whole.comparison!, messages: [{ ...first!, text: 'another' }, ...rest] } };
  expect(reportOf(other).markdown).toContain('| 10 | client | `Hello` | verified | no |');
});

test('a number stays with what it counts, and a name with its hyphen: no line ends between them', () => {
  const { html } = reportOf(lesson([['client', 'Hello']]));
  // A browser ends no line in such a piece.
  const outside = html.replace(/<(style|script)>.*?<\/\1>|<span class="option">[^<]*<\/span>/gs, '');
  expect(html).toMatch(/<td[^>]*>.*?<span class="option">frame \d+<\/span>/s);
  expect(outside.match(/<td[^>]*>[^<]*<div>[^<]*\b(frame \d|SHA-\d)/g)).toBeNull();
});
