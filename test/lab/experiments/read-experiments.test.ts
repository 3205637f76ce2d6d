import { describe, expect, test } from '@jest/globals';

import { ChapterError } from '../../../src/lesson/chapter-error.js';
import { goalOf } from '../../../src/lab/experiments/goals.js';
import { OWN_EXPERIMENTS, readExperiment, readExperiments } from '../../../src/lab/experiments/read-experiments.js';

const GOOD = `# Title

::setting{mode=plaintext hold}

Some *words* and \`code\`, with a [link](https://example.org/).

:::predict[What **then**?]{#then}
- [ ] this
  No.
- [x] that
:::

## Do

1. One
2. Two

:::hint
Look.
:::

::goal{read=2 in=plaintext}

## See

- a
- b

## Explain

Because.

\`\`\`
48 69
\`\`\`
`;

const read = (text: string) => readExperiment({ file: 'my/03-an-example.md', text });

test('an experiment is read into text, never markup', () => {
  const { shown, goals } = read(GOOD);
  expect(shown).toEqual({
    name: 'an-example',
    title: 'Title',
    setting: { mode: 'plaintext', integrity: null, attack: null, insists: false },
    holds: 'everything',
    introduction: [
      {
        kind: 'paragraph',
        content: [
          'Some ',
          { mark: 'emphasis', text: 'words' },
          ' and ',
          { mark: 'code', text: 'code' },
          ', with a ',
          { mark: 'link', text: 'link', to: 'https://example.org/' },
          '.',
        ],
      },
    ],
    question: {
      id: 'an-example/then',
      asked: 'What then?',
      kind: 'choice',
      choices: ['this', 'that'],
      key: { accepts: ['that'], reasons: ['No.', ''] },
    },
    asked: ['What ', { mark: 'strong', text: 'then' }, '?'],
    choices: [
      { content: ['this'], reason: ['No.'] },
      { content: ['that'], reason: [] },
    ],
    words: [],
    steps: [['One'], ['Two']],
    hints: [[{ kind: 'paragraph', content: ['Look.'] }]],
    guess: null,
    goals: ['In plaintext mode: the listener reads 2 different messages that you said.'],
    see: [{ kind: 'list', items: [['a'], ['b']] }],
    explanation: [
      { kind: 'paragraph', content: ['Because.'] },
      { kind: 'lines', lines: ['48 69'] },
    ],
  });
  expect(goals).toHaveLength(1);
});

test('encrypted mode has the best check by default; a guess follows from the goals', () => {
  const changed = GOOD.replace('mode=plaintext hold', 'mode=encrypted insists').replace(
    'read=2 in=plaintext',
    'guessed=2',
  );
  expect(read(changed).shown).toMatchObject({
    setting: { mode: 'encrypted', integrity: 'hmac-sha256-seq', insists: true },
    guess: 'text',
  });
  expect(read(GOOD.replace('read=2', 'pointed=HELLO')).shown.guess).toBe('piece');
  expect(read(GOOD.replace('read=2', 'pointed=HELLO guessed')).shown.guess).toBe('both');
});

test('hold=messages lets the handshake pass', () => {
  expect(read(GOOD.replace('hold}', 'hold=messages}')).shown.holds).toBe('messages');
  expect(read(GOOD.replace(' hold}', '}')).shown.holds).toBe('nothing');
});

