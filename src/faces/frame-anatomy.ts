/** Splits a line of a chat into its fields and their bytes: what anyone can see in it without a key. */
import { VERSION, type Frame } from '../protocol/frames.js';
import { counted } from './phrases.js';

export interface LineField {
  readonly name: string;
  readonly bytes: Buffer;
  readonly meaning: Words;
}

/** A phrase. Text that is from the wire is marked, and whoever shows it makes it safe. */
export type Words = readonly (string | { readonly captured: string })[];

export const LF: LineField = { name: 'LF', bytes: Buffer.from('\n'), meaning: ['the line feed: the line ends here'] };
const SPACE: LineField = { name: 'space', bytes: Buffer.from(' '), meaning: ['one space between two fields'] };

/** @param text a line of plaintext mode, without its LF. */
export function textFields(text: Buffer): readonly LineField[] {
  const message: LineField = {
    name: 'the message',
    bytes: text,
    meaning: [
      { captured: text.toString('utf8') },
      `, ${counted(text.length, 'byte')} of UTF-8, as ${text.length === 1 ? 'it was' : 'they were'} typed`,
    ],
  };
  return text.length === 0 ? [LF] : [message, LF];
}

/** The fields of the frame's line in the order of the bytes, without gaps. */
export function frameFields(frame: Frame): readonly LineField[] {
  return [field(frame.kind, frame.kind, KIND_SAYS[frame.kind]), ...restOf(frame).flatMap((each) => [SPACE, each]), LF];
}

const KIND_SAYS: Readonly<Record<Frame['kind'], string>> = {
  HELLO: 'the line’s kind: the client speaks first',
  'PUBLIC-KEY': 'the line’s kind: the client’s public key follows',
  'SESSION-KEY': 'the line’s kind: the keys of this chat follow, in an envelope',
  MESSAGE: 'the line’s kind: something that a person typed',
  ERROR: 'the line’s kind: the sender ends the chat and says why',
};

function restOf(frame: Frame): readonly LineField[] {
  switch (frame.kind) {
    case 'HELLO':
      return [
        field('version', VERSION, 'the protocol and its version'),
        field('check', frame.integrity, 'the check that the client asks for: ', { captured: frame.integrity }),
      ];
    case 'PUBLIC-KEY':
      return [
        field('key', frame.spki.toString('base64'), `the key in base64: ${counted(frame.spki.length, 'byte')} of DER`),
      ];
    case 'SESSION-KEY':
      return [
        field(
          'envelope',
          frame.envelope.toString('base64'),
          `the envelope in base64: ${counted(frame.envelope.length, 'byte')} that only the private key opens`,
        ),
      ];
    case 'MESSAGE':
      return [
        field('token', frame.token, `the Fernet token in base64url, ${counted(frame.token.length, 'character')}`),
        field('check', frame.check.toString('hex'), 'the check over the token, in hex'),
      ];
    case 'ERROR':
      return [field('code', frame.code, 'the code: ', { captured: frame.code }, '. Nobody signs it')];
  }
}

/** The envelope of SESSION-KEY, decoded from its base64. */
export function envelopeFields(envelope: Buffer): readonly LineField[] {
  return [
    {
      name: 'envelope',
      bytes: envelope,
      meaning: [
        `RSA-OAEP: ${counted(envelope.length, 'byte')}, as many as the key’s modulus has. Without the private key, nothing in it can be told apart`,
      ],
    },
  ];
}

function field(name: string, text: string, ...meaning: Words): LineField {
  return { name, bytes: Buffer.from(text), meaning };
}
