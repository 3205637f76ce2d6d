/** Shows lines, tokens, keys and envelopes byte by byte. */
import { ALGORITHMS, INTEGRITY_KINDS, isIntegrity, type Covers } from '../../protocol/integrity.js';
import {
  checkBy,
  checkedText,
  hashOf,
  keyParts,
  unsealToken,
  type UnsealedEnvelope,
} from '../../keyholder/unsealing.js';
import type { SealedMessage } from '../../eavesdropper/findings/findings.js';
import { shortened } from '../../faces/columns.js';
import type { Lesson } from '../lesson.js';
import { counted, frames } from '../../faces/phrases.js';
import { envelopeFields, frameFields, textFields, type LineField } from '../../faces/frame-anatomy.js';
import { spkiFields } from '../../faces/spki.js';
import { tokenFields } from '../../faces/token-anatomy.js';
import { byteView, type ByteField } from './byte-view.js';
import { firstSealed, longestMessage, without } from './chosen.js';
import { captured, lines, paragraph, part, table, word, type Inline, type InlineOrMore, type Part } from './tree.js';

/** A line of the plaintext chat, as it was on the wire. */
export function plaintextLine(lesson: Lesson): Part {
  const message = longestMessage(lesson);
  if (message?.plaintext.readable !== true) return without('plaintext-message');
  const { place } = message.plaintext.hit;
  return byteView(
    `Message ${message.number}, from the ${message.side}, in ${frames(place)}`,
    byteFields(textFields(Buffer.from(message.text))),
    { text: true },
  );
}

/** Text from the wire is shown as such. */
function byteFields(fields: readonly LineField[]): readonly ByteField[] {
  return fields.map(({ meaning, ...field }) => ({
    ...field,
    meaning: meaning.map((each) => (typeof each === 'string' ? each : captured(each.captured))),
  }));
}

const LINES = ['HELLO', 'PUBLIC-KEY', 'SESSION-KEY'] as const;

/** One line of the handshake. A line can be written in only one way, so its fields determine its bytes. */
export function handshakeLine(lesson: Lesson, { line }: Readonly<Record<string, string>>): Part | string {
  const name = LINES.find((each) => each === line);
  if (name === undefined) return `it needs {line=…}, one of ${LINES.join(', ')}`;
  const found = lesson.encrypted?.conversation.handshake ?? null;
  if (found === null) return without('encrypted');
  switch (name) {
    case 'HELLO':
      return found.hello === null ? notCaptured(name) : helloLine(found.hello);
    case 'PUBLIC-KEY':
      return found.publicKey?.spki === undefined
        ? notCaptured(name)
        : publicKeyBytes(found.publicKey.spki, frames(found.publicKey.place));
    case 'SESSION-KEY':
      return found.sessionKey?.envelope === undefined
        ? notCaptured(name)
        : envelopeBytes(found.sessionKey.envelope, frames(found.sessionKey.place));
  }
}

function notCaptured(line: string): Part {
  return part(paragraph('The capture does not hold the line ', word(line), '.'));
}

function helloLine({
  integrity,
  place,
}: {
  readonly integrity: string;
  readonly place: Parameters<typeof frames>[0];
}): Part {
  const fields = byteFields(frameFields({ kind: 'HELLO', integrity }));
  return byteView(`The whole HELLO line, in ${frames(place)}`, fields, { text: true });
}

function publicKeyBytes(base64: string, where: string): Part {
  return byteView(
    `The client’s public key in ${where}, decoded from its base64`,
    byteFields(spkiFields(Buffer.from(base64, 'base64'))),
    { text: false },
  );
}

function envelopeBytes(base64: string, where: string): Part {
  return byteView(
    `The envelope in ${where}, decoded from its base64`,
    byteFields(envelopeFields(Buffer.from(base64, 'base64'))),
    { text: false },
  );
}

/** A MESSAGE line: the token and the check after it. */
export function tokenBytes(lesson: Lesson): Part {
  const message = firstSealed(lesson);
  if (message === null) return without('token');
  const fields = tokenFields(message.token.text).map(({ name, bytes, meaning }): ByteField => ({
    name,
    bytes,
    meaning: [meaning],
  }));
  return byteView(
    `The token of message ${message.number}, in ${frames(message.place)}, decoded from its base64url`,
    fields,
    { text: false },
  );
}

/** The most characters of a token that are shown. The token of a text of 12,000 bytes has more. */
const MOST_TOKEN = 16_384;

export function tokenText(lesson: Lesson): Part {
  const message = firstSealed(lesson);
  if (message === null) return without('token');
  return part(lines(`MESSAGE ${shortened(message.token.text, MOST_TOKEN)} ${message.check}`));
}

/** The three parts of the session key. */
export function sessionKeyBytes(lesson: Lesson): Part {
  const key = lesson.keys?.sessionKey ?? null;
  if (key === null) return without('key-log');
  const { signing, encryption, check } = keyParts(key);
  return byteView(
    'The session key of this chat, from the key log',
    [
      {
        name: 'signing key',
        bytes: signing,
        meaning: ['Fernet’s first 16 bytes: the key of the HMAC inside each token'],
      },
      { name: 'encryption key', bytes: encryption, meaning: ['Fernet’s last 16 bytes: the AES key'] },
      { name: 'check key', bytes: check, meaning: ['servchat’s own: the key of the check behind each token'] },
    ],
    { text: false },
  );
}

