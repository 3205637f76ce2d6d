/** `servchat wireshark` installs into a home folder that the test made, with a Wireshark that looks there. */
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';

import { expect, test } from '@jest/globals';

import { parseFolders } from '../../src/wireshark/folders.js';
import { Installation } from '../../src/wireshark/installation.js';
import { client, pcapOf, server } from '../eavesdropper/wire.js';
import { run, temporaryDirectory } from '../servchat-process.js';
import { describeWithTool } from '../tools.js';
import { foreignHome, written } from './dissection.js';

const SOURCES = path.resolve('lessons/wireshark');

function installation(): { ours: Installation; lua: string; preferences: string } {
  const folder = temporaryDirectory();
  const folders = { configuration: path.join(folder, 'config'), luaPlugins: path.join(folder, 'plugins') };
  return {
    ours: new Installation(folders, SOURCES),
    lua: path.join(folders.luaPlugins, 'servchat.lua'),
    preferences: path.join(folders.configuration, 'profiles', 'servchat', 'preferences'),
  };
}

function filesUnder(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

test('installed twice, then removed: nothing is left', () => {
  const { ours, lua } = installation();
  expect(ours.files().map(({ state }) => state)).toEqual(Array(5).fill('absent'));
  for (let time = 0; time < 2; time += 1)
    expect(ours.install().map(({ done }) => done)).toEqual(Array(5).fill('written'));
  expect(fs.readFileSync(lua)).toEqual(fs.readFileSync(path.join(SOURCES, 'servchat.lua')));
  expect(ours.files().map(({ state }) => state)).toEqual(Array(5).fill('ours'));
  expect(ours.uninstall().map(({ done }) => done)).toEqual(Array(5).fill('removed'));
  expect([ours.uninstall(), filesUnder(path.dirname(path.dirname(lua)))]).toEqual([[], []]);
});

test('another program’s file, a link and a file that was changed later stay as they are', () => {
  const { ours, lua, preferences } = installation();
  const elsewhere = written('elsewhere', Buffer.from('mine'));
  fs.mkdirSync(path.dirname(lua), { recursive: true });
  fs.symlinkSync(elsewhere, lua);
  ours.install();
  fs.appendFileSync(preferences, 'gui.layout_type: 2\n');
  for (const outcomes of [ours.install(), ours.uninstall()]) {
    expect(outcomes.filter(({ done }) => done === 'kept').map(({ file }) => file)).toEqual([lua, preferences]);
  }
  expect(fs.readFileSync(elsewhere, 'utf8')).toBe('mine');
  expect(fs.readFileSync(preferences, 'utf8')).toContain('gui.layout_type: 2\n');
});

test('the files of an older version still count as ours', () => {
  const folder = temporaryDirectory();
  const older = path.join(folder, 'older');
  fs.cpSync(SOURCES, older, { recursive: true });
  fs.appendFileSync(path.join(older, 'servchat.lua'), '-- of an older version\n');
  const folders = { configuration: folder, luaPlugins: path.join(folder, 'plugins') };
  new Installation(folders, older).install();
  expect(new Installation(folders, SOURCES).install().map(({ done }) => done)).toEqual(Array(5).fill('written'));
  expect(fs.readFileSync(path.join(folder, 'plugins', 'servchat.lua'), 'utf8')).not.toContain('of an older version');
});

test('a damaged list counts as no list', () => {
  const { ours, preferences } = installation();
  ours.install();
  fs.writeFileSync(path.join(path.dirname(preferences), 'servchat-installed.json'), '{"');
  expect(ours.files().map(({ state }) => state)).toEqual(Array(5).fill('ours'));
});

test('the folders that Wireshark names, in several versions', () => {
  expect(
    parseFolders(
      'Temp:\t\t/tmp\nPersonal configuration:\t/home/a b/.config/wireshark\nPersonal Lua Plugins:\t/home/a b/plugins\n',
    ),
  ).toEqual({
    configuration: '/home/a b/.config/wireshark',
    luaPlugins: '/home/a b/plugins',
  });
  expect(parseFolders('Personal configuration: \tC:\\Users\\a\\AppData\\Roaming\\Wireshark\r\n').configuration).toBe(
    'C:\\Users\\a\\AppData\\Roaming\\Wireshark',
  );
  expect(() => parseFolders('nothing of the kind')).toThrow('does not say');
});

test('without Wireshark there is one line, which says what to do', async () => {
  const { status, errors } = await run(['wireshark', 'where'], { PATH: temporaryDirectory() });
  expect([status, errors]).toEqual([1, expect.stringMatching(/^servchat: Cannot find Wireshark: .*install it.*\n$/)]);
});

describeWithTool('tshark', 'in a Wireshark', () => {
  test('the profile shows text, encrypted messages and the handshake in their columns and colours', async () => {
    const env = foreignHome();
    const installed = await run(['wireshark', 'install'], env);
    expect([installed.status, installed.errors]).toEqual([0, '']);
    expect(installed.output).toMatch(/wireshark -C servchat .*\.pcap/);

    const token = `gAAAAAB${'A'.repeat(93)}==`.slice(0, 98) + '==';
    const capture = written(
      'both.pcap',
      pcapOf([
        client(1, 1, 'PA', 'Nice to Meet you\n'),
        client(1, 1, 'PA', 'HELLO servchat/1 sha256\n', { clientPort: 40_001 }),
        server(1, 25, 'PA', `MESSAGE ${token} ${'0'.repeat(64)}\n`, { clientPort: 40_001 }),
        server(1, 18, 'PA', 'ERROR busy\xff\n'),
        client(25, 1, 'PA', 'ERROR rejected\n', { clientPort: 40_001 }),
      ]),
    );
    const { stdout, stderr } = spawnSync(
      'tshark',
      [
        '-n',
        '-C',
        'servchat',
        '--color',
        '-r',
        capture,
        '-T',
        'fields',
        ...['frame.coloring_rule.name', '_ws.col.Kind', '_ws.col.Info'].flatMap((field) => ['-e', field]),
      ],
      { encoding: 'utf8', env: { ...env, PATH: process.env['PATH'] } },
    );
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Running as user'))).toEqual([]);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((row) => row.split('\t').slice(0, 2)),
    ).toEqual([
      ['servchat: readable by anyone', 'TEXT'],
      ['servchat: handshake', 'HELLO'],
      ['servchat: does not verify, or was sent again', 'MESSAGE'],
      ['servchat: readable by anyone', 'TEXT'],
      ['servchat: malformed, or an error', 'ERROR'],
    ]);

    const removed = await run(['wireshark', 'uninstall'], env);
    expect([removed.status, removed.errors, filesUnder(env['HOME']!)]).toEqual([0, '', []]);
  });

  test('the filter buttons contain valid filters', () => {
    const rows = fs
      .readFileSync(path.join(SOURCES, 'profile', 'dfilter_buttons'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('"'));
    const filters = rows.map((row) => (JSON.parse(`[${row}]`) as string[])[2]!);
    expect(filters).toHaveLength(3);
    const capture = written('one.pcap', pcapOf([client(1, 1, 'PA', 'Nice to Meet you\n')]));
    for (const [index, filter] of filters.entries()) {
      const { status, stdout } = spawnSync(
        'tshark',
        [
          '-n',
          '-X',
          `lua_script:${path.join(SOURCES, 'servchat.lua')}`,
          '-r',
          capture,
          '-Y',
          filter,
          '-T',
          'fields',
          '-e',
          'frame.number',
        ],
        { encoding: 'utf8', env: foreignHome() },
      );
      expect([status, stdout]).toEqual([0, index === 1 ? '' : '1\n']);
    }
  });

  test('every column of the profile is wide enough for the samples', () => {
    const quoted = (text: string) => Array.from(text.matchAll(/"([^"]*)"(?:, (\d+))?/g));
    const profile = (name: string) => fs.readFileSync(path.join(SOURCES, 'profile', name), 'utf8');
    const columns = quoted(/^gui\.column\.format: \n((?:\t.*\n)+)/m.exec(profile('preferences'))![1]!).map(
      ([, text]) => text!,
    );
    const widths = new Map(
      quoted(/^column\.width: (.*)$/m.exec(profile('recent'))![1]!).map(([, format, width]) => [
        format!,
        Number(width),
      ]),
    );
    // Wireshark identifies our own column only by its field.
    expect([...widths.keys()]).toEqual(
      columns.filter((_, at) => at % 2 === 1).map((format) => format.replace(/^(%Cus:[^:]+):.*/, '$1')),
    );

    const titles = columns.filter((_, at) => at % 2 === 0);
    const env = foreignHome();
    for (const sample of ['plaintext', 'encrypted']) {
      const fields = titles.flatMap((title) => ['-e', `_ws.col.${title}`]);
      const { stdout } = spawnSync(
        'tshark',
        [
          '-n',
          '-X',
          `lua_script:${path.join(SOURCES, 'servchat.lua')}`,
          '-o',
          /^gui\.column\.format: \n(?:\t.*\n)+/m.exec(profile('preferences'))![0].replace(/\n\t?/g, ''),
          '-r',
          `captures/samples/${sample}.pcap`,
          '-T',
          'fields',
          ...fields,
        ],
        { encoding: 'utf8', env },
      );
      const rows = stdout
        .trimEnd()
        .split('\n')
        .map((row) => row.split('\t'));
      expect(rows.length).toBeGreaterThan(9);
      for (const [column, width] of [...widths.values()].entries()) {
        if (titles[column] === 'Info') continue;
        const longest = Math.max(titles[column]!.length, ...rows.map((row) => row[column]?.length ?? 0));
        // A character of Wireshark's font is about eight pixels wide, and the margin of a column about ten.
        expect({ column, narrow: width < 8 * longest + 10 }).toEqual({ column, narrow: false });
      }
    }
  });
});
