/** A person at a real terminal. */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';

import { atTerminal, noTerminal } from '../at-terminal.js';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { PATIENCE_MS } from '../patience.js';
import { server, temporaryDirectory, type TestProcess } from '../servchat-process.js';
import { TmuxWindow } from '../tmux.js';
import { describeWithTool, testUnless } from '../tools.js';

const CTRL_C = '\x03';
const CTRL_D = '\x04';

async function seated(): Promise<{ chair: TestProcess; person: TestProcess }> {
  const { chair, port } = await server(['--mode', 'plaintext']);
  const person = atTerminal(['connect', `127.0.0.1:${port}`, '--mode', 'plaintext']);
  // Before the prompt, the terminal itself echoes what is typed.
  await person.shown('You: ');
  return { chair, person };
}

describe('at a terminal', () => {
  testUnless(
    noTerminal,
    'a pasted text with line breaks is several messages; Enter on an empty line sends nothing',
    async () => {
      const { chair, person } = await seated();
      person.write('one\rtwo\r\rthree\r');
      await chair.shows('client: three');
      expect(chair.output.slice(-3)).toEqual(['client: one', 'client: two', 'client: three']);
      person.write('exit\r');
      expect([await chair.ended, await person.ended]).toEqual([0, 0]);
    },
  );

  for (const [name, key] of [
    ['Ctrl-C', CTRL_C],
    ['Ctrl-D', CTRL_D],
  ] as const) {
    testUnless(noTerminal, `${name} leaves politely`, async () => {
      const { chair, person } = await seated();
      person.write(key);
      await person.shows('You have left the chat.');
      await chair.shows('client has left the chat.');
      expect([await chair.ended, await person.ended]).toEqual([0, 0]);
    });
  }
});

/** A peer that connects and speaks plaintext, and what it received. */
class Peer {
  readonly #socket: net.Socket;
  received = '';
  readonly ended: Promise<void>;

