/** Protocols of UDP that are no chat: by their port and the form of their first bytes, or by that form alone. */
import { uint16, uint32 } from '../bytes/integers.js';

/** `QUIC` and `DTLS` are encrypted; the others are for machines. */
export type UdpProtocol =
  'DNS' | 'mDNS' | 'LLMNR' | 'NBNS' | 'DHCP' | 'NTP' | 'SNMP' | 'STUN' | 'SSDP' | 'QUIC' | 'DTLS';

const PORT = { dns: 53, dhcp: [67, 68], ntp: 123, nbns: 137, snmp: [161, 162], ssdp: 1900, mdns: 5353, llmnr: 5355 };
const DNS_HEADER = 12;
/** Of each section of a message: nobody asks so many questions at once. */
const MOST_RECORDS = 255;

/** null if it may be anything. `ports`: of both ends. */
export function udpProtocolOf(payload: Buffer, ports: readonly number[]): UdpProtocol | null {
  if (isDns(payload)) {
    if (ports.includes(PORT.dns)) return 'DNS';
    if (ports.includes(PORT.mdns)) return 'mDNS';
    if (ports.includes(PORT.llmnr)) return 'LLMNR';
    if (ports.includes(PORT.nbns)) return 'NBNS';
  }
  if (PORT.dhcp.some((port) => ports.includes(port)) && isDhcp(payload)) return 'DHCP';
  if (ports.includes(PORT.ntp) && isNtp(payload)) return 'NTP';
  if (PORT.snmp.some((port) => ports.includes(port)) && payload[0] === BER_SEQUENCE) return 'SNMP';
  if (ports.includes(PORT.ssdp) && SSDP.test(payload.toString('latin1', 0, 16))) return 'SSDP';
  if (payload.length >= 20 && uint32(payload, 4) === STUN_COOKIE && (payload[0] ?? 0) < 0x40) return 'STUN';
  if (isDtls(payload)) return 'DTLS';
  return isQuic(payload) ? 'QUIC' : null;
}

const BER_SEQUENCE = 0x30;
const SSDP = /^(?:M-SEARCH|NOTIFY|HTTP\/1\.1)/;
/** RFC 8489, section 5. */
const STUN_COOKIE = 0x2112a442;

/** RFC 1035, section 4.1.1: an operation that is known, and a few records. */
function isDns(payload: Buffer): boolean {
  if (payload.length < DNS_HEADER || (((payload[2] ?? 0) >> 3) & 0x0f) > 6) return false;
  const counts = [4, 6, 8, 10].map((at) => uint16(payload, at));
  return counts.every((count) => count <= MOST_RECORDS) && counts.some((count) => count > 0);
}

/** RFC 2131, section 2: a request or an answer, and the four bytes in front of the options. */
function isDhcp(payload: Buffer): boolean {
  const [kind = 0] = payload;
  return (kind === 1 || kind === 2) && payload.length >= 240 && uint32(payload, 236) === 0x63825363;
}

/** RFC 5905, section 7.3: the version and the mode. */
function isNtp(payload: Buffer): boolean {
  const [first = 0] = payload;
  const version = (first >> 3) & 7;
  return payload.length >= 48 && version >= 1 && version <= 4 && (first & 7) >= 1 && (first & 7) <= 6;
}

const DTLS_HEADER = 13;

/** RFC 6347, section 4.1: a kind, a version, and a length that fits. */
function isDtls(payload: Buffer): boolean {
  if (payload.length < DTLS_HEADER) return false;
  const [kind = 0] = payload;
  const version = uint16(payload, 1);
  const isVersion = version === 0xfefd || version === 0xfeff;
  return kind >= 20 && kind <= 26 && isVersion && DTLS_HEADER + uint16(payload, 11) <= payload.length;
}

const QUIC_HEADER = 7;

/** RFC 9000, section 17.2: a long header, one of the versions, and an identifier of at most 20 bytes. */
function isQuic(payload: Buffer): boolean {
  if (payload.length < QUIC_HEADER || ((payload[0] ?? 0) & 0xc0) !== 0xc0) return false;
  const version = uint32(payload, 1);
  const isVersion = version === 1 || version === 0x6b3343cf || version >>> 8 === 0xff0000;
  return isVersion && (payload[5] ?? 0xff) <= 20;
}

/** Of a flow that showed that it is encrypted: whether this goes on with it, in a header that alone shows nothing. */
export function goesOn(payload: Buffer, protocol: 'QUIC' | 'DTLS'): boolean {
  const [first = 0] = payload;
  // RFC 9000, section 17.3, and RFC 9147, section 4.
  return protocol === 'QUIC' ? (first & 0xc0) === 0x40 : (first & 0xe0) === 0x20;
}
