/**
 * The classic pcap file format: a file header of 24 bytes, then records of a 16-byte header and the packet's bytes.
 *
 * https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-03.html. The file's writer chose the byte order; the magic
 * number tells which, and whether a record's time has micro- or nanoseconds.
 */

/** Bytes at the beginning of a file that are enough to tell one format from another. */
export const MAGIC_BYTES = 4;

export const FILE_HEADER = {
  magic: 0,
  versionMajor: 4,
  versionMinor: 6,
  timeZone: 8,
  timeAccuracy: 12,
  snapLength: 16,
  linkType: 20,
  end: 24,
} as const;

export const RECORD_HEADER = { seconds: 0, fraction: 4, capturedLength: 8, originalLength: 12, end: 16 } as const;

/** The largest record that Wireshark and libpcap take, and so the snap length that we write. */
export const MAX_RECORD_BYTES = 262_144;

const VERSION = { major: 2, minor: 4 } as const;
const MAGIC = { microseconds: 0xa1b2c3d4, nanoseconds: 0xa1b23c4d } as const;
/** The upper bits of the link type field say whether frames end in a checksum (FCS) and how long it is. */
const LINK_TYPE_BITS = 0x03ffffff;

export interface FileHeader {
  readonly bigEndian: boolean;
  /** How many of the time field's units make a second: 10^6 or 10^9. */
  readonly unitsPerSecond: number;
}

/** Reads the file header, or says in a few words why the file cannot be read. `bytes`: 24, or all of a shorter file. */
export function parseFileHeader(bytes: Buffer): FileHeader | { readonly problem: string } {
  if (bytes.length === 0) return { problem: 'it is empty; did the recorder stop before it wrote anything?' };
  const foreign = FOREIGN_FORMATS.find(({ magic }) => bytes.subarray(0, magic.length).equals(magic));
  if (foreign !== undefined) return { problem: foreign.problem };
  if (bytes.length < 4)
    return { problem: `it ends after ${bytes.length} bytes, within the file header; record it again` };

  const unitsPerSecond =
    UNITS_BY_MAGIC.get(bytes.readUInt32BE(FILE_HEADER.magic)) ??
    UNITS_BY_MAGIC.get(bytes.readUInt32LE(FILE_HEADER.magic));
  if (unitsPerSecond === undefined) {
    if (isErf(bytes)) return { problem: `this looks like an ERF file of an Endace card; ${CONVERT}` };
    const beginning = bytes.toString('hex', 0, 4);
    return { problem: `it begins with ${beginning}, which is not a capture; give one that Wireshark or tcpdump saved` };
  }
  if (bytes.length < FILE_HEADER.end)
    return { problem: `it ends after ${bytes.length} bytes, within the file header; record it again` };

  const bigEndian = UNITS_BY_MAGIC.has(bytes.readUInt32BE(FILE_HEADER.magic));
  const major = bigEndian ? bytes.readUInt16BE(FILE_HEADER.versionMajor) : bytes.readUInt16LE(FILE_HEADER.versionMajor);
  const minor = bigEndian ? bytes.readUInt16BE(FILE_HEADER.versionMinor) : bytes.readUInt16LE(FILE_HEADER.versionMinor);
  if (major !== VERSION.major || minor !== VERSION.minor) {
    return {
      problem: `it has pcap version ${major}.${minor}, and servchat reads only 2.4; convert it: editcap -F pcap OLD NEW`,
    };
  }
  return { bigEndian, unitsPerSecond };
}

/** Whether a file that begins with `bytes` is classic pcap, by its magic number. */
export function isPcap(bytes: Buffer): boolean {
  return (
    bytes.length >= 4 &&
    (UNITS_BY_MAGIC.has(bytes.readUInt32BE(FILE_HEADER.magic)) ||
      UNITS_BY_MAGIC.has(bytes.readUInt32LE(FILE_HEADER.magic)))
  );
}

const UNITS_BY_MAGIC: ReadonlyMap<number, number> = new Map([
  [MAGIC.microseconds, 1e6],
  [MAGIC.nanoseconds, 1e9],
]);