  static async at(port: number): Promise<Peer> {
    const socket = net.connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    return new Peer(socket);
  }

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => (this.received += bytes.toString()));
    this.ended = new Promise((resolve) => socket.on('close', resolve));
  }

  say(text: string): void {
    this.#socket.write(`${text}\n`);
  }

  leave(): void {
    this.#socket.end('EXIT\n');
  }

  async hears(text: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!this.received.includes(text)) {
      if (Date.now() > end)
        throw new Error(`wanted ${JSON.stringify(text)}, and it was sent ${JSON.stringify(this.received)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function serving(more: readonly string[] = []): Promise<{ window: TmuxWindow; port: number }> {
  const window = new TmuxWindow(['serve', '--mode', 'plaintext', '--port', '0', ...more]);
  const rows = await window.until((all) => all.join(' ').includes('waiting'));
  return { window, port: Number(/:(\d+) in plaintext/.exec(rows.join(''))?.[1]) };
}

async function chatting(more: readonly string[] = []): Promise<{ window: TmuxWindow; peer: Peer; port: number }> {
  const { window, port } = await serving(more);
  const peer = await Peer.at(port);
  await window.shows('You:');
  return { window, peer, port };
}

const WIDE = '日本 👨‍👩‍👧 e\u0301';

describeWithTool('tmux', 'the row that the person types in', () => {
  for (const marked of [true, false]) {
    const how = marked ? 'marked as a paste' : 'as keys';
    test(`a paste into the middle of a line is sent as it was pasted, ${how}`, async () => {
      const { window, peer } = await chatting();
      window.press('Hello wrld', 'Left', 'Left', 'Left');
      window.paste(`[pasted ${WIDE}]`, { marked });
      await window.shows('You: Hello w[pasted');
      window.press('Enter');
      await peer.hears('\n');
      expect(peer.received).toBe(`Hello w[pasted ${WIDE}]rld\n`);
      window.press('before', 'C-a');
      window.paste('one\ntwo\nthree ', { marked });
      window.press('Enter');
      await peer.hears('three');
      // With single keys, the first Enter sends the whole line.
      expect(peer.received.split('\n').slice(1, -1)).toEqual(
        marked ? ['one', 'two', 'three before'] : ['onebefore', 'two', 'three '],
      );
      window.close();
    });
  }

  test('keys: the cursor moves over, and deletes, what a person sees as one character', async () => {
    const { window, peer } = await chatting();
    window.paste(`a${WIDE}b`, { marked: true });
    window.press('Left', 'BSpace', 'BSpace', 'BSpace', 'Home', 'DC', 'C-e', ' end', 'Enter');
    await peer.hears('end');
    expect(peer.received).toBe('日本 b end\n');
    window.press('Up', ' again', 'Enter');
    await peer.hears('again');
    expect(peer.received).toBe('日本 b end\n日本 b end again\n');
    window.close();
  });

  test('a window that changes its size between messages loses no message and shows no half line twice', async () => {
    const { window, peer } = await chatting();
    const typed = `${WIDE} a long line ${'abcdefghij '.repeat(6)}`;
    window.paste(typed, { marked: true });
    await window.until((rows) => rows.at(-1)?.endsWith('abcdefghij') === true);
    const widths = [40, 25, 60, 31, 58, 20, 60, 30, 70, 44];
    for (const [at, columns] of widths.entries()) {
      window.resize(columns);
      // As much of the line as fits. The space at its end is cut off here.
      await window.until((rows) => rows.at(-1)?.startsWith('You: …') === true && rows.at(-1)?.length === columns - 3);
      peer.say(`no ${at}`);
      await window.until((rows) => rows.at(-2) === `client: no ${at}`);
    }
    const { screen } = window;
    expect(screen.filter((row) => row.includes('abcdefghij'))).toEqual([screen.at(-1)]);
    expect(screen.slice(-11, -1)).toEqual(widths.map((_, at) => `client: no ${at}`));
    window.press('Enter');
    await peer.hears('\n');
    expect(peer.received).toBe(`${typed}\n`);
    window.close();
  });

  test('messages and the typed line are all shown, even if the size changes meanwhile', async () => {
    const { window, peer } = await chatting();
    window.paste('a long line '.repeat(8), { marked: true });
    for (let at = 0; at < 12; at += 1) {
      peer.say(`no ${at}`);
      window.resize(at % 2 === 0 ? 33 : 70);
      window.press(`${at},`);
      // Where the size changes again before the program knows of the first change, it cannot know where its row stands.
      await window.until((rows) => rows.at(-2) === `client: no ${at}` && rows.at(-1)?.endsWith(`${at},`) === true);
    }
    await window.until(
      (rows) => rows.at(-1)?.startsWith('You: …') === true && rows.at(-1)?.endsWith('10,11,') === true,
    );
    const messages = window.screen.filter((row) => row.startsWith('client: '));
    expect(messages).toEqual(Array.from({ length: 12 }, (_, at) => `client: no ${at}`));
    window.press('Enter');
    await peer.hears('\n');
    expect(peer.received).toBe(`${'a long line '.repeat(8)}0,1,2,3,4,5,6,7,8,9,10,11,\n`);
    window.close();
  });

  test('rows of emoji and wide characters are found again after each change of the size, and leave no copy', async () => {
    const { window, peer } = await chatting();
    for (const text of ['❤️ 👨‍👩‍👧 👍🏽 🇩🇪 '.repeat(6), '日本語テキスト漢字'.repeat(8), 'ab日 e\u0301é 漢x'.repeat(9)]) {
      window.paste(text, { marked: true });
      await window.until((rows) => rows.at(-1)?.startsWith('You: …') === true);
      for (const columns of [70, 34, 52, 27, 61, 45]) {
        const before = window.screen.at(-1);
        window.resize(columns);
        await window.until((rows) => rows.at(-1)?.startsWith('You: …') === true && rows.at(-1) !== before);
        peer.say(`at ${columns}`);
        await window.until((rows) => rows.at(-2) === `client: at ${columns}`);
      }
      // The chat itself is ASCII.
      expect(window.screen.filter((row) => /[^ -~]/.test(row))).toEqual([window.screen.at(-1)]);
      window.press('C-u');
    }
    window.close();
  });

  test('a key, and a message, between a change of the size and when the system says so, leave no copy', async () => {
    const { window, peer } = await chatting();
    for (let at = 0; at < 10; at += 1) peer.say(`before ${at}`);
    window.paste('a long line '.repeat(8), { marked: true });
    await window.until((rows) => rows.at(-1)?.startsWith('You: …') === true);
    for (const [at, columns] of [44, 66, 29, 52, 37, 90, 61, 25].entries()) {
      window.resize(columns);
      // tmux has broken the row by now, and tells the program later.
      window.press('x');
      peer.say(`no ${at}`);
      await window.until((rows) => rows.at(-2) === `client: no ${at}` && rows.at(-1)?.startsWith('You: …') === true);
      expect(window.screen.filter((row) => /long|line/.test(row))).toEqual([window.screen.at(-1)]);
    }
    window.close();
  });

  test('a message that comes when the row is at the top of the window leaves no copy in what is scrolled away', async () => {
    const { window, peer } = await chatting();
    window.press('C-l');
    window.press('a line that somebody types');
    await window.shows('You: a line');
    peer.say('Hello');
    await window.until((rows) => rows.at(-2) === 'client: Hello');
    expect(window.screen.filter((row) => row.includes('somebody'))).toEqual([window.screen.at(-1)]);
    window.close();
  });

  test('text from the other side is never at the left margin', async () => {
    const { window, peer } = await chatting();
    window.resize(60, 80);
    for (const fake of ['You: I will pay 1000', 'client has left the chat.']) {
      peer.say(`wrap${' '.repeat(60 - 'client: wrap'.length)}${fake}`);
      peer.say(`${'.'.repeat(60 - 'client: '.length)}${fake}`);
      // Some terminals give such a family two columns, others eight.
      peer.say(`${'👨‍👩‍👧‍👦'.repeat(6)} 12${fake}`);
      peer.say(`${'👨‍👩‍👧‍👦'.repeat(26)}${fake}`);
    }
    peer.say('last');
    const rows = await window.shows('client: last');
    expect(rows.filter((row) => /^(You: .|client has)/.test(row))).toEqual([]);
    expect(
      rows
        .map((row) => row.trim())
        .join(' ')
        .match(/I will pay 1000/g),
    ).toHaveLength(4);
    window.close();
  });
});

describeWithTool('tmux', 'what goes wrong', () => {
  test.each([
    [['serve', '--no-such-option']],
    [['inspect', '/no/such/folder/with/a.pcap']],
    [['connect', '127.0.0.1:1', '--mode', 'plaintext']],
  ])('no word is broken in two: %j', async (args) => {
    const window = new TmuxWindow(args, { columns: 44 });
    const rows = await window.shows('ended: ');
    const wide = new TmuxWindow(args, { columns: 300 });
    const whole = await wide.shows('ended: ');
    const words = (all: readonly string[]): string[] => all.join(' ').split(/ +/);
    expect(rows.length).toBeGreaterThan(whole.length);
    expect(words(rows)).toEqual(words(whole));
    window.close();
    wide.close();
  });
});

describeWithTool('tmux', 'a server that waits for the next client', () => {
  test('each key counts once in every chat, and text typed between two chats is sent to nobody', async () => {
    const { window, port } = await serving(['--keep-open']);
    for (const [at, name] of ['first', 'second', 'third'].entries()) {
      window.press(`for nobody before the ${name}`, 'Enter', 'half a line');
      await window.until((rows) => rows.filter((row) => row.startsWith('Nobody is connected')).length === at + 1);
      // tmux hands over the keys one after the other.
      await sleep(200);
      const peer = await Peer.at(port);
      await window.until((rows) => rows.at(-1) === 'You:');
      window.press(`hello ${name}`, 'Enter');
      await peer.hears('\n');
      peer.leave();
      const chats = ['first', 'second', 'third'].indexOf(name) + 1;
      await window.until((rows) => rows.filter((row) => row === 'client has left the chat.').length === chats);
      await peer.ended;
      expect(peer.received).toBe(`hello ${name}\n`);
      // Only now is the seat free. An earlier client would be told that the server is busy.
      await window.until((rows) => rows.filter((row) => row.startsWith('The server waits for')).length === chats);
    }
    expect(window.screen.join(' ')).not.toContain('Warning');
    window.press('C-c');
    await window.shows('ended: 0');
    window.close();
  });

  test('the first Ctrl-C leaves the chat and says how to end the server; a second one ends it', async () => {
    const { window, peer } = await chatting(['--keep-open']);
    window.press('C-c');
    await peer.hears('EXIT');
    peer.leave();
    const rows = await window.shows('The server waits for the next client. Ctrl-C ends it.');
    expect(rows.at(-2)).toBe('You have left the chat.');
    window.press('C-c');
    await window.shows('ended: 0');
    window.close();
  });
});

describeWithTool('tmux', 'the window is closed', () => {
  test('the other side learns of it, and the capture is complete', async () => {
    const capture = path.join(temporaryDirectory(), 'chat.pcapng');
    const { window, peer } = await chatting(['--capture', capture, '--keep-open']);
    peer.say('hello there');
    await window.shows('client: hello there');
    window.close();
    await peer.ended;
    expect(peer.received).toBe('EXIT\n');
    const end = Date.now() + PATIENCE_MS;
    while (!fs.existsSync(capture) || fs.existsSync(`${capture}.recording.pcap`)) {
      if (Date.now() > end) throw new Error('the capture was not finished');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { findings } = await inspectCapture(capture);
    expect(
      findings.conversations[0]?.messages.map((message) => (message.kind === 'readable' ? message.text : null)),
    ).toEqual(['hello there', 'EXIT']);
  });
});
