import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { inspectCapture, type Find } from '../../src/eavesdropper/inspect.js';
import { inspectionTable } from '../../src/faces/inspection-table.js';
import {
  CONVERSATION,
  CREATED,
  FINGERPRINT,
  captureOf,
  conversationOf,
  encryptedChat,
  handshake,
  noise,
  plaintextChat,
  withFiles,
} from './chats.js';
import { client, fragmentsOf, frameOf, pcapOf, pcapOfFrames, server, timeOf } from './wire.js';
import type { CaptureFindings, SeenMessage } from '../../src/eavesdropper/findings/findings.js';
import type { Capture } from '../../src/eavesdropper/inspect.js';
import type { Sent } from './chats.js';

async function inspected(bytes: Buffer): Promise<Capture> {
  return withFiles({ 'made.pcap': bytes }, (path) => inspectCapture(path('made.pcap')));
}

async function findingsOf(bytes: Buffer): Promise<CaptureFindings> {
  return (await inspected(bytes)).findings;
}

/** The messages of the first conversation, with their sides. */
function said(messages: readonly SeenMessage[]): string[] {
  return messages.map(
    (message) =>
      `${message.place.side}: ${message.kind === 'readable' ? message.text : `[${message.token.characters}]`}`,
  );
}

describe('a plaintext chat', () => {
  test('can be read as it was typed, in order, with frame and offset', async () => {
    const { conversations } = await findingsOf(captureOf(plaintextChat(CONVERSATION)));
    expect(conversations).toHaveLength(1);
    const [chat] = conversations;
    expect(chat!.mode).toBe('plaintext');
    expect(chat!.handshake).toBeNull();
    expect(said(chat!.messages)).toEqual(CONVERSATION.map(({ side, text }) => `${side}: ${text}`));
    expect(chat!.messages[2]).toEqual({
      kind: 'readable',
      number: 3,
      // After `Hello` and its LF. Three packets open the connection, and two messages come before.
      place: { conversation: 0, side: 'client', offset: 6, frame: 6, lastFrame: 6, time: timeOf(5) },
      text: 'I am from cyber security department',
    });
  });

  test('has its sides, times and lengths', async () => {
    const { conversations, ...file } = await findingsOf(
      captureOf([
        { side: 'client', bytes: 'Hello\n' },
        { side: 'server', bytes: 'Hi\n' },
      ]),
    );
    expect(file).toMatchObject({ linkType: { number: 101 }, packets: 5, damage: null, otherPackets: {} });
    expect(conversations[0]).toMatchObject({
      number: 0,
      client: { address: '10.0.0.1', port: 40_000 },
      server: { address: '10.0.0.2', port: 4747 },
      frames: 5,
      started: timeOf(0),
      ended: timeOf(4),
      streams: {
        client: { bytes: 6, sha256: createHash('sha256').update('Hello\n').digest('hex'), missing: 0, conflicts: 0 },
        server: { bytes: 3, sha256: createHash('sha256').update('Hi\n').digest('hex'), missing: 0, conflicts: 0 },
      },
      opening: null,
    });
  });

  const cases: readonly { name: string; sent: readonly Sent[]; messages: readonly string[] }[] = [
    {
      name: 'two lines in one packet',
      sent: [{ side: 'client', bytes: 'a\nb\n' }],
      messages: ['client: a', 'client: b'],
    },
    {
      name: 'a line in three packets',
      sent: ['H', 'i', '\n'].map((bytes) => ({ side: 'client', bytes })),
      messages: ['client: Hi'],
    },
    {
      name: 'CR before LF is no part of the text',
      sent: [{ side: 'client', bytes: 'a\r\nb\rc\n' }],
      messages: ['client: a', 'client: b\rc'],
    },
    {
      name: 'a line without its end',
      sent: [{ side: 'client', bytes: 'a\nEx' }],
      messages: ['client: a', 'client: Ex'],
    },
    {
      name: 'an empty message',
      sent: [{ side: 'client', bytes: 'a\n\nb\n' }],
      messages: ['client: a', 'client: ', 'client: b'],
    },
    {
      name: 'a line that is no UTF-8 does not hide the others',
      sent: [{ side: 'client', bytes: Buffer.from('a whole line\n\xff\n', 'latin1') }],
      messages: ['client: a whole line', 'client: \ufffd'],
    },
    {
      name: 'control characters stay as they are: showing them is another’s work',
      sent: [{ side: 'client', bytes: '\x1b[2J\n' }],
      messages: ['client: \x1b[2J'],
    },
    {
      name: 'a HELLO that is not the first line is a message',
      sent: [{ side: 'client', bytes: 'see:\nHELLO servchat/1 sha256\n' }],
      messages: ['client: see:', 'client: HELLO servchat/1 sha256'],
    },
  ];

  test.each(cases)('$name', async ({ sent, messages }) => {
    const { conversations } = await findingsOf(captureOf(sent));
    expect([conversations[0]!.mode, said(conversations[0]!.messages)]).toEqual(['plaintext', messages]);
  });

  test('blanks that fill a message up to a size are told, and not shown', async () => {
    const sent = ['Hello', 'I am from Köln '].map((text): Sent => {
      const bytes = Buffer.from(text);
      return { side: 'client', bytes: Buffer.concat([bytes, Buffer.alloc(1024 - bytes.length, ' ')]) };
    });
    const answer: Sent = { side: 'server', bytes: 'two blanks  ' };
    const { conversations } = await findingsOf(captureOf(sent.flatMap((each) => [each, answer])));
    const [first, second, third] = conversations[0]!.messages;
    expect(first).toMatchObject({ text: 'Hello', padding: 1019 });
    expect(second).toMatchObject({ text: 'two blanks  ' });
    expect(second).not.toHaveProperty('padding');
    expect(third).toMatchObject({ text: 'I am from Köln', padding: 1009 });
  });

  test('missing bytes cut a line in two, and the rest is still read', async () => {
    const packets = conversationOf(['Hel', 'lo\nI am ', 'here\nBye\n'].map((bytes) => ({ side: 'client', bytes })));
    const { conversations } = await findingsOf(pcapOf(packets.filter(({ data }) => data !== 'lo\nI am ')));
    expect(said(conversations[0]!.messages)).toEqual(['client: Hel', 'client: here', 'client: Bye']);
    expect(conversations[0]!.streams.client.missing).toBe('lo\nI am '.length);
  });

  test('lines of one side that were captured out of order are shown in the order of sending', async () => {
    const packets = conversationOf(['one\n', 'two\n', 'three\n'].map((bytes) => ({ side: 'client', bytes })));
    const [two, three] = [packets[4]!, packets[5]!];
    const { conversations } = await findingsOf(
      pcapOf([...packets.slice(0, 4), three, server(501, 105, 'PA', 'Hi\n'), two]),
    );
    expect(said(conversations[0]!.messages)).toEqual(['client: one', 'server: Hi', 'client: two', 'client: three']);
  });
});

