import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CaptureFindings } from '../../src/eavesdropper/findings/findings.js';
import type { Find } from '../../src/eavesdropper/inspect.js';
import { displayWidth } from '../../src/faces/columns.js';
import { inspectionTable } from '../../src/faces/inspection-table.js';
import {
  capture,
  conversation,
  encryptedConversation,
  hit,
  notFound,
  place,
  plaintextConversation,
  readable,
  SCRIPT,
  sealedMessage,
  STREAM,
} from '../lesson/fixture.js';
import { HOSTILE, hostileText } from '../lesson/hostile.js';
import { followed } from '../lesson/leaves.js';

const LOOK = { width: 80, colour: false };
/** Wide enough, so that no sentence is broken. */
const FLAT = { width: 500, colour: false };

const plaintext = capture('plain.pcap', [plaintextConversation()]);
const encrypted = capture('sealed.pcap', [encryptedConversation()]);
const opened = capture('sealed.pcap', [encryptedConversation(SCRIPT, true)]);

function row(page: string, start: RegExp): string[] {
  const line = page.split('\n').find((text) => start.test(text.trim())) ?? '';
  return line.trim().split(/ {2,}/);
}

test('a plaintext message is a row: number, frame, side, text', () => {
  expect(row(inspectionTable(plaintext, [], LOOK), /^5 /)).toEqual(['5', '12', 'client', 'Nice to Meet you']);
});

test('an encrypted message is a row with what can be seen of it', () => {
  const cells = row(inspectionTable(encrypted, [], LOOK), /^5 +18/);
  expect(cells).toEqual(['5', '18', 'client', '120 characters', '16–31 bytes', '2026-11-03 10:15:05 UTC']);
});

test('with a key log, the row says what the token contained', () => {
  const page = inspectionTable(opened, [], LOOK);
  expect(row(page, /^5 +18/)).toEqual(['5', '18', 'client', '120 characters', 'Nice to Meet you', 'verified']);
  expect(page).toContain('it has the key of this conversation: 9 verified, 0 refused');
});

test('the row says why a token was refused, and whether the key log covers a token', () => {
  const messages = [
    sealedMessage(1, 'client', 10, 1, { ok: false, why: 'the check does not fit' }),
    sealedMessage(2, 'client', 12),
  ];
  const whole = conversation({ mode: 'encrypted', messages, opening: { keyFound: true, verified: 0, refused: 1 } });
  const page = inspectionTable(capture('x', [whole]), [], FLAT);
  expect(page).toMatch(/100 characters +the check does not fit +refused/);
  expect(page).toMatch(/100 characters +0–15 bytes +not opened/);
});

test('the key log of another chat is reported as such', () => {
  const other = conversation({ mode: 'encrypted', opening: { keyFound: false, verified: 0, refused: 0 } });
  expect(inspectionTable(capture('x', [other]), [], FLAT)).toContain(
    'it has no line for this conversation’s public key',
  );
});

