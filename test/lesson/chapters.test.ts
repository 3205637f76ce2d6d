import { describe, expect, test } from '@jest/globals';

import { ChapterError } from '../../src/lesson/chapter-error.js';
import { readChapter } from '../../src/lesson/chapters.js';
import type { Moment } from '../../src/attacker/matrix.js';
import type { Crossing } from '../../src/attacker/step.js';
import type { Lesson } from '../../src/lesson/lesson.js';
import { chapterSources } from '../../src/lesson/lesson-folder.js';
import { isNeed } from '../../src/lesson/parts/needs.js';
import { PARTS } from '../../src/lesson/parts/parts.js';
import { VALUES } from '../../src/lesson/parts/values.js';
import { reportHtml } from '../../src/lesson/report/report-html.js';
import { reportMarkdown } from '../../src/lesson/report/report-markdown.js';
import { runId } from '../../src/lesson/run-id.js';
import { reportOf } from '../../src/lesson/write-report.js';
import { lesson } from './fixture.js';

/** Attacks were run, but none of those that a chapter names. */
const ATTACKED: Lesson['attacks'] = { file: 'matrix.json', matrix: { attacks: [], settings: [], cells: [] } };
const SOURCES = chapterSources('lessons/chapters');
const EMPTY: Lesson = {
  ...lesson(),
  plaintext: null,
  encrypted: null,
  tls: null,
  verdicts: [],
  comparison: null,
  keys: null,
  privateKey: null,
  attacks: null,
};

function markdownOf(text: string, data = lesson()): string {
  return reportMarkdown([readChapter({ file: 'chapters/01-a.md', text }, data)], []);
}

function htmlOf(text: string, data = lesson()): string {
  return reportHtml(
    {
      chapters: [readChapter({ file: 'chapters/01-a.md', text }, data)],
      glossary: [],
      picture: null,
      run: '0'.repeat(32),
    },
    { style: '', script: '' },
  );
}

describe('an unknown name is an error, with the file and the line', () => {
  test.each([
    [
      'a part',
      '# T\n\ntext\n\n::no-such-part\n',
      /^chapters\/01-a\.md, line 5: there is no part called no-such-part; there are /,
    ],
    ['a name that every object has', '# T\n\n::constructor\n', /line 3: there is no part called constructor/],
    [
      'a part within an answer',
      '# T\n\n:::predict[Q?]\nA.\n\n::nothing\n:::\n',
      /line 6: there is no part called nothing/,
    ],
    [
      'a value',
      '# T\n\none\ntwo :run[colour of the wire]\n',
      /line 4: the run has no value called “colour of the wire”; it has /,
    ],
    ['another text directive', '# T\n\nsee :here[x]\n', /line 3: there is no :here\[…\]/],
    ['another block', '# T\n\n:::note\nx\n:::\n', /line 3: there is no block called note; a question is :::predict/],
    ['a question without an answer', '# T\n\n:::predict[Q?]\n:::\n', /line 3: a question is/],
    ['a question without a question', '# T\n\n:::predict\nA.\n:::\n', /line 3: a question is/],
    ['an attribute', '# T\n\n::messages{of=neither}\n', /line 3: messages: it needs \{of=plaintext\}/],
    [
      'a filter',
      '# T\n\n::filter{shows="the weather"}\n',
      /line 3: filter: it needs \{shows="…"\}, one of: the packets with bytes/,
    ],
    ['a placeholder', '# T\n\n::command{run="inspect [moon]"}\n', /line 3: command: there is no \[moon\]/],
    ['an attack', '# T\n\n::attack{name=nosuch in=plaintext}\n', /line 3: attack: there is no attack nosuch/],
    ['a setting', '# T\n\n::attack{name=modify in=nowhere}\n', /line 3: attack: it needs \{in=…\}, one of plaintext, /],
    ['a handshake line', '# T\n\n::handshake-line{line=GOODBYE}\n', /line 3: handshake-line: it needs \{line=…\}/],
    ['HTML', '# T\n\n<b>bold</b>\n', /line 3: a chapter cannot hold HTML/],
    ['no title', 'text\n', /line 1: a chapter begins with its title/],
  ])('%s', (_, text, why) => {
    expect(() => readChapter({ file: 'chapters/01-a.md', text }, lesson())).toThrow(why);
    expect(() => readChapter({ file: 'chapters/01-a.md', text }, lesson())).toThrow(ChapterError);
  });
});

