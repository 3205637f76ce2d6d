/**
 * A project of two source files and one test, with the scripts and settings of this one. In it, `npm test` is quick.
 */
import fs from 'node:fs';
import path from 'node:path';

import { TestProcess, temporaryDirectory } from '../servchat-process.js';

const SETTINGS = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  'tsconfig.json',
  'tsconfig.build.json',
  'eslint.config.js',
  'prettier.config.js',
  '.prettierignore',
  'jest.config.js',
  'test/gate',
  'src/cli/modules.mjs',
];
const MAIN = "import { name } from '../name.js';\n\nprocess.stdout.write(name);\n";
const GOOD = {
  source: "export const name = 'servchat';\n",
  test: "import { expect, test } from '@jest/globals';\n\ntest('adds', () => {\n  expect(1 + 1).toBe(2);\n});\n",
};

export interface Run {
  readonly status: unknown;
  readonly output: string;
  readonly errors: string;
}

/** Makes the project and runs `npm` in it. If a source file or a test is given, it takes the place of the good one. */
export async function inSmallProject(npm: readonly string[], files: Partial<typeof GOOD> = {}): Promise<Run> {
  return ended(new TestProcess('npm', ['--prefix', smallProject(files), ...npm]));
}

/** Makes the project, and runs a command in it as npm runs the commands of a script. */
export async function commandInSmallProject(command: string, files: Partial<typeof GOOD> = {}): Promise<Run> {
  const PATH = `${path.resolve('node_modules/.bin')}${path.delimiter}${process.env['PATH'] ?? ''}`;
  return ended(new TestProcess('sh', ['-c', `cd "$0" && ${command}`, smallProject(files)], { PATH }));
}

async function ended(child: TestProcess): Promise<Run> {
  child.endInput();
  const status = await child.ended;
  return { status, output: child.raw, errors: child.errors };
}

function smallProject({ source, test }: Partial<typeof GOOD>): string {
  const folder = temporaryDirectory();
  for (const name of SETTINGS) {
    fs.cpSync(name, path.join(folder, name), { recursive: true, filter: (file) => !file.endsWith('.ts') });
  }
  const files = {
    'src/cli/main.ts': MAIN,
    'src/name.ts': source ?? GOOD.source,
    // It has no page for a browser, and main.ts needs no bundle.
    'src/lab/page/bundle.mjs': '',
    'src/cli/bundle.mjs': '',
    // jest.config.js names it. Its one test has no random examples.
    'test/gate/fast-check.ts': 'export {};\n',
    'test/one.test.ts': test ?? GOOD.test,
  };
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  }
  // It does not use most of the packages in its package.json, and knip must not complain about that.
  const knip = JSON.parse(fs.readFileSync('knip.json', 'utf8')) as { exclude: string[] };
  fs.writeFileSync(
    path.join(folder, 'knip.json'),
    JSON.stringify({ ...knip, exclude: [...knip.exclude, 'dependencies', 'devDependencies'] }),
  );
  fs.symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'), 'junction');
  return folder;
}
