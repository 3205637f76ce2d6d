/**
 * Unsigned integers of headers: in network order, which is most significant byte first (RFC 1700), unless the name says
 * otherwise. What lies past the end counts as zero: whoever reads has made sure of the length. Buffer's own methods
 * look at their arguments anew each time, and with them the headers of a packet take over twice as long.
 */
export function uint8(data: Uint8Array, at: number): number {
  return data[at] ?? 0;
}

export function uint16(data: Uint8Array, at: number): number {
  return ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
}

export function uint32(data: Uint8Array, at: number): number {
  return (
    (((data[at] ?? 0) << 24) | ((data[at + 1] ?? 0) << 16) | ((data[at + 2] ?? 0) << 8) | (data[at + 3] ?? 0)) >>> 0
  );
}

/** Least significant byte first. */
export function uint16LittleEndian(data: Uint8Array, at: number): number {
  return (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8);
}

export function uint32LittleEndian(data: Uint8Array, at: number): number {
  return (
    ((data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16) | ((data[at + 3] ?? 0) << 24)) >>> 0
  );
}