describe('a block that begins must end, and nothing ends without a beginning', () => {
  test.each<[string, string, RegExp]>([
    ['never', ':::predict[Q]\nx\n', /line 3: the block that begins here has no end; write ::: alone/],
    ['blank lines after it', ':::curious[Q]\nx\n\n\n', /line 3: the block that begins here has no end/],
    ['too few colons', '::::predict[Q]\nx\n:::\n', /line 3: the block that begins here has no end; write :::: alone/],
    ['after its list', '- :::predict[Q]\n  x\n\nafter\n:::\n', /line 3: the block that begins here has no end/],
    [
      'the end of the outer one is taken for both',
      ':::predict[a]\n:::curious[b]\nx\n:::\n:::\n',
      /line 4: .* must begin and end with more colons/,
    ],
    ['an end alone', 'x\n\n:::\n', /line 5: this ::: ends no block/],
    ['an end alone in a paragraph', 'x\n:::\n', /line 4: this ::: ends no block/],
    ['an end alone in a quote', '> x\n> :::\n', /line 4: this ::: ends no block/],
    ['a space', '::: predict[Q]\nx\n:::\n', /line 3: this line begins with :: but is not a directive/],
    ['text behind it', 'x\n\n::messages x\n', /line 5: this line begins with :: but is not a directive/],
    ['in a list', '- ::messages x\n', /line 3: this line begins with :: but is not a directive/],
  ])('%s', (_, text, why) => {
    expect(() => markdownOf(`# T\n\n${text}`)).toThrow(why);
  });

  test.each([
    [':::predict[Q]\nx\n:::'],
    ['> :::predict[Q]\n> x\n> :::\n'],
    ['::::predict[a]\n:::curious[b]\nx\n:::\n::::\n'],
    ['`a\n::b`\n'],
    ['```\n:::\n```\n'],
    ['so **much**:::\n'],
  ])('%j is right', (text) => {
    expect(() => markdownOf(`# T\n\n${text}`)).not.toThrow();
  });
});

describe('addresses', () => {
  test.each([
    ['[x](javascript:alert(1))', 'javascript:'],
    ['[x](java&Tab;script:alert(1))', 'javascript:'],
    ['[x](JaVaScRiPt:alert(1))', 'javascript:'],
    ['<javascript:alert(1)>', 'javascript:'],
    ['[x]\n\n[x]: javascript:alert(1)', 'javascript:'],
    ['[x](data:text/html,%3Cscript%3Ealert(1)%3C/script%3E)', 'data:'],
    ['[x](vbscript:alert)', 'vbscript:'],
    ['[x](file:///etc/passwd)', 'file:'],
    [':::predict[a [x](javascript:alert(1))]\nx\n:::', 'javascript:'],
    ['| [x](javascript:alert(1)) |\n| - |\n', 'javascript:'],
  ])('%s is refused', (text, protocol) => {
    expect(() => markdownOf(`# T\n\n${text}\n`)).toThrow(`a link cannot lead to ${protocol} addresses`);
  });

  test.each(['![x](https://example.org/x.png)', '![x](data:image/png;base64,AA)', '![x]\n\n[x]: a.png'])(
    '%s: a picture, which the page would never load',
    (text) => {
      expect(() => markdownOf(`# T\n\n${text}\n`)).toThrow(/line 3: a chapter cannot hold a picture/);
    },
  );

  test('others stay as they are', () => {
    const page = htmlOf('# T\n\n[a](notes.html) [b](#t) <me@example.org> [c](https://example.org/?a=javascript:b)\n');
    expect(Array.from(page.matchAll(/<p><a href.*<\/p>/g), ([line]) => line.match(/href="[^"]*"/g))).toEqual([
      ['href="notes.html"', 'href="#t"', 'href="mailto:me@example.org"', 'href="https://example.org/?a=javascript:b"'],
    ]);
  });
});

test('a value of the run is put into the sentence', () => {
  expect(markdownOf('# T\n\nIt was :run[longest message], in :run[longest message frame].\n')).toContain(
    'It was `I am from Computer science department`, in frame 10.',
  );
});

