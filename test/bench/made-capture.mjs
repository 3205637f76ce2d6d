/**
 * Captures for the benchmark, made while they are written: any size in little memory, and the same bytes in each run.
 *
 * Packets of all conversations alternate. The conversations are of eight kinds in turn, so that the benchmark favours
 * no kind of content: chat lines, HTTP, TLS, SSH, base64 mail, another script, structured binary data, noise.
 */
import { Buffer } from 'node:buffer';
import { createHash, createCipheriv } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

const LINKTYPE_ETHERNET = 1;
const HEADERS = 54;
const WORDS =
  'the of and to in is you that it he was for on are as with his they at be this have from or one had by word but not what all were we when your can said there use an each which she do how their if will up other about out many then them these so some her would make like him into time has look two more write go see number no way could people my than first water been call who oil its now find long down day did get come made may part'.split(
    ' ',
  );
const CYRILLIC =
  'и в не на я быть он с что а по это она этот к но они мы весь который из у то за свой человек так год сказать время'.split(
    ' ',
  );

/** A small, fast random generator: xorshift32. */
function generator(seed) {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Bytes without a pattern: AES-CTR over zeros. */
function noise(length, seed) {
  const key = createHash('sha256').update(`bench ${seed}`).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

const POOL_BYTES = 1 << 18;

function linesOf(words, random) {
  let text = '';
  while (text.length < POOL_BYTES) {
    const line = Array.from({ length: 4 + (random() % 12) }, () => words[random() % words.length]);
    text += `${line.join(' ')}\n`;
  }
  return Buffer.from(text);
}

function structured(random) {
  const bytes = Buffer.alloc(POOL_BYTES);
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    bytes.writeUInt32LE(at >>> 4, at);
    bytes.writeUInt16LE(random() % 1000, at + 4);
    bytes.writeUInt8(random() % 4, at + 8);
  }
  return bytes;
}

/** TLS records of application data, of 256 bytes of noise each (RFC 8446, section 5.2). */
const TLS_RECORD_BYTES = 5 + 256;

function tlsRecords() {
  const count = Math.floor(POOL_BYTES / TLS_RECORD_BYTES);
  const bytes = noise(count * TLS_RECORD_BYTES, 'tls');
  for (let at = 0; at < bytes.length; at += TLS_RECORD_BYTES) bytes.set([0x17, 3, 3, 1, 0], at);
  return bytes;
}

/** RFC 8446, section 4.1.2: TLS 1.3 with a server name. */
function clientHello(name) {
  const host = Buffer.from(name);
  const serverName = Buffer.concat([
    u16(0),
    u16(host.length + 5),
    u16(host.length + 3),
    Buffer.from([0]),
    u16(host.length),
    host,
  ]);
  const versions = Buffer.from('002b0003020304', 'hex');
  const cipherSuites = Buffer.concat([u16(2), u16(0x1301)]);
  return handshakeRecord(1, [
    Buffer.from([0]),
    cipherSuites,
    Buffer.from([1, 0]),
    block(Buffer.concat([serverName, versions])),
  ]);
}

/** RFC 8446, section 4.1.3: TLS 1.3 with a key share for X25519. */
function serverHello() {
  const version = Buffer.from('002b00020304', 'hex');
  const keyShare = Buffer.concat([Buffer.from('00330024001d0020', 'hex'), noise(32, 'key share')]);
  return handshakeRecord(2, [
    Buffer.from([0]),
    u16(0x1301),
    Buffer.from([0]),
    block(Buffer.concat([version, keyShare])),
  ]);
}

function handshakeRecord(type, parts) {
  const body = Buffer.concat([u16(0x0303), noise(32, `random ${type}`), ...parts]);
  return Buffer.concat([
    Buffer.from([0x16, 3, 1]),
    u16(body.length + 4),
    Buffer.from([type, 0]),
    u16(body.length),
    body,
  ]);
}

function block(bytes) {
  return Buffer.concat([u16(bytes.length), bytes]);
}

function u16(value) {
  return Buffer.from([value >> 8, value & 0xff]);
}

const LF = 0x0a;

function nextLine(pool, at) {
  return pool.indexOf(LF, at) + 1;
}

function sameRecord(_, at) {
  return at - (at % TLS_RECORD_BYTES);
}

function anywhere(_, at) {
  return at;
}

/**
 * For each kind of conversation: what each side says first, the pool that the rest is cut from, and where a piece may
 * begin.
 */
function kinds(random) {
  const text = linesOf(WORDS, random);
  const mail = Buffer.from(
    noise(POOL_BYTES, 'mail')
      .toString('base64')
      .replace(/(.{76})/g, '$1\r\n'),
  );
  const none = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
  return [
    { first: none, pool: text, begin: nextLine },
    {
      first: {
        client: Buffer.from('POST /lesson HTTP/1.1\r\nHost: example.org\r\nContent-Type: text/plain\r\n\r\n'),
        server: Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n'),
      },
      pool: text,
      begin: nextLine,
    },
    { first: { client: clientHello('example.org'), server: serverHello() }, pool: tlsRecords(), begin: sameRecord },
    {
      first: {
        client: Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'),
        server: Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'),
      },
      pool: noise(POOL_BYTES, 'ssh'),
      begin: anywhere,
    },
    {
      first: { client: Buffer.from('EHLO example.org\r\n'), server: Buffer.from('220 mail.example.org ESMTP\r\n') },
      pool: mail,
      begin: nextLine,
    },
    { first: none, pool: linesOf(CYRILLIC, random), begin: nextLine },
    { first: none, pool: structured(random), begin: anywhere },
    { first: none, pool: noise(POOL_BYTES, 'noise'), begin: anywhere },
  ];
}

/**
 * Calls `emit` with pieces of a classic pcap file of `packets` packets in `conversations` conversations. Each begins
 * with a TCP handshake. About a third of the packets are acknowledgements without data. The payloads have `least` to
 * `most` bytes.
 */
export function makeCapture({ packets, conversations, least = 40, most = 300 }, emit) {
  const random = generator(20_260_101);
  const all = kinds(random);
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(LINKTYPE_ETHERNET, 20);
  emit(header);

  const state = Array.from({ length: conversations }, (_, number) => {
    const kind = all[number % all.length];
    return {
      step: 0,
      next: [1000 + number, 900_000 + number],
      at: [7919, 104_729].map((factor) => kind.begin(kind.pool, (number * factor) % (POOL_BYTES / 2))),
      said: [false, false],
      owed: -1,
      kind,
    };
  });
  const piece = Buffer.alloc(1 << 20);
  let used = 0;
  for (let count = 0; count < packets; count += 1) {
    const number = count < 3 * conversations ? Math.floor(count / 3) : random() % conversations;
    const one = state[number];
    let side;
    let flags = 0x10;
    let payload = null;
    const { first, pool } = one.kind;
    if (one.step < 3) {
      side = one.step === 1 ? 1 : 0;
      flags = one.step === 0 ? 0x02 : one.step === 1 ? 0x12 : 0x10;
    } else if (one.owed >= 0) {
      side = one.owed;
      one.owed = -1;
    } else {
      side = one.step % 3 === 0 ? 0 : 1;
      flags = 0x18;
      const opening = side === 0 ? first.client : first.server;
      if (opening.length > 0 && !one.said[side]) {
        one.said[side] = true;
        payload = opening;
      } else {
        payload = pool.subarray(one.at[side], one.at[side] + least + (random() % (most - least + 1)));
        one.at[side] = (one.at[side] + payload.length) % pool.length;
      }
      if (random() % 2 === 0) one.owed = 1 - side;
    }
    one.step += 1;
    const length = payload === null ? 0 : payload.length;
    if (used + 16 + HEADERS + length > piece.length) {
      emit(piece.subarray(0, used));
      used = 0;
    }
    piece.writeUInt32LE(1_700_000_000 + Math.floor(count / 50_000), used);
    piece.writeUInt32LE((count % 50_000) * 20, used + 4);
    piece.writeUInt32LE(HEADERS + length, used + 8);
    piece.writeUInt32LE(HEADERS + length, used + 12);
    const at = used + 16;
    piece.fill(0, at, at + HEADERS);
    piece.writeUInt16BE(0x0800, at + 12);
    piece[at + 14] = 0x45;
    piece.writeUInt16BE(40 + length, at + 16);
    piece[at + 22] = 64;
    piece[at + 23] = 6;
    const client = 0x0a000000 + 256 + (number % 250);
    const server = 0x0a010000 + 1 + (number % 40);
    piece.writeUInt32BE(side === 0 ? client : server, at + 26);
    piece.writeUInt32BE(side === 0 ? server : client, at + 30);
    piece.writeUInt16BE(side === 0 ? 20_000 + number : 7000 + (number % 8), at + 34);
    piece.writeUInt16BE(side === 0 ? 7000 + (number % 8) : 20_000 + number, at + 36);
    piece.writeUInt32BE(one.next[side] >>> 0, at + 38);
    if (flags !== 0x02) piece.writeUInt32BE(one.next[1 - side] >>> 0, at + 42);
    piece[at + 46] = 0x50;
    piece[at + 47] = flags;
    piece.writeUInt16BE(65_535, at + 48);
    if (payload !== null) payload.copy(piece, at + HEADERS);
    one.next[side] += length + (flags & 0x02 ? 1 : 0);
    used = at + HEADERS + length;
  }
  emit(piece.subarray(0, used));
}

export function writeCapture(path, shape) {
  const file = openSync(path, 'w');
  try {
    makeCapture(shape, (bytes) => {
      writeSync(file, bytes);
    });
    // Writes it to the disk now, so that this does not happen during a measurement.
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
