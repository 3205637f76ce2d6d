/** What the two chairs tell their people to do. The tests type each command that they show, and it works. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { MAIN, TestProcess, servchat, server, temporaryDirectory } from '../servchat-process.js';
import { TmuxWindow } from '../tmux.js';
import { describeWithTool } from '../tools.js';

/**
 * The command in the output from the next line that starts with `beginning`, as a shell reads it. This build replaces
 * `servchat`.
 */
async function shownCommand(chair: TestProcess, beginning: string): Promise<string> {
  const rows = [await chair.shows(beginning)];
  while (rows.at(-1)!.endsWith('\\')) rows.push(await chair.shows(''));
  if (!beginning.endsWith('inspect')) for (const row of rows) expect(row.length).toBeLessThanOrEqual(80);
  return rows
    .join('\n')
    .trim()
    .replace(/^servchat /, `exec ${process.execPath} ${MAIN} `);
}
const typed = (command: string): TestProcess => new TestProcess('sh', ['-c', command]);

describe('who is at the other end', () => {
  test('tls: the server shows the command that pins it, and the client says that the pin matches', async () => {
    const { chair } = await server(['--mode', 'tls']);
    const other = typed(await shownCommand(chair, '  servchat connect'));
    expect(await other.shows('Connected')).toMatch(
      /^Connected to SERVCHAT at 127\.0\.0\.1:\d+ in tls mode\. EXIT leaves\.$/,
    );
    await other.shows('It matches --pin, and the server has proved that it has the private key.');
    other.say('exit');
    expect([await chair.ended, await other.ended]).toEqual([0, 0]);
    expect(other.output.join('\n')).not.toContain('to whom');
  });

  test('tls on all addresses: the person has to know which one to use', async () => {
    const { chair } = await server(['--mode', 'tls', '--host', '0.0.0.0']);
    expect(await chair.shows('With this command')).toContain('and the address of this machine');
    expect(await chair.shows('servchat connect')).toMatch(/^ {2}servchat connect ADDRESS:\d+ --mode tls \\$/);
    chair.kill('SIGTERM');
    await chair.ended;
  });

  test('encrypted: a client that keeps its key shows the command with which a server requires that key', async () => {
    const keyFile = path.join(temporaryDirectory(), 'me.pem');
    const first = await server([]);
    const keeping = servchat(['connect', `127.0.0.1:${first.port}`, '--save-private-key', keyFile]);
    const command = await shownCommand(keeping, '  servchat serve');
    keeping.say('exit');
    await Promise.all([first.chair.ended, keeping.ended]);

    const insisting = typed(`${command} --port 0`);
    const port = Number(/:(\d+) /.exec(await insisting.shows('server started'))?.[1]);
    const stranger = servchat(['connect', `127.0.0.1:${port}`]);
    expect(await stranger.ended).toBe(1);
    expect(stranger.errors).toContain('the server takes only another key');
    await insisting.complains(
      'connect --save-private-key FILE for the first chat and --private-key FILE for the others',
    );
    const friend = servchat(['connect', `127.0.0.1:${port}`, '--private-key', keyFile]);
    await insisting.shows('It matches --expect-fingerprint.');
    friend.say('Hello');
    await insisting.shows('The client has proved that it has the private key.');
    await insisting.shows('client: Hello');
    friend.say('exit');
    expect([await insisting.ended, await friend.ended]).toEqual([0, 0]);
  });
});

