/** IEEE 802.11 frames, and the headers that capturing drivers put before them. */
import { LAYER, NO_SUBFRAME, has, narrow, none, type Cursor, type Layer } from './layers.js';
import { CUT_LINK_HEADER, layerOfLinkType } from './link.js';
import { uint16, uint32, uint8 } from '../../bytes/integers.js';

/** IEEE 802.11-2020, 9.2.3: frame control (type and subtype, then flags), duration, three addresses, sequence. */
const FRAME = {
  control: 0,
  flags: 1,
  duration: 2,
  address1: 4,
  address2: 10,
  address3: 16,
  sequence: 22,
  end: 24,
} as const;
const FOURTH_ADDRESS_BYTES = 6;
const QOS = { control: 0, end: 2 } as const;
const HT_CONTROL_BYTES = 4;

const TYPE = { mask: 0x0c, management: 0x00, control: 0x04, data: 0x08 } as const;
const SUBTYPE = { noData: 0x40, qos: 0x80 } as const;
const FLAG = {
  toDistribution: 0x01,
  fromDistribution: 0x02,
  moreFragments: 0x04,
  protected: 0x40,
  order: 0x80,
} as const;
const FRAGMENT_NUMBER = 0x0f;
/** In the QoS field: several packets in one frame, an A-MSDU. */
const IS_AGGREGATE = 0x80;

export function readWlan(cursor: Cursor): Layer {
  return readFrame(cursor, false);
}

/** `isPadded`: the header was filled up to a multiple of 4 bytes. */
function readFrame(cursor: Cursor, isPadded: boolean): Layer {
  if (!has(cursor, FRAME.flags + 1)) return none(cursor, CUT_LINK_HEADER);
  const { data, at } = cursor;
  const control = uint8(data, at + FRAME.control);
  const flags = uint8(data, at + FRAME.flags);
  if ((control & TYPE.mask) === TYPE.management) return none(cursor, '802.11 management');
  if ((control & TYPE.mask) === TYPE.control) return none(cursor, '802.11 control');
  if ((control & TYPE.mask) !== TYPE.data) return none(cursor, '802.11 extension');
  if ((control & SUBTYPE.noData) !== 0) return none(cursor, '802.11 without data');
  if ((flags & FLAG.protected) !== 0) return none(cursor, '802.11 encrypted');

  const isBetweenAccessPoints = (flags & FLAG.toDistribution) !== 0 && (flags & FLAG.fromDistribution) !== 0;
  const hasQos = (control & SUBTYPE.qos) !== 0;
  const qosAt = FRAME.end + (isBetweenAccessPoints ? FOURTH_ADDRESS_BYTES : 0);
  let length = qosAt;
  if (hasQos) length += QOS.end;
  if (hasQos && (flags & FLAG.order) !== 0) length += HT_CONTROL_BYTES;
  if (isPadded) length += -length & 3;
  if (!has(cursor, length)) return none(cursor, CUT_LINK_HEADER);

  const isFragment = (flags & FLAG.moreFragments) !== 0 || (uint8(data, at + FRAME.sequence) & FRAGMENT_NUMBER) !== 0;
  if (isFragment) return none(cursor, '802.11 fragment');
  cursor.at += length;
  return hasQos && (uint8(data, at + qosAt + QOS.control) & IS_AGGREGATE) !== 0 ? LAYER.subframe : LAYER.llc;
}

/** IEEE 802.11-2020, 9.3.2.2.2: each subframe begins on a boundary of four bytes, counted from the first. */
const SUBFRAME = { destination: 0, source: 6, length: 12, end: 14, alignment: 4 } as const;

/** One of the packets in an A-MSDU. The cursor moves into it, and keeps where the next one begins. */
export function readSubframe(cursor: Cursor): Layer {
  cursor.subframe = NO_SUBFRAME;
  if (!has(cursor, SUBFRAME.end)) return none(cursor, CUT_LINK_HEADER);
  const { data, at } = cursor;
  const length = uint16(data, at + SUBFRAME.length);
  const next = at + SUBFRAME.end + length + (-(SUBFRAME.end + length) & (SUBFRAME.alignment - 1));
  // The bytes at the end, such as a frame check sequence, may be too few for another subframe.
  if (next + SUBFRAME.end <= cursor.end) cursor.subframe = next;
  cursor.at += SUBFRAME.end;
  narrow(cursor, length);
  return LAYER.llc;
}