describe('a question says what is wrong with it, with the file and the line', () => {
  const question = (lines: string, label = 'Q?', attributes = ''): string =>
    `# T\n\n:::predict[${label}]${attributes}\n${lines}\n:::\n`;

  test.each<[string, string, RegExp]>([
    [
      'no right choice',
      question('- [ ] a\n  why\n- [ ] b\n  why\n\nE.'),
      /line 4: no choice is right; mark one as \[x\]/,
    ],
    ['two right ones', question('- [x] a\n- [X] b\n\nE.'), /line 4: 2 choices are right/],
    ['a wrong one without its reason', question('- [x] a\n- [ ] b\n\nE.'), /line 5: this choice is wrong; write why/],
    ['one choice', question('- [x] a\n\nE.'), /line 4: give two choices or more/],
    [
      'eleven',
      question(`- [x] a\n${Array.from({ length: 10 }, (_, at) => `- [ ] b${at}\n  why\n`).join('')}\nE.`),
      /line 4: give two choices or more, and at most 10/,
    ],
    ['no box', question('- [x] a\n- b\n  why\n\nE.'), /line 5: each choice of a question begins with \[ \]/],
    ['another box', question('- [x] a\n- [y] b\n  why\n\nE.'), /line 5: each choice of a question begins with \[ \]/],
    ['nothing in it', question('- [x] a\n- [ ]\n  why\n\nE.'), /line 5: this choice is empty/],
    [
      'the same twice',
      question('- [x] a b\n- [ ] A  B\n  why\n\nE.'),
      /line 5: this choice says the same as one before/,
    ],
    ['a list in a choice', question('- [x] a\n- [ ] b\n  - c\n\nE.'), /line 5: a choice is one line/],
    [
      'choices after the text',
      question('E.\n\n- [x] a\n- [ ] b\n  why'),
      /line 6: the choices of a question are one list/,
    ],
    ['two lists', question('- [x] a\n- [ ] b\n  why\n\nE.\n\n- [x] c\n'), /line 10: the choices of a question are one/],
    ['choices and a value', question('- [x] a\n- [ ] b\n  c\n\nE.', 'Q', '{number=packets}'), /line 3: .*, not both/],
    [
      'two values',
      question('E.', 'Q', '{number=packets text=packets}'),
      /line 3: the answer is a number or a text, not/,
    ],
    ['an unknown value', question('E.', 'Q', '{number="moons"}'), /line 3: the run has no value called “moons”/],
    [
      'a value that is no number',
      question('E.', 'Q', '{number="longest message"}'),
      /line 3: this value is “I am.*not a number/,
    ],
    ['an unknown attribute', question('E.', 'Q', '{nummer=packets}'), /line 3: a question has no nummer; it can have/],
    ['a name with a space', question('E.', 'Q', '{id="a b"}'), /line 3: the name of a question has small letters/],
    [
      'a name twice',
      question('- [x] a\n- [ ] b\n  c\n\nE.', 'Q', '{#q}') + question('E.', 'R', '{#q number=packets}').slice(4),
      /line 11: another question of this chapter is called q too/,
    ],
    ['an unknown value in a choice', question('- [x] a\n- [ ] :run[moons]\n  c\n\nE.'), /line 5: the run has no value/],
  ])('%s', (_, text, why) => {
    expect(() => markdownOf(text)).toThrow(why);
    expect(() => markdownOf(text)).toThrow(ChapterError);
  });
});

