/** Compares pcapng blocks with the bytes that the draft of the format describes. */
import fs from 'node:fs';
import path from 'node:path';

import { expect, test } from '@jest/globals';

import {
  PcapngWriter,
  formatInterface,
  formatPacket,
  formatSection,
  formatTlsSecrets,
} from '../../../src/packets/file/pcapng-writer.js';
import { temporaryDirectory } from '../../servchat-process.js';
import { hex } from '../hex.js';

test('a section with its notes', () => {
  expect(formatSection({ comment: 'abcde', application: 'me' })).toEqual(
    hex(`
      0a0d0d0a 34000000     | type, length
      4d3c2b1a 0100 0000    | byte order, version 1.0
      ffffffffffffffff      | the section's length is not told
      0100 0500 6162636465 000000   | comment, padded
      0400 0200 6d65 0000   | application
      00000000 34000000     | end of options, length again
    `),
  );
});

test('an interface with times in nanoseconds', () => {
  expect(formatInterface({ linkType: 1, name: 'lo', description: 'here' })).toEqual(
    hex(`
      01000000 30000000
      0100 0000 00000400    | Ethernet, snap length 262144
      0200 0200 6c6f 0000   | name
      0300 0400 68657265    | description
      0900 0100 09 000000   | 10^-9 s
      00000000 30000000
    `),
  );
});

test('a packet with comments and a direction', () => {
  const time = { seconds: 0x10, nanoseconds: 5 };
  expect(
    formatPacket({
      interface: 0,
      time,
      originalLength: 9,
      data: hex('aabbcc'),
      direction: 'out',
      comments: ['x', 'y'],
    }),
  ).toEqual(
    hex(`
      06000000 40000000
      00000000              | interface
      03000000 05a0acb9     | 16,000,000,005 ns
      03000000 09000000     | captured, original
      aabbcc00              | padded
      0100 0100 78 000000   | comment
      0100 0100 79 000000   | another
      0200 0400 02000000    | flags: outbound
      00000000 40000000
    `),
  );
});

test('a packet without options has no list of options', () => {
  expect(
    formatPacket({ interface: 1, time: { seconds: 0, nanoseconds: 0 }, originalLength: 4, data: hex('01020304') }),
  ).toEqual(hex('06000000 24000000 01000000 00000000 00000000 04000000 04000000 01020304 24000000'));
});

test('TLS secrets', () => {
  expect(formatTlsSecrets('key\n')).toEqual(hex('0a000000 18000000 4b534c54 04000000 6b65790a 18000000'));
});

test('a comment that is too long is cut between two characters', () => {
  const bytes = formatSection({ comment: `${'x'.repeat(65_534)}é`, application: '' });
  expect(bytes.readUInt16LE(26)).toBe(65_534);
});

test('times that do not fit, and packets beyond the snap length, are refused', () => {
  const packet = { interface: 0, originalLength: 0, data: Buffer.alloc(0), time: { seconds: -1, nanoseconds: 0 } };
  expect(() => formatPacket(packet)).toThrow('before 1970');
  expect(() => formatPacket({ ...packet, time: { seconds: 2 ** 35, nanoseconds: 0 } })).toThrow('after 2554');
  expect(() => formatPacket({ ...packet, time: { seconds: 1, nanoseconds: 0 }, data: Buffer.alloc(262_145) })).toThrow(
    '262144 is the most',
  );
});

test('a file that cannot be written', () => {
  const folder = temporaryDirectory();
  expect(() => PcapngWriter.open(folder, { comment: '', application: '' })).toThrow(
    /^Cannot write the capture .*: this is a folder; give a file$/,
  );
  const file = path.join(folder, 'mine.pcapng');
  fs.writeFileSync(file, 'mine');
  expect(() => PcapngWriter.open(file, { comment: '', application: '' })).toThrow(
    /: there is already a file with that name; give another name, or --force/,
  );
  expect(fs.readFileSync(file, 'utf8')).toBe('mine');
});

test('the writer counts interfaces, and a file consists of its blocks', () => {
  const file = path.join(temporaryDirectory(), 'two.pcapng');
  const writer = PcapngWriter.open(file, { comment: 'c', application: 'a' });
  writer.tlsSecrets('s');
  expect([writer.interface({ linkType: 1 }), writer.interface({ linkType: 101 })]).toEqual([0, 1]);
  const packet = {
    interface: 1,
    time: { seconds: 1, nanoseconds: 2 },
    originalLength: 2_000_000,
    data: Buffer.alloc(200_000),
  };
  for (let count = 0; count < 12; count += 1) writer.packet(packet);
  writer.close();
  const blocks = [
    formatSection({ comment: 'c', application: 'a' }),
    formatTlsSecrets('s'),
    formatInterface({ linkType: 1 }),
    formatInterface({ linkType: 101 }),
    ...Array.from({ length: 12 }, () => formatPacket(packet)),
  ];
  expect(fs.readFileSync(file).equals(Buffer.concat(blocks))).toBe(true);
});
