/**
 * The chapters have to read well for every set of captures, keys and attack runs: no sentence with a hole, and no
 * announcement without what it announces.
 */
import { generateKeyPairSync, publicEncrypt, constants } from 'node:crypto';
import fs from 'node:fs';

import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Nodes, RootContent } from 'mdast';

import { ATTACKS } from '../../src/attacker/attacks.js';
import { SETTINGS, type Matrix } from '../../src/attacker/matrix.js';
import { TlsKeyLog } from '../../src/keyholder/tls/tls-key-log.js';
import { unsealEnvelope } from '../../src/keyholder/unsealing.js';
import { readChapter, type Chapter } from '../../src/lesson/chapters.js';
import { gatherLesson } from '../../src/lesson/gather.js';
import type { Lesson } from '../../src/lesson/lesson.js';
import { ownChapters, reportWith } from '../../src/lesson/write-report.js';
import { parseKeyLog } from '../../src/protocol/keylog.js';
import { lesson as fixture } from './fixture.js';
import { fewIfQuick } from '../tools.js';

const SAMPLES = 'captures/samples';
const MODES = ['plaintext', 'encrypted', 'tls'] as const;

interface RunSet {
  readonly modes: readonly (typeof MODES)[number][];
  readonly keyLog: boolean;
  readonly privateKey: boolean;
  readonly attacks: boolean;
}

/** Each subset of the captures that is not empty, with and without its keys and attacks. */
const SETS: readonly RunSet[] = [1, 2, 3, 4, 5, 6, 7].flatMap((bits) => {
  const modes = MODES.filter((_, at) => (bits >> at) % 2 === 1);
  const yesNo = [false, true];
  const withKeys = modes.includes('encrypted')
    ? [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ]
    : [[false, false]];
  return withKeys.flatMap(([keyLog = false, privateKey = false]) =>
    yesNo.map((attacks) => ({ modes, keyLog, privateKey, attacks })),
  );
});

function nameOf({ modes, keyLog, privateKey, attacks }: RunSet): string {
  return [
    ...modes,
    ...(keyLog ? ['key log'] : []),
    ...(privateKey ? ['private key'] : []),
    ...(attacks ? ['attacks'] : []),
  ].join(', ');
}

const MATRIX: Matrix = {
  attacks: ATTACKS.map(({ name, summary }) => ({ name, summary })),
  settings: SETTINGS,
  cells: ATTACKS.flatMap(({ name }) =>
    SETTINGS.map((setting) => ({
      attack: name,
      setting,
      outcome: setting.mode === 'plaintext' ? { kind: 'works-unnoticed' } : { kind: 'refused', by: 'the check' },
      known: null,
      said: [],
      seats: {
        client: { heard: [], left: true, problems: [], complaint: '', status: 0 },
        server: { heard: [], left: true, problems: [], complaint: '', status: 0 },
      },
      learned: [],
      timeline: [{ kind: 'typed', side: 'client', text: 'Hello' }],
      captures: { client: 'c.pcap', server: null },
      took: 1,
    })),
  ),
};

const gathered = new Map<string, Promise<Lesson>>();

async function lessonOf(set: RunSet): Promise<Lesson> {
  const name = nameOf({ ...set, privateKey: false, attacks: false });
  const known = gathered.get(name) ?? fromSamples(set);
  gathered.set(name, known);
  return {
    ...(await known),
    privateKey: set.privateKey ? OPENED_ENVELOPE : null,
    attacks: set.attacks ? { file: 'matrix.json', matrix: MATRIX } : null,
  };
}

function fromSamples({ modes, keyLog }: RunSet): Promise<Lesson> {
  return gatherLesson({
    captures: modes.map((mode) => ({
      file: `${SAMPLES}/${mode}.pcap`,
      captured: { way: 'given' },
      ...(mode === 'tls' && keyLog ? { keyLogBeside: `${SAMPLES}/tls.keylog` } : {}),
    })),
    keyLog: keyLog
      ? {
          file: `${SAMPLES}/encrypted.keylog`,
          sessions: parseKeyLog(fs.readFileSync(`${SAMPLES}/encrypted.keylog`, 'utf8')),
          tls: new TlsKeyLog(Buffer.alloc(0)),
        }
      : null,
    privateKey: null,
    attacks: null,
    stream: fixture().stream,
    command: 'servchat',
  });
}

/** The samples have no private key. An opened envelope looks the same with any key. */
function anOpenedEnvelope(): NonNullable<Lesson['privateKey']> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const envelope = publicEncrypt(
    { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    Buffer.alloc(64, 7),
  );
  return {
    file: 'client.pem',
    opened: unsealEnvelope(envelope, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
  };
}

const OPENED_ENVELOPE = anOpenedEnvelope();

function textOf(node: Nodes): string {
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map((child) => textOf(child)).join('') : '';
}

/** Errors that a reader would notice in these blocks, which follow each other. */
function troublesIn(nodes: readonly RootContent[]): readonly string[] {
  return nodes.flatMap((node, at) => {
    const next = nodes[at + 1];
    const inside =
      'children' in node && node.type !== 'paragraph' && node.type !== 'heading' && node.type !== 'table'
        ? troublesIn(node.children as RootContent[])
        : [];
    return [...inside, ...troublesOf(node, next)];
  });
}

const FRAGMENT =
  /\b(?:of|the|from|with|an|called|says that)\s*(?:[.,;:?!)]|$)| {2}|\( *\)|\bnull\b|undefined|NaN|not in this run|^[.,;:]/;