const CONVERT = 'convert it: editcap -F pcap OLD NEW';
const FOREIGN_FORMATS: readonly { readonly magic: Buffer; readonly problem: string }[] = [
  ['1f8b', 'this is compressed with gzip; unpack it first: gzip -dc OLD > NEW'],
  ['28b52ffd', 'this is compressed with zstd; unpack it first: zstd -dc OLD > NEW'],
  ['04224d18', 'this is compressed with lz4; unpack it first: lz4 -dc OLD > NEW'],
  ['fd377a585a00', 'this is compressed with xz; unpack it first: xz -dc OLD > NEW'],
  ['504b0304', 'this is a zip archive; unpack it first'],
  ['425a68', 'this is compressed with bzip2; unpack it first: bzip2 -dc OLD > NEW'],
  ['474d4255', `this is a file of Microsoft Network Monitor; ${CONVERT}`],
  ['52545353', `this is a file of Microsoft Network Monitor; ${CONVERT}`],
  ['6274736e6f6f7000', `this is a btsnoop file, a capture of Bluetooth; ${CONVERT}`],
  ['6970747261636520', `this is a file of AIX iptrace; ${CONVERT}`],
  ['58435000', `this is a file of NetXRay or Windows Sniffer; ${CONVERT}`],
  ['564c0000', `this is a file of NetXRay; ${CONVERT}`],
  ['5452534e494646', `this is a file of DOS Sniffer; ${CONVERT}`],
  ['aaaaaaaa', `this is a file of InfoVista 5View; ${CONVERT}`],
  ['01104c00', `this is a file of Novell LANalyzer; ${CONVERT}`],
  ['05564e46', `this is a file of Visual Networks; ${CONVERT}`],
  ['7f766572', `this is a file of OmniPeek; ${CONVERT}`],
  // Relatives of pcap: the same file header, and more in that of each record.
  ['a1b2cd34', `this is pcap as changed by A. Kuznetsov; ${CONVERT}`],
  ['34cdb2a1', `this is pcap as changed by A. Kuznetsov; ${CONVERT}`],
  ['a1e2cb12', `this is pcap as changed by Navtel; ${CONVERT}`],
  ['12cbe2a1', `this is pcap as changed by Navtel; ${CONVERT}`],
  ['1c0001ac', `this is pcap as changed by IXIA (lcap); ${CONVERT}`],
  ['ac01001c', `this is pcap as changed by IXIA (lcap); ${CONVERT}`],
  ['1c0001ab', `this is pcap as changed by IXIA (lcap); ${CONVERT}`],
  ['ab01001c', `this is pcap as changed by IXIA (lcap); ${CONVERT}`],
].map(([magic = '', problem = '']) => ({ magic: Buffer.from(magic, 'hex'), problem }));

/** A record of ERF: its time comes first, then type, flags and lengths. https://wiki.wireshark.org/ERF */
const ERF = { seconds: 4, type: 8, recordLength: 10, wireLength: 14, end: 16 } as const;
/** A record about the card may stand first, without a time. */
const ERF_TYPES = { bits: 0x7f, card: 27, last: 48 } as const;
/** The years 1990 to 2100, in seconds since 1970. */
const ERF_TIME = { first: 631_152_000, last: 4_102_444_800 } as const;

/** ERF has no magic number: a record's header must make sense. */
function isErf(bytes: Buffer): boolean {
  if (bytes.length < ERF.end) return false;
  const seconds = bytes.readUInt32LE(ERF.seconds);
  const type = bytes.readUInt8(ERF.type) & ERF_TYPES.bits;
  const recordLength = bytes.readUInt16BE(ERF.recordLength);
  const wireLength = bytes.readUInt16BE(ERF.wireLength);
  const isTime = (seconds >= ERF_TIME.first && seconds <= ERF_TIME.last) || (seconds === 0 && type === ERF_TYPES.card);
  if (!isTime || type === 0 || type > ERF_TYPES.last) return false;
  return recordLength > ERF.end && recordLength <= ERF.end + wireLength + 128 && wireLength > 0;
}

/** The link type without the bits about a checksum that share its field. */
export function linkTypeOf(field: number): number {
  return field & LINK_TYPE_BITS;
}

/** `header` with the magic number of a microsecond file in the same byte order. */
export function withMicrosecondMagic(header: Buffer, bigEndian: boolean): Buffer {
  const copy = Buffer.from(header);
  if (bigEndian) copy.writeUInt32BE(MAGIC.microseconds, FILE_HEADER.magic);
  else copy.writeUInt32LE(MAGIC.microseconds, FILE_HEADER.magic);
  return copy;
}

/** The header of a little-endian microsecond file, whichever machine writes it. */
export function formatPcapHeader(linkType: number): Buffer {
  const header = Buffer.alloc(FILE_HEADER.end);
  header.writeUInt32LE(MAGIC.microseconds, FILE_HEADER.magic);
  header.writeUInt16LE(VERSION.major, FILE_HEADER.versionMajor);
  header.writeUInt16LE(VERSION.minor, FILE_HEADER.versionMinor);
  header.writeUInt32LE(MAX_RECORD_BYTES, FILE_HEADER.snapLength);
  header.writeUInt32LE(linkType, FILE_HEADER.linkType);
  return header;
}

/** Whole seconds since the Unix epoch, until 2106, and nanoseconds into that second. */
export interface CaptureTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/**
 * One record of such a file; nanoseconds below a microsecond are dropped.
 *
 * @throws RangeError where `data` is longer than 262,144 bytes or the time does not fit.
 */
export function formatPcapRecord({ seconds, nanoseconds }: CaptureTime, data: Uint8Array): Buffer {
  if (data.length > MAX_RECORD_BYTES)
    throw new RangeError(`Cannot write a record of ${data.length} bytes: ${MAX_RECORD_BYTES} is the most`);
  const record = Buffer.alloc(RECORD_HEADER.end + data.length);
  record.writeUInt32LE(seconds, RECORD_HEADER.seconds);
  record.writeUInt32LE(Math.floor(nanoseconds / 1000), RECORD_HEADER.fraction);
  record.writeUInt32LE(data.length, RECORD_HEADER.capturedLength);
  record.writeUInt32LE(data.length, RECORD_HEADER.originalLength);
  record.set(data, RECORD_HEADER.end);
  return record;
}
