/**
 * The dissector in tshark agrees with `inspect` field by field, however TCP cuts the bytes. No bytes cause a Lua error.
 */
import fs from 'node:fs';
import path from 'node:path';

import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { INTEGRITY_NAMES } from '../../src/protocol/integrity.js';
import { parseKeyLog } from '../../src/protocol/keylog.js';
import { parseToken } from '../../src/protocol/token.js';
import { client, pcapOf, server as serverPacket } from '../eavesdropper/wire.js';
import { tsharkWarnings } from '../packets/tshark.js';
import { describeWithTool } from '../tools.js';
import { dissect, tsharkWithDissector, written, type ShownLine } from './dissection.js';
import { SERVER_PORT, packetsOf, payloadsOf, record, recut, type Payload, type Recorded } from './recorded.js';
import type { CaptureFindings, SeenMessage } from '../../src/eavesdropper/findings/findings.js';
import { openerWith } from '../../src/keyholder/opening.js';

/** A conversation from `inspect`, with the field names of the dissector. */
function expected({ conversations }: CaptureFindings): { handshake: object; messages: object[] } {
  const conversation = conversations[0]!;
  const { hello, publicKey, sessionKey, errors } = conversation.handshake ?? {
    hello: null,
    publicKey: null,
    sessionKey: null,
    errors: [],
  };
  return {
    handshake: {
      integrity: hello?.integrity,
      bits: publicKey?.bits?.toString(),
      fingerprint: publicKey?.fingerprint,
      envelopeBytes: sessionKey?.envelopeBytes.toString(),
      errors: errors.map(({ code }) => code),
    },
    messages: conversation.messages.map((message) => expectedMessage(message, hello?.integrity)),
  };
}

function expectedMessage(message: SeenMessage, integrity: string | undefined): object {
  const common = { number: String(message.number), side: message.place.side, frame: message.place.lastFrame };
  if (message.kind === 'readable') return { ...common, text: message.text };
  const { token, check, opened } = message;
  const { iv, ciphertext, hmac } = parseToken(token.text);
  return {
    ...common,
    token: token.text,
    characters: String(token.characters),
    created: token.created,
    version: '0x80',
    iv: bytesAsShown(iv),
    ciphertext: bytesAsShown(ciphertext),
    ciphertextBytes: String(token.ciphertextBytes),
    hmac: bytesAsShown(hmac),
    least: String(token.textBytes.least),
    most: String(token.textBytes.most),
    check,
    kind: integrity,
    opened: opened?.ok === true ? opened.text : undefined,
  };
}

function shown(lines: readonly ShownLine[]): ReturnType<typeof expected> {
  const first = (name: string): string | undefined =>
    lines.find(({ fields }) => fields[name] !== undefined)?.fields[name];
  return {
    handshake: {
      integrity: first('servchat.integrity'),
      bits: first('servchat.public_key.bits'),
      fingerprint: first('servchat.public_key.fingerprint'),
      envelopeBytes: first('servchat.envelope.bytes'),
      errors: lines.flatMap(({ fields }) => fields['servchat.error'] ?? []),
    },
    messages: lines.filter(({ fields }) => fields['servchat.message.number'] !== undefined).map(shownMessage),
  };
}

function shownMessage({ frame, fields }: ShownLine): object {
  const common = { number: fields['servchat.message.number'], side: fields['servchat.side'], frame };
  if (fields['servchat.kind'] === 'TEXT') return { ...common, text: fields['servchat.text'] };
  return {
    ...common,
    token: fields['servchat.token'],
    characters: fields['servchat.token.characters'],
    created: Date.parse((fields['servchat.token.time'] ?? '').replace('.000000000', '')) / 1000,
    version: fields['servchat.token.version'],
    iv: fields['servchat.token.iv'],
    ciphertext: fields['servchat.token.ciphertext'],
    ciphertextBytes: fields['servchat.token.ciphertext.bytes'],
    hmac: fields['servchat.token.hmac'],
    least: fields['servchat.token.least'],
    most: fields['servchat.token.most'],
    check: fields['servchat.check'],
    kind: fields['servchat.check.kind'],
    opened: fields['servchat.opened'],
  };
}

