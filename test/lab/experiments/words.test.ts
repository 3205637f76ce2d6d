/** The words of the field: how their file is read, and where they are marked in an experiment. */
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { ChapterError } from '../../../src/lesson/chapter-error.js';
import type { Block, Experiment, Phrase } from '../../../src/lab/experiments/experiment.js';
import { OWN_EXPERIMENTS, readExperiment, readExperiments } from '../../../src/lab/experiments/read-experiments.js';
import { readWords, wordsOf } from '../../../src/lab/experiments/words.js';
import { temporaryDirectory } from '../../servchat-process.js';

const WORDS = readWords({
  file: 'words.md',
  text: '# Words\n\n- **token, tokens**: a sealed text, as in `gAAAA`\n- **public key**: it *locks*\n- **IV**: random bytes\n',
});

const TEXT = `# A token

::setting{mode=encrypted}

A token, and another token.

:::predict[What has a token, or a public key?]{#what}
- [x] this: an IV in a token
  No token has two tokens.
- [ ] that
  No.
:::

## Do

1. Look at the tokens and at \`IV\`.
2. Press “Inside: the IV”. The IV is random.

:::hint
Public key? Tokenless, IV-like.
:::

::goal{understood}

## See

The token.

## Explain

A token and an IV.
`;

/** As text, with each marked word in brackets. */
const marked = (phrases: readonly Phrase[]): string =>
  phrases
    .map((each) => (typeof each === 'string' ? each : each.mark === 'word' ? `[${each.text}]` : each.text))
    .join('');
const markedIn = (blocks: readonly Block[]): readonly string[] =>
  blocks.map((block) => (block.kind === 'paragraph' ? marked(block.content) : block.kind));

describe('the first use of a word is marked', () => {
  const { shown } = readExperiment({ file: '01-x.md', text: TEXT }, WORDS);

  test('in each part that stands together on the page', () => {
    expect(markedIn(shown.introduction)).toEqual(['A [token], and another token.']);
    expect(marked(shown.asked)).toBe('What has a token, or a [public key]?');
    expect(markedIn(shown.see)).toEqual(['The [token].']);
    expect(markedIn(shown.explanation)).toEqual(['A token and an [IV].']);
  });

  test('not in code, in a quotation or in another word', () => {
    expect(shown.steps.map(marked)).toEqual([
      'Look at the tokens and at IV.',
      'Press “Inside: the IV”. The [IV] is random.',
    ]);
    expect(shown.hints.map(markedIn)).toEqual([['[Public key]? Tokenless, IV-like.']]);
  });

  test('not in a choice, which is pressed as a whole: its new words are listed', () => {
    expect(shown.choices.map(({ content }) => marked(content))).toEqual(['this: an IV in a token', 'that']);
    expect(shown.words).toEqual(['IV']);
    expect(shown.question.choices).toEqual(['this: an IV in a token', 'that']);
    expect(shown.choices.map(({ reason }) => marked(reason))).toEqual(['No [token] has two tokens.', 'No.']);
  });

  test('and it names its entry', () => {
    expect(shown.hints[0]?.[0]).toMatchObject({
      content: [{ mark: 'word', text: 'Public key', word: 'public key' }, '?' + ' Tokenless, IV-like.'],
    });
  });

  test('without words, nothing is', () => {
    expect(JSON.stringify(readExperiment({ file: '01-x.md', text: TEXT }))).not.toContain('"word"');
  });
});

test('words are text with marks, in the order of the alphabet', () => {
  expect(WORDS.map(({ name, says }) => [name, says])).toEqual([
    ['IV', ['random bytes']],
    ['public key', ['it ', { mark: 'emphasis', text: 'locks' }]],
    ['token', ['a sealed text, as in ', { mark: 'code', text: 'gAAAA' }]],
  ]);
});

describe('a mistake is an error with the file and the line', () => {
  test.each<[string, string, RegExp]>([
    ['no meaning', '- **a**: b\n- **c**\n', /^words\.md, line 2: an entry is \*\*word/],
    ['two paragraphs', '- **a**: b\n\n  more\n', /^words\.md, line 1: an entry is/],
    ['a word twice', '- **a**: b\n- **c, a**: d\n', /^words\.md, line 2: “a” stands in two entries/],
    ['HTML', '- **a**: <b>b</b>\n', /^words\.md, line 1: a text of an experiment has only words/],
    ['a script', '- **a**: [b](javascript:1)\n', /^words\.md, line 1: a link of an experiment leads to/],
  ])('%s', (_, text, why) => {
    expect(() => readWords({ file: 'words.md', text })).toThrow(ChapterError);
    expect(() => readWords({ file: 'words.md', text })).toThrow(why);
  });
});

test('a folder may have none; one that cannot be read is said', () => {
  const folder = temporaryDirectory();
  expect(wordsOf(folder)).toEqual([]);
  fs.mkdirSync(path.join(folder, 'words.md'));
  expect(() => wordsOf(folder)).toThrow(/^Cannot read the words .*words\.md: /);
  fs.rmdirSync(path.join(folder, 'words.md'));
  fs.writeFileSync(path.join(folder, 'words.md'), Buffer.from([0xff, 0xfe, 0x41, 0]));
  expect(() => wordsOf(folder)).toThrow(/UTF-16/);
});

describe('the words that come with the program', () => {
  const words = wordsOf(OWN_EXPERIMENTS);
  const experiments = readExperiments(OWN_EXPERIMENTS).map(({ shown }) => shown);

  test('each mark in an experiment has its entry', () => {
    const names = new Set(words.map(({ name }) => name));
    const used = experiments.flatMap(namesIn);
    expect(used.length).toBeGreaterThan(100);
    expect(used.filter((name) => !names.has(name))).toEqual([]);
  });

  // Shown by the page itself, or used in the entries of others.
  test.each(['frame', 'Wireshark', 'packet', 'capture'])('%s is there', (name) => {
    expect(words.map((each) => each.name)).toContain(name);
  });

  test('all others occur in an experiment', () => {
    const used = new Set(experiments.flatMap(namesIn));
    const unused = words.map(({ name }) => name).filter((name) => !used.has(name));
    expect(unused.filter((name) => !['frame', 'Wireshark'].includes(name))).toEqual([]);
  });
});

function namesIn(experiment: Experiment): readonly string[] {
  const found: string[] = [...experiment.words];
  JSON.stringify(experiment, (key, value: unknown) => {
    if (key === 'word' && typeof value === 'string') found.push(value);
    return value;
  });
  return found;
}
