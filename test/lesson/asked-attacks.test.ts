import { expect, test } from '@jest/globals';

import { attacksAskedFor } from '../../src/lesson/asked-attacks.js';

const asked = (...texts: readonly string[]): readonly string[] =>
  attacksAskedFor(texts.map((text, at) => ({ file: `0${at + 1}-a.md`, text }))).map(
    ({ attack, setting }) => `${attack.name} in ${setting.name}`,
  );

test('the attacks and settings that chapters name, each once and in the order of the matrix', () => {
  const one = '# A\n\n:::predict[Who wins?]\n::attacks{only="replay modify" in="tls plaintext"}\n:::\n';
  const other = '# B\n\n::attack{name=modify in=plaintext}\n\n::attack{name=listen in=tls-pinned}\n';
  expect(asked(one, other)).toEqual([
    'listen in tls-pinned',
    'modify in plaintext',
    'modify in tls',
    'replay in plaintext',
    'replay in tls',
  ]);
});

test('a chapter that names no attack asks for none, and one that names no setting asks for all settings', () => {
  expect(asked('# A\n\nText.\n')).toEqual([]);
  expect(asked('# A\n\n::attacks{only=listen}\n')).toHaveLength(7);
});