describe('the question that a page compares', () => {
  const questions = (text: string, data = lesson()) =>
    readChapter({ file: 'chapters/01-two-programs.md', text: `# T\n\n${text}` }, data).questions;

  test('a choice: the first line is the choice, the lines below it say why it is wrong', () => {
    const text = ':::predict[*Which* of :run[messages]?]\n- [ ] the `first`\n  It was\n  not.\n- [x] all\n\nE.\n:::\n';
    expect(questions(text)).toEqual([
      {
        id: 'two-programs/which-of',
        asked: 'Which of 9 messages?',
        kind: 'choice',
        choices: ['the first', 'all'],
        key: { accepts: ['all'], reasons: ['It was not.', ''] },
      },
    ]);
  });

  test('a number, a frame and a text are those of the run', () => {
    const one = (attributes: string) => questions(`:::predict[Q]{${attributes}}\nE.\n:::\n`)[0];
    expect(one('#n number="readable in plaintext"')).toMatchObject({ id: 'two-programs/n', kind: 'number' });
    expect(one('number="readable in plaintext"')!.key!.accepts).toEqual(['9 of 9', '9']);
    expect(one('number="first token characters"')!.key!.accepts).toEqual(['100 characters']);
    expect(one('frame="longest message frame"')!.key!.accepts).toEqual(['frame 10', '10']);
    expect(one('text="longest message"')!.key!.accepts).toEqual(['I am from Computer science department']);
  });

  test('a very long text is compared as a whole, although the page shows only its beginning', () => {
    const long = 'all work and no play '.repeat(30).trim();
    const [question] = questions(':::predict[Q]{text="longest message"}\nE.\n:::\n', lesson([['client', long]]));
    expect(question!.key!.accepts).toEqual([long]);
  });

  test('without the value, the question is left out; without choices and value, it is not compared', () => {
    expect(questions(':::predict[Q]{frame="longest message frame"}\nE.\n:::\n', EMPTY)).toEqual([]);
    expect(questions(':::predict[Q]\nE.\n:::\n')).toEqual([]);
    expect(htmlOf('# T\n\n:::predict[Q]\nE.\n:::\n')).toContain('<div id="a-question" class="prediction written">');
  });

  test('each question of our chapters can be compared, has a name of its own, and its distractors have reasons', () => {
    const all = SOURCES.flatMap((source) => readChapter(source, { ...lesson(), attacks: ATTACKED }).questions);
    const asked = SOURCES.flatMap(({ text }) => text.match(/^:::predict\[.*$/gm) ?? []);
    expect(asked.every((line) => /\{#[a-z0-9-]+[^}]*\}$/.test(line))).toBe(true);
    expect(all.length).toBeGreaterThan(25);
    for (const { choices, key } of all)
      expect(choices.map((choice, at) => choice === key!.accepts[0] || key!.reasons[at]!.length > 20)).not.toContain(
        false,
      );
  });

  test('the right choice is not always at the same place, and not always the longest', () => {
    const choices = SOURCES.flatMap(
      (source) => readChapter(source, { ...lesson(), attacks: ATTACKED }).questions,
    ).filter(({ kind }) => kind === 'choice');
    const places = choices.map(({ choices: all, key }) => all.indexOf(key!.accepts[0]));
    for (const place of [0, 1, 2, 3])
      expect(places.filter((at) => at === place).length).toBeLessThan(places.length / 2);
    const longest = choices.filter(({ choices: all, key }) =>
      all.every((each) => each.length <= key!.accepts[0].length),
    );
    expect(longest.length).toBeLessThan(choices.length * 0.6);
  });
});

test('two chapters of one name cannot have a question of one name', () => {
  const text = '# T\n\n:::predict[Q]{#q number=packets}\nE.\n:::\n';
  const sources = ['01-keys.md', '02-keys.md'].map((file) => ({ file, text }));
  expect(() => reportOf(lesson(), sources)).toThrow(
    'Two chapters have a question keys/q; rename one of the two chapters',
  );
});

test('a run has an id of its own, whatever its files are called', () => {
  const made = lesson();
  const later = { ...made.encrypted!.conversation, started: made.encrypted!.conversation.started + 1 };
  const named = { ...made, plaintext: { ...made.plaintext!, capture: { ...made.plaintext!.capture, file: 'x.pcap' } } };
  expect(runId(made)).toMatch(/^[0-9a-f]{32}$/);
  expect(runId(named)).toBe(runId(made));
  expect(runId({ ...made, encrypted: { ...made.encrypted!, conversation: later } })).not.toBe(runId(made));
  expect(runId({ ...made, encrypted: null })).not.toBe(runId(made));
});

test('a question hides its answer in both faces', () => {
  const text =
    '# T\n\n:::predict[How many of :run[messages]?]{#q}\n- [x] All\n- [ ] None\n  It is text.\n\nAll of them.\n:::\n';
  expect(htmlOf(text)).toMatch(
    /How many of 9 messages\?<\/span><\/p><ul class="choices"><li>All<\/li><li>None<\/li><\/ul><details class="predict"><summary>The answer<\/summary><div class="answer"><p class="right-answer"><strong>Right:<\/strong> All<\/p><p>All of them\.<\/p><p>The other choices:<\/p><ul class="reasons">\s*<li><strong>None<\/strong>: It is text\.<\/li>\s*<\/ul><\/div><\/details>/,
  );
  expect(markdownOf(text)).toContain(
    '**Predict first.** How many of 9 messages?\n\n- ☐ All\n- ☐ None\n\n<details><summary>Answer</summary>\n\n**Right:** All\n\nAll of them.\n\nThe other choices:\n\n- **None**: It is text.\n\n</details>',
  );
});

test('the right choice may have its reason too', () => {
  const text = '# T\n\n:::predict[Which?]{#q}\n- [x] This\n  It is so.\n- [ ] That\n  It is text.\n\nMore.\n:::\n';
  expect(htmlOf(text)).toMatch(
    /<strong>Right:<\/strong> This<\/p><p>It is so\.<\/p><p>More\.<\/p><p>The other choices:<\/p><ul class="reasons">\s*<li><strong>That<\/strong>: It is text\.<\/li>\s*<\/ul>/,
  );
  expect(markdownOf(text)).toContain(
    '**Right:** This\n\nIt is so.\n\nMore.\n\nThe other choices:\n\n- **That**: It is text.\n\n</details>',
  );
});

test('a question without choices and without a value is answered on paper', () => {
  const text = '# T\n\n:::predict[How many of :run[messages]?]\nAll of them.\n:::\n';
  expect(htmlOf(text)).toMatch(
    /How many of 9 messages\?<\/span><\/p><details class="predict"><summary>The answer<\/summary><div class="answer"><p>All of them\.<\/p><\/div><\/details>/,
  );
  expect(markdownOf(text)).toContain(
    '**Predict first.** How many of 9 messages?\n\n<details><summary>Answer</summary>\n\nAll of them.\n\n</details>',
  );
});

describe('the chapters', () => {
  test('there are ten', () => {
    expect(SOURCES.map((source) => readChapter(source, lesson()).title)).toEqual([
      'Two programs talk',
      'What a listener reads',
      'The same chat, encrypted',
      'Inside a Fernet token',
      'What encryption did not hide',
      'A hash is not a seal',
      'Who has the key?',
      'Recorded today, read tomorrow',
      'What to use for real',
      'Your own program',
    ]);
  });

  test.each(SOURCES)('$file asks for a prediction and ends with something to check', ({ text }) => {
    expect(text.match(/^:::predict\[/gm)).not.toBeNull();
    expect(text.split(/^## /m).at(-1)).toMatch(/^Check it yourself\n[^]*^::(filter|command)\{/m);
  });

  test.each(SOURCES)('$file can be read without any capture', (source) => {
    const headings = (text: string): string[] => Array.from(text.matchAll(/^#+ (?:\d )?(.*)/gm), ([, words]) => words!);
    const read = reportMarkdown([readChapter(source, EMPTY)], []);
    const kept = headings(read).slice(1);
    expect(headings(source.text).filter((heading) => kept.includes(heading))).toEqual(kept);
    // A section is left out completely, and one sentence says so. The chapter's start stays.
    expect(kept).toContain(headings(source.text)[0]);
    if (source.text.includes('\n::needs{'))
      expect(read).toContain('This part is left out, because this report was made without');
    // No directive is left over, and no missing value is printed.
    expect(read).not.toMatch(/^:::?\w|:run\[|\b(undefined|null|NaN|Infinity)\b|\[object /m);
  });

  test.each(SOURCES)('$file contains no number that belongs to a run', ({ text }) => {
    // The addresses and ports in a command are its own, not those of a run.
    const prose = text.replace(/\]\([^)]*\)/g, ']').replace(/^::.*$/gm, '');
    expect(prose).not.toMatch(/\bframes? \d|127\.0\.0\.1|\b4747\b|\d{4}-\d\d-\d\d/);
  });

  test('a chapter uses every part', () => {
    const all = SOURCES.map(({ text }) => text).join('\n');
    expect(Object.keys(PARTS).filter((name) => !new RegExp(`^::${name}(\\{|$)`, 'm').test(all))).toEqual([]);
  });

  test('no two commands write the same file, so a reader can run all of them', () => {
    const commands = SOURCES.flatMap(({ text }) =>
      Array.from(text.matchAll(/^::command\{run="([^"]*)"\}$/gm), ([, run]) => run!),
    );
    const written = commands.flatMap((run) => [
      ...Array.from(run.matchAll(/--(?:capture|save-private-key|out|keylog) (\S+)/g), ([, file]) => file!),
      ...(run.startsWith('decrypt ') || run.startsWith('annotate ') ? [run.split(' ').at(-1)!] : []),
    ]);
    expect(written.length).toBeGreaterThan(2);
    expect(written.filter((file, at) => written.indexOf(file) !== at)).toEqual([]);
  });

  test('every value can be used, with a run and without one', () => {
    for (const value of Object.values(VALUES)) {
      for (const data of [lesson(), EMPTY]) {
        const found = value(data);
        if ('missing' in found) expect(isNeed(found.missing)).toBe(true);
        else expect(found).not.toHaveLength(0);
      }
    }
  });
});

describe('attacks', () => {
  const run = {
    attack: 'modify',
    outcome: { kind: 'works-unnoticed' },
    known: null,
    learned: [],
    timeline: [],
    captures: { client: 'c', server: null },
    took: 1,
  } as const;
  const setting = { name: 'plaintext', mode: 'plaintext', integrity: null, insists: false } as const;
  const seats = {
    client: { heard: [], left: true, problems: [], complaint: '', status: 0 },
    server: { heard: ['<b>other</b>'], left: true, problems: [], complaint: '', status: 0 },
  };
  const matrix = {
    attacks: [{ name: 'modify', summary: 'change a message' }],
    settings: [setting],
    cells: [{ ...run, setting, said: [{ side: 'client' as const, text: 'this' }], seats }],
  };
  const attacked: Lesson = { ...lesson(), attacks: { file: 'matrix.json', matrix } };

  test('without a run, the command that runs them', () => {
    expect(markdownOf('# T\n\n::attacks\n')).toContain('servchat attack --all');
  });

  test('the matrix', () => {
    expect(markdownOf('# T\n\n::attacks\n', attacked)).toContain('| `modify` | ●\u00a0**works** |');
  });

  test('the words in its cells and the length of the chat are explained', () => {
    const page = markdownOf('# T\n\n::attacks\n', attacked);
    expect(page).toContain('- **works**: nobody notices');
    expect(page).toContain('two processes hold a chat of 1 message, which is not the chat of the captures above');
  });

  test('one run in the order of time: what was typed, what the attacker did, what was shown, and where to look', () => {
    const line = (side: 'client' | 'server', text: string, frame: number): Crossing => ({
      side,
      what: { kind: 'line', text },
      isMessage: true,
      frame,
    });
    const passed = (text: string, frame: number): Moment => {
      const sent = [{ ...line('server', text, frame + 1), deed: 'passed on' as const }];
      return { kind: 'crossed', step: { came: line('client', text, frame), sent, cut: false } };
    };
    const timeline: readonly Moment[] = [
      passed('HELLO', 4),
      { kind: 'typed', side: 'client', text: 'this' },
      {
        kind: 'crossed',
        step: {
          came: line('client', 'this', 6),
          sent: [
            { ...line('server', '<b>other</b>', 8), deed: 'changed' },
            { ...line('server', '<b>more</b>', 9), deed: 'added' },
          ],
          cut: false,
        },
      },
      { kind: 'shown', side: 'server', text: '<b>other</b>' },
    ];
    const cells = matrix.cells.map((cell) => ({ ...cell, timeline, captures: { client: 'c.pcap', server: 's.pcap' } }));
    const told: Lesson = { ...attacked, attacks: { file: 'matrix.json', matrix: { ...matrix, cells } } };
    const page = markdownOf('# T\n\n::attack{name=modify in=plaintext}\n', told);
    const rows = page
      .split('\n')
      .filter((row) => row.startsWith('| '))
      .slice(2);
    expect(
      rows.map((row) =>
        row.replace(/<\/?code>|`/g, '').replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))),
      ),
    ).toEqual([
      '| types: this | | |',
      '| → this, frame 6 | → changed | → <b>other</b>, frame 8 |',
      '| | → added | → <b>more</b>, frame 9 |',
      '| | | is shown: <b>other</b> |',
    ]);
    expect(page).toContain('Outcome: works (nobody notices).');
    expect(page).toContain(
      'Compare frame 6 of `c.pcap`, captured at the client, with frames 8 and 9 of `s.pcap`, captured at the server.',
    );
    expect(htmlOf('# T\n\n::attack{name=modify in=plaintext}\n', told)).toContain('&#x3C;b>other&#x3C;/b>');
  });
});