describe('an encrypted chat', () => {
  test('shows its handshake, and for each message its side, time and length', async () => {
    const { conversations } = await findingsOf(captureOf(encryptedChat(CONVERSATION)));
    const [chat] = conversations;
    expect(chat!.mode).toBe('encrypted');
    const { hello, publicKey, sessionKey, errors } = chat!.handshake!;
    expect(hello).toMatchObject({ integrity: 'hmac-sha256-seq', place: { side: 'client', offset: 0, frame: 4 } });
    expect(publicKey).toMatchObject({ bits: 2048, fingerprint: FINGERPRINT, place: { side: 'client', frame: 5 } });
    expect(sessionKey).toMatchObject({ envelopeBytes: 256, place: { side: 'server', offset: 0, frame: 6 } });
    expect(errors).toEqual([]);
    // Fernet adds 57 bytes and pads to 16. These facts are from the format, not from our code.
    const characters = (text: string): number => 4 * Math.ceil((57 + 16 * (Math.floor(text.length / 16) + 1)) / 3);
    expect(said(chat!.messages)).toEqual(CONVERSATION.map(({ side, text }) => `${side}: [${characters(text)}]`));
    expect(chat!.messages[4]).toMatchObject({
      kind: 'sealed',
      token: { created: CREATED, ciphertextBytes: 32, textBytes: { least: 16, most: 31 } },
      opened: null,
    });
  });

  const one = encryptedChat([{ side: 'client', text: 'Hello' }]);

  test('is recognized by its tokens, if the capture starts later', async () => {
    const sent = encryptedChat(CONVERSATION).slice(5);
    const packets = conversationOf(sent).slice(3);
    const { conversations } = await findingsOf(pcapOf(packets));
    expect(conversations[0]).toMatchObject({
      mode: 'encrypted',
      handshake: { hello: null, publicKey: null, sessionKey: null },
    });
    expect(conversations[0]!.messages).toHaveLength(7);
  });

  test('a token that is pasted into a plaintext chat does not make the chat encrypted', async () => {
    const { conversations } = await findingsOf(
      captureOf([{ side: 'client', bytes: 'look:\n' }, one[3]!, { side: 'server', bytes: 'nice\n' }]),
    );
    expect(conversations[0]!.mode).toBe('plaintext');
  });

  test('its errors are shown as they are on the wire', async () => {
    const { conversations } = await findingsOf(
      captureOf([...one, { side: 'server', bytes: 'ERROR rejected\nERROR \x1b[2J\n' }]),
    );
    expect(conversations[0]!.handshake!.errors.map(({ code }) => code)).toEqual(['rejected', '\x1b[2J']);
  });

  test('a peer in plaintext mode can be read', async () => {
    const { conversations } = await findingsOf(captureOf([one[0]!, { side: 'server', bytes: 'who are you?\n' }]));
    expect(said(conversations[0]!.messages)).toEqual(['server: who are you?']);
  });

  test('a MESSAGE that is not a valid frame is not a typed message', async () => {
    const { conversations } = await findingsOf(
      captureOf([...handshake('sha256'), { side: 'client', bytes: 'MESSAGE gAAA= 00\n' }]),
    );
    expect(conversations[0]).toMatchObject({ mode: 'encrypted', messages: [] });
  });

  test('a PUBLIC-KEY that is not a key', async () => {
    const { conversations } = await findingsOf(
      captureOf([one[0]!, { side: 'client', bytes: `PUBLIC-KEY ${noise(90).toString('base64')}\n` }]),
    );
    expect(conversations[0]!.handshake!.publicKey).toMatchObject({
      bits: null,
      fingerprint: createHash('sha256').update(noise(90)).digest('hex'),
    });
  });
});

