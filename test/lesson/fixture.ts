/**
 * Findings made by hand: the conversation of the demo, once in plaintext and once encrypted. No number here was read
 * from a capture. The tests change one number at a time and check that the pages change too.
 */
import type {
  CaptureFindings,
  EncryptedComparison,
  ConversationFindings,
  Hit,
  OpenedMessage,
  Place,
  SealedMessage,
  StreamFindings,
  Verdict,
} from '../../src/eavesdropper/findings/findings.js';
import { formatToken, parseToken, textBytesWithin } from '../../src/protocol/token.js';
import type { Lesson } from '../../src/lesson/lesson.js';
import type { Side } from '../../src/protocol/side.js';

export const SCRIPT: readonly (readonly [Side, string])[] = [
  ['client', 'Hello'],
  ['server', 'Hi'],
  ['client', 'I am from cyber security department'],
  ['server', 'I am from Computer science department'],
  ['client', 'Nice to Meet you'],
  ['server', 'Nice to Meet you too'],
  ['client', 'Ok Bye'],
  ['server', 'Bye'],
  ['client', 'Exit'],
];

/** 2026-11-03 10:15:00 UTC. */
const STARTED = 1793700900;

export function place(side: Side, frame: number, changes: Partial<Place> = {}): Place {
  return { conversation: 0, side, offset: frame * 10, frame, lastFrame: frame, time: STARTED + frame / 10, ...changes };
}

export function hit(side: Side, frame: number, changes: Partial<Hit> = {}): Hit {
  return { place: place(side, frame), shape: 'as typed', meaning: 'text', ...changes };
}

export function readable(side: Side, frame: number, others: readonly Hit[] = []): Verdict {
  return { readable: true, hit: hit(side, frame), others };
}

export function notFound(side: Side, frame: number, others: readonly Hit[] = []): Verdict {
  return { readable: false, control: { proves: true, hit: hit(side, frame) }, others };
}

export function sealedMessage(
  number: number,
  side: Side,
  frame: number,
  blocks = 1,
  opened: OpenedMessage | null = null,
): SealedMessage {
  const ciphertextBytes = 16 * blocks;
  const created = STARTED + number;
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(created));
  const signed = Buffer.concat([
    Buffer.of(0x80),
    time,
    Buffer.alloc(16, 0xa0 + number),
    Buffer.alloc(ciphertextBytes, 0xc0 + number),
  ]);
  const text = formatToken(signed, Buffer.alloc(32, 0xd0 + number));
  return {
    kind: 'sealed',
    number,
    place: place(side, frame),
    token: {
      text,
      characters: text.length,
      created: parseToken(text).timestamp,
      ciphertextBytes,
      textBytes: textBytesWithin(ciphertextBytes),
    },
    check: `${number}`.repeat(64).slice(0, 64),
    opened,
  };
}

export const STREAM: StreamFindings = {
  bytes: 123,
  sha256: 'ab'.repeat(32),
  missing: 0,
  conflicts: 0,
  uncompared: 0,
  readability: { text: 123, disguised: {}, encoded: 0, other: 0, entropy: null, samples: [] },
};

export function conversation(changes: Partial<ConversationFindings> = {}): ConversationFindings {
  return {
    number: 0,
    client: { address: '127.0.0.1', port: 50312 },
    server: { address: '127.0.0.1', port: 4747 },
    frames: 27,
    started: STARTED,
    ended: STARTED + 4.25,
    streams: { client: STREAM, server: { ...STREAM, bytes: 456, readability: { ...STREAM.readability, text: 456 } } },
    mode: 'unknown',
    handshake: null,
    messages: [],
    opening: null,
    ending: 'unseen',
    protocol: null,
    unreadBytes: 0,
    ...changes,
  };
}

export function capture(file: string, conversations: readonly ConversationFindings[]): CaptureFindings {
  return {
    file,
    linkType: { number: 1, name: 'Ethernet' },
    packets: 27,
    damage: null,
    otherPackets: {},
    conversations,
    contents: {
      format: 'pcap',
      compressed: false,
      conversations: conversations.length,
      linkTypes: [{ number: 1, name: 'Ethernet', packets: 27 }],
      comments: [],
      unlistedComments: 0,
    },
    leftOut: { conversations: 0, latePackets: 0, lateBytes: 0, forgottenPairs: 0 },
  };
}

