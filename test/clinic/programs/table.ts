/**
 * Chat programs as students write them, a folder each, and the right answer to each question of the clinic.
 *
 * The programs are ours, so we know their faults from how they are built. `because` says so, and what it has between
 * backticks is a piece of their code. Each was also run by hand, through a relay that we wrote for this alone. What it
 * showed beyond what the code says is in the comments.
 */

/** What the clinic is asked about each pair. */
export const QUESTIONS = {
  works: 'does the chat work, in each direction that it has',
  // A server that waits for the next client goes on with good reason. A client that is left alone does not.
  ends: 'does the exit word end both programs, whoever types it',
  byteByByte: 'is it the same conversation with every byte arriving alone, from the first',
  byteByByteLater: 'is it the same conversation with every byte arriving alone, after the handshake',
  together: 'do several messages that arrive at once all come out',
  long5000: 'does a message of 5,000 bytes come out whole',
  long70000: 'does a message of 70,000 bytes come out whole',
  scripts: 'does a text in Hindi, Chinese and emoji come out, also if it is cut within a letter',
  readable: 'is nothing that was said readable on the wire, plain or disguised',
  keyInClear: 'does no key cross the wire unencrypted',
  sameBytes: 'does the same sentence give other bytes each time',
  keystream: 'does each direction have a keystream of its own, and each message another part of it',
  // Where a line end or a length is changed, the receiver may notice it only when the next message comes.
  change: 'is a changed byte noticed, wherever it is, also if a bare hash is made anew',
  replay: 'is a message that comes twice shown once',
  drop: 'is a missing message noticed',
  reorder: 'are messages in the wrong order noticed',
  reflect: 'is a message that is sent back to its sender refused',
  keyReplaced: 'is a replaced public key noticed',
  keyStrength: 'is the public key long enough, and its padding sound',
  garbage: 'is the next client served after one that sent garbage',
  half: 'is the next client served after one that sent half a message',
  silent: 'is the next client served while another says nothing',
  reset: 'is the next client served after one that reset its connection',
} as const;

export type Question = keyof typeof QUESTIONS;

/** Why an answer is right, for some of the questions. */
export type Because = Readonly<Partial<Record<Question, string>>>;

/** When this text is shown, that line is typed. */
export interface Step {
  readonly wait: string;
  readonly type: string;
}

export interface Pair {
  /** The name of its folder. */
  readonly name: string;
  readonly language: 'python' | 'node' | 'java' | 'c';
  /** The commands as a person types them in the folder. `{port}` and `{host}` stand where the program takes them. */
  readonly server: string;
  readonly client: string;
  /** What has to be run in the folder before the first start. */
  readonly compile?: string;
  /** The package beyond the standard library. */
  readonly needs?: 'cryptography';
  /** The number that stands in both sources; or that the port is an argument, or comes from this variable. */
  readonly port: number | 'argument' | { readonly variable: string };
  /** In `turns`, the one named in `first` speaks first. In `one way`, only the client speaks. */
  readonly style: 'turns' | 'free' | 'one way' | 'hub';
  readonly first?: 'client' | 'server';
  /** The word that ends it, or is meant to. */
  readonly exit: string;
  /** What the programs ask for before the chat. `second` is the second client of a hub. */
  readonly setup?: Readonly<Partial<Record<'server' | 'client' | 'second', readonly Step[]>>>;
  /** What is typed to say something, where that is more than `{text}`: a hub wants the name of the recipient. */
  readonly message?: Readonly<Partial<Record<'client' | 'second', string>>>;
  /** It needs a terminal: it does not start, or reads nothing, with a pipe as its input. */
  readonly terminal?: true;
  /** The faults for which it is here. A clinic that does not find them is wrong. */
  readonly proves: readonly Question[];
  /** All its faults. A clinic that calls one of them good is wrong. */
  readonly fault: Because;
  /** Nobody can tell from outside. */
  readonly cannotTell?: Because;
  readonly doesNotApply?: Because;
  /**
   * Questions to which more than one answer is right. All questions that are in none of these lists are good: a clinic
   * that finds a fault there is wrong.
   */
  readonly open?: Because;
}

/** No public key is exchanged, and no secret one. */
const NO_KEY_CROSSES: Because = {
  keyInClear: 'no key crosses',
  keyReplaced: 'no key crosses',
  keyStrength: 'no key crosses',
};

/** One message at a time, so the wire never has two of one side. A lost one looks like somebody who thinks. */
const TURNS: Because = {
  together: 'it takes turns',
  reorder: 'it takes turns',
};
const TURNS_OPEN: Because = { drop: 'both wait for each other for ever, and say nothing' };

const NO_CIPHER: Because = { keystream: 'it does not encrypt' };
/** Whether an encryption that is none is deterministic is a matter of words. */
const NO_CIPHER_OPEN: Because = { sameBytes: 'it does not encrypt' };

const NO_NUMBERS: Because = {
  replay: 'messages have no numbers',
  drop: 'messages have no numbers',
  reorder: 'messages have no numbers',
};
const NO_NUMBERS_IN_TURNS: Because = { replay: 'messages have no numbers' };

const ACCEPTS_ONCE: Because = {
  garbage: '`accept()` is called once',
  half: '`accept()` is called once',
  silent: '`accept()` is called once',
  reset: '`accept()` is called once',
};

