/**
 * What is shown is found, and what is found is shown: each disguise, in each form of chat that programs of beginners
 * have. Python writes them all, with its own codecs and library.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { inspectChunks } from '../../../src/eavesdropper/inspect.js';
import { PYTHON, describeWithTool } from '../../tools.js';
import { captureOf } from '../chats.js';
import type { DisguiseName } from '../../../src/eavesdropper/disguises/disguises.js';
import type { ConversationFindings } from '../../../src/eavesdropper/findings/findings.js';
import type { Find } from '../../../src/eavesdropper/inspect.js';
import type { Side } from '../../../src/protocol/side.js';

type Sends = readonly (readonly [Side, string])[];

/** As forms.py prints it. */
interface Written {
  readonly said: readonly string[];
  readonly other: string;
  readonly forms: Readonly<Record<string, Sends>>;
  readonly control: Sends;
}

/** It has only one form, and CONTROLS has a chat in it. */
const OWN = null;

/** Each disguise, as it is told. Without its row here and in forms.py, nobody knows whether a new one is found. */
const TOLD: Readonly<Record<DisguiseName, string | null>> = {
  base64: 'base64',
  hex: 'hex',
  'URL escapes': 'URL escapes',
  'quoted-printable': 'quoted-printable',
  'UTF-16LE': 'UTF-16LE',
  'UTF-16BE': 'UTF-16BE',
  base32: 'base32',
  base85: 'base85',
  ASCII85: 'ASCII85',
  'hex, byte by byte': 'hex, byte by byte',
  'octal numbers': 'octal numbers',
  'decimal numbers': 'decimal numbers',
  'binary digits': 'binary digits',
  'a long number': 'a long number',
  'backslash escapes': 'backslash escapes',
  'HTML escapes': 'HTML escapes',
  'SASL PLAIN': OWN,
  'HTTP Basic': OWN,
  'SASL login': OWN,
  gzip: 'gzip',
  zlib: 'zlib',
  deflate: OWN,
  brotli: OWN,
  zstd: OWN,
  'WebSocket mask': OWN,
  'WebSocket fragments': OWN,
  'permessage-deflate': OWN,
  'corrected typing': OWN,
  'Latin-1 or Windows-1252': 'Latin-1 or Windows-1252',
  'Windows-1252': 'Windows-1252',
  'Windows-1250': 'Windows-1250',
  'ISO-8859-2': 'ISO-8859-2',
  'Windows-1254': 'Windows-1254',
  'Windows-1251': 'Windows-1251',
  'KOI8-R': 'KOI8-R',
  'code page 866': 'code page 866',
  'ISO-8859-5': 'ISO-8859-5',
  'Mac Cyrillic': 'Mac Cyrillic',
  'Windows-1253': 'Windows-1253',
  'Windows-1255': 'Windows-1255',
  'Windows-1256': 'Windows-1256',
  'Windows-874': 'Windows-874',
  'Mac Roman': 'Mac Roman',
  'code page 437 or 850': 'code page 437 or 850',
  EBCDIC: 'EBCDIC',
  'GBK or GB18030': 'GBK or GB18030',
  Big5: 'Big5',
  'Shift-JIS': 'Shift-JIS',
  'EUC-JP': 'EUC-JP',
  'EUC-KR': 'EUC-KR',
  'XOR with one byte': 'XOR with the byte 0x2a',
  'XOR with a repeated key': 'XOR with a repeated key of 5 bytes',
  Caesar: 'Caesar, shift 3',
  'each byte plus a number': 'each byte plus 3',
  Atbash: 'Atbash',
  'reversed text': 'reversed text',
  Vigenère: 'Vigenère, key of 5 letters',
  'UTF-32LE': 'UTF-32LE',
  'UTF-32BE': 'UTF-32BE',
  'UTF-7': 'UTF-7',
  uuencode: 'uuencode',
  'ISO-2022-JP': 'ISO-2022-JP',
  'ISO-2022-KR': 'ISO-2022-KR',
  HZ: 'HZ',
  'UTF-8 encoded twice': 'UTF-8 encoded twice',
  'affine cipher': 'affine cipher, 5x + 8',
  'keyboard shift': 'keyboard shift, one key to the right',
  rot47: 'rot47',
  'rail fence': 'rail fence, 3 rails',
  columns: 'columns, order 3 1 2',
  'neighbours exchanged': 'neighbours exchanged',
  'Morse code': 'Morse code',
  'tap code': 'tap code',
  'Polybius square': 'Polybius square',
  'A1Z26, numbers for letters': 'A1Z26, numbers for letters',
  'numbers for letters, from 0': 'numbers for letters, from 0',
  'Bacon’s cipher': 'Bacon’s cipher',
  'Bacon’s cipher, 24 letters': 'Bacon’s cipher, 24 letters',
  'base64, backwards': 'base64, backwards',
  base36: 'base36',
  base58: 'base58',
  base62: 'base62',
  base45: 'base45',
  Z85: 'Z85',
  base91: OWN,
  base100: 'base100',
  Punycode: 'Punycode',
};