describe('neither mode', () => {
  test.each([
    ['nobody sent anything', []],
    ['binary', [{ side: 'client', bytes: noise(2000) }]],
  ] as [string, Sent[]][])('%s', async (_, sent) => {
    const { conversations } = await findingsOf(captureOf(sent));
    expect(conversations[0]).toMatchObject({ mode: 'unknown', handshake: null, messages: [] });
  });
});

describe('damage', () => {
  test('cut at each byte: everything before the cut is reported, and only a file without a header throws', async () => {
    const whole = captureOf(encryptedChat(CONVERSATION.slice(0, 2)));
    const { packets } = await findingsOf(whole);
    let before = 0;
    for (let length = 24; length < whole.length; length += 7) {
      const findings = await findingsOf(whole.subarray(0, length));
      expect(findings.packets).toBeGreaterThanOrEqual(before);
      before = findings.packets;
      if (findings.damage !== null) expect(findings.damage.packet).toBe(findings.packets + 1);
    }
    expect(before).toBe(packets - 1);
  });

  test('any byte changed: the file is read', async () => {
    const whole = captureOf(encryptedChat(CONVERSATION.slice(0, 2)));
    for (let at = 24; at < whole.length; at += 5) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 0x41;
      const { packets, damage } = await findingsOf(changed);
      expect(damage === null ? packets : damage.packet).toBeLessThanOrEqual(whole.length / 56);
    }
  });
});