/** One `recv` is taken for one message, however many bytes it gives. */
const ONE_RECV_IN_TURNS = (code: string): Because => ({
  byteByByte: code,
  byteByByteLater: code,
  long5000: code,
  long70000: code,
  scripts: `${code} may end within a letter`,
});
const ONE_RECV = (code: string): Because => ({ ...ONE_RECV_IN_TURNS(code), together: code });

/** What does not start cannot be asked anything else. */
const ALL_BUT_WORKS: Because = Object.fromEntries(
  Object.keys(QUESTIONS)
    .filter((question) => question !== 'works')
    .map((question) => [question, 'it does not start']),
);

const PYTHON = { server: 'python3 server.py', client: 'python3 client.py' };
const NODE = { server: 'node server.mjs', client: 'node client.mjs' };

export const PAIRS: readonly Pair[] = [
  {
    // Seen: both directions, byte by byte, 70,000 bytes. After a changed, repeated, missing or reflected message the
    // receiver says so and ends the chat; the server waits for the next client. A silent client is sent away after 3 s.
    name: 'clean',
    language: 'python',
    needs: 'cryptography',
    server: 'python3 server.py {port}',
    client: 'python3 client.py {host} {port}',
    port: 'argument',
    style: 'free',
    exit: 'EXIT',
    proves: [],
    fault: {},
    open: {
      keyReplaced: 'a replaced key ends the handshake: refused',
      keyStrength: 'X25519 is strong, if known as such',
    },
  },
  {
    // Seen: as the one before. Its strangers do not have to wait for each other.
    name: 'clean-node',
    language: 'node',
    ...NODE,
    port: 4040,
    style: 'free',
    exit: 'EXIT',
    proves: [],
    fault: {},
    open: {
      keyReplaced: 'a replaced key ends the handshake: refused',
      keyStrength: 'X25519 is strong, if known as such',
    },
  },
  {
    // Seen: the server says “a client left” of each stranger, and serves the next one.
    name: 'clean-counter',
    language: 'node',
    server: 'node server.cjs',
    client: 'node client.cjs',
    port: 6011,
    style: 'free',
    exit: 'quit',
    proves: [],
    fault: {},
    open: {
      keyReplaced: 'a salt crosses before the chat: from outside, nobody can tell that it is no public key',
      keyStrength: 'a salt crosses before the chat: from outside, nobody can tell that it is no public key',
    },
  },
  {
    // Seen: `Client: Nic`, `Client: e to meet you 1` byte by byte. 5,000 bytes end after the first 1,024. The reflected
    // message is shown as the other's. Half a letter of Hindi is a traceback.
    name: 'plain-unframed',
    language: 'python',
    ...PYTHON,
    port: 5000,
    style: 'turns',
    first: 'client',
    exit: 'exit',
    proves: [
      'byteByByte',
      'byteByByteLater',
      'long5000',
      'long70000',
      'readable',
      'change',
      'replay',
      'reflect',
      'garbage',
    ],
    fault: {
      ...ONE_RECV_IN_TURNS('`recv(1024)`'),
      ...NO_NUMBERS_IN_TURNS,
      ...ACCEPTS_ONCE,
      readable: '`msg.encode()` is sent as it is',
      change: 'no check',
      reflect: 'nothing says who sent it',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...TURNS, ...NO_CIPHER },
    open: { ...TURNS_OPEN, ...NO_CIPHER_OPEN },
  },
  {
    // Seen: only the stranger who says nothing keeps the next client out. A changed line end joins two messages.
    name: 'plain-lines',
    language: 'python',
    ...PYTHON,
    port: 5001,
    style: 'free',
    exit: 'bye',
    proves: ['readable', 'change', 'replay', 'drop', 'reorder', 'reflect', 'silent'],
    fault: {
      ...NO_NUMBERS,
      readable: "`out.write(text + '\\n')`",
      change: 'no check',
      reflect: 'nothing says who sent it',
      silent: 'it talks to one client until this one leaves: `for line in file_in`',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...NO_CIPHER },
    open: NO_CIPHER_OPEN,
  },
  {
    // Seen: of three messages that arrive at once only the first is shown, since b64decode stops at its padding. Byte
    // by byte the receiving threads end with binascii.Error, and the programs live on. `exit` leaves the other waiting.
    name: 'base64',
    language: 'python',
    ...PYTHON,
    port: 9999,
    style: 'free',
    exit: 'exit',
    proves: [
      'ends',
      'byteByByte',
      'byteByByteLater',
      'together',
      'long70000',
      'readable',
      'change',
      'replay',
      'reflect',
    ],
    fault: {
      ...ONE_RECV('`recv(4096)`'),
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      ends: 'the other is still in `input(`',
      readable: '`base64.b64encode(text.encode())`',
      change: 'no check',
      reflect: 'nothing says who sent it',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...NO_CIPHER },
    open: NO_CIPHER_OPEN,
  },
  {
    // Seen: it stands every cut and every stranger.
    name: 'caesar',
    language: 'node',
    ...NODE,
    port: 6000,
    style: 'free',
    exit: '/quit',
    proves: ['readable', 'change', 'replay', 'drop', 'reorder', 'reflect'],
    fault: {
      ...NO_NUMBERS,
      readable: '`const SHIFT = 3`',
      sameBytes: 'each letter has one other letter',
      change: 'no check',
      reflect: 'nothing says who sent it',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...NO_CIPHER },
  },
  {
    // Seen: byte by byte the first byte of the header is taken for the whole, and both programs end.
    name: 'xor-repeated',
    language: 'python',
    ...PYTHON,
    port: 1234,
    style: 'turns',
    first: 'client',
    exit: 'quit',
    proves: ['byteByByte', 'byteByByteLater', 'readable', 'sameBytes', 'change', 'replay', 'reflect'],
    fault: {
      ...NO_NUMBERS_IN_TURNS,
      ...ACCEPTS_ONCE,
      byteByByte: '`sock.recv(HEADER)` is not repeated',
      byteByByteLater: '`sock.recv(HEADER)` is not repeated',
      readable: '`KEY = b"Kiwi"` is found from the letters that are said most',
      sameBytes: 'the key begins anew with each message',
      keystream: 'both directions have the same four bytes',
      change: 'no check',
      reflect: 'one key for both directions',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...TURNS },
    open: {
      ...TURNS_OPEN,
      long5000: '`sock.recv(length)` gives it whole if it has arrived whole',
      long70000: '`sock.recv(length)` gives it whole if it has arrived whole',
      scripts: 'whole if it arrives whole, cut if not',
    },
  },
  {
    // Seen: it hung in each start. With a pause after each send (which the sender has to make: a relay gets the
    // pieces joined already) it works.
    name: 'hangs-three-writes',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 12345,
    style: 'turns',
    first: 'client',
    exit: 'EXIT',
    proves: ['works'],
    fault: {
      byteByByte: '`sock.recv(1024)`',
      byteByByteLater: '`sock.recv(1024)`',
      long5000: '`sock.recv(1024)`',
      long70000: '`sock.recv(1024)`',
      ...NO_NUMBERS_IN_TURNS,
      ...ACCEPTS_ONCE,
      works:
        '`sock.send(iv)`, `sock.send(ciphertext)`, `sock.send(digest)` arrive as one, and `iv = sock.recv(1024)` takes all',
      change: '`hashlib.sha256(ciphertext)` leaves out the IV, and has no key',
      reflect: 'one key for both directions',
      keyReplaced: '`load_pem_public_key(sock.recv(4096))` asks nobody whose key it is',
    },
    doesNotApply: TURNS,
    open: {
      ...TURNS_OPEN,
      ends: 'it ends both when it does not hang',
      scripts: 'too short to be cut, if it does not hang',
    },
  },
  {
    // Seen: the key from its first 44 bytes opened all that followed. After a token that does not open it closes its
    // socket, and typing ends with a traceback.
    name: 'fernet-key-sent',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 5555,
    style: 'free',
    exit: 'exit',
    proves: ['keyInClear', 'byteByByte', 'together', 'long70000', 'replay', 'reflect'],
    fault: {
      ...ONE_RECV('`client.recv(4096)`'),
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      ends: 'no word ends it: `while True:`',
      keyInClear: '`client.send(key)`',
      reflect: 'one key for both directions',
    },
    doesNotApply: { keyReplaced: 'no public key crosses', keyStrength: 'no public key crosses' },
    open: { readable: 'only with the key that crossed' },
  },
  {
    // Seen: a flipped bit gives 16 bytes of nonsense; in the last two blocks the padding is wrong, and it ends.
    name: 'aes-ecb',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 8888,
    style: 'free',
    exit: 'exit',
    proves: ['sameBytes', 'change', 'replay', 'drop', 'reorder', 'reflect'],
    fault: {
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      sameBytes: '`modes.ECB()`',
      change: 'no check',
      reflect: 'one key for both directions',
    },
    doesNotApply: { ...NO_KEY_CROSSES, keystream: 'a block cipher' },
  },
  {
    // Seen: a flipped bit in the first block is shown as nonsense and one changed letter; elsewhere the padding is
    // wrong, and it ends with a traceback.
    name: 'aes-cbc-one-iv',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 65432,
    style: 'turns',
    first: 'client',
    exit: 'bye',
    proves: ['sameBytes', 'keyStrength', 'change', 'replay', 'reflect', 'byteByByte', 'long70000'],
    fault: {
      byteByByte: '`conn.recv(2048)`',
      byteByByteLater: '`conn.recv(2048)`',
      long5000: '`conn.recv(2048)`',
      long70000: '`conn.recv(2048)`',
      ...NO_NUMBERS_IN_TURNS,
      ...ACCEPTS_ONCE,
      sameBytes: '`IV = b"1234567890123456"`',
      keyStrength: '`KEY = b"0123456789abcdef0123456789abcdef"`',
      change: 'no check',
      reflect: 'one key for both directions',
    },
    doesNotApply: {
      ...TURNS,
      keyInClear: 'no key crosses',
      keyReplaced: 'no key crosses',
      keystream: 'a block cipher',
    },
    open: { ...TURNS_OPEN, scripts: 'whole if it arrives whole, cut if not' },
  },
  {
    // Seen: the same sentence, said by both at the same place, has the same bytes, and the XOR of two sentences is that
    // of their texts. After a replay or a loss the keystreams are out of step, and what follows is shown as nonsense.
    name: 'aes-ctr-one-keystream',
    language: 'node',
    server: 'node server.cjs',
    client: 'node client.cjs',
    port: 8124,
    style: 'free',
    exit: 'exit',
    proves: ['keystream', 'change'],
    fault: {
      keystream: "`crypto.createCipheriv('aes-256-ctr', key, nonce)` is the same in both",
      change: 'no check',
      reflect: 'one keystream for both directions: what is sent back at the same place opens',
      silent: '`if (socket) return s.end()`',
      garbage: '`if (socket) return s.end()`',
      half: '`if (socket) return s.end()`',
      reset: '`if (socket) return s.end()`',
    },
    doesNotApply: NO_KEY_CROSSES,
    open: {
      replay: 'shown, but as nonsense',
      drop: 'what follows is nonsense',
      reorder: 'both are shown as nonsense',
    },
  },
  {
    // Seen: a flipped bit is refused with a word, and the chat goes on. With the SHA-256 made anew, `Nica to meet you`.
    name: 'hash-without-key',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 7777,
    style: 'free',
    exit: 'EXIT',
    proves: ['change', 'replay', 'drop', 'reorder'],
    fault: {
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      change: '`hashlib.sha256(body).digest()` has no key',
    },
    doesNotApply: { ...NO_KEY_CROSSES, keystream: 'a block cipher' },
  },
  {
    // Seen: a flipped bit of the IV changes a letter that is shown; all other changes, replays and orders are refused.
    name: 'hmac-without-iv',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 9443,
    style: 'free',
    exit: 'quit',
    proves: ['change'],
    fault: { ...ACCEPTS_ONCE, change: '`str(self.number).encode() + data` leaves out the IV' },
    doesNotApply: { ...NO_KEY_CROSSES, keystream: 'a block cipher' },
  },
  {
    // Seen: a token that does not open gets a word on the screen, and the chat goes on. All strangers are stood.
    name: 'replay-accepted',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 10000,
    style: 'free',
    exit: 'EXIT',
    proves: ['replay', 'drop', 'reorder'],
    fault: NO_NUMBERS,
    doesNotApply: { ...NO_KEY_CROSSES, keystream: 'a block cipher' },
  },
  {
    // Seen: a message that is sent back is shown if its number is the next one on that side, as the first message's is.
    name: 'reflection-accepted',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 11000,
    style: 'free',
    exit: 'EXIT',
    proves: ['reflect'],
    fault: { ...ACCEPTS_ONCE, reflect: '`fernet.encrypt(f"{sent}:{text}".encode())` says not who sent it' },
    doesNotApply: { ...NO_KEY_CROSSES, keystream: 'a block cipher' },
  },
  {
    // Seen: with the public key replaced and the secret sealed again, both were content. Other disturbances
    // are refused with a word.
    name: 'key-replaced',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 8443,
    style: 'free',
    exit: 'EXIT',
    proves: ['keyReplaced'],
    fault: { keyReplaced: '`load_pem_public_key(read_frame(conn))` asks nobody whose key it is' },
  },
  {
    // Seen: with the public key replaced, both were content. A refused message leaves the chat open. What is
    // typed before the key has come is lost: "Please wait." A connection that ends with a reset, as that of a stranger
    // does who has not read the key, ends the server.
    name: 'rsa-512',
    language: 'node',
    ...NODE,
    port: 8082,
    style: 'free',
    exit: 'EXIT',
    proves: ['keyStrength', 'keyReplaced', 'replay', 'drop', 'reorder', 'reflect'],
    fault: {
      ...NO_NUMBERS,
      keyReplaced: '`createPublicKey({ key: Buffer.from(line,` asks nobody whose key it is',
      keyStrength: '`modulusLength: 512`',
      reflect: 'one key for both directions',
      reset: '`createInterface({ input: socket })` passes the error on, and nobody takes it',
    },
    open: {
      garbage: 'served if the stranger closes its connection, not if it resets it',
      half: 'served if the stranger closes its connection, not if it resets it',
    },
  },
  {
    // Seen: with both public keys replaced, what they said was read, and both were content. Each message is sealed for
    // the other, so one that is sent back ends its sender with a traceback.
    name: 'rsa-pkcs1',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 5050,
    style: 'turns',
    first: 'client',
    exit: 'exit',
    proves: ['keyReplaced', 'keyStrength'],
    fault: {
      ...NO_NUMBERS_IN_TURNS,
      ...ACCEPTS_ONCE,
      keyReplaced: '`load_der_public_key(recv_line(sock))` asks nobody whose key it is',
      keyStrength: '`key_size=1024` and `padding.PKCS1v15()`',
    },
    doesNotApply: { ...TURNS, keystream: 'no stream' },
    open: {
      ...TURNS_OPEN,
      change: 'a flipped bit breaks the padding; but anybody has the key to seal another message',
    },
  },
  {
    // Seen: n was factored by trial, and what was said read. A changed digit shows another letter, or ends the thread
    // that receives. Who is told goodbye must press Enter.
    name: 'rsa-letters',
    language: 'python',
    ...PYTHON,
    port: 7070,
    style: 'free',
    exit: 'exit',
    proves: ['sameBytes', 'keyReplaced', 'keyStrength', 'replay', 'drop', 'reorder'],
    fault: {
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      ends: '`print("Press Enter to leave")`',
      sameBytes: '`pow(ord(letter), e, n)` is one number for each letter',
      change: 'no check',
      keyReplaced: '`map(int, lines.readline().split(","))` asks nobody whose key it is',
      keyStrength: '`random.randint(1100, 9999)`',
    },
    doesNotApply: { keystream: 'no stream' },
    open: {
      readable: 'a letter has one number, so it is a code that can be broken',
      reflect: 'not shown, but it ends the thread that receives',
    },
  },
  {
    // Seen: all 22 secrets were tried with the SHA-256 of their digits, and one opened every token.
    name: 'dh-small',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 7171,
    style: 'free',
    exit: 'exit',
    proves: ['keyReplaced', 'keyStrength'],
    fault: {
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      keyReplaced: '`pow(int(stream.readline()), a, P)` asks nobody whose number it is',
      keyStrength: '`P, G = 23, 5`',
      reflect: 'one key for both directions',
    },
    doesNotApply: { keystream: 'a block cipher' },
    open: { change: 'noticed, but with a traceback that ends the thread', ends: 'the input stays' },
  },
  {
    name: 'dh-parameters',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 7272,
    style: 'free',
    exit: 'quit',
    proves: ['keyReplaced'],
    fault: {
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      keyReplaced: '`private.exchange(load_pem_public_key(read(stream)))` asks nobody whose key it is',
      reflect: 'one key for both directions',
    },
  },
  {
    name: 'x25519',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 7373,
    style: 'free',
    exit: 'bye',
    proves: ['keyReplaced'],
    fault: {
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      keyReplaced: '`X25519PublicKey.from_public_bytes(stream.read(32))` asks nobody whose key it is',
      reflect: 'one key for both directions',
      long70000: '`len(data).to_bytes(2, "big")`',
    },
    open: { change: 'noticed, but with a traceback that ends the thread', keyStrength: 'X25519 is strong' },
  },
  {
    name: 'ecdh-json',
    language: 'node',
    ...NODE,
    port: 7676,
    style: 'free',
    exit: 'quit',
    proves: ['keyReplaced'],
    fault: {
      ...NO_NUMBERS,
      keyReplaced: "`ecdh.computeSecret(message.publicKey, 'base64')` asks nobody whose key it is",
      reflect: 'one key for both directions',
      garbage: '`server.close()`',
      half: '`server.close()`',
      silent: '`server.close()`',
      reset: '`server.close()`',
    },
    open: { change: 'noticed, but with a stack trace that ends the program', keyStrength: 'P-256 is strong' },
  },
  {
    name: 'ecdh-pem',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 7474,
    style: 'turns',
    first: 'client',
    exit: 'exit',
    proves: ['keyReplaced'],
    fault: {
      ...ACCEPTS_ONCE,
      ...NO_NUMBERS_IN_TURNS,
      byteByByte: '`sock.recv(1024)`',
      byteByByteLater: '`sock.recv(4096)`',
      long5000: '`sock.recv(4096)`',
      long70000: '`sock.recv(4096)`',
      keyReplaced: '`serialization.load_pem_public_key(sock.recv(1024))` asks nobody whose key it is',
      reflect: 'one key for both directions',
    },
    doesNotApply: { ...TURNS, keystream: 'a block cipher' },
    open: {
      ...TURNS_OPEN,
      change: 'noticed, but with a traceback that ends the program',
      keyStrength: 'P-256 is strong',
      scripts: 'whole if it arrives whole',
    },
  },
  {
    // Seen: with n replaced, the AES key was opened and sealed again, and both were content.
    name: 'rsa-numbers',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 7575,
    style: 'free',
    exit: 'exit',
    proves: ['keyReplaced'],
    fault: {
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      keyReplaced: '`rsa.RSAPublicNumbers(e, n)` asks nobody whose key it is',
      reflect: 'one key for both directions',
    },
    open: { change: 'noticed, but with a traceback that ends the thread', ends: 'the input stays' },
  },
  {
    name: 'client-trusts',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 7887,
    style: 'free',
    exit: 'exit',
    proves: ['replay', 'drop', 'reorder'],
    fault: {
      ...ACCEPTS_ONCE,
      replay: 'the client never looks at `number`',
      drop: 'the client never looks at `number`',
      reorder: 'the client never looks at `number`',
    },
    doesNotApply: { ...NO_KEY_CROSSES, keystream: 'a block cipher' },
  },
  {
    // Seen: the key from the first pickle opened all messages. A changed name in a pickle is shown beside the right
    // text; most other changes end it with a traceback.
    name: 'key-pickled',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 9090,
    style: 'turns',
    first: 'client',
    exit: 'q',
    proves: ['keyInClear', 'sameBytes', 'keystream', 'change', 'replay', 'reflect', 'byteByByte', 'long70000'],
    fault: {
      byteByByte: '`pickle.loads(conn.recv(4096))`',
      byteByByteLater: '`pickle.loads(conn.recv(4096))`',
      long5000: '`pickle.loads(conn.recv(4096))`',
      long70000: '`pickle.loads(conn.recv(4096))`',
      ...NO_NUMBERS_IN_TURNS,
      ...ACCEPTS_ONCE,
      keyInClear: '`conn.send(pickle.dumps(params))`',
      sameBytes: '`modes.CFB(self.iv)` has one IV for all',
      keystream: '`modes.CFB(self.iv)` begins with the same 16 bytes in each message',
      change: 'no check',
      reflect: 'one key for both directions',
    },
    doesNotApply: { ...TURNS, keyReplaced: 'no public key crosses', keyStrength: 'no public key crosses' },
    open: {
      ...TURNS_OPEN,
      readable: 'only with the key that crossed',
      scripts: 'whole if it arrives whole, cut if not',
    },
  },
  {
    // Seen: a line that is no token ends the server with a traceback; half a line does not.
    name: 'dies-at-garbage',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 6789,
    style: 'free',
    exit: 'exit',
    proves: ['garbage', 'silent', 'replay', 'drop', 'reorder', 'reflect'],
    fault: {
      ...NO_NUMBERS,
      garbage: '`fernet.decrypt(token)` is not caught',
      silent: 'it talks to one client until this one leaves: `conn, addr = server.accept()`',
      reset: '`sock.recv(1)` is not caught',
      reflect: 'one key for both directions',
    },
    doesNotApply: { ...NO_KEY_CROSSES, keystream: 'a block cipher' },
    open: {
      change: 'noticed, but with a traceback that ends the program',
      ends: 'the server says goodbye and waits for the next: `print("Bye", addr)`; for it, the word is a message',
    },
  },
  {
    // Seen: all changes are refused with a word, and end the chat on both sides.
    name: 'accepts-once',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 9191,
    style: 'free',
    exit: 'END',
    proves: ['garbage', 'half', 'silent', 'reset'],
    fault: { ...ACCEPTS_ONCE, keyStrength: '`KEY = bytes(range(100, 132))`' },
    doesNotApply: { keyInClear: 'no key crosses', keyReplaced: 'no key crosses' },
  },
  {
    // Seen: InvalidToken and a traceback at 1,024 bytes of token.
    name: 'long-message',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 3333,
    style: 'turns',
    first: 'client',
    exit: 'exit',
    proves: ['long5000', 'long70000', 'byteByByte', 'byteByByteLater', 'replay', 'reflect'],
    fault: {
      byteByByte: '`c.recv(1024)`',
      byteByByteLater: '`c.recv(1024)`',
      long5000: '`c.recv(1024)`',
      long70000: '`c.recv(1024)`',
      ...NO_NUMBERS_IN_TURNS,
      ...ACCEPTS_ONCE,
      reflect: 'one key for both directions',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...TURNS, keystream: 'a block cipher' },
    open: {
      ...TURNS_OPEN,
      change: 'noticed, but with a traceback that ends the program',
      scripts: 'whole if it arrives whole, cut if not',
    },
  },
  {
    // Seen: English byte by byte is all right. Hindi byte by byte is a UnicodeDecodeError, and the program ends.
    name: 'utf8-cut',
    language: 'python',
    ...PYTHON,
    port: 4321,
    style: 'free',
    exit: 'stop',
    proves: ['scripts', 'readable', 'change', 'replay', 'drop', 'reorder', 'reflect'],
    fault: {
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      scripts: '`text += data.decode("utf-8")`',
      readable: '`(line + "\\n").encode("utf-8")`',
      change: 'no check',
      reflect: 'nothing says who sent it',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...NO_CIPHER },
    open: NO_CIPHER_OPEN,
  },
  {
    // Seen: each client gets what is written to its name, and nothing that a stranger sends keeps it from that.
    name: 'hub',
    language: 'python',
    ...PYTHON,
    port: 2222,
    style: 'hub',
    exit: 'EXIT',
    setup: { client: [{ wait: 'Your name?', type: 'anna' }], second: [{ wait: 'Your name?', type: 'ben' }] },
    message: { client: 'ben: {text}', second: 'anna: {text}' },
    proves: ['readable', 'change', 'replay', 'drop', 'reorder'],
    fault: {
      ...NO_NUMBERS,
      readable: '`{text.strip()}\\n".encode()`',
      change: 'no check',
      reflect: 'the line names who shall get it, and so looks like one that he has sent',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...NO_CIPHER },
    open: {
      ...NO_CIPHER_OPEN,
      ends: 'a client leaves with it; the room stays open, as rooms do',
    },
  },
  {
    // Seen: 1,000 bytes of a long message, and letters that are cut end it with a traceback.
    name: 'turns-server-first',
    language: 'python',
    ...PYTHON,
    port: 1337,
    style: 'turns',
    first: 'server',
    exit: 'over',
    proves: ['readable', 'sameBytes', 'change', 'replay', 'reflect', 'byteByByte', 'long5000', 'long70000'],
    fault: {
      ...ONE_RECV_IN_TURNS('`conn.recv(1000)`'),
      ...NO_NUMBERS_IN_TURNS,
      ...ACCEPTS_ONCE,
      readable: '`KEY = 42`',
      sameBytes: 'each byte has one other byte',
      keystream: 'both directions have the same byte',
      change: 'no check',
      reflect: 'one key for both directions',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...TURNS },
    open: TURNS_OPEN,
  },
  {
    // Seen: it shows messages with the name of who sent them. Strangers get NO, and the next client is served, unless
    // one says nothing.
    name: 'asks-first',
    language: 'python',
    ...PYTHON,
    port: 5678,
    style: 'free',
    exit: 'quit',
    setup: {
      server: [{ wait: 'Your nickname:', type: 'sam' }],
      client: [
        { wait: 'User name:', type: 'anna' },
        { wait: 'Password:', type: 'tulip7' },
        { wait: 'Your choice:', type: '1' },
      ],
    },
    proves: ['readable', 'change', 'replay', 'drop', 'reorder', 'silent'],
    fault: {
      ...NO_NUMBERS,
      readable: '`{user}\\n{password}\\n`',
      change: 'no check',
      reflect: 'nothing keeps a message from its sender',
      silent: '`user = check(stream, conn)` waits for one at a time',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...NO_CIPHER },
    open: { ...NO_CIPHER_OPEN },
  },
  {
    // Seen: 15 seconds after the connection both say that the exchange is done. What was typed before is lost. With the
    // number of each replaced, all that they said could be read, and both were content.
    name: 'slow-keys',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 8765,
    style: 'free',
    exit: 'exit',
    proves: [],
    fault: {
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      keyReplaced: '`pow(other, private, p)` asks nobody whose number it is',
      reflect: 'one key for both directions',
    },
    doesNotApply: { keystream: 'a block cipher' },
    open: {
      change: 'noticed, but with a traceback that ends the thread',
      keyInClear: 'numbers of Diffie-Hellman are meant to cross',
      keyStrength: '521 bits are few, but one would have to know that it is Diffie-Hellman',
    },
  },
  {
    // Seen: after a token that does not open, nothing more is shown, and both programs live on without a word.
    name: 'thread-dies',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 8665,
    style: 'free',
    exit: 'exit',
    proves: ['change', 'ends', 'replay', 'drop', 'reorder', 'reflect'],
    fault: {
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      ends: '`if message == "exit":` ends the thread, not the program',
      change: '`except:` says nothing, and no later message is shown',
      reflect: 'one key for both directions',
    },
    doesNotApply: { ...NO_KEY_CROSSES, keystream: 'a block cipher' },
  },
  {
    // Seen: the server prints without end from the start, hundreds of thousands of letters between two messages; the
    // client when the connection has ended.
    name: 'floods',
    language: 'python',
    ...PYTHON,
    port: 6060,
    style: 'free',
    exit: 'exit',
    proves: ['readable'],
    fault: {
      ...ONE_RECV('`conn.recv(1024)`'),
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      ends: '`print("no message yet...")` goes on',
      readable: '`conn.send(text.encode())`',
      change: 'no check',
      reflect: 'nothing says who sent it',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...NO_CIPHER },
    open: NO_CIPHER_OPEN,
  },
  {
    // Seen: after SIGTERM to the server and the end of the client, the child is still there and holds the port.
    name: 'child-stays',
    language: 'python',
    ...PYTHON,
    port: 7878,
    style: 'free',
    exit: 'exit',
    proves: ['readable', 'change', 'replay', 'drop', 'reorder', 'reflect'],
    fault: {
      ...NO_NUMBERS,
      readable: '`conn.sendall(line.encode())`',
      change: 'no check',
      reflect: 'nothing says who sent it',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...NO_CIPHER },
    open: {
      ...NO_CIPHER_OPEN,
      ends: 'the client ends; the server waits for the next, and a child stays: `time.sleep(600)`',
      silent: "each child reads the keyboard, so a stranger's may take the line: `for line in sys.stdin`",
      garbage: 'each child reads the keyboard: `for line in sys.stdin`',
      half: 'each child reads the keyboard: `for line in sys.stdin`',
      reset: 'each child reads the keyboard: `for line in sys.stdin`',
    },
  },
  {
    // Seen: with a pipe it ends with termios.error or waits at its password; at a terminal it works.
    name: 'needs-terminal',
    language: 'python',
    ...PYTHON,
    port: 5432,
    style: 'free',
    exit: 'exit',
    setup: {
      server: [{ wait: 'Shared password:', type: 'sunflower' }],
      client: [{ wait: 'Shared password:', type: 'sunflower' }],
    },
    terminal: true,
    proves: ['sameBytes', 'change', 'replay', 'drop', 'reorder', 'reflect'],
    fault: {
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      sameBytes: 'the key begins anew with each message',
      keystream: 'both directions have the same 32 bytes',
      change: 'no check',
      reflect: 'one key for both directions',
    },
    doesNotApply: NO_KEY_CROSSES,
    open: { readable: 'a key of 32 bytes needs many messages to be found', long70000: 'its terminal is slow' },
  },
  {
    // Seen: a stranger that resets its connection ends the server; the others it stands. Both programs end at `bye`.
    name: 'port-from-environment',
    language: 'node',
    ...NODE,
    port: { variable: 'CHAT_PORT' },
    style: 'free',
    exit: 'bye',
    proves: ['readable', 'change', 'replay', 'drop', 'reorder'],
    fault: {
      ...NO_NUMBERS,
      readable: "`JSON.stringify({ from: 'client', text })`",
      change: 'no check',
      reflect: 'nothing keeps a message from its sender',
      reset: '`readline.createInterface({ input: socket })` passes the error on, and nobody takes it',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...NO_CIPHER },
    open: NO_CIPHER_OPEN,
  },
  {
    // Seen: a message that does not open is passed over with a word. Two that arrive at once do not open.
    name: 'one-way',
    language: 'python',
    needs: 'cryptography',
    ...PYTHON,
    port: 8089,
    style: 'one way',
    exit: 'exit',
    proves: ['byteByByte', 'byteByByteLater', 'together', 'long70000', 'replay', 'drop', 'reorder'],
    fault: {
      byteByByte: '`conn.recv(8192)`',
      byteByByteLater: '`conn.recv(8192)`',
      together: '`conn.recv(8192)`',
      long70000: '`conn.recv(8192)`',
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
    },
    doesNotApply: { ...NO_KEY_CROSSES, reflect: 'the client reads nothing' },
    open: { long5000: 'whole if it arrives whole', scripts: 'whole if it arrives whole' },
  },
  {
    // Seen: NameError before it listens.
    name: 'crashes',
    language: 'python',
    ...PYTHON,
    port: 9595,
    style: 'free',
    exit: 'exit',
    proves: ['works'],
    fault: { works: '`server.bind((HOST, PORT))` stands before `PORT = 9595`' },
    cannotTell: ALL_BUT_WORKS,
  },
  {
    // Seen: two messages at once, or half a one, are a SyntaxError that ends the program. So is all garbage. The stack
    // trace quotes the message, which does not make it shown. The time in each message differs, little else.
    name: 'node-json',
    language: 'node',
    server: 'node server.cjs',
    client: 'node client.cjs',
    port: 3000,
    style: 'free',
    exit: 'quit',
    proves: [
      'byteByByte',
      'byteByByteLater',
      'together',
      'long70000',
      'readable',
      'change',
      'garbage',
      'half',
      'reset',
    ],
    fault: {
      byteByByte: '`JSON.parse(data)`',
      byteByByteLater: '`JSON.parse(data)`',
      together: '`JSON.parse(data)`',
      long70000: '`JSON.parse(data)`',
      scripts: '`JSON.parse(data)` may get half a letter',
      ...NO_NUMBERS,
      readable: '`JSON.stringify({ type, text,`',
      change: 'no check',
      reflect: 'nothing says who sent it',
      garbage: '`JSON.parse(data)` is not caught',
      half: '`JSON.parse(data)` is not caught',
      reset: "`socket.on('data'` alone: an error has no listener",
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...NO_CIPHER },
    open: { ...NO_CIPHER_OPEN, long5000: 'whole if it arrives whole' },
  },
  {
    // Seen: whoever types it says goodbye and stays, and so does the other.
    name: 'exit-ignored',
    language: 'python',
    ...PYTHON,
    port: 5047,
    style: 'free',
    exit: 'EXIT',
    proves: ['ends', 'readable', 'change', 'replay', 'drop', 'reorder', 'reflect'],
    fault: {
      ...NO_NUMBERS,
      ...ACCEPTS_ONCE,
      ends: '`print("Goodbye!")` closes nothing',
      readable: '`text.encode() + b"\\n"`',
      change: 'no check',
      reflect: 'nothing says who sent it',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...NO_CIPHER },
    open: NO_CIPHER_OPEN,
  },
  {
    // It is compiled first, because a start from its source takes two seconds. Seen: its lines stand every cut.
    name: 'java-plain',
    language: 'java',
    compile: 'javac Server.java Client.java',
    server: 'java Server',
    client: 'java Client',
    port: 6666,
    style: 'free',
    exit: 'Over',
    proves: ['readable', 'change', 'replay', 'drop', 'reorder', 'reflect'],
    fault: {
      ...NO_NUMBERS,
      garbage: '`server.accept()` is called once',
      half: '`server.accept()` is called once',
      silent: '`server.accept()` is called once',
      reset: '`server.accept()` is called once',
      readable: '`out.println(text)`',
      change: 'no check',
      reflect: 'nothing says who sent it',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...NO_CIPHER },
    open: NO_CIPHER_OPEN,
  },
  {
    // Seen: three messages at once are shown as one.
    name: 'c-plain',
    language: 'c',
    compile: 'cc -o server server.c && cc -o client client.c',
    server: './server',
    client: './client',
    port: 8787,
    style: 'free',
    exit: 'exit',
    proves: ['byteByByte', 'byteByByteLater', 'long5000', 'long70000', 'readable', 'change', 'replay', 'reflect'],
    fault: {
      ...ONE_RECV('`recv(sock, buffer, 255, 0)`'),
      ...NO_NUMBERS,
      garbage: '`accept(listener, NULL, NULL)` is called once',
      half: '`accept(listener, NULL, NULL)` is called once',
      silent: '`accept(listener, NULL, NULL)` is called once',
      reset: '`accept(listener, NULL, NULL)` is called once',
      readable: '`send(sock, buffer, n, 0)`',
      change: 'no check',
      reflect: 'nothing says who sent it',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...NO_CIPHER },
    open: NO_CIPHER_OPEN,
  },
];
