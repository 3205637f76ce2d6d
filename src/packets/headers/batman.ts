/**
 * B.A.T.M.A.N. advanced: an Ethernet frame on its way through a mesh of radios.
 *
 * include/uapi/linux/batadv_packet.h of Linux: version 15 since 2014, version 14 from 2011 on, older ones of early
 * meshes.
 */
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';
import { CUT_LINK_HEADER } from './link.js';
import { uint8 } from '../../bytes/integers.js';

const BATMAN = { packetType: 0, version: 1, end: 2 } as const;

/** By version and packet type: the bytes of the header before a whole frame. Other types carry no whole frame. */
const HEADER_BYTES: ReadonlyMap<number, ReadonlyMap<number, number>> = new Map([
  ...[6, 7, 8, 9].map(
    (version) =>
      [
        version,
        new Map([
          [0x03, 9],
          [0x04, 10],
        ]),
      ] as const,
  ),
  ...[10, 11, 12, 13].map(
    (version) =>
      [
        version,
        new Map([
          [0x03, 9],
          [0x04, 13],
        ]),
      ] as const,
  ),
  [
    14,
    new Map([
      [0x03, 10],
      [0x04, 14],
      [0x09, 18],
    ]),
  ],
  [
    15,
    new Map([
      [0x01, 14],
      [0x40, 10],
      [0x42, 18],
    ]),
  ],
]);

/** By version: the packet type of a part of a frame. The parts are not put together. */
const FRAGMENTS: ReadonlyMap<number, number> = new Map([
  [14, 0x06],
  [15, 0x41],
]);

function isFragment(data: Buffer, at: number): boolean {
  return FRAGMENTS.get(uint8(data, at + BATMAN.version)) === uint8(data, at + BATMAN.packetType);
}

export function readBatman(cursor: Cursor): Layer {
  if (!has(cursor, BATMAN.end)) return none(cursor, CUT_LINK_HEADER);
  const { data, at } = cursor;
  const length = HEADER_BYTES.get(uint8(data, at + BATMAN.version))?.get(uint8(data, at + BATMAN.packetType));
  if (length === undefined) return none(cursor, isFragment(data, at) ? 'batman-adv fragment' : 'batman-adv');
  if (!has(cursor, length)) return none(cursor, CUT_LINK_HEADER);
  cursor.at += length;
  return LAYER.ethernet;
}