/**
 * Forms in which it is not told. More than half of what the key of XOR was used on is hex digits, so the letters of a
 * language do not show the key.
 */
const NO_KEY_SHOWS: Readonly<Record<string, readonly string[]>> = {
  'XOR with a repeated key of 5 bytes': ['text|hash', 'lines of text|hash'],
  // Two sentences of one side alone are too few letters.
  'neighbours exchanged': ['netstring'],
  // Each block is named and decoded, and shown as it was sent.
  'Morse code': ['block of 1,024 bytes'],
};

interface Seen {
  readonly conversation: ConversationFindings;
  readonly finds: readonly Find[];
}

async function seen(sends: Sends, find: readonly string[]): Promise<Seen> {
  const capture = captureOf(sends.map(([side, hex]) => ({ side, bytes: Buffer.from(hex, 'hex') })));
  async function* chunks(): AsyncGenerator<Buffer> {
    yield Promise.resolve(capture);
  }
  const { findings, finds } = await inspectChunks(chunks(), { find, searchable: false });
  return { conversation: findings.conversations[0]!, finds };
}

/** The names under which texts are told, each disguise within another by itself. */
function namesIn({ disguise = '', streams }: ConversationFindings): readonly string[] {
  const found = [streams.client, streams.server].flatMap(({ readability }) => Object.keys(readability.disguised));
  return [disguise, ...found].flatMap((name) => name.split(' in '));
}

function shownIn({ messages, streams }: ConversationFindings): readonly string[] {
  const samples = [streams.client, streams.server].flatMap(({ readability }) => readability.samples);
  return [
    ...messages.flatMap((each) => (each.kind === 'readable' ? [each.text] : [])),
    ...samples.map(({ text }) => text),
  ];
}

/** What is wrong, in words. Each text was sent in a packet of its own, and these are the last of the capture. */
async function faultsOf(name: string, { said, other }: Written, sends: Sends): Promise<readonly string[]> {
  const { conversation, finds } = await seen(sends, [...said, other]);
  const shown = shownIn(conversation);
  const faults = namesIn(conversation).includes(name) ? [] : ['not named'];
  const first = conversation.frames - said.length + 1;
  for (const [index, text] of said.entries()) {
    if (!shown.some((each) => each.includes(text))) faults.push(`text ${index} is not shown`);
    const { verdict } = finds[index]!;
    const { frame, lastFrame } = verdict.readable ? verdict.hit.place : { frame: 0, lastFrame: 0 };
    if (frame !== first + index || lastFrame !== frame)
      faults.push(`text ${index} is found in ${frame} to ${lastFrame}`);
  }
  if (finds.at(-1)!.verdict.readable) faults.push('found what nobody said');
  return faults;
}

const NAMES = [...new Set(Object.values(TOLD).filter((name) => name !== null))];

describeWithTool('python3-cryptography', 'what Python disguises', () => {
  let chats: Readonly<Record<string, Written>> = {};
  beforeAll(() => {
    const script = path.resolve('test/eavesdropper/disguises/forms.py');
    chats = JSON.parse(execFileSync(PYTHON, [script], { encoding: 'utf8', maxBuffer: 2 ** 25 })) as typeof chats;
  });

  test('the two tables have the same rows', () => {
    expect(Object.keys(chats).sort()).toEqual([...NAMES].sort());
  });

  test('the heads of HTTP are shown with what its bodies say', async () => {
    const { forms, said } = chats['hex']!;
    const { conversation } = await seen(forms['HTTP body']!, []);
    const lines = conversation.messages.map((each) => each.kind === 'readable' && each.text);
    expect(lines).toEqual(expect.arrayContaining(['POST /say HTTP/1.1', 'HTTP/1.1 200 OK', ...said]));
  });

  describe.each(NAMES)('%s', (name) => {
    test('is shown and found in each form, and nothing else is found', async () => {
      const written = chats[name]!;
      const wrong: Record<string, readonly string[]> = {};
      const forms = Object.entries(written.forms).filter(([form]) => NO_KEY_SHOWS[name]?.includes(form) !== true);
      expect(forms.length).toBeGreaterThanOrEqual(15);
      for (const [form, sends] of forms) {
        const faults = await faultsOf(name, written, sends);
        if (faults.length > 0) wrong[form] = faults;
      }
      expect(wrong).toEqual({});
    });

    test('what was not found there is found where it was said', async () => {
      const { control, other } = chats[name]!;
      const { finds } = await seen(control, [other]);
      expect(finds.map(({ verdict }) => verdict.readable)).toEqual([true]);
    });
  });
});
