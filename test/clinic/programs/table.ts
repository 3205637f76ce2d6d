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
  /** What stands in front of each message that is typed, such as the name of its recipient. */
  readonly before?: Readonly<Partial<Record<'client' | 'second', string>>>;
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
    server: 'node server.mjs',
    client: 'node client.mjs',
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
    // Seen: `Client: Nic`, `Client: e to meet you 1` byte by byte. 5,000 bytes end after the first 1,024. The reflected
    // message is shown as the other's. Half a letter of Hindi is a traceback.
    name: 'plain-unframed',
    language: 'python',
    server: 'python3 server.py',
    client: 'python3 client.py',
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
    server: 'python3 server.py',
    client: 'python3 client.py',
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
    server: 'python3 server.py',
    client: 'python3 client.py',
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
    server: 'node server.mjs',
    client: 'node client.mjs',
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
    server: 'python3 server.py',
    client: 'python3 client.py',
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
      long70000: '`sock.recv(length)` is not repeated',
      readable: '`KEY = b"Kiwi"` is found from the letters that are said most',
      sameBytes: 'the key begins anew with each message',
      keystream: 'both directions have the same four bytes',
      change: 'no check',
      reflect: 'one key for both directions',
    },
    doesNotApply: { ...NO_KEY_CROSSES, ...TURNS },
    open: {
      ...TURNS_OPEN,
      long5000: 'one `recv` gives it whole as long as it has arrived whole',
      scripts: 'whole if it arrives whole, cut if not',
    },
  },
  {
    // Seen: it hung in ten starts of ten. With a pause after each send (which the sender has to make: a relay gets the
    // pieces joined already) it works.
    name: 'hangs-three-writes',
    language: 'python',
    needs: 'cryptography',
    server: 'python3 server.py',
    client: 'python3 client.py',
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
];
