/**
 * For each disguise, a text that another program disguised. The listener has to read it, and the search has to find it.
 */
import type { DisguiseName } from '../../../src/eavesdropper/disguises/disguises.js';

export interface Control {
  readonly text: string;
  readonly wire: Buffer;
}

const TEXT = 'Grüße aus Köln, morgen früh am Bahnhof';

/** An answer of HTTP whose body is packed. */
function response(coding: string, base64: string): Buffer {
  const body = Buffer.from(base64, 'base64');
  const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** The frames of one side, after it has asked for WebSocket or agreed to it. */
function webSocket(side: 'client' | 'server', base64: string): Buffer {
  const line = side === 'client' ? 'GET /chat HTTP/1.1\r\nHost: chat.example' : 'HTTP/1.1 101 Switching Protocols';
  const head = `${line}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(base64, 'base64')]);
}

export const CONTROLS: Readonly<Record<DisguiseName, Control>> = {
  // printf '%s' "$text" | base64 -w0
  base64: { text: TEXT, wire: Buffer.from('R3LDvMOfZSBhdXMgS8O2bG4sIG1vcmdlbiBmcsO8aCBhbSBCYWhuaG9m\n') },
  // printf '%s' "$text" | xxd -p -c 0
  hex: {
    text: TEXT,
    wire: Buffer.from('4772c3bcc39f6520617573204bc3b66c6e2c206d6f7267656e206672c3bc6820616d204261686e686f66\n'),
  },
  // python3 -c 'import urllib.parse; print(urllib.parse.quote(text))'
  'URL escapes': {
    text: TEXT,
    wire: Buffer.from('Gr%C3%BC%C3%9Fe%20aus%20K%C3%B6ln%2C%20morgen%20fr%C3%BCh%20am%20Bahnhof\n'),
  },
  // python3 -c 'import quopri; print(quopri.encodestring(text.encode()))'
  'quoted-printable': { text: TEXT, wire: Buffer.from('Gr=C3=BC=C3=9Fe aus K=C3=B6ln, morgen fr=C3=BCh am Bahnhof\n') },
  // printf '%s\n' "$text" | iconv -t UTF-16LE | xxd -p
  'UTF-16LE': {
    text: TEXT,
    wire: Buffer.from(
      '47007200fc00df006500200061007500730020004b00f6006c006e002c0020006d006f007200670065006e00200066007200fc006800200061006d0020004200610068006e0068006f0066000a00',
      'hex',
    ),
  },
  // … and swapped by dd conv=swab
  'UTF-16BE': {
    text: TEXT,
    wire: Buffer.from(
      '0047007200fc00df006500200061007500730020004b00f6006c006e002c0020006d006f007200670065006e00200066007200fc006800200061006d0020004200610068006e0068006f0066000a',
      'hex',
    ),
  },
  // The rest is made by Python, with text = 'Grüße aus Köln, morgen früh am Bahnhof' and b = text.encode();
  // base64.b32encode(b)
  base32: {
    text: TEXT,
    wire: Buffer.from('I5ZMHPGDT5SSAYLVOMQEXQ5WNRXCYIDNN5ZGOZLOEBTHFQ54NAQGC3JAIJQWQ3TIN5TA====\n'),
  },
  // base64.b85encode(b)
  base85: { text: TEXT, wire: Buffer.from('M{>iw!=Gg!VRdsLOT)HoZY&^eZ*pg4ZXjlI!@Ou9VQnBnVQ6k>Z)N\n') },
  // base64.a85encode(b)
  ASCII85: { text: TEXT, wire: Buffer.from("7rlM[_k1K_@<HW69>e2SDCcoIDfTK%DBNP3_n9Y*@;R,R@;'OlDe8\n") },
  // b.hex(':')
  'hex, byte by byte': {
    text: TEXT,
    wire: Buffer.from(
      '47:72:c3:bc:c3:9f:65:20:61:75:73:20:4b:c3:b6:6c:6e:2c:20:6d:6f:72:67:65:6e:20:66:72:c3:bc:68:20:61:6d:20:42:61:68:6e:68:6f:66\n',
    ),
  },
  // list(b)
  'decimal numbers': {
    text: TEXT,
    wire: Buffer.from(
      '[71, 114, 195, 188, 195, 159, 101, 32, 97, 117, 115, 32, 75, 195, 182, 108, 110, 44, 32, 109, 111, 114, 103, 101, 110, 32, 102, 114, 195, 188, 104, 32, 97, 109, 32, 66, 97, 104, 110, 104, 111, 102]\n',
    ),
  },
  // ' '.join(f'{x:08b}' for x in b)
  'binary digits': {
    text: TEXT,
    wire: Buffer.from(
      '01000111 01110010 11000011 10111100 11000011 10011111 01100101 00100000 01100001 01110101 01110011 00100000 01001011 11000011 10110110 01101100 01101110 00101100 00100000 01101101 01101111 01110010 01100111 01100101 01101110 00100000 01100110 01110010 11000011 10111100 01101000 00100000 01100001 01101101 00100000 01000010 01100001 01101000 01101110 01101000 01101111 01100110\n',
    ),
  },
  // int.from_bytes(b, 'big')
  'a long number': {
    text: TEXT,
    wire: Buffer.from(
      '39068836060678326913312299321039071870765505105583865352193656545760337716974905319475244630245142374\n',
    ),
  },
  // json.dumps(text)
  'backslash escapes': {
    text: TEXT,
    wire: Buffer.from('Gr\\u00fc\\u00dfe aus K\\u00f6ln, morgen fr\\u00fch am Bahnhof'),
  },
  // text.encode('ascii', 'xmlcharrefreplace')
  'HTML escapes': { text: TEXT, wire: Buffer.from('Gr&#252;&#223;e aus K&#246;ln, morgen fr&#252;h am Bahnhof\n') },
  // base64.b64encode(b'\0ann@a.example\0tulip-garden-7')
  'SASL PLAIN': {
    text: 'ann@a.example tulip-garden-7',
    wire: Buffer.from('AGFubkBhLmV4YW1wbGUAdHVsaXAtZ2FyZGVuLTc=\n'),
  },
  // base64.b64encode(gzip.compress(b, mtime=0))
  gzip: {
    text: TEXT,
    wire: Buffer.from('H4sIAAAAAAACA3MvOrzn8PxUhcTSYgXvw9ty8nQUcvOL0lPzFNKAMhkKibkKTokZeRn5aQAaCqwLKgAAAA==\n'),
  },
  // base64.b64encode(zlib.compress(b))
  zlib: { text: TEXT, wire: Buffer.from('eJxzLzq85/D8VIXE0mIF78PbcvJ0FHLzi9JT8xTSgDIZCom5Ck6JGXkZ+WkAjyMRng==\n') },
  // zlib.compressobj(9, zlib.DEFLATED, -15), as many servers send what they call deflate
  deflate: {
    text: TEXT,
    wire: response('deflate', 'cy86vOfw/FSFxNJiBe/D23LydBRy84vSU/MU0oAyGQqJuQpOiRl5GflpAA=='),
  },
  // brotli.compress(b)
  brotli: { text: TEXT, wire: response('br', 'ixSAR3LDvMOfZSBhdXMgS8O2bG4sIG1vcmdlbiBmcsO8aCBhbSBCYWhuaG9mAw==') },
  // printf '%s' "$text" | zstd
  zstd: {
    text: TEXT,
    wire: response('zstd', 'KLUv/QRYUQEAR3LDvMOfZSBhdXMgS8O2bG4sIG1vcmdlbiBmcsO8aCBhbSBCYWhuaG9mGzl6+w=='),
  },
  // b'\x81' + bytes([0x80 | len(b)]) + mask + bytes(c ^ mask[i % 4] for i, c in enumerate(b)), as in RFC 6455
  'WebSocket mask': {
    text: TEXT,
    wire: webSocket('client', 'gao3+iE9cIjigfRlRB1Wj1IdfDmXUVnWAVBYiEZYWdpHT/RGSR1WlwF/VpJPVVic'),
  },
  // bytes([0x01, 20]) + b[:20] + bytes([0x80, len(b) - 20]) + b[20:]
  'WebSocket fragments': {
    text: TEXT,
    wire: webSocket('server', 'ARRHcsO8w59lIGF1cyBLw7ZsbiwgbYAWb3JnZW4gZnLDvGggYW0gQmFobmhvZg=='),
  },
  // bytes([0xc1, len(d) - 4]) + d[:-4], where d is flushed by zlib.Z_SYNC_FLUSH, as in RFC 7692
  'permessage-deflate': {
    text: TEXT,
    wire: webSocket('server', 'wSxyLzq85/D8VIXE0mIF78PbcvJ0FHLzi9JT8xTSgDIZCom5Ck6JGXkZ+WkAAA=='),
  },
};
