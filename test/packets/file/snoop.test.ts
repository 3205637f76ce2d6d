/** The snoop format by its bytes, and compared with what editcap makes from a file. */
import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { inspectCapture } from '../../../src/eavesdropper/inspect.js';
import { hex } from '../hex.js';
import { outcome, pieces, read, readEachWay, readFile } from '../reading.js';
import { describeWithTool } from '../../tools.js';
import type { CapturedPacket } from '../../../src/packets/headers/packet.js';

/** Version 2, Ethernet. */
const HEADER = '736e6f6f70000000 00000002 00000004';
/**
 * Length on the wire, captured length, length of the record, dropped packets, seconds, microseconds; then bytes and
 * padding.
 */
const RECORD = '00000010 0000000e 00000028 00000000 65000000 000003e8 000000000001000000000002 0806 0000';
const PACKET = {
  seconds: 0x65000000,
  nanoseconds: 1_000_000,
  originalLength: 16,
  linkType: 1,
  data: hex('000000000001000000000002 0806'),
};
const contentsOf = (packets: number, linkType = 1): object => ({
  interfaces: [{ linkType, name: null, packets }],
  linkTypes: packets > 0 ? [{ linkType, packets }] : [],
});

describe('a snoop file', () => {
  test('its packets, without their padding', () => {
    const { end, packets } = readEachWay(hex(`${HEADER} ${RECORD} ${RECORD}`));
    expect(packets).toEqual([1, 2].map((number) => ({ number, ...PACKET })));
    expect(end).toMatchObject({ format: 'snoop', packets: 2, damage: null, ...contentsOf(2) });
  });

  test('without a packet', () => {
    expect(readEachWay(hex(HEADER))).toMatchObject({ packets: [], end: { damage: null, ...contentsOf(0) } });
  });

  test.each([
    ['IEEE 802.3', 0, 1],
    ['token ring', 2, 6],
    ['FDDI', 8, 10],
    ['loopback', 14, 0],
  ])('of %s (%i)', (_, network, linkType) => {
    const { end } = read([hex(`${HEADER.slice(0, -2)}${network.toString(16).padStart(2, '0')} ${RECORD}`)]);
    expect(end).toMatchObject(contentsOf(1, linkType));
  });

  test('of fast Ethernet, from an analyser that puts more data about a packet into its padding', () => {
    const record = `${RECORD.replace('00000028', '00000038')} ${'00'.repeat(16)}`;
    expect(read([hex(`${HEADER.slice(0, -2)}0a ${record}`)])).toMatchObject({ end: contentsOf(1), packets: [PACKET] });
  });

  test('cut anywhere, in pieces of any size: everything before the cut, and where it ends', () => {
    const file = hex(`${HEADER} ${RECORD} ${RECORD}`);
    for (let end = 0; end < file.length; end += 1) {
      const whole = outcome([file.subarray(0, end)]);
      expect(outcome(pieces(file.subarray(0, end), 3))).toEqual(whole);
      if ('error' in whole) {
        expect([whole.error, end < 16]).toEqual(['CaptureFileError', true]);
        continue;
      }
      expect(whole.packets).toHaveLength(Math.floor((end - 16) / 40));
      if ((end - 16) % 40 === 0) expect(whole.end.damage).toBe(null);
      else
        expect(whole.end.damage?.message).toMatch(
          /^Packet [12], at byte (16|56) of the file, is cut: the file ends after \d+ of/,
        );
    }
  });

  test.each([
    [
      'a packet that is too large',
      RECORD.replace('0000000e', '7fffffff'),
      'claims 2147483647 bytes, and a packet has at most 262144',
    ],
    [
      'a record that is too short',
      RECORD.replace('00000028', '00000025'),
      'claims a record of 37 bytes for a packet of 14',
    ],
    [
      'a record that is too long',
      RECORD.replace('00000028', 'ffffffff'),
      'claims a record of 4294967295 bytes for a packet of 14',
    ],
  ])('%s', (_, record, what) => {
    const { end, packets } = readEachWay(hex(`${HEADER} ${RECORD} ${record}`));
    expect(packets).toHaveLength(1);
    expect(end.damage).toEqual({ message: `Packet 2, at byte 56 of the file, ${what}`, packet: 2, offset: 56 });
  });
});

const SAMPLE = 'captures/samples/plaintext.pcap';

describeWithTool('editcap', 'what editcap writes in other formats', () => {
  const inFolder = async (
    use: (made: (name: string, format: string, from: string) => string) => Promise<void>,
  ): Promise<void> => {
    const folder = mkdtempSync(path.join(tmpdir(), 'servchat-formats-'));
    const made = (name: string, format: string, from: string): string => {
      const file = path.join(folder, name);
      execFileSync('editcap', ['-F', format, from, file], { stdio: 'ignore' });
      return file;
    };
    try {
      await use(made);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const packetsOf = async (file: string): Promise<CapturedPacket[]> => {
    const packets: CapturedPacket[] = [];
    await readFile(file, (packet) => packets.push(packet));
    return packets;
  };

  const textsOf = async (file: string): Promise<string[]> => {
    const { conversations } = (await inspectCapture(file)).findings;
    return conversations.flatMap(({ messages }) =>
      messages.map((message) => ('text' in message ? message.text : 'sealed')),
    );
  };

  test('snoop: the same packets as in the file that it was made from', async () => {
    await inFolder(async (made) => {
      expect(await packetsOf(made('sample.snoop', 'snoop', SAMPLE))).toEqual(await packetsOf(SAMPLE));
    });
  });

  test.each(['netmon1', 'netmon2', '5views', 'ngsniffer', 'ngwsniffer_1_1', 'ngwsniffer_2_0', 'lanalyzer', 'visual'])(
    '%s: one line with the command that converts it, and the command works',
    async (format) => {
      await inFolder(async (made) => {
        const file = made(`sample.${format}`, format, SAMPLE);
        const refusal = await inspectCapture(file).catch((error: unknown) => String(error));
        expect(refusal).toMatch(
          /^CaptureFileError: Cannot read the capture \S+: this is a file of [^\n]+; convert it: editcap -F pcap OLD NEW$/,
        );
        const texts = await textsOf(made('converted.pcap', 'pcap', file));
        expect(texts.length).toBeGreaterThan(0);
        expect(texts).toEqual(await textsOf(SAMPLE));
      });
    },
  );

  test('erf, which has no magic number: one line with a command that works', async () => {
    await inFolder(async (made) => {
      // Ethernet in ERF, as a card writes it. editcap makes such a file only from a capture of a card.
      const records = (await packetsOf(SAMPLE)).map(({ seconds, data }) => {
        const header = Buffer.alloc(18);
        header.writeUInt32LE(seconds, 4);
        header.writeUInt8(2, 8);
        header.writeUInt16BE(18 + data.length, 10);
        header.writeUInt16BE(data.length, 14);
        return Buffer.concat([header, data]);
      });
      const folder = path.dirname(made('folder.pcap', 'pcap', SAMPLE));
      const file = path.join(folder, 'sample.erf');
      writeFileSync(file, Buffer.concat(records));
      expect(await inspectCapture(file).catch((error: unknown) => String(error))).toContain(
        'this looks like an ERF file of an Endace card; convert it: editcap -F pcap OLD NEW',
      );
      expect(await textsOf(made('converted.pcap', 'pcap', file))).toEqual(await textsOf(SAMPLE));
    });
  });
});
