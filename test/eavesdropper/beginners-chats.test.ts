/** Chats as beginners write them, each made by Python: what anyone can read is told apart from what needs a key. */
import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { marksPhrase } from '../../src/faces/readability-phrases.js';
import { wireKeyFinder } from '../../src/keyholder/wire/wire-keys.js';
import { PYTHON, describeWithTool } from '../tools.js';
import { captureOf, withFiles } from './chats.js';
import type { ConversationFindings } from '../../src/eavesdropper/findings/findings.js';
import type { Find } from '../../src/eavesdropper/inspect.js';
import type { Side } from '../../src/protocol/side.js';

/** All of the sentences that are searched for. */
const SENTENCES = ['hello, is this the server?', 'Nice to meet you Anna, I am Ben', 'see you there, bye'];

type Written = Readonly<Record<string, readonly (readonly [Side, string])[]>>;
let written: Written | null = null;

function chats(): Written {
  const script = path.resolve('test/eavesdropper/beginners.py');
  return (written ??= JSON.parse(execFileSync(PYTHON, [script], { encoding: 'utf8' })) as Written);
}

interface Seen {
  readonly conversation: ConversationFindings;
  readonly finds: readonly Find[];
}

async function seen(name: string, find: readonly string[] = SENTENCES): Promise<Seen> {
  const sent = chats()[name]!.map(([side, hex]) => ({ side, bytes: Buffer.from(hex, 'hex') }));
  return withFiles({ 'chat.pcap': captureOf(sent) }, async (file) => {
    const options = { find, wireKeys: wireKeyFinder(), searchable: false };
    const { findings, finds } = await inspectCapture(file('chat.pcap'), options);
    return { conversation: findings.conversations[0]!, finds };
  });
}

/** The share of all bytes that is called readable. */
function readableShare({ streams }: ConversationFindings): number {
  const sides = [streams.client, streams.server];
  const readable = sides.flatMap(({ readability: { text, disguised } }) => [text, ...Object.values(disguised)]);
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
  return sum(readable) / sum(sides.map(({ bytes }) => bytes));
}

/** In which shapes each text was found. */
function shapesOf(finds: readonly Find[]): readonly (readonly string[])[] {
  return finds.map(({ verdict }) =>
    [...(verdict.readable ? [verdict.hit] : []), ...verdict.others].map((hit) => hit.shape),
  );
}

const READABLE = ['text alone', 'JSON lines', 'UTF-16', 'rot13', 'pickle in zlib', 'XOR with a word, in base64'];
/** Anyone can break these, but nobody reads them as they are. */
const TOYS = ['rot13', 'XOR with a word, in base64'];

/** And the share that only marks what is not readable, such as the names in JSON. */
const SEALED: readonly (readonly [string, number])[] = [
  ['Fernet', 0],
  ['Fernet in JSON', 0.15],
  ['AES-GCM, the nonce and the rest in hex', 0.03],
  ['AES-GCM in JSON, in hex', 0.2],
  ['AES-CBC in base64', 0],
  ['one-time pad in hex', 0.03],
  ['RSA of the textbook, letter by letter', 0.03],
  ['RSA of the textbook, as a number', 0.03],
  ['numbers of Diffie-Hellman, then Fernet', 0.01],
  // How a public key begins and ends is the same in all of them.
  ['a public key in PEM, then Fernet', 0.1],
];

describeWithTool('python3-cryptography', 'what Python sends', () => {
  test.each(READABLE)('%s: anyone can read it', async (name) => {
    const { conversation, finds } = await seen(name);
    expect(finds.map(({ verdict }) => verdict.readable)).toEqual(SENTENCES.map(() => true));
    expect(conversation.mode).toBe(TOYS.includes(name) ? 'unknown' : 'plaintext');
    expect(conversation.messages).toHaveLength(8);
    expect(readableShare(conversation)).toBe(1);
  });

  test.each(SEALED)('%s: nobody can read it without the key', async (name, marks) => {
    const { conversation, finds } = await seen(name);
    expect(finds.map(({ verdict }) => verdict.readable)).toEqual(SENTENCES.map(() => false));
    expect(conversation.mode).toBe('unknown');
    expect(conversation.messages).toEqual([]);
    expect(conversation.wireKeys).toBeUndefined();
    expect(readableShare(conversation)).toBeLessThanOrEqual(marks);
  });

  test.each([
    ['key: pickled with its IV', 'bytes'],
    ['key: a word for XOR', 'text'],
    ['key: the SHA-256 of a password', 'SHA-256 of a word'],
    ['key: the MD5 of a password', 'MD5 of a word'],
  ])('%s: all messages are opened with it', async (name, written) => {
    const { conversation, finds } = await seen(name);
    expect(conversation.wireKeys).toMatchObject([{ place: { frame: 4 }, opened: 8, written }]);
    expect(finds.map(({ verdict }) => verdict.readable)).toEqual(SENTENCES.map(() => true));
  });

  test('numbers in front of texts are no letters of a code page', async () => {
    const { conversation, finds } = await seen('the time in front of each text');
    expect(finds.map(({ verdict }) => verdict.readable)).toEqual(SENTENCES.map(() => true));
    for (const { readability } of Object.values(conversation.streams)) expect(readability.disguised).toEqual({});
    expect(conversation).not.toHaveProperty('disguise');
  });

  test('a message in no cipher stays as it was sent, where the others are in one', async () => {
    const { conversation, finds } = await seen('small numbers of Diffie-Hellman, then a shift');
    expect(finds.map(({ verdict }) => verdict.readable)).toEqual(SENTENCES.map(() => true));
    expect(conversation.disguise).toBe('each byte plus 2');
    const [first, second, third] = conversation.messages.map((message) => message.kind === 'readable' && message);
    expect([first, second]).toMatchObject([{ text: '{"p": 23, "g": 5, "A": 8}' }, { text: '{"B": 19}' }]);
    expect(first).not.toHaveProperty('as');
    expect(third).toMatchObject({ text: 'hello, is this the server?', as: 'each byte plus 2' });
  });

  test('words of a form are not base85', async () => {
    const { conversation, finds } = await seen('form data', ['Nice to meet you Anna, I am Ben']);
    expect(finds.map(({ verdict }) => verdict.readable)).toEqual([true]);
    expect(conversation.streams.client.readability).toMatchObject({ encoded: 0, other: 0 });
    expect(conversation.streams.server.readability).toMatchObject({ encoded: 0, other: 0 });
  });

  test('what is packed is found, also if most of it is no text', async () => {
    const { finds } = await seen('ids in hex in gzip', ['hello, is this the server?']);
    expect(shapesOf(finds)).toEqual([['gzip']]);
  });

  test('a text in UTF-16 is found in the order in which it was written', async () => {
    const { finds } = await seen('UTF-16');
    expect(shapesOf(finds)).toEqual(SENTENCES.map(() => ['UTF-16LE']));
  });
});

describe('frames that are no messages', () => {
  test('are told without a comma in front', () => {
    const side = { readability: { controls: { ping: 2 } } };
    const streams = { client: side, server: side } as unknown as ConversationFindings['streams'];
    expect(marksPhrase({ streams } as ConversationFindings)).toBe('2 × ping');
  });
});