function bytesAsShown(bytes: Buffer): string {
  return bytes.toString('hex').replace(/..(?=.)/g, '$&:');
}

describeWithTool('tshark', 'the dissector', () => {
  const recorded = new Map<string, Recorded>();
  beforeAll(async () => {
    const modes = [['plaintext', undefined], ...INTEGRITY_NAMES.map((name) => ['encrypted', name] as const)] as const;
    await Promise.all(
      modes.map(async ([mode, integrity]) => recorded.set(integrity ?? mode, await record(mode, integrity))),
    );
  });
  const recording = (name: string): Recorded => recorded.get(name)!;

  test.each(['plaintext', ...INTEGRITY_NAMES])('says the same about a new chat as inspect: %s', async (name) => {
    const { capture } = recording(name);
    const { findings } = await inspectCapture(capture);
    // On another port than servchat's: an encrypted chat is recognized by its lines.
    const lines = dissect(capture, name === 'plaintext' ? ['-o', `servchat.port:${SERVER_PORT}`] : []);
    expect(shown(lines)).toEqual(expected(findings));
    expect(shown(lines).messages).toHaveLength(7);
    expect(lines.flatMap(({ experts }) => experts)).toEqual(
      name === 'plaintext' ? Array(7).fill('Anyone on the way reads this text') : [],
    );
  });

  test('says the same about the samples as inspect', async () => {
    for (const name of ['plaintext', 'encrypted']) {
      const capture = `captures/samples/${name}.pcap`;
      const { findings } = await inspectCapture(capture, {
        opener: await openerWith(parseKeyLog(fs.readFileSync('captures/samples/encrypted.keylog', 'utf8'))),
      });
      const said = shown(dissect(capture, ['-o', 'servchat.keylog:captures/samples/encrypted.keylog']));
      expect(said).toEqual(expected(findings));
      expect(said.messages).toContainEqual(
        expect.objectContaining({ [name === 'plaintext' ? 'text' : 'opened']: 'Nice to Meet you' }),
      );
    }
  });

  test.each(INTEGRITY_NAMES)(
    'with the key log it decrypts each token and verifies both signatures: %s',
    async (name) => {
      const { capture, keyLog } = recording(name);
      const { findings } = await inspectCapture(capture, {
        opener: await openerWith(parseKeyLog(fs.readFileSync(keyLog, 'utf8'))),
      });
      const lines = dissect(capture, ['-o', `servchat.keylog:${keyLog}`]);
      expect(shown(lines)).toEqual(expected(findings));
      expect(findings.conversations[0]!.opening).toEqual({ keyFound: true, verified: 7, refused: 0 });
      const messages = lines.filter(({ fields }) => fields['servchat.kind'] === 'MESSAGE');
      expect(messages).toHaveLength(7);
      for (const { fields } of messages) {
        // tshark 4.0 writes 1, later versions true.
        expect(
          [fields['servchat.check.good'], fields['servchat.token.hmac.good']].map((value) =>
            /^(1|true)$/i.test(value!),
          ),
        ).toEqual([true, true]);
      }
    },
  );

  test('a capture without errors gives no warning and no error', () => {
    for (const name of ['plaintext', 'hmac-sha256-seq']) {
      const port = name === 'plaintext' ? ['-o', `servchat.port:${SERVER_PORT}`] : [];
      expect(tsharkWithDissector(['-r', recording(name).capture, ...port, '-q', '-z', 'expert,warn']).trim()).toBe('');
      expect(tsharkWarnings(recording(name).capture)).toBe('');
    }
  });

  test.each(['plaintext', 'hmac-sha256-seq'])(
    'frames that TCP split and joined are reassembled, in both passes: %s',
    async (name) => {
      const payloads = await payloadsOf(recording(name).capture);
      const lines = payloads.reduce((count, { bytes }) => count + bytes.filter((byte) => byte === 0x0a).length, 0);
      for (const [index, pieceLength] of [
        (): number => 65_000,
        (): number => 7,
        (at: number): number => [1, 90, 400, 3][at % 4]!,
      ].entries()) {
        const file = written(`cut-${index}.pcap`, pcapOf(packetsOf(recut(payloads, pieceLength))));
        const { findings } = await inspectCapture(file);
        expect(findings.conversations[0]!.messages).toHaveLength(7);
        for (const passes of [[], ['-2']]) {
          const dissected = dissect(file, passes);
          expect(shown(dissected)).toEqual(expected(findings));
          // Each line is shown once, and not again with the packet that ends the next line.
          expect(dissected.filter(({ fields }) => fields['servchat.kind'] !== undefined)).toHaveLength(lines);
        }
      }
    },
  );

  test('a side that sends everything at once, in packets that end within lines', async () => {
    const payloads = await payloadsOf(recording('hmac-sha256-seq').capture);
    const inTurn = (['client', 'server'] as const).flatMap((wanted) => payloads.filter(({ side }) => side === wanted));
    const file = written('at-once.pcap', pcapOf(packetsOf(recut(inTurn, () => 300))));
    const { findings } = await inspectCapture(file);
    expect(findings.conversations[0]!.messages).toHaveLength(7);
    expect(shown(dissect(file))).toEqual(expected(findings));
    expect(shown(dissect(file, ['-2']))).toEqual(expected(findings));
  });

  test('packets out of order are put in order, if Wireshark’s preference says so', async () => {
    const packets = packetsOf(recut(await payloadsOf(recording('sha256').capture), () => 200));
    const swapped = packets.map((packet, index) => (index === 1 || index === 2 ? packets[3 - index]! : packet));
    const inOrder = written('in-order.pcap', pcapOf(packets));
    const outOfOrder = written('out-of-order.pcap', pcapOf(swapped));
    const withoutFrames = (lines: readonly ShownLine[]): object[] =>
      shown(lines).messages.map((message) => ({ ...message, frame: 0 }));
    const lines = dissect(outOfOrder, ['-o', 'tcp.reassemble_out_of_order:TRUE']);
    expect(withoutFrames(lines)).toEqual(withoutFrames(dissect(inOrder)));
    expect(lines.flatMap(({ experts }) => experts)).toEqual([]);
  });

  test('a repeated message is a replay, and a changed one does not verify', async () => {
    const { capture, keyLog } = recording('hmac-sha256');
    const payloads = await payloadsOf(capture);
    const messages = payloads.filter(({ bytes }) => bytes.subarray(0, 8).equals(Buffer.from('MESSAGE ')));
    const changed = Buffer.from(messages[0]!.bytes);
    changed[60] = changed[60] === 0x41 ? 0x42 : 0x41;
    const made = [...payloads, messages[2]!, { side: 'client' as const, bytes: changed }];
    const file = written('replay.pcap', pcapOf(packetsOf(made)));
    const lines = dissect(file, ['-o', `servchat.keylog:${keyLog}`]);
    const frame = payloads.indexOf(messages[2]!) + 1;
    expect(lines.slice(-2).map(({ experts }) => experts)).toEqual([
      [`This check came before, in frame ${frame}: the message was sent again, a replay`],
      [
        "The token's own HMAC is wrong",
        'The check is wrong: the message was changed',
        expect.stringContaining('a replay'),
      ],
    ]);
    expect(lines.at(-1)!.fields['servchat.opened']).toBeUndefined();
    expect(lines.slice(0, -2).flatMap(({ experts }) => experts)).toEqual([]);
  });

  test('a wrong key log is reported and decrypts nothing', () => {
    const { capture } = recording('hmac-sha256');
    const damaged = written(
      'damaged.keylog',
      Buffer.from('# comment\nCLIENT_RANDOM 00 11\nSERVCHAT_SESSION_KEY 12 34\n'),
    );
    for (const [keyLog, complaint] of [
      [damaged, 'Line 3 of the key log is damaged'],
      [path.join(path.dirname(damaged), 'nothing'), 'Cannot read the key log'],
      [path.dirname(damaged), 'Cannot read the key log'],
    ] as const) {
      const lines = dissect(capture, ['-o', `servchat.keylog:${keyLog}`]);
      expect(lines.at(-1)!.experts).toEqual([expect.stringContaining(complaint)]);
      expect(lines.some(({ fields }) => fields['servchat.opened'] !== undefined)).toBe(false);
    }
  });

  test('a flood of short lines is shown in part, and the lines after it keep their numbers', () => {
    const flood = Buffer.from('a\n'.repeat(30_000));
    const says = (bytes: Buffer): Payload => ({ side: 'client', bytes });
    const file = written(
      'flood.pcap',
      pcapOf(packetsOf([...Array.from({ length: 20 }, () => says(flood)), says(Buffer.from('after\n'))])),
    );
    const lines = dissect(file).filter(({ fields }) => fields['servchat.kind'] === 'TEXT');
    expect(lines.at(-1)!.fields).toMatchObject({
      'servchat.text': 'after',
      'servchat.message.number': String(20 * 30_000 + 1),
    });
    expect(lines.length).toBeGreaterThan(20 * 50);
    expect(lines.length).toBeLessThan(20 * 1000);
    // Each packet gives the number of lines that it does not show. With those that are shown, that makes all of them.
    const list = tsharkWithDissector(['-r', file, '-V', '-2']);
    const notShown = [...list.matchAll(/^servchat, (\d+) more lines, not shown$/gm)].map(([, count]) => Number(count));
    expect(notShown).toHaveLength(20);
    expect(notShown.reduce((sum, count) => sum + count, 0) + lines.length - 1).toBe(20 * 30_000);
  });

  test('after lines that were not read, no sequence number is shown', async () => {
    const { capture, keyLog } = recording('hmac-sha256-seq');
    const payloads = await payloadsOf(capture);
    const isMessage = ({ side, bytes }: Payload): boolean =>
      side === 'client' && bytes.subarray(0, 8).equals(Buffer.from('MESSAGE '));
    const first = payloads.findIndex(isMessage);
    const flood = { side: 'client' as const, bytes: Buffer.from('ERROR x\n'.repeat(2_000)) };
    const file = written(
      'flooded.pcap',
      pcapOf(packetsOf([...payloads.slice(0, first), flood, ...payloads.slice(first)])),
    );
    const messages = dissect(file, ['-o', `servchat.keylog:${keyLog}`]).filter(
      ({ fields }) => fields['servchat.kind'] === 'MESSAGE',
    );
    const bySide = (side: string): unknown[] =>
      messages
        .filter(({ fields }) => fields['servchat.side'] === side)
        .map(({ fields }) => fields['servchat.check.sequence']);
    expect(new Set(bySide('client'))).toEqual(new Set([undefined]));
    expect(bySide('server')).toEqual(bySide('server').map((_, index) => String(index)));
    expect(messages.flatMap(({ experts }) => experts)).toEqual([]);
  });

  test('errors and malformed frames are marked', () => {
    const says = (side: Payload['side'], text: string): Payload => ({ side, bytes: Buffer.from(text, 'latin1') });
    const lines = dissect(
      written(
        'malformed.pcap',
        pcapOf(
          packetsOf([
            says('client', 'HELLO servchat/1 md5\nPUBLIC-KEY AAAA\nPUBLIC-KEY AAA\nPUBLIC-KEY AAB=\n'),
            says(
              'server',
              'SESSION-KEY QQ==\nSESSION-KEY\nMESSAGE a b\nHELLO servchat/2 x\nwords in clear\n\xff\nERROR rejected\nERROR no\x1bsuch\n',
            ),
          ]),
        ),
      ),
    );
    expect(lines.map(({ fields, experts }) => [fields['servchat.kind'], experts.at(-1)])).toEqual([
      ['HELLO', undefined],
      ['PUBLIC-KEY', 'This is not an RSA public key'],
      ['PUBLIC-KEY', 'Malformed: the field of PUBLIC-KEY is not strict base64'],
      ['PUBLIC-KEY', 'Malformed: the field of PUBLIC-KEY is not strict base64'],
      ['SESSION-KEY', undefined],
      ['SESSION-KEY', 'Malformed: SESSION-KEY takes one field'],
      ['MESSAGE', 'Malformed: the token of MESSAGE is not strict base64url'],
      ['HELLO', 'Malformed: HELLO announces another version than servchat/1'],
      ['TEXT', 'Sent unencrypted in an encrypted chat'],
      ['MALFORMED', 'Malformed: the line is not UTF-8'],
      ['ERROR', 'The other side, or someone between, said this'],
      ['ERROR', 'The other side, or someone between, said this, a code that the protocol does not have'],
    ]);
    expect(lines.at(-1)!.fields['servchat.error']).toBe('no\x1bsuch');
  });

  test('TLS on our port is left to the TLS dissector', () => {
    const hello = Buffer.from('16030100050100000100', 'hex');
    const file = written('tls.pcap', pcapOf(packetsOf([{ side: 'client', bytes: hello }])));
    expect(dissect(file)).toEqual([]);
    expect(tsharkWithDissector(['-r', file, '-T', 'fields', '-e', 'frame.protocols'])).toContain('tls');
  });

  test('no bytes cause a Lua error: random bytes, frames damaged at every place, lines without an end', async () => {
    const { capture, keyLog } = recording('hmac-sha256-seq');
    const lines = (await payloadsOf(capture)).map(({ bytes }) => bytes);
    const damagedLine = fc
      .tuple(fc.constantFrom(...lines), fc.nat(), fc.uint8Array({ maxLength: 12 }), fc.nat({ max: 40 }))
      .map(([line, at, insert, removed]) => {
        const from = at % (line.length + 1);
        return Buffer.concat([line.subarray(0, from), insert, line.subarray(from + removed)]);
      });
    const noise = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    const words = fc
      .array(
        fc.constantFrom(
          'HELLO',
          'PUBLIC-KEY',
          'SESSION-KEY',
          'MESSAGE',
          'ERROR',
          ' ',
          '\n',
          '\r',
          '\0',
          'servchat/1',
          'gAAAAA==',
          '====',
          'MII',
          '0'.repeat(64),
          'é',
          '\u202e',
        ),
        { maxLength: 12 },
      )
      .map((parts) => Buffer.from(parts.join('')));
    const [packets] = fc.sample(
      fc.array(fc.tuple(fc.nat({ max: 80 }), fc.boolean(), fc.oneof(damagedLine, damagedLine, noise, words)), {
        minLength: 3000,
        maxLength: 3000,
        size: 'max',
      }),
      1,
    );
    const next = new Map<string, number>();
    // This way most of them are read as encrypted chats.
    const greetings = Array.from({ length: 60 }, (_, conversation) => [conversation, true, lines[0]!] as const);
    const endless = Array.from({ length: 3 }, () => [100, true, Buffer.alloc(40_000, 0x78)] as const);
    const made = [...greetings, ...packets!, ...endless].flatMap(([conversation, fromClient, bytes]) => {
      if (bytes.length === 0) return [];
      const clientPort = 20_000 + conversation;
      const key = `${conversation} ${fromClient}`;
      const sequence = next.get(key) ?? 1;
      next.set(key, sequence + bytes.length);
      return [
        fromClient
          ? client(sequence, 1, 'PA', bytes, { clientPort })
          : serverPacket(sequence, 1, 'PA', bytes, { clientPort }),
      ];
    });
    const file = written('noise.pcap', pcapOf(made));
    // -V draws every tree. The helper checks standard error.
    const output = tsharkWithDissector(['-r', file, '-V', '-2', '-o', `servchat.keylog:${keyLog}`]);
    expect(output).not.toContain('The dissector failed');
    expect(output).not.toContain('Lua Error');
    expect(output).toContain('A line has at most 65536 bytes');
    expect(output.match(/Kind: MESSAGE/g)!.length).toBeGreaterThan(100);
  });
});