describe('a mistake is an error with the file and the line', () => {
  const without = (text: string): string => GOOD.replace(text, '');
  test.each<[string, string, RegExp]>([
    ['no title', 'text\n', /line 1: an experiment begins with its title/],
    ['an empty file', '', /line 1: an experiment begins with its title/],
    ['no setting', without('::setting{mode=plaintext hold}\n'), /line 1: say in which setting it runs/],
    ['two settings', GOOD.replace('Some', '::setting{mode=tls}\n\nSome'), /line 5: there is one ::setting/],
    ['another directive', GOOD.replace('::setting', '::settings'), /line 3: there is no ::settings here/],
    [
      'no mode',
      GOOD.replace('mode=plaintext', ''),
      /line 3: a setting needs \{mode=…\}, one of plaintext, encrypted, tls/,
    ],
    ['a wrong mode', GOOD.replace('mode=plaintext', 'mode=plain'), /line 3: a setting needs \{mode=…\}/],
    ['a check in plaintext', GOOD.replace('hold}', 'check=sha256}'), /line 3: \{check=…\} is for encrypted mode/],
    [
      'a wrong check',
      GOOD.replace('plaintext hold}', 'encrypted check=md5}'),
      /line 3: \{check=…\} is for encrypted mode/,
    ],
    ['an unknown attack', GOOD.replace('hold}', 'attack=magic}'), /line 3: there is no attack magic/],
    ['a hold of something else', GOOD.replace('hold}', 'hold=tokens}'), /line 3: write hold, so that each piece waits/],
    ['an attack and hold', GOOD.replace('hold}', 'hold attack=drop}'), /line 3: the learner cannot hold/],
    ['a key in plaintext', GOOD.replace('hold}', 'insists}'), /line 3: in plaintext mode there is no key/],
    ['an unknown attribute', GOOD.replace('hold}', 'holds}'), /line 3: a setting has no holds/],
    ['no question', GOOD.replace(/:::predict[^]*?:::\n/, ''), /line 1: an experiment has a question/],
    [
      'a question without its end',
      GOOD.replace('- [x] that\n:::\n', '- [x] that\n'),
      /line 7: the block that begins here has no end/,
    ],
    ['no choices', GOOD.replace(/- \[ \] this[^]*that\n/, 'Text.\n'), /line 7: give the question its choices/],
    ['a wrong choice without a reason', without('  No.\n'), /line 8: this choice is wrong; write why/],
    [
      'a value of a run',
      GOOD.replace('{#then}', '{#then number=packets}').replace(/- \[ \] this[^]*that\n/, 'x\n'),
      /line 7: nothing has run yet/,
    ],
    ['an explanation in the question', GOOD.replace('that\n:::', 'that\n\nText.\n:::'), /line 7: the question is/],
    ['no section Do', GOOD.replace('## Do', '## Try'), /line 13: an experiment has the sections/],
    ['no section Explain', GOOD.replace(/## Explain[^]*/, ''), /line 1: an experiment has the sections/],
    ['one more section', `${GOOD}\n## More\n\nx\n`, /line 37: nothing comes after/],
    ['no steps', GOOD.replace('1. One\n2. Two\n', ''), /line 13: the section ## Do needs numbered steps/],
    ['no goal', without('::goal{read=2 in=plaintext}\n'), /line 13: the section ## Do needs a ::goal/],
    ['no hint', GOOD.replace(/:::hint[^]*?:::\n/, ''), /line 13: the section ## Do needs a :::hint/],
    [
      'words among the steps',
      GOOD.replace('1. One', 'Words.\n\n1. One'),
      /line 15: the section ## Do has numbered steps/,
    ],
    ['an unknown goal', GOOD.replace('read=2', 'win'), /line 22: there is no goal win; there are read, /],
    ['a goal that needs nothing', GOOD.replace('read=2', 'unnoticed'), /line 22: that nobody notices/],
    ['an unknown setting of a goal', GOOD.replace('in=plaintext', 'in=radio'), /line 22: there is no setting radio/],
    ['a number of goals', GOOD.replace('read=2', 'read=0'), /line 22: read takes a number from 1 to 99/],
    ['a value too many', GOOD.replace('read=2', 'twice=2'), /line 22: twice takes no value/],
    ['a wrong refusal', GOOD.replace('read=2', 'refused=magic'), /line 22: refused takes one of check, number/],
    ['HTML', GOOD.replace('Because.', 'a <b>b</b>'), /line 31: a text of an experiment has only words/],
    ['a picture', GOOD.replace('Because.', '![x](https://x.org/x.png)'), /line 31: a text of an experiment/],
    [
      'a script as address',
      GOOD.replace('https://example.org/', 'javascript:alert(1)'),
      /line 5: a link of an experiment leads to/,
    ],
    ['a table', GOOD.replace('Because.', '| a |\n| - |\n| b |'), /line 31: the text of an experiment has only/],
    ['an empty section', GOOD.replace('Because.', '').replace(/```[^]*/, ''), /line 29: this section needs a text/],
  ])('%s', (_, text, why) => {
    expect(() => read(text)).toThrow(ChapterError);
    expect(() => read(text)).toThrow(/^my\/03-an-example\.md, line /);
    expect(() => read(text)).toThrow(why);
  });
});

describe('the experiments that come with the program', () => {
  const all = readExperiments(OWN_EXPERIMENTS);

  test('are twelve, each with steps, goals and two hints or more', () => {
    expect(all).toHaveLength(12);
    for (const { shown } of all) {
      expect(shown.steps.length).toBeGreaterThan(1);
      expect(shown.hints.length).toBeGreaterThan(1);
      expect(shown.goals.length).toBeGreaterThan(0);
    }
  });

  test('the right choice is not always at the same place', () => {
    const places = all.map(({ shown: { question } }) => question.choices.indexOf(question.key!.accepts[0]));
    expect(new Set(places).size).toBe(4);
    for (const place of [0, 1, 2, 3]) expect(places.filter((at) => at === place).length).toBeLessThan(7);
  });
});

test('the sentence of a goal says where, and all of what has to happen', () => {
  const says = (attributes: Readonly<Record<string, string>>): string => (goalOf(attributes) as { says: string }).says;
  expect(says({ unsaid: '', unnoticed: '', in: 'plaintext' })).toBe(
    'In plaintext mode: one side shows a message that the other side never said, and nobody notices.',
  );
  expect(says({ refused: 'key', in: 'encrypted-fingerprint' })).toMatch(
    /fingerprint: one side refuses what comes, because the key has another fingerprint\.$/,
  );
  expect(says({ understood: '', attack: 'listen' })).toBe(
    'With the attack listen: the attacker understands at least 1 message.',
  );
});