describe('packets in fragments', () => {
  const frames = conversationOf(plaintextChat(CONVERSATION)).map((packet) => frameOf(packet));
  const opening = frames.slice(0, 3);
  const cut = frames.slice(3).map((frame, index) => fragmentsOf(frame, 16, index));

  test('are read and counted, in any order', async () => {
    const { conversations, contents } = await findingsOf(
      pcapOfFrames([...opening, ...cut.flatMap((fragments) => fragments.toReversed())]),
    );
    expect(said(conversations[0]!.messages)).toEqual(CONVERSATION.map(({ side, text }) => `${side}: ${text}`));
    expect(contents.fragments).toEqual({ reassembled: CONVERSATION.length, incomplete: 0, conflicts: 0, bad: 0 });
  });

  test('are counted as an incomplete packet, if one is lost', async () => {
    const { contents } = await findingsOf(pcapOfFrames([...opening, ...cut[0]!.slice(1), ...cut.slice(1).flat()]));
    expect(contents.fragments).toEqual({ reassembled: CONVERSATION.length - 1, incomplete: 1, conflicts: 0, bad: 0 });
  });

  test('are not mentioned, if there are none', async () => {
    expect((await findingsOf(pcapOfFrames(frames))).contents).not.toHaveProperty('fragments');
  });
});

describe('texts looked for', () => {
  /** Looks for them as `servchat inspect --find` does: while it reads the capture. */
  const looked = (bytes: Buffer, find: readonly string[]): Promise<readonly Find[]> =>
    withFiles(
      { 'made.pcap': bytes },
      async (path) => (await inspectCapture(path('made.pcap'), { find, searchable: false })).finds,
    );

  test('found', async () => {
    const [found] = await looked(captureOf(plaintextChat(CONVERSATION)), ['Bye']);
    expect(found!.verdict).toMatchObject({
      readable: true,
      hit: { shape: 'as typed', meaning: 'text', place: { side: 'client', frame: 10 } },
      others: [{ shape: 'as typed', meaning: 'text', place: { side: 'server', frame: 11 } }],
    });
  });

  test('not found, and no control: one capture proves nothing', async () => {
    const [found, hello] = await looked(captureOf(encryptedChat(CONVERSATION)), ['Nice to Meet you', 'HELLO']);
    expect(found!.verdict).toMatchObject({ readable: false, control: { proves: false }, others: [] });
    expect(hello!.verdict).toMatchObject({
      readable: false,
      others: [{ meaning: 'protocol word', place: { frame: 4, offset: 0 } }],
    });
  });

  test('in all conversations of the file', async () => {
    const packets = [client(1, 0, 'PA', 'one\n'), client(1, 0, 'PA', 'two\n', { clientPort: 50_000 })];
    const [found] = await looked(pcapOf(packets), ['two']);
    expect(found!.verdict).toMatchObject({ readable: true, hit: { place: { conversation: 1, frame: 2 } } });
  });
});

test('a file that is not in order of time is reported as such', async () => {
  const packets = pcapOf([client(100, 0, 'S'), server(500, 101, 'SA'), client(101, 501, 'A', 'Hi\n')]);
  expect((await findingsOf(packets)).contents).not.toHaveProperty('outOfOrder');
  const records = [0, 1, 2].map((index) =>
    packets.subarray(24 + 56 * index, 24 + 56 * (index + 1) + (index === 2 ? 3 : 0)),
  );
  expect((await findingsOf(Buffer.concat([packets.subarray(0, 24), ...records.reverse()]))).contents.outOfOrder).toBe(
    2,
  );
});

describe('what was left unread', () => {
  const said = conversationOf([{ side: 'client', bytes: 'one\n' }]);

  test('turns “not found” into “cannot tell”: missing bytes, and a file that is cut', async () => {
    const gap = pcapOf([...said, client(205, 501, 'PA', 'two\n')]);
    const cut = pcapOf([...said, client(105, 501, 'PA', 'two\n')]).subarray(0, -2);
    for (const [bytes, among] of [
      [pcapOf(said), 'text'],
      [gap, 'unread'],
      [cut, 'unread'],
    ] as const) {
      await withFiles({ 'made.pcap': bytes }, async (path) => {
        const { finds, findings } = await inspectCapture(path('made.pcap'), { find: ['three', 'one'] });
        expect(finds.map((find) => [find.verdict.readable, find.among])).toEqual([
          [false, among],
          [true, among],
        ]);
        const page = inspectionTable(findings, finds, { width: 80, colour: false });
        expect(page.includes('“three”: cannot tell; not found in what was read')).toBe(among === 'unread');
        expect(page).toContain('“one”: readable');
      });
    }
  });
});

