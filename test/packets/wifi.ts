/** Wi-Fi frames that hold several packets (A-MSDU, IEEE 802.11-2020, 9.3.2.2). */
import { frameOf, type Frame, type Packet } from '../eavesdropper/wire.js';
import { hex } from './hex.js';

export const WIFI = 105;
/** The header of QoS data to an access point. Its QoS field says that it is an A-MSDU. */
const QOS_DATA = hex('8801 0000 020000000001 020000000002 020000000003 1000 8000');
const ADDRESSES = hex('020000000004 020000000005');
const IPV4 = hex('aaaa03 000000 0800');
const IPV6 = hex('aaaa03 000000 86dd');
export const ARP = hex('aaaa03 000000 0806');

/** A packet, starting with its LLC header. */
export const packetOf = (packet: Packet, version: 4 | 6 = 4): Buffer =>
  Buffer.concat([version === 4 ? IPV4 : IPV6, frameOf(packet, version).data]);

/**
 * One frame with these packets, each starting with its LLC header. All but the last are padded to a multiple of four
 * bytes.
 */
export function aggregate(
  packets: readonly Buffer[],
  { trailer = '', captured = Infinity }: { trailer?: string; captured?: number } = {},
): Frame {
  const subframes = packets.map((packet, index) => {
    const subframe = Buffer.concat([ADDRESSES, Buffer.of(packet.length >> 8, packet.length & 0xff), packet]);
    return index === packets.length - 1
      ? subframe
      : Buffer.concat([subframe, Buffer.alloc(-subframe.length & 3, 0xaa)]);
  });
  const whole = Buffer.concat([QOS_DATA, ...subframes, hex(trailer)]);
  return { data: whole.subarray(0, captured), originalLength: whole.length };
}