/** https://www.radiotap.org: little-endian; a bitmap says which fields follow, and may be continued by another. */
const RADIOTAP = { version: 0, length: 2, present: 4 } as const;
const PRESENT = { time: 1 << 0, flags: 1 << 1, more: 1 << 31 } as const;
const TIME_BYTES = 8;
const IS_HEADER_PADDED = 0x20;

export function readRadiotap(cursor: Cursor): Layer {
  if (!has(cursor, RADIOTAP.present + 4)) return none(cursor, CUT_LINK_HEADER);
  const length = cursor.data.readUInt16LE(cursor.at + RADIOTAP.length);
  if (length < RADIOTAP.present + 4) return none(cursor, 'bad link header');
  if (!has(cursor, length)) return none(cursor, CUT_LINK_HEADER);
  const flags = radiotapFlags(cursor, cursor.at + length);
  cursor.at += length;
  return readFrame(cursor, (flags & IS_HEADER_PADDED) !== 0);
}

/** Only the time can stand before the flags: eight bytes, aligned to eight. */
function radiotapFlags({ data, at }: Cursor, end: number): number {
  const present = data.readInt32LE(at + RADIOTAP.present);
  if ((present & PRESENT.flags) === 0) return 0;
  let fields = RADIOTAP.present;
  for (let more = true; more && at + fields + 4 <= end; fields += 4)
    more = (data.readInt32LE(at + fields) & PRESENT.more) !== 0;
  if ((present & PRESENT.time) !== 0) fields += (-fields & (TIME_BYTES - 1)) + TIME_BYTES;
  return at + fields < end ? uint8(data, at + fields) : 0;
}

const PRISM = { messageCode: 0, messageLength: 4, end: 8 } as const;
const AVS = { magic: 0, length: 4, end: 8 } as const;
/** The last half byte is the version. */
const AVS_MAGIC = 0x80211000;

/** In the byte order of the capturing machine, which is unknown: the smaller of the two readings is taken. */
export function readPrism(cursor: Cursor): Layer {
  if (!has(cursor, PRISM.end)) return none(cursor, CUT_LINK_HEADER);
  const { data, at } = cursor;
  if ((uint32(data, at + AVS.magic) & ~0x0f) >>> 0 === AVS_MAGIC) return LAYER.avs;
  const length = Math.min(data.readUInt32LE(at + PRISM.messageLength), uint32(data, at + PRISM.messageLength));
  return skipTo(cursor, length, PRISM.end);
}

export function readAvs(cursor: Cursor): Layer {
  if (!has(cursor, AVS.end)) return none(cursor, CUT_LINK_HEADER);
  return skipTo(cursor, uint32(cursor.data, cursor.at + AVS.length), AVS.end);
}

function skipTo(cursor: Cursor, length: number, least: number): Layer {
  if (length < least) return none(cursor, 'bad link header');
  if (!has(cursor, length)) return none(cursor, CUT_LINK_HEADER);
  cursor.at += length;
  return LAYER.wlan;
}

/** Per-Packet Information: little-endian; fields, then a packet of the link type that it names. */
const PPI = { version: 0, flags: 1, length: 2, linkType: 4, end: 8 } as const;

export function readPpi(cursor: Cursor): Layer {
  if (!has(cursor, PPI.end)) return none(cursor, CUT_LINK_HEADER);
  const { data, at } = cursor;
  const length = data.readUInt16LE(at + PPI.length);
  if (length < PPI.end) return none(cursor, 'bad link header');
  if (!has(cursor, length)) return none(cursor, CUT_LINK_HEADER);
  cursor.at += length;
  return layerOfLinkType(cursor, data.readUInt32LE(at + PPI.linkType));
}
