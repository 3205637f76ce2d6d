/** A failure in the layout, the types, lint or a test makes `npm test` fail. Each is tried in a small project. */
import { describe, expect, test } from '@jest/globals';
import fs from 'node:fs';

import { TestProcess } from '../servchat-process.js';
import { commandInSmallProject, inSmallProject } from './small-project.js';

/** The last step of `npm test`. The README's test runs all steps on a project without errors. */
const JEST = ['run', '--silent', 'jest'];

const { scripts } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { scripts: { lint: string } };
/** What `npm run lint` runs at the same time. */
const AT_ONCE = 'node test/gate/at-once.mjs ';
const LINT = [...scripts.lint.slice(AT_ONCE.length).matchAll(/"([^"]*)"|(\S+)/g)].map(
  ([, one, other]) => one ?? other!,
);

/** What is wrong in a source file, the command of lint that must tell it, and how. */
const FAULTS: readonly (readonly [fault: string, source: string, command: RegExp, told: RegExp])[] = [
  ['a line that is not laid out', "export const name   = 'servchat';\n", /^prettier /, /src\/name\.ts/],
  ['a type that does not fit', 'export const name: string = 3;\n', /types-and-lint/, /src.name\.ts.*TS2322/],
  [
    'a rule that is broken',
    "export const name = [1, 2].length == 2 ? 'two' : 'other';\n",
    /types-and-lint/,
    /src.name\.ts\n.*eqeqeq/,
  ],
  [
    'an export that nobody takes',
    "export const name = 'one';\nexport const other = 'two';\n",
    /^knip$/,
    /Unused exports[^]*other.*name\.ts/,
  ],
];

test.each(FAULTS)('%s makes its command fail', async (_, source, command, told) => {
  expect(scripts.lint.startsWith(AT_ONCE)).toBe(true);
  const [own, ...others] = LINT.filter((each) => command.test(each));
  expect(others).toEqual([]);
  const { status, output, errors } = await commandInSmallProject(own!, { source });
  expect({ status, told: output + errors }).toEqual({ status: 1, told: expect.stringMatching(told) });
});

test('modules are written again if one is missing, and a check is not left out because nothing has changed', async () => {
  const [make, shown] = ['node src/cli/modules.mjs', 'grep -c servchat dist/name.js'];
  const steps = [`${make} --noCheck`, shown, make, 'echo $?', 'rm dist/name.js', `${make} --noCheck`, shown];
  const { output } = await commandInSmallProject(`{ ${steps.join('; ')}; }`, {
    source: "export const name: number = 'servchat';\n",
  });
  expect(output).toMatch(/^1\nsrc.name\.ts.*TS2322.*\n2\n1\n$/);
});

describe('commands that run at the same time', () => {
  const atOnce = async (...commands: readonly string[]): Promise<unknown> => {
    const child = new TestProcess(process.execPath, ['test/gate/at-once.mjs', ...commands]);
    child.endInput();
    return { status: await child.ended, output: child.raw, errors: child.errors };
  };
  const [late, good, bad] = ['sleep 0.2; echo late', 'echo good', 'echo bad >&2; exit 3'];

  test.each([
    [0, [late, good]],
    [1, [bad, late, good]],
    [1, [late, bad, good]],
    [1, [late, good, bad]],
  ])('status %i of %j: all of them end, and what they print is in order', async (status, commands) => {
    expect(await atOnce(...commands)).toEqual({ status, output: 'late\ngood\n', errors: status === 1 ? 'bad\n' : '' });
  });
});

test('one run of npm test tells every fault of lint, and then runs no test', async () => {
  const source = 'export const name: string   = 3;\nexport const other = [1].length == 1;\n';
  const { status, output, errors } = await inSmallProject(['test'], { source });
  expect({ status, output, errors }).toEqual({
    status: 1,
    output: expect.stringMatching(/TS2322[^]*eqeqeq[^]*Unused exports/),
    errors: expect.stringContaining('src/name.ts'),
  });
  expect(output + errors).not.toMatch(/passed|PASS/);
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
