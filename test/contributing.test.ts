/** The files, scripts and options that CONTRIBUTING.md, SECURITY.md and CHANGELOG.md name do exist. */
import fs from 'node:fs';

import { expect, test } from '@jest/globals';

const { scripts } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

test.each(['CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'])('%s', (file) => {
  const text = fs.readFileSync(file, 'utf8');
  const paths = Array.from(
    text.matchAll(/(?<![\w/.-])(?:\.ci|src|test|lessons|captures\/samples|demos)\/[\w/.-]*\w/g),
    String,
  );
  const named = Array.from(text.matchAll(/`(\w+\.md|\.\w+)`/g), ([, name]) => name!);
  // A file that the reader is to write has no name yet.
  expect([...paths, ...named].filter((path) => !path.includes('NAME') && !fs.existsSync(path))).toEqual([]);
  const asked = Array.from(text.matchAll(/npm (?:run (?=\w)|(?=test))([\w:]+)/g), ([, script]) => script!);
  expect(asked.filter((script) => scripts[script] === undefined)).toEqual([]);
});

test('each task of a contributor has a command', () => {
  const text = fs.readFileSync('CONTRIBUTING.md', 'utf8');
  for (const script of ['build', 'test:quick', 'jest', 'lint', 'bench', 'fuzz'])
    expect(text).toContain(`npm run ${script}`);
});
