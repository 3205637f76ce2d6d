/** What npm runs, and what it warns about, when the packages are installed; and what SECURITY.md says about that. */
import fs from 'node:fs';

import { expect, test } from '@jest/globals';

interface Locked {
  readonly version?: string;
  readonly dev?: true;
  readonly hasInstallScript?: true;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(fs.readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };
const { allowScripts, scripts } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as {
  allowScripts: Record<string, boolean>;
  scripts: Record<string, string>;
};
const security = fs.readFileSync('SECURITY.md', 'utf8');

const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const withScripts = Object.entries(packages).filter(
  ([path, { hasInstallScript }]) => path !== '' && hasInstallScript === true,
);

test('no install script runs: each package that has one is denied, and only the tests need that package', () => {
  expect(Object.fromEntries(withScripts.map(([path]) => [nameOf(path), false]))).toEqual(allowScripts);
  expect(withScripts.filter(([, { dev }]) => dev !== true)).toEqual([]);
  for (const [path] of withScripts) expect(security).toContain(`\`${nameOf(path)}\``);
});

test('our own package runs nothing when it is installed: npm 11 warns about each of these names', () => {
  expect(['preinstall', 'install', 'postinstall', 'prepare'].filter((name) => scripts[name] !== undefined)).toEqual([]);
});

test('SECURITY.md names the packages that nobody maintains, with the installed versions', () => {
  for (const name of ['fernet', 'crypto-js', 'urlsafe-base64', 'pcap-parser']) {
    expect(security).toContain(`| \`${name}\` ${packages[`node_modules/${name}`]!.version}`);
  }
  // These come with the named packages and have no other user.
  expect(Object.keys(packages['node_modules/fernet']!.dependencies!).sort()).toEqual(['crypto-js', 'urlsafe-base64']);
  expect(packages['node_modules/pcap-parser']!.dependencies ?? {}).toEqual({});
});
