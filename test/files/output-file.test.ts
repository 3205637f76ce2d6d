import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { describeFileError } from '../../src/file-error.js';
import { WholeFile, checkOutput, createOutput, discardOutput, writeOutput } from '../../src/files/output-file.js';
import { temporaryDirectory } from '../servchat-process.js';

const folder = temporaryDirectory();
let count = 0;
const inNewFolder = (name: string): string => path.join(folder, String((count += 1)), name);
function put(file: string, text: string): string {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}
const codeOf = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
  return null;
};

/** The ways in which a command writes a file, each with what it writes. */
const WAYS: readonly [string, (file: string, ifThere: 'refuse' | 'replace') => void][] = [
  [
    'at once',
    (file, ifThere) => {
      writeOutput({ path: file, ifThere }, 'new');
    },
  ],
  [
    'as it grows',
    (file, ifThere) => {
      fs.writeSync(createOutput({ path: file, ifThere }), 'new');
    },
  ],
  [
    'whole',
    (file, ifThere) => {
      const whole = new WholeFile({ path: file, ifThere });
      fs.writeSync(whole.descriptor, 'new');
      whole.commit();
    },
  ],
];

describe.each(WAYS)('written %s', (_, write) => {
  test('a missing folder is made', () => {
    const file = inNewFolder('a/b/c.txt');
    write(file, 'refuse');
    expect(fs.readFileSync(file, 'utf8')).toBe('new');
    expect(fs.readdirSync(path.dirname(file))).toEqual(['c.txt']);
  });

  test('an existing file is kept, and replaced only if the user asked for it', () => {
    const file = put(inNewFolder('mine.txt'), 'mine');
    expect(
      codeOf(() => {
        write(file, 'refuse');
      }),
    ).toBe('EEXIST');
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
    write(file, 'replace');
    expect(fs.readFileSync(file, 'utf8')).toBe('new');
    expect(fs.readdirSync(path.dirname(file))).toEqual(['mine.txt']);
  });

  test('a link that leads nowhere is kept too', () => {
    const file = inNewFolder('link');
    fs.mkdirSync(path.dirname(file));
    fs.symlinkSync('nowhere', file);
    expect(
      codeOf(() => {
        write(file, 'refuse');
      }),
    ).toBe('EEXIST');
    expect(fs.readdirSync(path.dirname(file))).toEqual(['link']);
  });

  test('a folder is never replaced', () => {
    const file = inNewFolder('folder');
    fs.mkdirSync(file, { recursive: true });
    for (const ifThere of ['refuse', 'replace'] as const)
      expect(
        codeOf(() => {
          write(file, ifThere);
        }),
      ).toBe('EISDIR');
  });

  test('a file in the place of a folder', () => {
    const file = put(inNewFolder('file'), '');
    expect(
      codeOf(() => {
        write(path.join(file, 'x'), 'refuse');
      }),
    ).toBe('ENOTDIR');
    expect(
      codeOf(() => {
        write(path.join(file, 'y', 'x'), 'refuse');
      }),
    ).toBe('ENOTDIR');
  });

  test('a device has no content to lose, and still exists afterwards', () => {
    if (process.platform === 'win32') return;
    write('/dev/null', 'refuse');
    write('/dev/null', 'replace');
    expect(fs.statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('a pipe that nobody reads is reported at once', () => {
    if (process.platform === 'win32') return;
    const pipe = inNewFolder('pipe');
    fs.mkdirSync(path.dirname(pipe));
    execFileSync('mkfifo', [pipe]);
    expect(
      codeOf(() => {
        write(pipe, 'refuse');
      }),
    ).toBe('ENXIO');
  });
});

test('a check changes nothing, not even a folder', () => {
  const file = inNewFolder('a/b.txt');
  checkOutput({ path: file, ifThere: 'refuse' });
  expect(fs.existsSync(path.dirname(file))).toBe(false);
});

test('the old file stays until the new one is complete', () => {
  const file = put(inNewFolder('mine.txt'), 'mine');
  const whole = new WholeFile({ path: file, ifThere: 'replace' });
  fs.writeSync(whole.descriptor, 'half of i');
  expect(fs.readFileSync(file, 'utf8')).toBe('mine');
  whole.abandon();
  expect(fs.readdirSync(path.dirname(file))).toEqual(['mine.txt']);
});

test('a file that appeared meanwhile is kept', () => {
  const file = inNewFolder('both.txt');
  const whole = new WholeFile({ path: file, ifThere: 'refuse' });
  put(file, 'the other was first');
  expect(
    codeOf(() => {
      whole.commit();
    }),
  ).toBe('EEXIST');
  expect(fs.readFileSync(file, 'utf8')).toBe('the other was first');
  expect(fs.readdirSync(path.dirname(file))).toEqual(['both.txt']);
});

test('taking back removes only our file, not one that replaced it', () => {
  const file = inNewFolder('a.txt');
  discardOutput(file, createOutput({ path: file, ifThere: 'refuse' }));
  expect(fs.existsSync(file)).toBe(false);
  const descriptor = createOutput({ path: file, ifThere: 'refuse' });
  fs.renameSync(put(`${file}.other`, 'another'), file);
  discardOutput(file, descriptor);
  expect(fs.readFileSync(file, 'utf8')).toBe('another');
});

test('only its owner can read a secret, even if it replaces a file that others could read', () => {
  if (process.platform === 'win32') return;
  const file = put(inNewFolder('key.pem'), 'old');
  fs.chmodSync(file, 0o644);
  writeOutput({ path: file, ifThere: 'replace', secret: true }, 'new');
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
});

test('for any system error, the message says more than the system’s code', () => {
  for (const code of ['EACCES', 'EEXIST', 'ENXIO', 'EDQUOT', 'ESTALE', 'EWHATEVER']) {
    const said = describeFileError(Object.assign(new Error(`${code}: open 'x'`), { code }));
    expect(said).not.toMatch(/^E[A-Z]+/);
    expect(said.split(' ').length).toBeGreaterThan(4);
  }
});
