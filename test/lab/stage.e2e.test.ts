/** The stage with real processes: both chairs, every mode, the wire, the listener, and how runs end. */
import { execFileSync } from 'node:child_process';

import { expect, test } from '@jest/globals';

import type { LabCommand } from '../../src/lab/commands.js';
import { describeWithTool } from '../tools.js';
import { TestLab } from './lab-fixture.js';

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
    },
  );
});
