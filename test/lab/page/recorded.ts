/** A short encrypted chat as the lab would tell it, written by hand. The attacker holds and changes a message. */
import type { Field, LabEvent, Numbered, WirePiece } from '../../../src/lab/events.js';
import type { Side } from '../../../src/protocol/side.js';

const TOKEN = 'gAAAAABqG3iAAAECAwQFBgcICQoLDA0OD0wwvkzvd6b7H8cE5EzEvKFxv1zGm9eT7p0JY1dJr2S8nC4nQy1xkE2m8oHnq3c0ZQ==';
const CHECK = '5b1f6c30a2d94e7788c1aa03b7e9f1254c6d8e90a1b2c3d4e5f60718293a4b5c';

/** Fields given as their text: the bytes of a line cannot differ from what the fields say. */
function pieceOf(
  id: number,
  from: Side,
  half: Side,
  frame: number | null,
  parts: readonly (readonly [name: string, text: string, meaning: string, edit?: Field['edit']])[],
  more: Pick<WirePiece, 'label' | 'legible' | 'message' | 'kind'>,
): WirePiece {
  const fields: Field[] = [];
  let offset = 0;
  for (const [name, text, meaning, edit = null] of parts) {
    const length = Buffer.byteLength(text);
    fields.push({ name, offset, length, meaning, edit });
    offset += length;
  }
  const hex = Buffer.from(parts.map(([, text]) => text).join('')).toString('hex');
  return { id, from, half, frame, length: offset, hex, fields, inside: null, ...more };
}

const SPACE = ['space', ' ', 'one space between two fields'] as const;
const LF = ['LF', '\n', 'the line feed: the line ends here'] as const;

export function hello(id: number, half: Side, frame: number): WirePiece {
  return pieceOf(
    id,
    'client',
    half,
    frame,
    [
      ['HELLO', 'HELLO', 'the kind of line: the client speaks first'],
      SPACE,
      ['version', 'servchat/1', 'the protocol and its version'],
      SPACE,
      ['check', 'hmac-sha256-seq', 'the check that the client asks for', 'text'],
      LF,
    ],
    { kind: 'frame', label: 'HELLO', legible: 'readable', message: null },
  );
}

