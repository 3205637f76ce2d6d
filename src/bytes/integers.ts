/**
 * Reads unsigned integers from headers. The byte order is network order (most significant byte first, RFC 1700) unless
 * the name says otherwise. Bytes past the end count as zero, so the caller must check the length first.
 *
 * Buffer's own methods check their arguments on every call. With them, reading the headers of a packet takes more than
 * twice as long.
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