function troublesOf(node: RootContent, next: RootContent | undefined): readonly string[] {
  const text = textOf(node);
  if (node.type === 'paragraph' || node.type === 'listItem') {
    if (FRAGMENT.test(text)) return [`a fragment: ${text}`];
    if (text.trimEnd().endsWith(':') && node.type === 'paragraph' && !follows(next))
      return [`nothing comes after: ${text}`];
  }
  if (node.type === 'heading' && (next === undefined || (next.type === 'heading' && next.depth <= node.depth)))
    return [`an empty section: ${text}`];
  if (node.type === 'table' && node.children.length < 2) return ['an empty table'];
  if (node.type === 'list' && node.children.length === 0) return ['an empty list'];
  if (node.type === 'html' && node.value.startsWith('<details>') && next?.type === 'html') return ['an empty fold'];
  return [];
}

/** Whether the block is something to look at. A paragraph with a single value counts. */
function follows(next: RootContent | undefined): boolean {
  if (next === undefined) return false;
  if (next.type !== 'paragraph')
    return ['table', 'list', 'lines', 'code', 'blockquote', 'html', 'disclosure', 'figure'].includes(next.type);
  return textOf(next).startsWith('In ')
    ? textOf(next).endsWith(':')
    : next.children.length === 1 && next.children[0]?.type !== 'text';
}

/** Notes that a part is left out. A section has at most one. */
function notesIn({ markdown }: Chapter): readonly string[] {
  let noted = false;
  return markdown.children.flatMap((node) => {
    if (node.type === 'heading') noted = false;
    if (!textOf(node).startsWith('This part is left out')) return [];
    const again = noted;
    noted = true;
    return again ? [`told twice: ${textOf(node)}`] : [];
  });
}

describe.each(fewIfQuick(SETS).map((set) => [nameOf(set), set] as const))('%s', (_, set) => {
  let data: Lesson;
  let chapters: readonly Chapter[];
  beforeAll(async () => {
    data = await lessonOf(set);
    chapters = ownChapters().map((source) => readChapter(source, data));
  });

  test('every chapter reads well', () => {
    const troubles = chapters.flatMap((chapter) => {
      const faces = [chapter.markdown, chapter.html].flatMap(({ children }) => troublesIn(children));
      return [...faces, ...notesIn(chapter)].map((trouble) => `${chapter.name}: ${trouble}`);
    });
    expect([...new Set(troubles)]).toEqual([]);
  });

  test('what was captured is in it, and what is missing has the command that makes it', () => {
    const { markdown } = reportWith(chapters, data);
    expect(
      markdown.includes('The chat in plaintext mode, as the listener has it') ||
        markdown.includes('| # | frame | who | offset | what the listener reads |'),
    ).toBe(set.modes.includes('plaintext'));
    expect(markdown.includes('| 1 | HMAC-SHA256 with the signing key')).toBe(
      set.modes.includes('encrypted') && set.keyLog,
    );
    expect(/\| who \| length of the text \||a TLS record tells/.test(markdown)).toBe(set.modes.includes('tls'));
    expect(markdown.includes('Each cell is a separate run')).toBe(set.attacks);
    // Without plaintext, the records are shown as they are. The last record of each side is not a line of the chat.
    expect(markdown.split('TLS’s own goodbye')).toHaveLength(
      set.modes.includes('tls') && !set.modes.includes('plaintext') ? 3 : 1,
    );
    const all = set.modes.length === 3 && set.keyLog && set.privateKey && set.attacks;
    expect(markdown.includes('This part is left out, because this report was made without')).toBe(!all);
    expect(markdown.includes('servchat demo compare')).toBe(true);
  });
});

test('captures without a chat make no report', async () => {
  const capture = 'test/lesson/no-chat.pcap';
  // A classic pcap that has only its header.
  fs.writeFileSync(capture, Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex'));
  try {
    const material = {
      captures: [{ file: capture, captured: { way: 'given' } as const }],
      keyLog: null,
      privateKey: null,
      attacks: null,
      stream: fixture().stream,
      command: 'servchat',
    };
    await expect(gatherLesson(material)).rejects.toThrow(
      /^Cannot write a lesson: test\/lesson\/no-chat\.pcap holds no chat that servchat knows; give /,
    );
  } finally {
    fs.rmSync(capture);
  }
});

test('a file that is not a private key is refused by name, and no report says that it was the client’s', async () => {
  const material = { captures: [], keyLog: null, attacks: null, stream: fixture().stream, command: 'servchat' };
  const privateKey = { file: 'notes.txt', pem: 'mine\n' };
  await expect(gatherLesson({ ...material, privateKey })).rejects.toThrow(
    /^Cannot use the private key notes\.txt: it holds no RSA private key in PEM, /,
  );
});
