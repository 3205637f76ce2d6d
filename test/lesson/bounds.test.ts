/** A page has to open for any capture, also one with long lines or very many of them. */
import { describe, expect, test } from '@jest/globals';

import { gatherLesson } from '../../src/lesson/gather.js';
import { MOST_ROWS } from '../../src/lesson/parts/tree.js';
import { reportOf, type Report } from '../../src/lesson/write-report.js';
import {
  captureOf,
  encryptedChat,
  FINGERPRINT,
  plaintextChat,
  SESSION_KEY,
  withFiles,
  type Said,
  type Sent,
} from '../eavesdropper/chats.js';
import { lesson as fixture } from './fixture.js';
import { TlsKeyLog } from '../../src/keyholder/tls/tls-key-log.js';
import { longTest } from '../tools.js';

const MOST_SEGMENT = 60_000;

function inSegments(sent: readonly Sent[]): Sent[] {
  return sent.flatMap(({ side, bytes }) => {
    const all = Buffer.from(bytes);
    return Array.from({ length: Math.ceil(all.length / MOST_SEGMENT) }, (_, at) => ({
      side,
      bytes: all.subarray(at * MOST_SEGMENT, (at + 1) * MOST_SEGMENT),
    }));
  });
}

async function reportOn(said: readonly Said[], modes: readonly ('plaintext' | 'encrypted')[]): Promise<Report> {
  const chats = { plaintext: plaintextChat(said), encrypted: encryptedChat(modes.includes('encrypted') ? said : []) };
  const files = Object.fromEntries(modes.map((mode) => [`${mode}.pcap`, captureOf(inSegments(chats[mode]))]));
  return withFiles(files, async (path) => {
    const captures = modes.map((mode) => ({ file: path(`${mode}.pcap`), captured: { way: 'given' } as const }));
    const keyLog = {
      file: 'chat.keylog',
      sessions: new Map([[FINGERPRINT, SESSION_KEY]]),
      tls: new TlsKeyLog(Buffer.alloc(0)),
    };
    return reportOf(
      await gatherLesson({
        captures,
        keyLog: modes.includes('encrypted') ? keyLog : null,
        privateKey: null,
        attacks: null,
        stream: fixture().stream,
        command: 'servchat',
      }),
    );
  });
}

function chat(count: number, text: (at: number) => string): Said[] {
  return Array.from({ length: count }, (_, at) => ({ side: at % 2 === 0 ? 'client' : 'server', text: text(at) }));
}

/** The size of a usual report, with room for its longest tables. */
const MOST_BYTES = 800_000;

describe.each<
  [name: string, said: readonly Said[], modes: readonly ('plaintext' | 'encrypted')[], says: readonly string[]]
>([
  [
    'one line of 6 MB',
    [...chat(1, () => '😀'.repeat(1_500_000)), ...chat(2, () => 'ok')],
    ['plaintext'],
    ['(1499600 more characters)', 'with 3 messages'],
  ],
  [
    'no message that is short enough for a command',
    chat(2, (at) => `part ${at} `.repeat(800)),
    ['plaintext'],
    ['a message in plaintext (of at most 1024 bytes)'],
  ],
  [
    '4,000 short messages',
    chat(4000, (at) => `message ${at}`),
    ['plaintext'],
    ['with 4000 messages', '--follow 0 --limit 0', `The search is for the first 200 messages`],
  ],
  [
    '600 messages in both modes, opened with the key',
    chat(600, (at) => `message ${at} of many`),
    ['plaintext', 'encrypted'],
    [
      `200 of 200 are “not found” with a control`,
      'The chat in encrypted mode is too long for this page, with 600 messages',
      `(the first ${MOST_ROWS} of 600 rows)`,
    ],
  ],
])('%s', (_, said, modes, says) => {
  longTest('the page stays small, and says what it leaves out and how to see that', async () => {
    const { html, markdown } = await reportOn(said, modes);
    expect(Buffer.byteLength(html)).toBeLessThan(modes.length * MOST_BYTES);
    expect(Buffer.byteLength(markdown)).toBeLessThan(modes.length * MOST_BYTES);
    for (const each of says) expect(html.replace(/<[^>]*>/g, '')).toContain(each);
    if (modes.length === 1) expect(markdown).toContain(`inspect `);
  });
});

test('a usual chat is shown in full, and the page does not mention a cut', async () => {
  const { html } = await reportOn(
    chat(20, (at) => `message ${at}`),
    ['plaintext', 'encrypted'],
  );
  expect(html).not.toContain('too long for this page');
  expect(html).not.toContain('(the first ');
});