describe('a protocol that changes to TLS', () => {
  const record = (type: number, content: Buffer): Buffer =>
    Buffer.concat([Buffer.from([type, 3, 3, content.length >> 8, content.length & 0xff]), content]);
  const message = (type: number, body: Buffer): Buffer =>
    record(22, Buffer.concat([Buffer.from([type, 0, body.length >> 8, body.length & 0xff]), body]));
  /** RFC 5246, sections 7.4.1.2 and 7.4.1.3: version, random, an empty session ID, the suites, no compression. */
  const asks = message(1, Buffer.concat([Buffer.from([3, 3]), noise(32), Buffer.from('000002009c0100', 'hex')]));
  const chooses = (suite: string): Buffer =>
    message(2, Buffer.concat([Buffer.from([3, 3]), noise(32), Buffer.from(`00${suite}00`, 'hex')]));
  const seals = Buffer.concat([record(20, Buffer.from([1])), record(22, noise(40)), record(23, noise(60))]);

  test.each<[string, readonly Sent[], string | undefined, number]>([
    [
      'STARTTLS',
      [
        { side: 'server', bytes: '220 mail.example ESMTP\r\n' },
        { side: 'client', bytes: 'EHLO client.example\r\n' },
        { side: 'server', bytes: '250-mail.example\r\n250 STARTTLS\r\n' },
        { side: 'client', bytes: 'STARTTLS\r\n' },
        { side: 'server', bytes: '220 2.0.0 Ready to start TLS\r\n' },
      ],
      'SMTP',
      9,
    ],
    [
      // https://www.postgresql.org/docs/current/protocol-message-formats.html: SSLRequest, and the answer S.
      'SSLRequest of PostgreSQL',
      [
        { side: 'client', bytes: Buffer.from('0000000804d2162f', 'hex') },
        { side: 'server', bytes: 'S' },
      ],
      undefined,
      6,
    ],
    [
      // https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html: SSLRequest.
      'SSLRequest of MySQL',
      [
        {
          side: 'server',
          bytes: mysqlPacket(
            0,
            '0a', // protocol version 10
            Buffer.from('8.0.36\0').toString('hex'),
            '2a000000', // thread
            '5e2a7b3c4d5e6f70',
            '00',
            'ffff', // capabilities; among them SSL
            'ff',
            '0200',
            'ffdf',
            '15',
            '00000000000000000000',
            '3a2b1c4d5e6f708192a3b4c5',
            '00',
            Buffer.from('caching_sha2_password\0').toString('hex'),
          ),
        },
        { side: 'client', bytes: mysqlPacket(1, '85aeff19', '00000001', 'ff', '00'.repeat(23)) },
      ],
      undefined,
      6,
    ],
    [
      // RFC 6120, section 5.4.2.
      'STARTTLS of XMPP',
      [
        {
          side: 'client',
          bytes:
            "<?xml version='1.0'?><stream:stream to='chat.example' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
        },
        {
          side: 'server',
          bytes:
            "<?xml version='1.0'?><stream:stream id='t7AMCin9' from='chat.example' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>",
        },
        { side: 'client', bytes: "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" },
        { side: 'server', bytes: "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" },
      ],
      undefined,
      8,
    ],
    [
      // RFC 4511, section 4.14: ExtendedRequest 1.3.6.1.4.1.1466.20037, and ExtendedResponse with success.
      'StartTLS of LDAP',
      [
        {
          side: 'client',
          bytes: Buffer.concat([Buffer.from('301d02010177188016', 'hex'), Buffer.from('1.3.6.1.4.1.1466.20037')]),
        },
        { side: 'server', bytes: Buffer.from('300c02010178070a010004000400', 'hex') },
      ],
      undefined,
      6,
    ],
    [
      // https://www.openssh.com/txt/socks4.protocol: connect to 192.0.2.1:443 for the user ann.
      'SOCKS 4',
      [
        { side: 'client', bytes: Buffer.from('040101bbc0000201616e6e00', 'hex') },
        { side: 'server', bytes: Buffer.from('005a01bbc0000201', 'hex') },
      ],
      undefined,
      6,
    ],
    [
      // RFC 9110, section 9.3.6.
      'CONNECT of HTTP',
      [
        { side: 'client', bytes: 'CONNECT chat.example:443 HTTP/1.1\r\nHost: chat.example:443\r\n\r\n' },
        { side: 'server', bytes: 'HTTP/1.1 200 Connection established\r\n\r\n' },
      ],
      'HTTP',
      6,
    ],
    [
      // RFC 1928: no authentication; connect to 192.0.2.1:443.
      'SOCKS 5',
      [
        { side: 'client', bytes: Buffer.from('050100', 'hex') },
        { side: 'server', bytes: Buffer.from('0500', 'hex') },
        { side: 'client', bytes: Buffer.from('05010001c000020101bb', 'hex') },
        { side: 'server', bytes: Buffer.from('05000001000000000000', 'hex') },
      ],
      undefined,
      8,
    ],
  ])('is unencrypted up to there, and encrypted after it: %s', async (_, clear, name, frame) => {
    const changed = [...clear, { side: 'client', bytes: asks } as const];
    const [conversation] = (
      await findingsOf(
        captureOf([
          ...changed,
          { side: 'server', bytes: Buffer.concat([chooses('009c'), seals]) },
          { side: 'client', bytes: seals },
        ]),
      )
    ).conversations;
    expect(conversation!.protocol?.name).toBe(name);
    expect(conversation!.tlsFrom).toEqual({ frame, version: 'TLS 1.2' });
    for (const answer of ['no TLS here\r\n', chooses('003b')]) {
      const refused = await findingsOf(captureOf([...changed, { side: 'server', bytes: answer }]));
      expect(refused.conversations[0]).not.toHaveProperty('tlsFrom');
    }
  });
});