function key(id: number, half: Side, frame: number): WirePiece {
  return pieceOf(
    id,
    'client',
    half,
    frame,
    [
      ['PUBLIC-KEY', 'PUBLIC-KEY', 'the kind of line: here is my public key'],
      SPACE,
      ['key', 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA'.repeat(6), 'an RSA public key, in base64'],
      LF,
    ],
    { kind: 'frame', label: 'PUBLIC-KEY', legible: 'readable', message: null },
  );
}

export function message(
  id: number,
  from: Side,
  half: Side,
  frame: number | null,
  count: number,
  token = TOKEN,
): WirePiece {
  return pieceOf(
    id,
    from,
    half,
    frame,
    [
      ['MESSAGE', 'MESSAGE', 'the kind of line: a message'],
      SPACE,
      ['version', token.slice(0, 2), 'Fernet’s version byte, in base64url', 'text'],
      ['time', token.slice(2, 12), 'when it was sealed', 'text'],
      ['IV', token.slice(12, 34), 'random: equal texts give different ciphertexts', 'text'],
      ['ciphertext', token.slice(34, 56), 'AES-128 in CBC mode. It shows only how many blocks the text has', 'text'],
      ['HMAC', token.slice(56), 'Fernet’s own check of all that is before it', 'text'],
      SPACE,
      ['check', CHECK, 'servchat’s check over direction, number and token, in hex', 'text'],
      LF,
    ],
    { kind: 'frame', label: 'MESSAGE', legible: 'sealed', message: count },
  );
}

export function text(id: number, from: Side, half: Side, frame: number | null, said: string, count = 0): WirePiece {
  return pieceOf(id, from, half, frame, [['the message', said, 'what was typed', 'text'], LF], {
    kind: 'text',
    label: said,
    legible: 'readable',
    message: count,
  });
}

export function record(id: number, from: Side, half: Side, frame: number): WirePiece {
  return pieceOf(
    id,
    from,
    half,
    frame,
    [
      ['type', '\x17', 'application data'],
      ['version', '\x03\x03', 'TLS 1.2, as TLS 1.3 also writes here'],
      ['length', '\x00\x20', 'how many bytes follow'],
      ['sealed', 'x'.repeat(32), 'nobody without a key can read this'],
    ],
    { kind: 'record', label: 'TLS application data', legible: 'sealed', message: null },
  );
}

/** Numbers the events and gives them times, 120 ms apart. */
export function numbered(events: readonly LabEvent[]): Numbered[] {
  return events.map((event, at) => ({ number: at + 1, at: at * 120, event }));
}

export const RUN: Extract<LabEvent, { readonly type: 'run' }> = {
  type: 'run',
  run: 1,
  setting: { mode: 'encrypted', integrity: 'hmac-sha256-seq', attack: null, insists: false, elsewhere: null },
  attacks: [
    { name: 'flip', summary: 'flips one bit of a message, blindly', toSee: 'Say anything as the client.' },
    { name: 'replay', summary: 'sends a message again', toSee: 'Say anything as the client.' },
  ],
};

const FINGERPRINT = '9f2c4ab01d77e0c8351b6ad9f4028e61c7735d0a9be84f12603fa5c8d17b2e94';

function passed(of: number, piece: WirePiece): LabEvent {
  return { type: 'went', of, deed: 'passed on', piece };
}

export const RECORDED: readonly Numbered[] = numbered([
  RUN,
  { type: 'seat', side: 'server', state: 'waiting' },
  { type: 'seat', side: 'client', state: 'starting' },
  { type: 'came', piece: hello(1, 'client', 4), held: false },
  passed(1, hello(2, 'server', 4)),
  { type: 'came', piece: key(3, 'client', 6), held: false },
  passed(3, key(4, 'server', 6)),
  { type: 'fingerprint', side: 'client', of: 'client', sha256: FINGERPRINT },
  { type: 'fingerprint', side: 'server', of: 'client', sha256: FINGERPRINT },
  { type: 'seat', side: 'client', state: 'chatting' },
  { type: 'seat', side: 'server', state: 'chatting' },
  { type: 'said', side: 'client', text: 'Meet me at noon.' },
  { type: 'came', piece: message(5, 'client', 'client', 10, 0), held: false },
  passed(5, message(6, 'client', 'server', 10, 0)),
  { type: 'shown', side: 'server', text: 'Meet me at noon.' },
  {
    type: 'listener',
    knows: {
      packets: 14,
      takenFor: 'a servchat chat in encrypted mode',
      messages: [],
      earlierMessages: 0,
      anyway: [
        'One message from the client, 0.2 s after the handshake.',
        'It has 16 to 31 bytes of text: its token has 100 characters.',
      ],
      keys: ['The client’s public key, in frame 6. With it anyone can seal for the client, and nobody can open.'],
      earlierSearched: 0,
      searched: [{ side: 'client', text: 'Meet me at noon.', frames: [], control: { text: 'servchat/1', frame: 4 } }],
    },
  },
  { type: 'hold', on: true },
  { type: 'said', side: 'server', text: 'At noon. Understood.' },
  { type: 'came', piece: message(7, 'server', 'server', 12, 0), held: true },
  { type: 'said', side: 'client', text: 'And bring the book.' },
  { type: 'came', piece: message(8, 'client', 'client', 14, 1), held: true },
  { type: 'altered', piece: message(8, 'client', 'client', 14, 1, TOKEN.replace('TzwxvkzV', 'TzwxvkzW')) },
  { type: 'went', of: 8, deed: 'changed', piece: message(9, 'client', 'server', 16, 1) },
  {
    type: 'complained',
    side: 'server',
    reason: 'check',
    says: 'Message 2 was changed on its way: its check is wrong. The connection was closed.',
  },
  { type: 'seat', side: 'server', state: 'gone' },
]);
