/** Whole captures, read by tshark and by us. `conversations.test.ts` compares single cases of reassembly. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { search } from '../../src/eavesdropper/search/search.js';
import { describeWithTool } from '../tools.js';
import { tsharkFields } from '../packets/tshark.js';
import { CONVERSATION, captureOf, conversationOf, encryptedChat, noise, plaintextChat, withFiles } from './chats.js';
import { client, fragmentsOf, frameOf, pcapOf, pcapOfFrames, server } from './wire.js';
import type { Frame, Packet } from './wire.js';

function tshark(file: string, ...options: string[]): string {
  return execFileSync('tshark', ['-r', file, ...options], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/**
 * What one side sends in a conversation: cut, overlapping, repeated and out of order. It is acknowledged only at the
 * end.
 */
const conversation = fc.record({
  initial: fc.oneof(fc.nat(0xffff_ffff), fc.integer({ min: 0xffff_ff80, max: 0xffff_ffff })),
  segments: fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 80 })), { minLength: 1, maxLength: 25 }),
});

const BYTES = noise(400, 'spoken');

function packetsOf(
  { initial, segments }: typeof conversation extends fc.Arbitrary<infer T> ? T : never,
  clientPort: number,
  bytesOf: (segment: number) => Buffer,
): Packet[] {
  const end = Math.max(...segments.map(([start, length]) => start + length));
  const data = segments.map(([start, length], index) => {
    const bytes = bytesOf(index).subarray(start, start + length);
    return client(initial + 1 + start, 501, 'A', bytes, { clientPort });
  });
  return [
    client(initial, 0, 'S', undefined, { clientPort }),
    server(500, initial + 1, 'SA', undefined, { clientPort }),
    ...data,
    // Wireshark shows held-back segments only after they are acknowledged, one gap for each packet that does so.
    ...segments.map(() => server(501, initial + 1 + end, 'A', undefined, { clientPort })),
  ];
}

describeWithTool('tshark', 'tshark and we', () => {
  test('find each message in the same frames, and none in encrypted mode', async () => {
    const files = {
      'plain.pcap': captureOf(plaintextChat(CONVERSATION)),
      'encrypted.pcap': captureOf(encryptedChat(CONVERSATION)),
    };
    await withFiles(files, async (path) => {
      for (const file of [path('plain.pcap'), path('encrypted.pcap')]) {
        const { haystacks } = await inspectCapture(file);
        const rows = tshark(file, '-T', 'fields', '-e', 'frame.number', '-e', 'tcp.payload').trim().split('\n');
        const payloads = rows.map((row) => row.split('\t'));
        for (const { text } of CONVERSATION) {
          const theirs = payloads
            .filter(([, payload = '']) => Buffer.from(payload, 'hex').includes(text))
            .map(([frame]) => frame)
            .join('\n');
          const ours = search(text, haystacks).filter(({ shape }) => shape === 'as typed');
          // Both of us can find a short text in a token. Only we say that it means nothing.
          expect([...new Set(ours.map(({ place }) => place.frame))].sort((a, b) => a - b).join('\n')).toBe(theirs);
        }
      }
    });
  });

  test.each([
    ['cut in any way', () => BYTES],
    ['cut in any way, and each segment with its own bytes', (index: number) => noise(400, `said ${index}`)],
  ])('read the same bytes of conversations that interleave, %s', async (_, bytesOf) => {
    const made = fc.sample(conversation, { numRuns: 40, seed: 20_260_101 });
    const conversations = made.map((one, index) => packetsOf(one, 20_000 + index, bytesOf));
    const longest = Math.max(...conversations.map(({ length }) => length));
    const packets = Array.from({ length: longest }, (_, row) =>
      conversations.flatMap((column) => column[row] ?? []),
    ).flat();
    await withFiles({ 'made.pcap': pcapOf(packets) }, async (path) => {
      const { findings, haystacks } = await inspectCapture(path('made.pcap'));
      expect(findings.conversations).toHaveLength(conversations.length);
      const follow = conversations.flatMap((_, number) => ['-z', `follow,tcp,raw,${number}`]);
      const blocks = tshark(path('made.pcap'), '-q', ...follow)
        .split(/^Follow: /m)
        .slice(1);
      expect(blocks).toHaveLength(conversations.length);
      for (const block of blocks) {
        const number = Number(/^Filter: tcp\.stream eq (\d+)/m.exec(block)![1]);
        let missing = 0;
        const theirs = [...block.matchAll(/^[0-9a-f]+$/gm)].map(([line]) => {
          const bytes = Buffer.from(line, 'hex');
          const gap = /^\[(\d+) bytes missing in capture file\]\0?$/.exec(bytes.toString('latin1'));
          missing += Number(gap?.[1] ?? 0);
          return gap === null ? bytes : Buffer.alloc(0);
        });
        const ours = haystacks.find(
          (haystack) => haystack.conversation === number && haystack.side === 'client',
        )!.stream;
        expect(ours.bytes.toString('hex')).toBe(Buffer.concat(theirs).toString('hex'));
        expect(ours.missingBefore(ours.bytes.length)).toBe(missing);
      }
    });
  });

  test('join the same packets from fragments, and know which are incomplete', async () => {
    const frames = conversationOf(plaintextChat(CONVERSATION)).map((packet, index) =>
      fragmentsOf(frameOf(packet), 8, index + 1),
    );
    // Complete and in order; in reverse; without the first and without the last fragment; with the first fragment
    // twice; with other bytes.
    const came = frames.flatMap((fragments, index) => {
      const [first, second] = fragments as [Frame, Frame];
      const lie = {
        ...second,
        data: Buffer.concat([second.data.subarray(0, 20), Buffer.alloc(second.data.length - 20, '?')]),
      };
      return [
        fragments,
        fragments.toReversed(),
        fragments.slice(1),
        fragments.slice(0, -1),
        [first, ...fragments],
        [first, second, lie, ...fragments.slice(2)],
      ][index % 6]!;
    });
    await withFiles({ 'fragments.pcap': pcapOfFrames(came) }, async (path) => {
      const rows = tsharkFields(path('fragments.pcap'), ['ip.id', 'ip.fragment.count', 'ip.fragment.overlap.conflict']);
      const whole = new Set(rows.flatMap(([id, count]) => (count === '' ? [] : [id])));
      const conflicting = rows.filter(([, , conflict]) => conflict !== '');
      const { contents } = (await inspectCapture(path('fragments.pcap'))).findings;
      expect(contents.fragments).toEqual({
        reassembled: whole.size,
        incomplete: new Set(rows.map(([id]) => id)).size - whole.size,
        conflicts: conflicting.length,
        bad: 0,
      });
      expect([whole.size, conflicting.length].every((count) => count > 0)).toBe(true);
    });
  });
});
