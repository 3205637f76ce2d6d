/** Chapters whose Markdown takes the parser minutes, if nobody stops it. */
import fs from 'node:fs';

import { describe, expect, test } from '@jest/globals';

import { ChapterError } from '../../src/lesson/chapter-error.js';
import { readChapter } from '../../src/lesson/chapters.js';
import { lesson } from './fixture.js';
import { processorMs } from '../processor-time.js';
import { longTestEach } from '../tools.js';

/** Far more than a second, because the machine may do other work. Without limits each of these takes longer. */
const MOST_MS = 8_000;

const read = (text: string) => readChapter({ file: '01-a.md', text: `# T\n\n${text}` }, lesson());

function messageOf(text: string): string {
  const begun = processorMs();
  try {
    read(text);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(ChapterError);
    return (error as Error).message;
  } finally {
    expect(processorMs() - begun).toBeLessThan(MOST_MS);
  }
}

const nested = (count: number): string => Array.from({ length: count }, (_, at) => `${'  '.repeat(at)}- x\n`).join('');

describe('what takes too long is refused, with its line', () => {
  test.each<[string, string, RegExp]>([
    ['emphasis', `x\n\n${'*a '.repeat(4000)}${'_b**'.repeat(4000)}`, /line 5: more than 500 of the signs/],
    ['a run of asterisks', `${'*'.repeat(10_000)}a${'*'.repeat(10_000)}`, /line 3: more than 500 of the signs/],
    ['pictures in pictures', `${'!['.repeat(4000)}${'](b)'.repeat(4000)}`, /line 3: more than 500 of the signs/],
    ['brackets in many lines', '[a](\n'.repeat(1900), /line 3: more than 500 of the signs/],
    ['processing instructions', 'a<?'.repeat(20_000), /line 3: more than 500 of the signs/],
    // Only spaces and tabs make a line blank (CommonMark 0.31, section 2.1): these do not end the paragraph.
    ['lines of no-break spaces', `${'*a _b**'.repeat(100)}\n\u00a0\n`.repeat(60), /line 3: more than 500 of the signs/],
    ['lists in one line', `${'- '.repeat(30_000)}x`, /line 3: the line begins with more than 25 marks/],
    [
      'lists in each of many lines',
      `${'- '.repeat(20)}x\n`.repeat(1400),
      /line 153: a chapter has at most 3,000 marks of quotes and lists/,
    ],
    ['lists in lists', nested(150), /line 104: more than 200 columns stand empty/],
    ['tabs', `\t${'\t'.repeat(50)}x`, /line 3: more than 200 columns stand empty/],
    ['blocks in blocks', ':::predict[Q]\n'.repeat(800), /line 103: a chapter has at most 100 blocks/],
    ['many headings', 'x\n=\n'.repeat(15_000), /^01-a\.md: a chapter has at most 64 KiB and 2,000 lines/],
    ['a long line', 'x'.repeat(70_000), /^01-a\.md: a chapter has at most 64 KiB and 2,000 lines/],
  ])('%s', (_, text, why) => {
    expect(messageOf(text)).toMatch(why);
  });
});

describe('just below the limits, a chapter is read, and soon', () => {
  const paragraphs = (text: string): string => `${text}\n\n`.repeat(Math.floor(60_000 / (text.length + 2)));
  const CHAPTERS: readonly (readonly [name: string, text: string])[] = [
    ['emphasis', paragraphs(`${'*a '.repeat(40)}${'_b** '.repeat(40)}`)],
    ['asterisks', paragraphs(`a${'*'.repeat(90)}a${'*'.repeat(90)}`)],
    ['brackets', paragraphs(`${'['.repeat(200)}${']'.repeat(200)}`)],
    ['backticks', '`a '.repeat(20_000)],
    ['a table', `|${'a|'.repeat(70)}\n|${'-|'.repeat(70)}\n${`|${'x|'.repeat(70)}\n`.repeat(400)}`],
    ['lists in one line', `${'- '.repeat(20)}x\n`.repeat(145)],
    ['quotes in one line', `${'> '.repeat(20)}x\n`.repeat(145)],
    ['lists in lists', nested(45)],
    ['underlined headings', 'x\n=\n'.repeat(990)],
    ['definitions', Array.from({ length: 990 }, (_, at) => `[a${at}]: b\n\n`).join('')],
  ];
  longTestEach(CHAPTERS, '%s', (_, text) => {
    expect(messageOf(text)).toBe('');
  });

  test('a name in code is no emphasis: a listing of 400 lines with underscores', () => {
    expect(messageOf(`\`\`\`c\n${'  my_own_name_here = your_own_name();\n'.repeat(400)}\`\`\`\n`)).toBe('');
  });

  test('all chapters in one have room', () => {
    const files = fs.readdirSync('lessons/chapters').filter((name) => /^\d/.test(name));
    const text = files.map((name) => fs.readFileSync(`lessons/chapters/${name}`, 'utf8')).join('\n');
    expect(messageOf(text)).toBe('');
  });
});
