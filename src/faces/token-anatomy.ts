/** Splits a Fernet token into its fields and their bytes: what anyone can see in it without a key. */
import { BLOCK_BYTES, parseToken, TOKEN_VERSION } from '../protocol/token.js';
import { secondMoment } from './phrases.js';

export interface TokenField {
  readonly name: 'version' | 'time' | 'IV' | 'ciphertext' | 'HMAC';
  /** Bytes from the start of the token. */
  readonly offset: number;
  readonly bytes: Buffer;
  readonly meaning: string;
}

/** The fields in the order of the bytes, without gaps. @throws TokenFormatError if `text` is not a token. */
export function tokenFields(text: string): readonly TokenField[] {
  const { timestamp, iv, ciphertext, signed, hmac } = parseToken(text);
  const timeAt = 1;
  const ciphertextAt = signed.length - ciphertext.length;
  const ivAt = ciphertextAt - iv.length;
  return [
    field('version', 0, signed.subarray(0, timeAt), `0x${TOKEN_VERSION.toString(16)} is Fernet’s only version`),
    field('time', timeAt, signed.subarray(timeAt, ivAt), `${timestamp} s after 1970: ${secondMoment(timestamp)}`),
    field('IV', ivAt, iv, 'chosen at random for this token, so that the same text never gives the same bytes'),
    field(
      'ciphertext',
      ciphertextAt,
      ciphertext,
      `the text, padded to a multiple of ${BLOCK_BYTES} bytes, encrypted with AES in CBC mode`,
    ),
    field('HMAC', signed.length, hmac, 'HMAC-SHA256 over all the bytes above'),
  ];
}

function field(name: TokenField['name'], offset: number, bytes: Buffer, meaning: string): TokenField {
  return { name, offset, bytes, meaning };
}
