/** What is made to cost much costs no more than a few times what other bytes cost. */
import { expect } from '@jest/globals';
import * as zlib from 'node:zlib';
import { noise } from '../chats.js';
import { all, judged, messagesIn } from './told.js';
import { processorMs } from '../../processor-time.js';
import { longTest, longTestEach } from '../../tools.js';

const LENGTH = 2 ** 17;

function filled(unit: Buffer | string, before: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([before, Buffer.alloc(LENGTH, unit)]);
}

function withLength(message: Buffer): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(message.length);
  return Buffer.concat([prefix, message]);
}

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
const WEBSOCKET = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');
const CHUNKED = Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n');
const SAID = Buffer.concat(['Hello there', 'how are you', 'fine, thanks'].map((text) => withLength(Buffer.from(text))));
const zeros = zlib.gzipSync(Buffer.alloc(2 ** 24));

const COSTLY: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['headers of zlib', filled(hex('789c'))],
  ['headers of gzip', filled(hex('1f8b0800000000000003'))],
  ['messages of one letter in zlib', filled(zlib.deflateSync('a'))],
  ['gzip in gzip in gzip', filled(zlib.gzipSync(zlib.gzipSync(zlib.gzipSync('ab'))))],
  ['gzip of zeros', filled(zeros)],
  ['gzip of gzip of zeros', filled(zlib.gzipSync(zeros))],
  ['blocks of nothing', filled(hex('000000ffff'), hex('789c'))],
  ['heads of HTTP', filled('HTTP/1.1 200 OK\r\n\r\n')],
  [
    'heads of HTTP and bodies that are not packed',
    filled('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx'),
  ],
  ['chunks of one byte', filled('1\r\nx\r\n', CHUNKED)],
  ['lengths of WebSocket of 2^63', filled(hex('827f8000000000000000'), WEBSOCKET)],
  ['pings', filled(hex('8900'), WEBSOCKET)],
  ['fragments of one byte', filled(hex('000141'), Buffer.concat([WEBSOCKET, hex('010141')]))],
  ['packed frames of nothing', filled(hex('c10100'), WEBSOCKET)],
  ['messages of one byte', filled(hex('0000000190'), SAID)],
  ['messages that are almost pickles', filled(withLength(Buffer.concat([hex('8004'), Buffer.alloc(200, '(')])), SAID)],
  ['messages in messages', filled(withLength(withLength(withLength(withLength(hex('00ff'))))), SAID)],
  [
    'messages in zlib in messages',
    filled(withLength(zlib.deflateSync(withLength(zlib.deflateSync(withLength(hex('00ff')))))), SAID),
  ],
  ['arrays in arrays', filled(hex('91'))],
  [
    'sequences in sequences',
    filled(Buffer.concat(Array.from({ length: 60 }, (_, index) => Buffer.from([0x30, 118 - 2 * index])))),
  ],
  ['marks of pickle', filled('(', hex('8004'))],
  ['resets of Java', filled(hex('79'), hex('aced0005'))],
  ['fields of protobuf', filled(hex('0a0141'))],
  ['letters and zeros', filled(hex('616200'))],
  ['random bytes', noise(LENGTH)],
];

longTestEach(COSTLY, '%s', (_, bytes) => {
  const started = processorMs();
  expect(all(judged(bytes, 2048))).toBe(bytes.length);
  messagesIn(bytes);
  // Twice an eighth of a megabyte. The slowest takes a quarter of a second on a quiet machine; this one may be busy.
  expect(processorMs() - started).toBeLessThan(6000);
});

longTest('a packed message of WebSocket that is long and damaged is not held', () => {
  const content = noise(2 ** 23);
  // Such a block does not exist (RFC 1951, section 3.2.3).
  content[0] = 0x07;
  const header = hex('c27f0000000000800000');
  const started = processorMs();
  const told = judged(Buffer.concat([WEBSOCKET, header, content]), 65_536);
  expect(told.notUnpacked?.[0]).toMatchObject({ as: 'permessage-deflate', why: 'damaged' });
  expect(processorMs() - started).toBeLessThan(6000);
});
