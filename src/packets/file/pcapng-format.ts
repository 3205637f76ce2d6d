/**
 * The numbers of the pcapng file format, in the order of the bytes. A file is a list of blocks. Each has its type, its
 * length, a body padded to four bytes, and its length again. A section header begins a section and sets its byte order.
 *
 * https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html
 */

/** Section 4: block types. */
export const BLOCK = {
  /** The same in both byte orders, so it can be recognised before the order is known. */
  section: 0x0a0d0d0a,
  interface: 1,
  /** Obsolete, and still in old files. */
  packet: 2,
  simplePacket: 3,
  enhancedPacket: 6,
  journal: 9,
  secrets: 10,
  /** Any program may define its own. The second kind must not be copied into a changed file. */
  custom: 0x00000bad,
  uncopiedCustom: 0x40000bad,
} as const;

/** Section 3.1: the frame of every block. Its length counts all of it, both lengths included. */
export const BLOCK_FIELD = { type: 0, length: 4, body: 8, trailer: 4 } as const;
export const SHORTEST_BLOCK = 12;
/** The longest that Wireshark accepts. */
export const MAX_BLOCK_BYTES = 16 * 1024 * 1024;

/** Offsets from the beginning of the block, here and below. Section 4.1. */
export const SECTION_FIELD = { magic: 8, versionMajor: 12, versionMinor: 14, sectionLength: 16, options: 24 } as const;
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
export const VERSION = { major: 1, minor: 0 } as const;

/** Section 4.2. */
export const INTERFACE_FIELD = { linkType: 8, reserved: 10, snapLength: 12, options: 16 } as const;

/** Section 4.3. */
export const ENHANCED_FIELD = {
  interface: 8,
  timeHigh: 12,
  timeLow: 16,
  capturedLength: 20,
  originalLength: 24,
  data: 28,
} as const;

/** Section 4.4. */
export const SIMPLE_FIELD = { originalLength: 8, data: 12 } as const;

/** Appendix A. */
export const PACKET_FIELD = {
  interface: 8,
  dropped: 10,
  timeHigh: 12,
  timeLow: 16,
  capturedLength: 20,
  originalLength: 24,
  data: 28,
} as const;

/** Section 4.7: secrets that open the packets after them, and the kind that is a TLS key log. */
export const SECRETS_FIELD = { kind: 8, length: 12, data: 16 } as const;
export const TLS_KEY_LOG = 0x544c534b;

/** Section 3.5: an option's code, the length of its value without padding, the value. */
export const OPTION_FIELD = { code: 0, length: 2, value: 4 } as const;
export const OPTION = { end: 0, comment: 1 } as const;
export const SECTION_OPTION = { hardware: 2, system: 3, application: 4 } as const;
export const INTERFACE_OPTION = { name: 2, description: 3, timeResolution: 9, timeOffset: 14 } as const;
export const PACKET_OPTION = { flags: 2 } as const;

/** `length` and the padding after it. */
export function padded(length: number): number {
  return length + (-length & 3);
}