/**
 * In plaintext the first message is in frame 4, and each later one two frames after the one before. In the encrypted
 * chat, all come six frames later.
 */
const plaintextFrame = (number: number) => 2 + 2 * number;
const encryptedFrame = (number: number) => 8 + 2 * number;

const blocksOf = (text: string) => Math.floor(Buffer.byteLength(text) / 16) + 1;

export function plaintextConversation(script = SCRIPT): ConversationFindings {
  const messages = script.map(([side, text], at) => ({
    kind: 'readable' as const,
    number: at + 1,
    place: place(side, plaintextFrame(at + 1)),
    text,
  }));
  return conversation({ mode: 'plaintext', messages });
}

export function encryptedConversation(script = SCRIPT, withKeys = false): ConversationFindings {
  const messages = script.map(([side, text], at) => {
    const opened = withKeys ? ({ ok: true, text, check: 'verified' } as const) : null;
    return sealedMessage(at + 1, side, encryptedFrame(at + 1), blocksOf(text), opened);
  });
  return conversation({
    mode: 'encrypted',
    client: { address: '127.0.0.1', port: 50313 },
    handshake: {
      hello: { place: place('client', 4), integrity: 'hmac-sha256-seq' },
      publicKey: { place: place('client', 5), bits: 2048, fingerprint: '0123456789abcdef'.repeat(4) },
      sessionKey: { place: place('server', 7), envelopeBytes: 256 },
      errors: [],
    },
    messages,
    opening: withKeys ? { keyFound: true, verified: script.length, refused: 0 } : null,
  });
}

export function comparison(script = SCRIPT): EncryptedComparison {
  const encrypted = encryptedConversation(script);
  return {
    plaintext: capture('captures/plaintext.pcap', [plaintextConversation(script)]),
    encrypted: capture('captures/encrypted.pcap', [encrypted]),
    conversations: { plaintext: 0, encrypted: 0, tls: null },
    agreement: { encrypted: { agrees: true, by: 'lengths', messages: script.length, isWhole: true }, tls: null },
    messages: script.map(([side, text], at) => {
      const others: readonly Hit[] =
        text === 'Hello'
          ? [hit('client', 4, { shape: 'in another case', meaning: 'protocol word', within: 'the handshake (HELLO)' })]
          : [];
      return {
        number: at + 1,
        side,
        text,
        plaintext: readable(side, plaintextFrame(at + 1)),
        encrypted: notFound(side, plaintextFrame(at + 1), others),
        sealed: encrypted.messages.filter((message) => message.kind === 'sealed')[at] ?? null,
      };
    }),
  };
}

/** 64 different bytes. */
export const SESSION_KEY = Buffer.from(Array.from({ length: 64 }, (_, at) => at));

export function lesson(script = SCRIPT): Lesson {
  const compared = comparison(script);
  return {
    plaintext: {
      capture: compared.plaintext,
      conversation: plaintextConversation(script),
      captured: { way: 'live', tool: 'tcpdump' },
    },
    encrypted: {
      capture: compared.encrypted,
      conversation: encryptedConversation(script),
      captured: { way: 'tap', rebuilt: ['Ethernet, IP and TCP headers', 'the TCP handshake', 'checksums'] },
    },
    comparison: compared,
    disagreements: [],
    tls: null,
    verdicts: compared.messages,
    keys: {
      file: 'captures/encrypted.keys',
      conversation: encryptedConversation(script, true),
      sessionKey: SESSION_KEY,
    },
    privateKey: null,
    stream: {
      few: { writes: [Buffer.from('one\n'), Buffer.from('two\n')], reads: [Buffer.from('one\ntwo\n')] },
      long: { write: 1000, reads: [600, 400] },
    },
    attacks: null,
    command: 'servchat',
  };
}