/** Decrypts a token in the order in which a receiver does, and shows the values in between. */
export function tokenOpened(lesson: Lesson): Part {
  const key = lesson.keys?.sessionKey ?? null;
  const message = firstSealed(lesson);
  if (key === null || message === null) return without('key-log');
  const inside = unsealToken(message.token.text, keyParts(key));
  if (inside === null) return part(paragraph('The token’s signature does not fit this key: it is opened no further.'));
  const { hmac, computed, padded, text, padding } = inside;
  const steps = table(
    'One token, opened step by step',
    ['step', 'what is done', 'what comes out'],
    [
      [
        '1',
        'HMAC-SHA256 with the signing key, over all bytes of the token before its HMAC',
        word(computed.toString('hex')),
      ],
      [
        '2',
        'Compare with the HMAC in the token, in a way that takes equally long wherever the two differ',
        [word(hmac.toString('hex')), computed.equals(hmac) ? ': the same' : ': another'],
      ],
      [
        '3',
        'Decrypt the ciphertext with AES-128-CBC, the encryption key and the token’s IV',
        word(padded.toString('hex')),
      ],
      ['4', `Take off the padding: the last byte says how many, ${padding.length}`, captured(text.toString('utf8'))],
    ],
  );
  const view = byteView(
    'What was inside, padding and all',
    [
      ...(text.length === 0 ? [] : [{ name: 'text', bytes: text, meaning: [captured(text.toString('utf8'))] }]),
      {
        name: 'padding',
        bytes: padding,
        meaning: [`PKCS#7: ${counted(padding.length, 'byte')}, each of them saying ${padding.length}`],
      },
    ],
    { text: true },
  );
  return { markdown: [steps, ...view.markdown], html: [steps, ...(view.html ?? [])] };
}

/** Decrypts the OAEP envelope with the private key. */
export function envelopeOpened(lesson: Lesson): Part {
  const { privateKey, command } = lesson;
  if (privateKey === null) {
    return part(
      paragraph(
        'This report was made without the client’s private key, so the envelope stays shut. To open one of your own, let the client keep its key: ',
        word(`${command} connect --save-private-key mine.pem`),
        ', then ',
        word(`${command} lesson --private-key mine.pem`),
        ' with that capture.',
      ),
    );
  }
  const { opened, file } = privateKey;
  if (opened === null)
    return part(
      paragraph('The key in ', captured(file), ' is not the one of this chat: the envelope does not open with it.'),
    );
  const masked = maskedView(opened);
  const unmasked = unmaskedView(opened, lesson.keys?.sessionKey ?? null);
  const between = paragraph('The seed was ', word(opened.seed.toString('hex')), '. With it:');
  return {
    markdown: [...masked.markdown, between, ...unmasked.markdown],
    html: [...(masked.html ?? []), between, ...(unmasked.html ?? [])],
  };
}

function maskedView({ encoded, maskedSeed, maskedBlock }: UnsealedEnvelope): Part {
  return byteView(
    'What RSA gives back, still masked',
    [
      {
        name: 'zero',
        bytes: encoded.subarray(0, 1),
        meaning: ['always 00, so that the number is smaller than the modulus'],
      },
      { name: 'masked seed', bytes: maskedSeed, meaning: ['a random seed, XORed with a mask made from the block'] },
      { name: 'masked block', bytes: maskedBlock, meaning: ['the block, XORed with a mask made from the seed'] },
    ],
    { text: false },
  );
}

function unmaskedView({ labelHash, zeros, message }: UnsealedEnvelope, sessionKey: Buffer | null): Part {
  return byteView(
    'The block, unmasked',
    [
      {
        name: 'label hash',
        bytes: labelHash,
        meaning: ['SHA-256 of the empty label: the check that the envelope was opened with the right key'],
      },
      {
        name: 'zeros and one',
        bytes: Buffer.concat([zeros, Buffer.of(1)]),
        meaning: ['filling, and the 01 that ends it'],
      },
      {
        name: 'session key',
        bytes: message,
        meaning: [
          sessionKey?.equals(message) === true ? 'byte for byte the key in the key log' : 'the key of this chat',
        ],
      },
    ],
    { text: false },
  );
}

/** The check of the first message: what anyone can compute, and what needs the key. */
export function checkSteps(lesson: Lesson): Part {
  const message = firstSealed(lesson);
  const integrity = lesson.encrypted?.conversation.handshake?.hello?.integrity;
  if (message === null || integrity === undefined || !isIntegrity(integrity)) return without('token');
  const { algorithm, covers } = INTEGRITY_KINDS[integrity];
  const key = lesson.keys?.sessionKey ?? null;
  const rows: InlineOrMore[][] = [
    ['on the wire', 'the check that stands behind the token', word(message.check)],
    ['anyone', 'SHA-256 of the token', compared(hashOf(message.token.text), message)],
  ];
  if (key !== null) {
    // A check without a key is compared with one that needs the key.
    const keyed = ALGORITHMS[algorithm].keyed ? algorithm : 'HMAC-SHA256';
    const value = checkBy(keyed, checkedText(covers, message.place.side, 0, message.token.text), keyParts(key));
    rows.push([
      'with the key',
      [`${keyed} with the check key, over `, ...COVER_SHOWN[covers](message)],
      compared(value, message),
    ]);
  }
  return part(
    table(`The check of message ${message.number}, in ${frames(message.place)}`, ['who', 'what', 'value'], rows),
  );
}

const COVER_SHOWN: Readonly<Record<Covers, (first: SealedMessage) => readonly Inline[]>> = {
  token: () => ['the token'],
  'place and token': ({ place }) => [word(`${place.side} 0 `), ' and the token'],
};

function compared(computed: Buffer, { check }: SealedMessage): Inline[] {
  const value = computed.toString('hex');
  return [word(value), value === check ? ': the same' : ': another'];
}
