/** Checks with Wireshark what the report says that each filter shows. */
import { execFileSync } from 'node:child_process';

import { describe, expect, test } from '@jest/globals';

import { gatherLesson } from '../../src/lesson/gather.js';
import { checksOf } from '../../src/lesson/parts/filters.js';
import { describeWithTool } from '../tools.js';
import { lesson } from './fixture.js';

const SAMPLES = ['captures/samples/plaintext.pcap', 'captures/samples/encrypted.pcap'];

describeWithTool('tshark', 'each filter shows the frames that the report says', () => {
  test('in the samples', async () => {
    const gathered = await gatherLesson({
      captures: SAMPLES.map((file) => ({ file, captured: { way: 'given' } })),
      keyLog: null,
      privateKey: null,
      attacks: null,
      stream: lesson().stream,
      command: 'servchat',
    });
    const checks = checksOf(gathered);
    expect(checks.length).toBeGreaterThanOrEqual(7);
    for (const { file, filter, frames } of checks) {
      const shown = execFileSync('tshark', ['-r', file, '-Y', filter, '-T', 'fields', '-e', 'frame.number'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect({
        filter,
        shown: shown
          .split('\n')
          .filter((line) => line !== '')
          .map(Number),
      }).toEqual({ filter, shown: frames });
    }
  });
});

describe('frames are named only if the capture shows which they are', () => {
  test('not where two messages share a frame', () => {
    const whole = lesson();
    const [first, second, ...rest] = whole.plaintext!.conversation.messages;
    const messages = [first!, { ...second!, place: first!.place }, ...rest];
    const crowded = {
      ...whole,
      plaintext: { ...whole.plaintext!, conversation: { ...whole.plaintext!.conversation, messages } },
    };
    const of = (data: typeof whole) => checksOf(data).find(({ filter }) => filter.endsWith('tcp.len > 0'))!.frames;
    expect(of(whole)).toEqual([4, 6, 8, 10, 12, 14, 16, 18, 20]);
    expect(of(crowded)).toBeNull();
  });
});