describe('after a chat with --capture', () => {
  test.each([
    ['plaintext', false],
    ['encrypted', true],
  ] as const)('%s: where it is, and what to do with it', async (mode, hasKeys) => {
    const directory = temporaryDirectory();
    const [capture, keys] = [path.join(directory, 'our chat.pcap'), path.join(directory, 'keys')];
    const { chair, port } = await server([
      '--mode',
      mode,
      '--capture',
      capture,
      ...(hasKeys ? ['--keylog', keys] : []),
    ]);
    const other = servchat(['connect', `127.0.0.1:${port}`, '--mode', mode]);
    await chair.shows('Client connected.');
    other.say('Nice to meet you');
    await chair.shows('client: Nice');
    other.say('exit');
    expect(await chair.shows('captured')).toBe(`The chat is captured in ${capture}, by a tap on this side's socket.`);
    const commands = [
      await shownCommand(chair, '  servchat inspect'),
      ...(hasKeys ? [await shownCommand(chair, '  servchat inspect')] : []),
    ];
    expect(await chair.shows('  wireshark')).toBe(`  wireshark '${capture}'`);
    expect(await chair.ended).toBe(0);
    const output = commands.map((command) => execFileSync('sh', ['-c', command], { encoding: 'utf8' }));
    expect(output.map((text) => text.includes('Nice to meet you'))).toEqual(hasKeys ? [false, true] : [true]);
  });

  test.each(['plaintext', 'encrypted', 'tls'])('%s: a client that was turned away had no chat', async (mode) => {
    const directory = temporaryDirectory();
    const [capture, keys] = ['refused.pcap', 'keys'].map((name) => path.join(directory, name)) as [string, string];
    const { chair, port } = await server(['--mode', mode]);
    const first = servchat(['connect', `127.0.0.1:${port}`, '--mode', mode]);
    first.say('I was first');
    await chair.shows('client: I was first');
    const second = servchat([
      ...['connect', `127.0.0.1:${port}`, '--mode', mode, '--capture', capture],
      ...(mode === 'plaintext' ? [] : ['--keylog', keys]),
    ]);
    expect(await second.ended).toBe(1);
    expect(second.errors).toContain('The server is in another chat');
    expect(second.output).toContain(
      `No chat began. The attempt is captured in ${capture}, by a tap on this side's socket.`,
    );
    // In encrypted mode no session key was sent. In tls mode the refusal itself came through TLS.
    const hasKeys = mode === 'tls';
    expect(fs.existsSync(keys)).toBe(hasKeys);
    expect(second.output.includes('What someone with the keys can read:')).toBe(hasKeys);
    first.say('exit');
    expect([await first.ended, await chair.ended]).toEqual([0, 0]);
  });

  test('a server whose only client was in another mode had no chat, and needs no key for its capture', async () => {
    const directory = temporaryDirectory();
    const [capture, keys] = ['none.pcapng', 'new/keys'].map((name) => path.join(directory, name)) as [string, string];
    const sealed = ['--mode', 'tls', '--with-secrets', '--keylog', keys];
    const chair = servchat(['serve', '--port', '0', ...sealed, '--format', 'ndjson', '--capture', capture]);
    const port = Number(/"port":(\d+)/.exec(await chair.shows('"listening"'))?.[1]);
    const other = servchat(['connect', `127.0.0.1:${port}`, '--mode', 'encrypted']);
    expect(await other.ended).toBe(1);
    chair.kill('SIGTERM');
    expect(await chair.ended).toBe(0);
    const event: unknown = JSON.parse(chair.output.at(-1) ?? '');
    expect(event).toEqual({ type: 'captured', file: capture, hadChat: false, keyLog: null, mode: 'tls' });
    expect(fs.existsSync(capture)).toBe(true);
    expect(fs.readdirSync(directory)).not.toContain('new');
  });

  test('when no client came, nothing is said', async () => {
    const capture = path.join(temporaryDirectory(), 'none.pcap');
    const { chair } = await server(['--capture', capture]);
    chair.kill('SIGTERM');
    expect(await chair.ended).toBe(0);
    expect(chair.output.join('\n')).not.toContain('captured');
    expect(fs.existsSync(capture)).toBe(false);
  });
});

describeWithTool('tmux', 'in a narrow window', () => {
  test('the command that pins the server works when it is copied with its line break', async () => {
    const window = new TmuxWindow(['serve', '--mode', 'tls', '--port', '0'], { columns: 44 });
    await window.shows("Fingerprint of the server's certificate");
    const command = /servchat connect [^]*?--pin [0-9a-f]+$/m.exec(window.copied)?.[0] ?? '';
    const other = typed(command.replace(/^servchat /, `exec ${process.execPath} ${MAIN} `));
    await other.shows('It matches --pin, and the server has proved that it has the private key.');
    other.say('exit');
    expect(await other.ended).toBe(0);
    window.close();
  });

  test('the commands that are shown after a chat work too', async () => {
    const file = path.join(temporaryDirectory(), 'a-name-that-is-longer-than-such-a-window-has-columns.pcap');
    const window = new TmuxWindow(['serve', '--mode', 'plaintext', '--port', '0', '--capture', file], { columns: 44 });
    await window.shows('server started');
    const address = /127\.0\.0\.1:\d+/.exec(window.copied)?.[0] ?? '';
    const other = servchat(['connect', address, '--mode', 'plaintext']);
    other.say('exit');
    await window.shows('ended: 0');
    for (const program of ['servchat inspect', 'wireshark']) expect(window.copied).toContain(`  ${program} ${file}\n`);
    window.close();
  });
});
