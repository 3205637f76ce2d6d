/**
 * For each disguise, a text that another program wrote in it: there the listener has to read it, and the search to find
 * it.
 */
import type { DisguiseName } from '../../../src/eavesdropper/disguises/disguises.js';

export interface Control {
  readonly text: string;
  readonly wire: Buffer;
}

const TEXT = 'Grüße aus Köln, morgen früh am Bahnhof';

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
};
