/** Builds pcapng files block by block, in either byte order, also with wrong lengths. */

export interface Order {
  readonly u16: (value: number) => Buffer;
  readonly u32: (value: number) => Buffer;
  readonly u64: (value: bigint) => Buffer;
}

export const LITTLE: Order = {
  u16: sized(2, 'writeUInt16LE'),
  u32: sized(4, 'writeUInt32LE'),
  u64: (value) => wide(value, 'writeBigInt64LE'),
};
export const BIG: Order = {
  u16: sized(2, 'writeUInt16BE'),
  u32: sized(4, 'writeUInt32BE'),
  u64: (value) => wide(value, 'writeBigInt64BE'),
};

function sized(bytes: number, write: 'writeUInt16LE' | 'writeUInt16BE' | 'writeUInt32LE' | 'writeUInt32BE') {
  return (value: number): Buffer => {
    const buffer = Buffer.alloc(bytes);
    buffer[write](value);
    return buffer;
  };
}

function wide(value: bigint, write: 'writeBigInt64LE' | 'writeBigInt64BE'): Buffer {
  const buffer = Buffer.alloc(8);
  buffer[write](BigInt.asIntN(64, value));
  return buffer;
}

function filled(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

export function block(order: Order, type: number, ...body: readonly Buffer[]): Buffer {
  const bytes = filled(Buffer.concat(body));
  const length = order.u32(bytes.length + 12);
  return Buffer.concat([order.u32(type), length, bytes, length]);
}

export function option(order: Order, code: number, value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([order.u16(code), order.u16(bytes.length), filled(bytes)]);
}

export function section(order: Order, ...options: readonly Buffer[]): Buffer {
  return block(order, 0x0a0d0d0a, order.u32(0x1a2b3c4d), order.u16(1), order.u16(0), order.u64(-1n), ...options);
}

export function captureInterface(
  order: Order,
  linkType: number,
  snapLength: number,
  ...options: readonly Buffer[]
): Buffer {
  return block(order, 1, order.u16(linkType), order.u16(0), order.u32(snapLength), ...options);
}

export interface Packet {
  readonly on?: number;
  /** In the interface's units. */
  readonly time?: bigint;
  readonly data: Buffer;
  readonly originalLength?: number;
}

export function enhanced(
  order: Order,
  { on = 0, time = 0n, data, originalLength = data.length }: Packet,
  ...options: readonly Buffer[]
): Buffer {
  const times = [order.u32(Number(time >> 32n)), order.u32(Number(time & 0xffffffffn))];
  return block(
    order,
    6,
    order.u32(on),
    ...times,
    order.u32(data.length),
    order.u32(originalLength),
    filled(data),
    ...options,
  );
}