/** A packet of MySQL: three bytes of length, the number of the packet, and what it says in hex. */
function mysqlPacket(number: number, ...fields: readonly string[]): Buffer {
  const payload = Buffer.from(fields.join(''), 'hex');
  const head = Buffer.alloc(4);
  head.writeUIntLE(payload.length, 0, 3);
  head[3] = number;
  return Buffer.concat([head, payload]);
}

describe('the client of a conversation whose start was not captured', () => {
  const [low, high] = [1054, 4747];
  const said = (fromLow: string, fromHigh: string) =>
    pcapOf([
      client(101, 501, 'PA', fromLow, { clientPort: low }),
      server(501, 101 + fromLow.length, 'PA', fromHigh, { clientPort: low }),
    ]);

  test.each([
    ['a request', 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n', low, false],
    ['an answer', 'HTTP/1.1 200 OK\r\n\r\n', '', high, false],
    ['a greeting', 'EHLO a.example\r\n', '220 b.example ESMTP\r\n', low, false],
    ['servchat', 'HELLO servchat/1 sha256\n', '', low, false],
    ['only the ports', 'Hello\n', 'Hi\n', high, true],
  ])('is told by %s', async (_, fromLow, fromHigh, port, isGuess) => {
    await withFiles({ 'made.pcap': said(fromLow, fromHigh) }, async (path) => {
      const { findings, followed } = await inspectCapture(path('made.pcap'), { follow: 0 });
      const [conversation] = findings.conversations;
      expect(conversation!.client.port).toBe(port);
      expect(conversation!.guessedSides === true).toBe(isGuess);
      const page = inspectionTable(findings, [], { width: 80, colour: false }).replace(/\s+/g, ' ');
      expect(page.includes('is a guess: the beginning')).toBe(isGuess);
      expect(followed!.pieces[0]!.side).toBe(port === low ? 'client' : 'server');
    });
  });
});
