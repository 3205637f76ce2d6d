/** IP addresses: from bytes to text, and back. */
import { isIPv4, isIPv6 } from 'node:net';

export const IPV4_BYTES = 4;
export const IPV6_BYTES = 16;

/** `::ffff:0:0/96`: an IPv4 address as an IPv6 socket shows it (RFC 4291, section 2.5.5.2). */
const MAPPED_PREFIX = Buffer.from('00000000000000000000ffff', 'hex');

/** The text of the address at `offset`, of 4 or 16 bytes. */
export function formatIpAddress(bytes: Buffer, offset: number, length: number): string {
  return length === IPV4_BYTES ? formatIpv4Address(bytes, offset) : formatIpv6Address(bytes, offset);
}

/** Dotted quad of the 4 bytes at `offset`. */
export function formatIpv4Address(bytes: Uint8Array, offset: number): string {
  return `${bytes[offset] ?? 0}.${bytes[offset + 1] ?? 0}.${bytes[offset + 2] ?? 0}.${bytes[offset + 3] ?? 0}`;
}

/**
 * The 16 bytes at `offset` as RFC 5952 writes them: lower case, no leading zeros, `::` for the first of the longest
 * runs of two or more zero groups (section 4), and a dotted quad at the end where the prefix says that one is there
 * (section 5): mapped (`::ffff:1.2.3.4`) and the older compatible form (`::1.2.3.4`), as inet_ntop and Wireshark do.
 */
export function formatIpv6Address(bytes: Buffer, offset: number): string {
  const groups: number[] = [];
  for (let group = 0; group < 8; group += 1) groups.push(bytes.readUInt16BE(offset + 2 * group));
  const { start, length } = longestZeroRun(groups);

  if (start === 0 && (length === 6 || (length === 5 && groups[5] === 0xffff))) {
    return `${length === 6 ? '::' : '::ffff:'}${formatIpv4Address(bytes, offset + 12)}`;
  }
  if (length < 2) return hexGroups(groups);
  return `${hexGroups(groups.slice(0, start))}::${hexGroups(groups.slice(start + length))}`;
}

function hexGroups(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > longest.length) longest = { start, length: index + 1 - start };
  }
  return longest;
}

/**
 * The 4 or 16 bytes of an address as a socket names it: a zone (`%eth0`) is dropped, and an IPv4-mapped address becomes
 * the IPv4 address that crossed the wire.
 *
 * @throws TypeError where `text` is not an IP address.
 */
export function parseIpAddress(text: string): Buffer {
  const address = text.replace(/%.*$/, '');
  if (isIPv4(address)) return ipv4Bytes(address);
  if (!isIPv6(address))
    throw new TypeError(`Cannot read the IP address ${JSON.stringify(text)}: it is neither IPv4 nor IPv6`);

  const bytes = ipv6Bytes(address);
  return bytes.subarray(0, MAPPED_PREFIX.length).equals(MAPPED_PREFIX) ? bytes.subarray(MAPPED_PREFIX.length) : bytes;
}

/** The IPv6 form of an address of either length. */
export function mappedToIpv6(address: Buffer): Buffer {
  return address.length === IPV6_BYTES ? address : Buffer.concat([MAPPED_PREFIX, address]);
}

function ipv4Bytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

/** `address` must be well formed: at most one `::`, and a dotted quad only at the end. */
function ipv6Bytes(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::');
  const bytes = Buffer.alloc(IPV6_BYTES);
  const after = groupBytes(tail);
  groupBytes(head).copy(bytes);
  after.copy(bytes, IPV6_BYTES - after.length);
  return bytes;
}

function groupBytes(groups: string): Buffer {
  if (groups === '') return Buffer.alloc(0);
  return Buffer.concat(
    groups
      .split(':')
      .map((group) => (group.includes('.') ? ipv4Bytes(group) : Buffer.from(group.padStart(4, '0'), 'hex'))),
  );
}