test('each line of the handshake has its frame, in the order of the capture', () => {
  const page = inspectionTable(
    capture('x', [
      conversation({
        handshake: {
          hello: { place: place('client', 4), integrity: 'sha256' },
          publicKey: { place: place('client', 6), bits: null, fingerprint: 'ab'.repeat(32) },
          sessionKey: null,
          errors: [{ place: place('server', 5), code: 'weak-key\x1b[2J' }],
        },
      }),
    ]),
    [],
    FLAT,
  );
  const starts = [
    /^ +4 +client +HELLO +sha256/m,
    /^ +5 +server +ERROR +weak-key\\x1b\[2J/m,
    /^ +6 +client +PUBLIC-KEY +abab abab/m,
  ];
  const positions = starts.map((start) => page.search(start));
  expect(positions.every((position) => position > 0)).toBe(true);
  expect(positions).toEqual([...positions].sort((a, b) => a - b));
  expect(page).toContain('the bytes are not an RSA key');
});

test('damaged, omitted and lost data is reported', () => {
  const streams = {
    client: { ...STREAM, bytes: 1, missing: 17 },
    server: { ...STREAM, bytes: 1, conflicts: 2 },
  };
  const findings: CaptureFindings = {
    ...capture('x', [conversation({ streams })]),
    damage: { message: 'the record is cut short', packet: 28, offset: 4711 },
    otherPackets: { UDP: 2, ARP: 1 },
  };
  const page = inspectionTable(findings, [], FLAT);
  expect(page).toContain('Reading stopped at packet 28, byte 4711 of the file: the record is cut short');
  expect(page).toContain('outside of them: 2 UDP and 1 ARP');
  expect(page).toContain(
    'client 1 byte, 17 missing from the capture; server 1 byte, 2 segments sent again with other bytes',
  );
});

test('IP fragments are reported if there were any, with the number that was lost', () => {
  const withFragments = (fragments: CaptureFindings['contents']['fragments']): string => {
    const findings = capture('x', [conversation()]);
    return inspectionTable(
      fragments === undefined ? findings : { ...findings, contents: { ...findings.contents, fragments } },
      [],
      FLAT,
    );
  };
  expect(withFragments(undefined)).not.toContain('fragment');
  expect(withFragments({ reassembled: 1, incomplete: 0, conflicts: 0, bad: 0 })).toMatch(
    /^ {2}IP fragments: 1 packet put together again$/m,
  );
  expect(withFragments({ reassembled: 5, incomplete: 2, conflicts: 3, bad: 1 })).toMatch(
    /^ {2}IP fragments: 5 packets put together again, 2 packets with missing fragments, 3 fragments with other bytes than before, 1 fragment that cannot be part of a packet$/m,
  );
});

test('only for encrypted conversations, the table says what a listener still sees', () => {
  expect(inspectionTable(encrypted, [], LOOK)).toContain('What a listener still sees');
  expect(inspectionTable(plaintext, [], LOOK)).not.toContain('What a listener still sees');
});

test('a time outside the calendar is shown in seconds', () => {
  const token = { ...sealedMessage(1, 'client', 10).token, created: Number.MAX_SAFE_INTEGER };
  const messages = [{ ...sealedMessage(1, 'client', 10), token }];
  const page = inspectionTable(capture('x', [conversation({ mode: 'encrypted', messages })]), [], FLAT);
  expect(page).toContain('9007199254740991 s after 1970');
});

describe('a search', () => {
  const search = (find: Find) => inspectionTable(plaintext, [find], FLAT);

  test('with a hit says where the text is, in which disguise, and what it belongs to', () => {
    const page = search({
      text: 'Hi',
      verdict: readable('client', 12, [hit('server', 30, { shape: 'base64', meaning: 'chance', within: 'a token' })]),
      among: 'opaque',
    });
    expect(page).toContain('“Hi”: readable');
    expect(page).toMatch(/12 +0 +client +120 +as typed +a message that someone typed/);
    expect(page).toMatch(/30 +0 +server +300 +base64 +in a token: so short a text appears there by chance/);
  });
  test('without a hit names its control', () => {
    expect(search({ text: 'Hi', verdict: notFound('client', 6), among: 'opaque' })).toContain(
      'control: the same search finds it in the plaintext capture, in frame 6 (conversation 0, client, offset 60, as typed)',
    );
  });
  test('without a control proves nothing', () => {
    const page = search({
      text: 'Hi',
      verdict: { readable: false, control: { proves: false, why: 'no twin' }, others: [] },
      among: 'opaque',
    });
    expect(page).toContain('no control, so “not found” proves nothing: no twin');
  });
  test('in a capture of plain text needs no second capture', () => {
    const page = search({
      text: 'Hi',
      verdict: { readable: false, control: { proves: false, why: 'all of it is text' }, others: [] },
      among: 'text',
    });
    expect(page).toContain('“Hi”: not found\n    all of it is text\n');
  });
  test('whose letters are only in a handshake was in no message', () => {
    const others = [hit('client', 4, { meaning: 'protocol word', within: 'the TLS handshake (ClientHello: ALPN)' })];
    const page = search({
      text: 'servchat',
      verdict: { readable: false, control: { proves: false, why: 'no twin' }, others },
      among: 'opaque',
    });
    expect(page).toContain('“servchat”: not found in any message');
    expect(page).toContain('in the TLS handshake (ClientHello: ALPN): that is part of the protocol, not a message');
  });
});

describe('no sentence says more than the bytes prove', () => {
  const page = (changes: Parameters<typeof conversation>[0]) =>
    inspectionTable(capture('-', [conversation(changes), conversation({ number: 1 })]), [], FLAT);
  const nothing = { ...STREAM, bytes: 0, readability: { ...STREAM.readability, text: 0 } };
  const binary = (bytes: number, text: number) => ({
    ...STREAM,
    bytes,
    readability: { ...STREAM.readability, text, other: bytes - text },
  });

  test.each([
    [292, 300_290, 'under 1 %'],
    [1, 100, '1 %'],
    [299_998, 300_000, 'over 99 %'],
    [0, 300, '0 %'],
    [300, 300, '100 %'],
  ])('%i of %i bytes readable: %s', (text, bytes, share) => {
    expect(row(page({ streams: { client: binary(bytes, text), server: nothing } }), /^0 /).at(-1)).toBe(share);
  });

  test('a side that sent nothing', () => {
    const streams = { client: STREAM, server: nothing };
    expect(page({ streams, ending: 'closed' })).toContain('server: sent nothing\n');
    expect(page({ streams, ending: 'unseen' })).toContain('server: sent nothing while it was captured\n');
    expect(page({ streams: { client: STREAM, server: { ...nothing, missing: 4 } } })).toContain(
      'server: the capture does not hold what was sent\n',
    );
  });

  test('a part was not searched: all of it, or its end', () => {
    const streams = { client: binary(300_000, 0), server: binary(290, 0) };
    expect(page({ streams, unreadBytes: 300_290 })).toContain('none of the 300290 bytes were searched for messages');
    expect(page({ streams, unreadBytes: 290 })).toContain('the last 290 bytes were not searched for messages');
  });

  test('standard input gets a name', () => {
    expect(page({})).toMatch(/^standard input\n/);
  });

  test('a ClientHello without a TLS answer is not a TLS chat', () => {
    const tls = {
      name: 'TLS',
      encrypts: false,
      answer: 'other',
      version: 'TLS 1.3',
      serverName: null,
      application: 'servchat/1',
    } as const;
    const told = page({ protocol: tls });
    expect(told).toContain('Conversation 0: tls, failed');
    expect(told).toContain(
      'the client asks for TLS 1.3, but the server’s answer is not TLS: no TLS was set up, and nothing was encrypted',
    );
    expect(told).not.toContain('TLS 1.3, encrypted');
    expect(page({ protocol: { ...tls, encrypts: true, answer: 'tls' } })).toContain('TLS 1.3, encrypted');
  });

  test('an unfinished handshake, and an attempt in the wrong mode', () => {
    const { handshake } = encryptedConversation();
    const begun = { ...handshake!, sessionKey: null };
    expect(page({ mode: 'encrypted', handshake: begun, ending: 'closed' })).toContain(
      'there was none: the server never answered with a SESSION-KEY',
    );
    expect(page({ mode: 'encrypted', handshake: begun, ending: 'unseen' })).toContain(
      'none yet: the capture ends before the server’s SESSION-KEY',
    );
    expect(
      page({
        mode: 'encrypted',
        handshake: { ...begun, errors: [{ place: place('server', 6), code: 'busy' }] },
        ending: 'closed',
      }),
    ).toContain('there was none: ERROR busy ended the handshake');
    expect(page(encryptedConversation())).not.toContain('there was none');
    const refused = plaintextConversation([
      ['client', 'Hello'],
      ['server', 'ERROR mode-mismatch'],
    ]);
    expect(page(refused)).toContain('there was none: the server’s only line, ERROR mode-mismatch,');
    expect(page(refused)).toContain('a servchat server in encrypted mode');
    // The protocol's page says that a server in tls mode answers tls-mode.
    expect(
      page(
        plaintextConversation([
          ['client', 'Hello'],
          ['server', 'ERROR tls-mode'],
        ]),
      ),
    ).toContain('a servchat server in tls mode');
    expect(page(plaintextConversation([['server', 'ERROR of mine']]))).not.toContain('there was none');
  });

  test('lines of another protocol get no message numbers, and empty lines are left out', () => {
    const web = plaintextConversation([
      ['client', 'GET / HTTP/1.1'],
      ['client', 'Host: example'],
      ['client', ''],
    ]);
    const told = page({ ...web, protocol: { name: 'HTTP', encrypts: false } });
    expect(told).not.toContain('Messages');
    expect(told).not.toContain('(empty)');
    expect(row(told.slice(told.indexOf('Lines of text')), /Host/)).toEqual(['6', 'client', 'Host: example']);
  });
});

test('each value comes from the data', () => {
  const verdict = notFound('client', 6, [hit('client', 4, { meaning: 'protocol word', shape: 'in another case' })]);
  const data = {
    findings: { ...encrypted, otherPackets: { UDP: 2 } },
    finds: [{ text: 'Hello', verdict, among: 'opaque' as const }],
  };
  const render = ({ findings, finds }: typeof data) => inspectionTable(findings, finds, LOOK);
  expect(followed(data, render)).toEqual(
    [
      ...['address', 'port'].flatMap((part) => [`client.${part}`, `server.${part}`]),
      ...['ended', 'frames', 'number', 'started', 'unreadBytes'],
      ...['frame', 'lastFrame'].flatMap((part) =>
        ['hello', 'publicKey', 'sessionKey'].map((line) => `handshake.${line}.place.${part}`),
      ),
      ...['handshake.hello.integrity', 'handshake.publicKey.bits', 'handshake.publicKey.fingerprint'],
      'handshake.sessionKey.envelopeBytes',
      ...['number', 'place.frame', 'place.lastFrame', 'token.characters', 'token.created'].map(
        (part) => `messages.*.${part}`,
      ),
      ...['token.textBytes.least', 'token.textBytes.most'].map((part) => `messages.*.${part}`),
      ...['client', 'server'].flatMap((side) =>
        ['bytes', 'conflicts', 'missing', 'readability.text'].map((part) => `streams.${side}.${part}`),
      ),
    ]
      .map((part) => `findings.conversations.*.${part}`)
      .concat(
        [
          'contents.conversations',
          'file',
          'linkType.name',
          'otherPackets.UDP',
          'packets',
          'leftOut.conversations',
          'leftOut.latePackets',
          'leftOut.forgottenPairs',
        ].map((part) => `findings.${part}`),
        ['control.hit', 'others.*'].flatMap((part) =>
          ['conversation', 'frame', 'lastFrame', 'offset'].map((value) => `finds.*.verdict.${part}.place.${value}`),
        ),
        ['finds.*.text'],
      )
      .sort(),
  );
});

test('for any file, LF is the only control character, and the width is right', () => {
  const check = (text: string) => {
    const findings: CaptureFindings = {
      ...capture(text, [plaintextConversation([['client', text]]), encryptedConversation([['server', text]], true)]),
      damage: { message: text, packet: 1, offset: 1 },
      otherPackets: { [text]: 1 },
    };
    const page = inspectionTable(findings, [{ text, verdict: notFound('client', 6), among: 'opaque' }], LOOK);
    expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\p{Cs}]/u);
    expect(Math.max(...page.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);
  };
  HOSTILE.forEach(check);
  fc.assert(fc.property(hostileText, check));
});
