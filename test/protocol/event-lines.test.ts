import { describe, expect, test } from '@jest/globals';

import { formatEventLine, formatHeadLine, parseEventLine } from '../../src/protocol/event-lines.js';
import type { ChatEvent } from '../../src/protocol/events.js';

const message = (bytes: Buffer): ChatEvent<Buffer> => ({ type: 'message', from: 'client', text: bytes });

describe('an event as a line of JSON', () => {
  test('a message is read back as the same text', () => {
    for (const text of ['Hello', '', 'Ünïcødé 👋', '"quoted" \\ and \t tabs', '\u2028\u202e\u0007']) {
      expect(parseEventLine(formatEventLine(message(Buffer.from(text)), ''))).toEqual({
        type: 'message',
        from: 'client',
        text,
      });
    }
  });

  test('for any bytes, only printable ASCII is written', () => {
    const line = formatEventLine(message(Buffer.from('\x1b[2J\u009b31m\u202eabc\u{e0041}\x7f 👋')), '');
    expect(line).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(line).text).toBe('\x1b[2J\u009b31m\u202eabc\u{e0041}\x7f 👋');
  });

  test('bytes that are not UTF-8 are given beside the text', () => {
    expect(JSON.parse(formatEventLine(message(Buffer.from([0x41, 0xff])), ''))).toEqual({
      type: 'message',
      from: 'client',
      text: 'A\ufffd',
      hex: '41ff',
    });
  });

  test('a problem has a sentence, and no other event has one', () => {
    expect(JSON.parse(formatEventLine({ type: 'lost', cause: 'ECONNRESET' }, 'It broke'))).toEqual({
      type: 'lost',
      cause: 'ECONNRESET',
      says: 'It broke',
    });
    expect(JSON.parse(formatEventLine({ type: 'over', ok: true }, 'ignored'))).toEqual({ type: 'over', ok: true });
  });

  test.each(['', 'Warning: something', '{', '[]', 'null', '1', '{"no":"type"}', formatHeadLine('client', 'tls')])(
    '%j is not an event',
    (line) => {
      expect(parseEventLine(line)).toBeNull();
    },
  );
});
