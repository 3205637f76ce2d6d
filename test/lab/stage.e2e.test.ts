/** The stage with real processes: both chairs, every mode, the wire, the listener, and how runs end. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { expect, test } from '@jest/globals';

import type { LabCommand } from '../../src/lab/commands.js';
import { describeWithTool } from '../tools.js';
import { TestLab } from './lab-fixture.js';

const NOBODY = { attack: null, insists: false, elsewhere: null } as const;

type Start = Extract<LabCommand, { do: 'start' }>;

const SETTINGS: readonly (Pick<Start, 'mode' | 'integrity'> & { readonly insists?: boolean })[] = [
  { mode: 'plaintext', integrity: null },
  { mode: 'encrypted', integrity: 'sha256' },
  { mode: 'encrypted', integrity: 'hmac-sha256' },
  { mode: 'encrypted', integrity: 'hmac-sha256-seq', insists: true },
  { mode: 'tls', integrity: null, insists: true },
];

/** The bytes of each frame of the capture, as tshark reads it: the frames that carry any. */
function payloads(file: string): ReadonlyMap<number, string> {
  const fields = ['-T', 'fields', '-e', 'frame.number', '-e', 'tcp.payload'];
  const printed = execFileSync('tshark', ['-r', file, ...fields], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const rows = printed.split('\n').map((row) => row.split('\t'));
  return new Map(
    rows.flatMap(([frame = '', hex = '']): [number, string][] => (hex === '' ? [] : [[Number(frame), hex]])),
  );
}

/** What the events say that crossed one half, by frame. */
function shown(lab: TestLab, half: 'client' | 'server'): ReadonlyMap<number, string> {
  const frames = new Map<number, string>();
  for (const event of lab.events()) {
    if ((event.type !== 'came' && event.type !== 'went') || event.piece.half !== half) continue;
    const { frame, hex, length } = event.piece;
    expect(hex).toHaveLength(2 * length);
    frames.set(frame!, (frames.get(frame!) ?? '') + hex);
  }
  return frames;
}

describeWithTool('tshark', 'the stage', () => {
  test.each(SETTINGS)(
    '$mode $integrity: what one says the other shows, and the piece that carried it has its frame in the saved capture',
    async (setting) => {
      const lab = new TestLab();
      await lab.start(setting);
      await lab.do({ do: 'say', side: 'client', text: 'Meet me at noon' });
      expect(await lab.next('shown')).toMatchObject({ side: 'server', text: 'Meet me at noon' });
      await lab.do({ do: 'say', side: 'server', text: 'Grüß dich, Zoë 👋' });
      expect(await lab.next('shown')).toMatchObject({ side: 'client', text: 'Grüß dich, Zoë 👋' });
      await lab.do({ do: 'save', keyLog: false });
      const { files } = await lab.next('saved');
      expect(files.map(({ what }) => what)).toEqual(['capture']);
      expect(shown(lab, 'client')).toEqual(payloads(files[0]!.path));

      // From the first change on, the server's half is another capture.
      await lab.do({ do: 'hold', on: true });
      await lab.do({ do: 'say', side: 'client', text: 'never arrives' });
      const { piece } = await lab.next('came', ({ held }) => held);
      await lab.do({ do: 'drop', piece: piece.id });
      await lab.do({ do: 'save', keyLog: false });
      const both = (await lab.next('saved')).files;
      expect(both.map(({ path: file }) => path.basename(file))).toEqual([
        expect.stringMatching(/-2\.client-half\.pcapng$/),
        expect.stringMatching(/-2\.server-half\.pcapng$/),
      ]);
      expect(shown(lab, 'client')).toEqual(payloads(both[0]!.path));
      expect(shown(lab, 'server')).toEqual(payloads(both[1]!.path));
      const bytes = both.map(({ path: file }) => [...payloads(file).values()].join('').length / 2);
      expect(bytes[0]! - bytes[1]!).toBe(piece.length);
    },
  );

  test('what is said while a chat only begins is said when it has begun', async () => {
    const lab = new TestLab();
    const say = (text: string): Promise<void> => lab.do({ do: 'say', side: 'client', text });
    const begun = lab.do({ do: 'start', mode: 'encrypted', integrity: null, ...NOBODY, hold: null });
    await Promise.all([begun, say('early'), say('and soon after')]);
    await lab.until(() => lab.all('shown').length === 2, 'both messages');
    expect(lab.all('shown').map(({ side, text }) => [side, text])).toEqual([
      ['server', 'early'],
      ['server', 'and soon after'],
    ]);
    expect(lab.all('declined')).toEqual([]);
  });

  test('a chat can begin with its first piece held', async () => {
    const lab = new TestLab();
    await lab.do({ do: 'start', mode: 'encrypted', integrity: null, ...NOBODY, hold: 'everything' });
    expect(await lab.next('came')).toMatchObject({ held: true, piece: { label: 'HELLO' } });
  });
});
