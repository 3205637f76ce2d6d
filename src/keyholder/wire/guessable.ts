/**
 * Keys that anybody can guess: words that stand in examples and in lists of passwords, as they are, filled up or
 * hashed; and bytes in a simple order. A real list has millions; these few show that a key of such a kind is none.
 */
import { derivedKeys, type DerivedKey } from './derived-keys.js';

const WORDS = [
  ...['secret', 'password', 'key', '1234', '12345', '123456', '12345678', '123456789', '1234567890', 'admin', 'test'],
  ...[
    '0123456789abcdef',
    '1234567890123456',
    '12345678901234567890123456789012',
    '0123456789ABCDEF',
    'abcdefghijklmnop',
  ],
  ...['0123456789abcdef0123456789abcdef', '01234567890123456789012345678901', 'abcdefghijklmnopqrstuvwxyz123456'],
  ...['abcdefghijklmnopqrstuvwxyz', 'abcdef', 'abc123', 'abcd1234', 'qwerty', 'qwertyuiop', 'letmein', 'iloveyou'],
  ...[
    'secretkey',
    'secret_key',
    'secret key',
    'secret-key',
    'mysecret',
    'mysecretkey',
    'my_secret_key',
    'my secret key',
  ],
  ...[
    'mysecretpassword',
    'my_secret_password',
    'mypassword',
    'my_password',
    'supersecret',
    'supersecretkey',
    'topsecret',
  ],
  ...[
    'super_secret_key',
    'thisisasecretkey',
    'this is a secret',
    'this_is_a_secret',
    'thisisasecret',
    'This is a key123',
  ],
  ...['Sixteen byte key', 'sixteen byte key', 'sixteenbytekey!!', 'SuperSecretKey', 'SecretKey', 'Secret', 'Password'],
  ...['thisisa16bytekey', 'thirtytwobyteslongsecretkey12345', 'my32bytesecretkeyforaesencryption', 'passphrase'],
  ...[
    'mysecretkey12345',
    'mysecretkey123',
    'secretkey123',
    'secretkey1234567',
    'secret123',
    'password123',
    'Password123',
  ],
  ...[
    'key123',
    'aeskey',
    'aes_key',
    'AESKEY',
    'sharedkey',
    'shared_key',
    'shared secret',
    'shared_secret',
    'sharedsecret',
  ],
  ...[
    'chat',
    'chatkey',
    'chat_key',
    'chatapp',
    'hello',
    'helloworld',
    'hello world',
    'securechat',
    'secure_chat',
    'secure',
  ],
  ...[
    'encryption',
    'encryptionkey',
    'encryption_key',
    'session',
    'sessionkey',
    'crypto',
    'cryptography',
    'python',
    'server',
  ],
  ...[
    'client',
    'network',
    'security',
    'networksecurity',
    'default',
    'changeme',
    'root',
    'guest',
    'user',
    'socket',
    'message',
  ],
];
const LENGTHS = [32, 16];
/** Repeated, these are keys of people who wanted to fill one in later. */
const REPEATED = [0, 1, 255, ...Buffer.from('01aAxX* ')];

export interface Guess extends DerivedKey {
  /** For a person, as a whole: `the SHA-256 of the word “secret”`. */
  readonly named: string;
}

/** All of them, what is guessed first in front. */
export function* guessableKeys(): Generator<Guess, void, void> {
  yield* bytesInOrder();
  for (const word of WORDS)
    for (const key of derivedKeys([Buffer.from(word)], 'the word', 'few'))
      yield { ...key, named: key.how.replace('the word', `the word “${word}”`) };
}

function* bytesInOrder(): Generator<Guess, void, void> {
  for (const length of LENGTHS)
    for (const byte of REPEATED)
      yield { key: Buffer.alloc(length, byte), ivs: [], how: '', named: `${length} times the byte ${byte}` };
  for (const length of LENGTHS)
    for (let first = 0; first < 256; first += 1) {
      const key = Buffer.from(Array.from({ length }, (_, at) => (first + at) & 0xff));
      yield { key, ivs: [], how: '', named: `the bytes from ${first} on, each one more than the one before` };
    }
}
