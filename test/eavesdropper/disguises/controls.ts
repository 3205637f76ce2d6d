/**
 * For each disguise, a text that another program disguised. The listener has to read it, and the search has to find it.
 */
import type { DisguiseName } from '../../../src/eavesdropper/disguises/disguises.js';

export interface Control {
  /** What it is told as, where that is more than the name: with its key. */
  readonly as?: string;
  readonly text: string;
  readonly wire: Buffer;
}

const TEXT = 'Grüße aus Köln, morgen früh am Bahnhof';
/** A key can only be found in so much text. */
const LONG =
  'Meet me at the old bridge tomorrow morning at eight, and bring the map and the money with you. ' +
  'Nobody must see us there, so come alone and wait for my sign';

/** For ciphers that leave what is no letter as it is, and codes that have letters alone. */
const TOYS = 'Meet me at the old bridge tomorrow, bring the map';
const WORDS = 'meet me at the old bridge tomorrow';

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
  // ' '.join(f'{byte:03o}' for byte in b)
  'octal numbers': {
    text: TEXT,
    wire: Buffer.from(
      '107 162 303 274 303 237 145 040 141 165 163 040 113 303 266 154 156 054 040 155 157 162 147 145 156 040 146 162 303 274 150 040 141 155 040 102 141 150 156 150 157 146\n',
    ),
  },
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
  // IAC WILL TERMINAL-TYPE, then what somebody types at a terminal of Unix, with delete (stty: erase = ^?)
  'corrected typing': {
    text: TEXT,
    wire: Buffer.from(
      '\xff\xfb\x18Gr\xc3\xbc\xc3\xbc\x7f\xc3\x9fe aus Kölm\x7fn, morgen früh am Bahnhof\r\0'.replaceAll(
        /[öü]/g,
        (letter) => Buffer.from(letter).toString('latin1'),
      ),
      'latin1',
    ),
  },
  // text.encode('latin-1')
  'Latin-1 or Windows-1252': {
    text: 'Grüße aus Köln, morgen früh am Bahnhof',
    wire: Buffer.from('4772fcdf6520617573204bf66c6e2c206d6f7267656e206672fc6820616d204261686e686f660a', 'hex'),
  },
  // text.encode('cp1252')
  'Windows-1252': {
    text: 'Der „Käse“ – fünf € – ist später für die Köche',
    wire: Buffer.from(
      '44657220844be473659320962066fc6e662080209620697374207370e47465722066fc7220646965204bf66368650a',
      'hex',
    ),
  },
  // text.encode('cp1250')
  'Windows-1250': {
    text: 'Cześć, jak się masz? Spotkajmy się jutro, będę późno',
    wire: Buffer.from(
      '437a659ce62c206a616b207369ea206d61737a3f2053706f746b616a6d79207369ea206a7574726f2c2062ea64ea2070f39f6e6f0a',
      'hex',
    ),
  },
  // text.encode('iso-8859-2')
  'ISO-8859-2': {
    text: 'Cześć, jak się masz? Spotkajmy się jutro, będę późno',
    wire: Buffer.from(
      '437a65b6e62c206a616b207369ea206d61737a3f2053706f746b616a6d79207369ea206a7574726f2c2062ea64ea2070f3bc6e6f0a',
      'hex',
    ),
  },
  // text.encode('cp1254')
  'Windows-1254': {
    text: 'Teşekkür ederim, yarın akşam görüşürüz, şimdi değil',
    wire: Buffer.from(
      '5465fe656b6bfc722065646572696d2c20796172fd6e20616bfe616d2067f672fcfefc72fc7a2c20fe696d6469206465f0696c0a',
      'hex',
    ),
  },
  // text.encode('cp1251')
  'Windows-1251': {
    text: 'Привет, как дела? Встретимся завтра у моста',
    wire: Buffer.from(
      'cff0e8e2e5f22c20eae0ea20e4e5ebe03f20c2f1f2f0e5f2e8ecf1ff20e7e0e2f2f0e020f320eceef1f2e00a',
      'hex',
    ),
  },
  // text.encode('koi8-r')
  'KOI8-R': {
    text: 'Привет, как дела? Встретимся завтра у моста',
    wire: Buffer.from(
      'f0d2c9d7c5d42c20cbc1cb20c4c5ccc13f20f7d3d4d2c5d4c9cdd3d120dac1d7d4d2c120d520cdcfd3d4c10a',
      'hex',
    ),
  },
  // text.encode('cp866')
  'code page 866': {
    text: 'Привет, как дела? Встретимся завтра у моста',
    wire: Buffer.from(
      '8fe0a8a2a5e22c20aaa0aa20a4a5aba03f2082e1e2e0a5e2a8ace1ef20a7a0a2e2e0a020e320acaee1e2a00a',
      'hex',
    ),
  },
  // text.encode('iso-8859-5')
  'ISO-8859-5': {
    text: 'Привет, как дела? Встретимся завтра у моста',
    wire: Buffer.from(
      'bfe0d8d2d5e22c20dad0da20d4d5dbd03f20b2e1e2e0d5e2d8dce1ef20d7d0d2e2e0d020e320dcdee1e2d00a',
      'hex',
    ),
  },
  // text.encode('mac-cyrillic')
  'Mac Cyrillic': {
    text: 'Привет, как дела? Встретимся завтра у моста',
    wire: Buffer.from(
      '8ff0e8e2e5f22c20eae0ea20e4e5ebe03f2082f1f2f0e5f2e8ecf1df20e7e0e2f2f0e020f320eceef1f2e00a',
      'hex',
    ),
  },
  // text.encode('cp1253')
  'Windows-1253': {
    text: 'Γεια σου, τι κάνεις; Θα σε δω αύριο στο σταθμό',
    wire: Buffer.from(
      'c3e5e9e120f3eff52c20f4e920eadcede5e9f23b20c8e120f3e520e4f920e1fdf1e9ef20f3f4ef20f3f4e1e8ecfc0a',
      'hex',
    ),
  },
  // text.encode('cp1255')
  'Windows-1255': {
    text: 'שלום, מה שלומך היום? ניפגש מחר בתחנה',
    wire: Buffer.from('f9ece5ed2c20eee420f9ece5eeea20e4e9e5ed3f20f0e9f4e2f920eee7f820e1fae7f0e40a', 'hex'),
  },
  // text.encode('cp1256')
  'Windows-1256': {
    text: 'مرحبا كيف حالك اليوم؟ سوف نلتقي غدا في المحطة',
    wire: Buffer.from(
      'e3d1cdc8c720dfeddd20cdc7e1df20c7e1ede6e3bf20d3e6dd20e4e1cadeed20dbcfc720dded20c7e1e3cdd8c90a',
      'hex',
    ),
  },
  // text.encode('cp874')
  'Windows-874': {
    text: 'สวัสดีครับ พรุ่งนี้เจอกันที่สถานี ขอบคุณมาก',
    wire: Buffer.from(
      'cac7d1cab4d5a4c3d1ba20bec3d8e8a7b9d5e9e0a8cda1d1b9b7d5e8cab6d2b9d520a2cdbaa4d8b3c1d2a10a',
      'hex',
    ),
  },
  // text.encode('cp037')
  EBCDIC: {
    text: 'Meet me at the old bridge tomorrow, bring the map',
    wire: Buffer.from(
      'd48585a34094854081a340a38885409693844082998984878540a3969496999996a66b40829989958740a388854094819725',
      'hex',
    ),
  },
  // text.encode('gbk')
  'GBK or GB18030': {
    text: '你好，今天天气怎么样？我们明天在车站见面吧',
    wire: Buffer.from('c4e3bac3a3acbdf1ccecccecc6f8d4f5c3b4d1f9a3bfced2c3c7c3f7ccecd4dab3b5d5bebcfbc3e6b0c90a', 'hex'),
  },
  // text.encode('big5')
  Big5: {
    text: '你好，今天天氣怎麼樣？我們明天在車站見面吧',
    wire: Buffer.from('a741a66ea141a4b5a4d1a4d1aef0abe7bbf2bccba148a7daadcca9faa4d1a662a8aeafb8a8a3adb1a7610a', 'hex'),
  },
  // text.encode('shift_jis')
  'Shift-JIS': {
    text: 'こんにちは、お元気ですか？明日、駅で会いましょう',
    wire: Buffer.from(
      '82b182f182c982bf82cd814182a88cb38b4382c582b782a9814896be93fa8141897782c589ef82a282dc82b582e582a40a',
      'hex',
    ),
  },
  // text.encode('euc-jp')
  'EUC-JP': {
    text: 'こんにちは、お元気ですか？明日、駅で会いましょう',
    wire: Buffer.from(
      'a4b3a4f3a4cba4c1a4cfa1a2a4aab8b5b5a4a4c7a4b9a4aba1a9ccc0c6fca1a2b1d8a4c7b2f1a4a4a4dea4b7a4e7a4a60a',
      'hex',
    ),
  },
  // text.encode('euc-kr')
  'EUC-KR': {
    text: '안녕하세요, 잘 지내세요? 내일 역에서 만나요',
    wire: Buffer.from(
      'bec8b3e7c7cfbcbcbfe42c20c0df20c1f6b3bbbcbcbfe43f20b3bbc0cf20bfaabfa1bcad20b8b8b3aabfe40a',
      'hex',
    ),
  },
  // bytes(b ^ 0x2a for b in text.encode())
  'XOR with one byte': {
    as: 'XOR with the byte 0x2a',
    text: 'Meet me at the old bridge tomorrow, bring the map',
    wire: Buffer.from(
      '674f4f5e0a474f0a4b5e0a5e424f0a45464e0a4858434e4d4f0a5e4547455858455d060a485843444d0a5e424f0a474b5a20',
      'hex',
    ),
  },
  // bytes(b ^ b'apple'[i % 5] for i, b in enumerate(text.encode()))
  'XOR with a repeated key': {
    as: 'XOR with a repeated key of 5 bytes',
    text: LONG,
    wire: Buffer.from(
      '2c151518450c15500d1141041809450e1c144c071319140b0041041f010a13021f1b450c1f02020c0f17500d114115190b0d155c500d0b0550121e0c0f1750180d04501d0d1541111e08451518154c080e1e1515451619040445181f0542452f1f12030118501d191615500309004105034c11091502094941031f4c060e1d154c040d1f1e0945001e144c120019044c030e0250011c4103190b0b',
      'hex',
    ),
  },
  // ''.join(chr((ord(c) - b + ord('lemon'[i % 5]) - 97) % 26 + b)), with i for the letters alone, and b for their case
  Vigenère: {
    as: 'Vigenère, key of 5 letters',
    text: LONG,
    wire: Buffer.from(
      `Xiqh zp ef hup sxr ocmpur esycecsi abcrubt lx qwtsx, mbq mvubt elq ana ezr gsi ycapc iwgs cai. Azfarl xyeh fpi gg gsids, fz gaar lpabr lrp kntx rce xc ewty\n`,
    ),
  },
  // printf '%s\n' "$text" | tr 'A-Za-z' 'D-ZA-Cd-za-c'
  Caesar: {
    as: 'Caesar, shift 3',
    text: 'Meet me at the old bridge tomorrow, bring the map',
    wire: Buffer.from('Phhw ph dw wkh rog eulgjh wrpruurz, eulqj wkh pds\n'),
  },
  // bytes(byte + 3 for byte in text.encode())
  'each byte plus a number': {
    as: 'each byte plus 3',
    text: 'Meet me at the old bridge tomorrow, bring the map',
    wire: Buffer.from(
      '5068687723706823647723776b6823726f672365756c676a6823777270727575727a2f2365756c716a23776b68237064730a',
      'hex',
    ),
  },
  // … | tr 'A-Za-z' 'ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba'
  Atbash: {
    text: 'Meet me at the old bridge tomorrow, bring the map',
    wire: Buffer.from('Nvvg nv zg gsv low yirwtv glnliild, yirmt gsv nzk\n'),
  },
  // … | rev
  'reversed text': {
    text: 'Meet me at the old bridge tomorrow, bring the map',
    wire: Buffer.from('pam eht gnirb ,worromot egdirb dlo eht ta em teeM\n'),
  },
  // text.encode('utf-32-le')
  'UTF-32LE': {
    text: TEXT,
    wire: Buffer.from(
      '4700000072000000fc000000df0000006500000020000000610000007500000073000000200000004b000000f60000006c0000006e0000002c000000200000006d0000006f0000007200000067000000650000006e000000200000006600000072000000fc0000006800000020000000610000006d000000200000004200000061000000680000006e000000680000006f00000066000000',
      'hex',
    ),
  },
  // text.encode('utf-32-be')
  'UTF-32BE': {
    text: TEXT,
    wire: Buffer.from(
      '0000004700000072000000fc000000df0000006500000020000000610000007500000073000000200000004b000000f60000006c0000006e0000002c000000200000006d0000006f0000007200000067000000650000006e000000200000006600000072000000fc0000006800000020000000610000006d000000200000004200000061000000680000006e000000680000006f00000066',
      'hex',
    ),
  },
  // text.encode('mac-roman')
  'Mac Roman': {
    text: TEXT,
    wire: Buffer.from('47729fa76520617573204b9a6c6e2c206d6f7267656e2066729f6820616d204261686e686f660a', 'hex'),
  },
  // text.encode('cp850')
  'code page 437 or 850': {
    text: TEXT,
    wire: Buffer.from('477281e16520617573204b946c6e2c206d6f7267656e206672816820616d204261686e686f660a', 'hex'),
  },
  // base64.b64encode(b'ann:tulip') behind the header of RFC 7617
  'HTTP Basic': {
    text: 'ann:tulip',
    wire: Buffer.from('GET / HTTP/1.1\r\nAuthorization: Basic YW5uOnR1bGlw\r\n\r\n'),
  },
  // base64.b64encode of b'ann' and of b'tulip', as smtplib sends them
  'SASL login': {
    text: 'ann tulip',
    wire: Buffer.from('EHLO x\r\nAUTH LOGIN YW5u\r\ndHVsaXA=\r\n'),
  },
  // codecs.encode(b, 'uu'), one of its lines
  uuencode: {
    text: TEXT,
    wire: Buffer.from('J1W+#O,.?92!A=7,@2\\.V;&XL(&UO<F=E;B!F<L.\\:"!A;2!"86AN:&]F\n'),
  },
  // text.encode('iso2022_jp')
  'ISO-2022-JP': {
    text: 'こんにちは、お元気ですか？明日、駅で会いましょう',
    wire: Buffer.from(
      '1b244224332473244b2441244f2122242a3835352424472439242b21294c40467c21223158244732712424245e2437246724261b2842',
      'hex',
    ),
  },
  // text.encode('iso2022_kr')
  'ISO-2022-KR': {
    text: '안녕하세요, 잘 지내세요? 내일 역에서 만나요',
    wire: Buffer.from(
      '1b2429430e3e483367474f3c3c3f640f2c200e405f0f200e4176333b3c3c3f640f3f200e333b404f0f200e3f2a3f213c2d0f200e3838332a3f640f',
      'hex',
    ),
  },
  // text.encode('hz')
  HZ: {
    text: '你好，今天天气怎么样？我们明天在车站见面吧',
    wire: Buffer.from(
      '7e7b44633a43232c3d714c6c4c6c4678547543345179233f4e52434743774c6c545a3335553e3c7b436630497e7d0a',
      'hex',
    ),
  },
  // text.encode('utf-7')
  'UTF-7': {
    text: TEXT,
    wire: Buffer.from(
      '47722b4150774133772d6520617573204b2b4150592d6c6e2c206d6f7267656e2066722b4150772d6820616d204261686e686f660a',
      'hex',
    ),
  },
  // text.encode().decode('cp1252').encode()
  'UTF-8 encoded twice': {
    text: TEXT,
    wire: Buffer.from(
      '4772c383c2bcc383c5b86520617573204bc383c2b66c6e2c206d6f7267656e206672c383c2bc6820616d204261686e686f660a',
      'hex',
    ),
  },
  // ' / '.join(' '.join(MORSE[c] for c in word) for word in words.split()), with MORSE from ITU-R M.1677-1
  'Morse code': {
    text: WORDS,
    wire: Buffer.from(
      '-- . . - / -- . / .- - / - .... . / --- .-.. -.. / -... .-. .. -.. --. . / - --- -- --- .-. .-. --- .--\n',
    ),
  },
  // rows and columns of the square abcde fghij lmnop qrstu vwxyz, as dots
  'tap code': {
    text: WORDS,
    wire: Buffer.from(
      '... ..  . .....  . .....  .... .... / ... ..  . ..... / . .  .... .... / .... ....  .. ...  . ..... / ... ....  ... .  . .... / . ..  .... ..  .. ....  . ....  .. ..  . ..... / .... ....  ... ....  ... ..  ... ....  .... ..  .... ..  ... ....  ..... ..\n',
    ),
  },
  // rows and columns of the square abcde fghik lmnop qrstu vwxyz
  'Polybius square': {
    text: WORDS,
    wire: Buffer.from('32 15 15 44  32 15  11 44  44 23 15  34 31 14  12 42 24 14 22 15  44 34 32 34 42 42 34 52\n'),
  },
  // ' / '.join('-'.join(str(ord(c) - 96) for c in word) for word in words.split())
  'A1Z26, numbers for letters': {
    text: WORDS,
    wire: Buffer.from('13-5-5-20 / 13-5 / 1-20 / 20-8-5 / 15-12-4 / 2-18-9-4-7-5 / 20-15-13-15-18-18-15-23\n'),
  },
  // '  '.join(' '.join(str(ord(c) - 97) for c in word) for word in words.split())
  'numbers for letters, from 0': {
    text: WORDS,
    wire: Buffer.from('12 4 4 19  12 4  0 19  19 7 4  14 11 3  1 17 8 3 6 4  19 14 12 14 17 17 14 22\n'),
  },
  // format(ord(c) - 97, '05b').replace('0', 'A').replace('1', 'B') for each letter
  'Bacon’s cipher': {
    text: WORDS,
    wire: Buffer.from(
      'ABBAA AABAA AABAA BAABB  ABBAA AABAA  AAAAA BAABB  BAABB AABBB AABAA  ABBBA ABABB AAABB  AAAAB BAAAB ABAAA AAABB AABBA AABAA  BAABB ABBBA ABBAA ABBBA BAAAB BAAAB ABBBA BABBA\n',
    ),
  },
  // … with the place of each letter in abcdefghiklmnopqrstuwxyz
  'Bacon’s cipher, 24 letters': {
    text: WORDS,
    wire: Buffer.from(
      'ABABB AABAA AABAA BAABA  ABABB AABAA  AAAAA BAABA  BAABA AABBB AABAA  ABBAB ABABA AAABB  AAAAB BAAAA ABAAA AAABB AABBA AABAA  BAABA ABBAB ABABB ABBAB BAAAA BAAAA ABBAB BABAA\n',
    ),
  },
  // ''.join(chr(33 + (ord(c) - 33 + 47) % 94) if c != ' ' else c for c in text)
  rot47: {
    text: TOYS,
    wire: Buffer.from('|66E >6 2E E96 @=5 3C:586 E@>@CC@H[ 3C:?8 E96 >2A\n'),
  },
  // chr((5 * (ord(c) - a) + 8) % 26 + a) for each letter, with a for its case
  'affine cipher': {
    as: 'affine cipher, 5x + 8',
    text: TOYS,
    wire: Buffer.from('Qccz qc iz zrc alx npwxmc zaqappao, npwvm zrc qif\n'),
  },
  // each letter is the key to its right in qwertyuiop, asdfghjkl or zxcvbnm
  'keyboard shift': {
    as: 'keyboard shift, one key to the right',
    text: TOYS,
    wire: Buffer.from('Zrry zr sy yjr paf ntofhr ypzpttpe, ntomh yjr zsq\n'),
  },
  // the characters of each rail, in the zigzag 0 1 2 1 0 1 …
  'rail fence': {
    as: 'rail fence, 3 rails',
    text: LONG,
    wire: Buffer.from(
      'M ahlremoontg  nhanho huoysese c nnafmietm tteodbig oorwmriga ih,adbigtempadtemnywt o.Nbd utseu hr,s oeaoeadwi o ysgee   dtr n etnr     eiy om  teoml  tr n\n',
    ),
  },
  // ''.join(text[i::5] for i in sorted(range(5), key=lambda i: 'tulip'[i]))
  columns: {
    as: 'columns, order 4 3 5 1 2',
    text: LONG,
    wire: Buffer.from(
      'tae gmwnagartad yh.oue e  e  mge hddoor i b mneetubmssroendt i t beo ithnihp m   dset,ca wfynMm or rmn tdne towyNyt h olaao eetlitroge, g ahnioo  uesmonirs\n',
    ),
  },
  // ''.join(text[i:i + 2][::-1] for i in range(0, len(text), 2))
  'neighbours exchanged': {
    text: LONG,
    wire: Buffer.from(
      'eMtem  etat eho dlb irgd eotomrrwom roingna  tiehg,ta dnb irgnt ehm paa dnt ehm noyew ti hoy.uN bodo yumtss eeu  shtre,es  oocema olena dnw ia tof ryms gin\n',
    ),
  },
  // base64.b64encode(b)[::-1]
  'base64, backwards': {
    text: TEXT,
    wire: Buffer.from('m9GauhWYCBSbhBCa8OscmBibldmcv1GIs4Gb2O8SgMXdhBSZfOMvDL3R\n'),
  },
  // int.from_bytes(b, 'big'), divided by 36 again and again
  base36: {
    text: TEXT,
    wire: Buffer.from('9qkgt81am0j93obmctv1pmmx6aa9gcn8y6alle8zex2ruvy6uq0nugs8am2f3ehk6\n'),
  },
  // … by 58
  base58: {
    text: TEXT,
    wire: Buffer.from('2CAMSnuQGc5XmaeAF25Qb7fDSER4Rv4Y8k3Zjugo6JdHqKC4i3xi8g4TMo\n'),
  },
  // … by 62
  base62: {
    text: TEXT,
    wire: Buffer.from('1eOcM3cgaeCsRvdNc55RJXT7iaLKC3Ofj7eVaA53rNij68qnZ5UjI8HBu\n'),
  },
  // two bytes as one number, divided by 45 twice (RFC 9285)
  base45: {
    text: TEXT,
    wire: Buffer.from('K19NXO*WODZCJEC.OE0Q9Z2NY-DL4404E93DM-D .CNXOG7DBECN346EC4/DX3E\n'),
  },
  // base64.b85encode(b), with the alphabet of Z85
  Z85: {
    text: TEXT,
    wire: Buffer.from('m@(IW.>gG.vrDSlot!hOzy=]Ez/PG4zxJLi.[oU9vqNbNvq6K(z!n\n'),
  },
  // as basE91's own encoder in C does it
  base91: {
    text: TEXT,
    wire: Buffer.from('mzQR6v6f$yH;GFmaD$z2Wf=/1Ts3},kL*zQR8/eGVT"CZE;mfrAJ\n'),
  },
  // ''.join(chr(0x1f3f7 + byte) for byte in text.encode())
  base100: {
    text: TOYS,
    wire: Buffer.from(
      '👄👜👜👫🐗👤👜🐗👘👫🐗👫👟👜🐗👦👣👛🐗👙👩👠👛👞👜🐗👫👦👤👦👩👩👦👮🐣🐗👙👩👠👥👞🐗👫👟👜🐗👤👘👧\n',
    ),
  },
  // text.encode('punycode')
  Punycode: {
    text: TEXT,
    wire: Buffer.from('Gre aus Kln, morgen frh am Bahnhof-czc94fpgwa\n'),
  },
};
