/**
 * B.A.T.M.A.N. advanced: an Ethernet frame on its way through a mesh of radios.
 *
 * include/uapi/linux/batadv_packet.h of Linux: version 15 since 2014, version 14 from 2011 on, older ones of early
 * meshes.
 */
import type { Fragments } from './fragments.js';
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';
import { CUT_LINK_HEADER } from './link.js';
import type { MeshPart } from './mesh-fragments.js';
import { uint16, uint8 } from '../../bytes/integers.js';

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

const FRAGMENT = 'batman-adv fragment';
const FRAGMENT_BYTES = 20;
/** Version 14: two parts of a frame. The second has the next number. */
const UNICAST_FRAGMENT = { version: 14, type: 0x06, flags: 10, origin: 12, number: 18, isFirst: 0x01 } as const;
/**
 * Version 15: up to sixteen parts of a packet with a batman-adv header of its own. Linux cuts them off from the end, so
 * the part with the highest number is the first.
 */
const ANY_FRAGMENT = { version: 15, type: 0x41, part: 3, origin: 10, number: 16, totalBytes: 18 } as const;
const PART_SHIFT = 4;
const ADDRESS_BYTES = 6;

function isFragment(data: Buffer, at: number, { version, type }: { version: number; type: number }): boolean {
  return uint8(data, at + BATMAN.version) === version && uint8(data, at + BATMAN.packetType) === type;
}

export function readBatman(cursor: Cursor, fragments: Fragments): Layer {
  if (!has(cursor, BATMAN.end)) return none(cursor, CUT_LINK_HEADER);
  const { data, at } = cursor;
  if (isFragment(data, at, ANY_FRAGMENT)) return readPart(cursor, fragments, partOf15(cursor), LAYER.batman);
  if (isFragment(data, at, UNICAST_FRAGMENT)) return readPart(cursor, fragments, partOf14(cursor), LAYER.ethernet);
  const length = HEADER_BYTES.get(uint8(data, at + BATMAN.version))?.get(uint8(data, at + BATMAN.packetType));
  if (length === undefined) return none(cursor, 'batman-adv');
  if (!has(cursor, length)) return none(cursor, CUT_LINK_HEADER);
  cursor.at += length;
  return LAYER.ethernet;
}

type PlacedPart = Pick<MeshPart, 'key' | 'place' | 'whole'>;

function partOf15({ data, at }: Cursor): PlacedPart {
  const origin = data.toString('latin1', at + ANY_FRAGMENT.origin, at + ANY_FRAGMENT.origin + ADDRESS_BYTES);
  return {
    key: `15 ${uint16(data, at + ANY_FRAGMENT.number)} ${origin}`,
    place: -(uint8(data, at + ANY_FRAGMENT.part) >> PART_SHIFT),
    whole: { bytes: uint16(data, at + ANY_FRAGMENT.totalBytes) },
  };
}

function partOf14({ data, at }: Cursor): PlacedPart {
  const origin = data.toString('latin1', at + UNICAST_FRAGMENT.origin, at + UNICAST_FRAGMENT.origin + ADDRESS_BYTES);
  const isFirst = (uint8(data, at + UNICAST_FRAGMENT.flags) & UNICAST_FRAGMENT.isFirst) !== 0;
  const number = (uint16(data, at + UNICAST_FRAGMENT.number) - (isFirst ? 0 : 1)) & 0xffff;
  return { key: `14 ${number} ${origin}`, place: isFirst ? 0 : 1, whole: { parts: 2 } };
}

/** If the part completes its frame, the cursor moves into that frame, of which `inside` is the first layer. */
function readPart(cursor: Cursor, { mesh }: Fragments, part: PlacedPart, inside: Layer): Layer {
  const { data, at, end, wireEnd, seconds } = cursor;
  // Bytes that were not captured never come, so the frame stays incomplete.
  if (!has(cursor, FRAGMENT_BYTES) || end < wireEnd) return none(cursor, FRAGMENT);
  const frame = mesh.add({ ...part, bytes: data.subarray(at + FRAGMENT_BYTES, end), seconds });
  if (frame === null) return none(cursor, FRAGMENT);
  cursor.data = frame;
  cursor.at = 0;
  cursor.end = frame.length;
  cursor.wireEnd = frame.length;
  return inside;
}
