/** A failure in the types, in lint or in a test makes `npm test` fail. Each is tried in a small project. */
import { expect, test } from '@jest/globals';

import { inSmallProject } from './small-project.js';

/** The last step of `npm test`. The README's test runs all steps on a project without errors. */
const JEST = ['run', '--silent', 'jest'];

test.each([
  ['a type that does not fit', 'export const name: string = 3;\n', /src.name\.ts.*TS2322/],
  ['a rule that is broken', "export const name = [1, 2].length == 2 ? 'two' : 'other';\n", /eqeqeq/],
  [
    'an export that nobody takes',
    "export const name = 'one';\nexport const other = 'two';\n",
    /Unused exports[^]*other.*name\.ts/,
  ],
])('%s', async (_, source, told) => {
  const { status, output } = await inSmallProject(['test'], { source });
  expect({ status, output }).toEqual({ status: 1, output: expect.stringMatching(told) });
  // No test ran, so the output must not mention any.
  expect(output).not.toMatch(/passed/);
});

test('a line that is not laid out', async () => {
  const { status, output, errors } = await inSmallProject(['run', '--silent', 'lint'], {
    source: "export const name   = 'servchat';\n",
  });
  expect({ status, output, errors }).toEqual({ status: 1, output: '', errors: expect.stringContaining('src/name.ts') });
});

test('a test that fails, next to one that passes', async () => {
  const [good, bad] = [2, 3].map((sum) => `test('${sum}', () => {\n  expect(1 + 1).toBe(${sum});\n});\n`);
  const { status, output } = await inSmallProject(JEST, {
    test: `import { expect, test } from '@jest/globals';\n\n${good}${bad}`,
  });
  expect({ status, last: output.trim().split('\n').at(-1) }).toEqual({ status: 1, last: '1 passed, 1 failed' });
});

test('a test file that cannot run', async () => {
  const { status, output } = await inSmallProject(JEST, { test: "import './is-not-there.js';\n" });
  expect({ status, last: output.trim().split('\n').at(-1) }).toEqual({ status: 1, last: '0 passed, 1 failed' });
});
