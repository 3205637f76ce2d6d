import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FlowTable, NONE } from '../../../src/eavesdropper/tcp/flow-table.js';
import type { TcpView } from '../../../src/packets/headers/packet.js';

interface Ends {
  readonly from: Buffer;
  readonly to: Buffer;
  readonly fromPort: number;
  readonly toPort: number;
}

function viewOf({ from, to, fromPort, toPort }: Ends): TcpView {
  return {
    data: Buffer.concat([from, to]),
    source: 0,
    destination: from.length,
    addressLength: from.length,
    sourcePort: fromPort,
    destinationPort: toPort,
    sequence: 0,
    acknowledgement: 0,
    flags: 0,
    window: 0,
    payloadStart: from.length + to.length,
    payloadEnd: from.length + to.length,
    payloadLength: 0,
  };
}

function back({ from, to, fromPort, toPort }: Ends): Ends {
  return { from: to, to: from, fromPort: toPort, toPort: fromPort };
}

/** The same value for both directions. */
function nameOf({ from, to, fromPort, toPort }: Ends): string {
  return [`${from.toString('hex')}:${fromPort}`, `${to.toString('hex')}:${toPort}`].sort().join(' ');
}

const port = fc.constantFrom(0, 80, 4747, 0x8000, 0xffff);
/** Few addresses, so that they repeat. Some IPv6 addresses differ only in the last word. */
const ipv4 = fc.constantFrom('00000000', '0a000001', '0a000002', 'ffffffff').map((hex) => Buffer.from(hex, 'hex'));
const ipv6 = fc
  .constantFrom('00000000', '00000001', '00000100')
  .map((hex) => Buffer.from(`20010db8000000000000000${hex[7] ?? '0'}${hex}`, 'hex'));
const ends = fc.oneof(
  fc.record({ from: ipv4, to: ipv4, fromPort: port, toPort: port }),
  fc.record({ from: ipv6, to: ipv6, fromPort: port, toPort: port }),
);

describe('the pairs in the table', () => {
  test('are found again in either direction, until they are removed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(ends, fc.constantFrom('seen', 'seen', 'removed')), { maxLength: 200 }), (steps) => {
        const table = new FlowTable();
        const known = new Map<string, { readonly flow: number; readonly first: Ends }>();
        for (const [step, what] of steps) {
          const name = nameOf(step);
          const before = known.get(name);
          expect(table.find(viewOf(step))).toBe(before?.flow ?? NONE);
          expect(table.find(viewOf(back(step)))).toBe(before?.flow ?? NONE);
          if (before !== undefined && what === 'removed') {
            table.remove(before.flow);
            known.delete(name);
          } else if (before === undefined && what === 'seen') {
            const flow = table.add(viewOf(step));
            expect([...known.values()].map((other) => other.flow)).not.toContain(flow);
            expect(table.tagOf(flow)).toBe(NONE);
            table.setTag(flow, steps.length);
            known.set(name, { flow, first: step });
          }
          expect(table.size).toBe(known.size);
        }
        for (const { flow, first } of known.values()) {
          expect(table.find(viewOf(first))).toBe(flow);
          expect(table.tagOf(flow)).toBe(steps.length);
          expect(table.isFromFirst(flow, viewOf(first))).toBe(true);
          const isOneEnd = first.from.equals(first.to) && first.fromPort === first.toPort;
          expect(table.isFromFirst(flow, viewOf(back(first)))).toBe(isOneEnd);
        }
      }),
    );
  });

  test('are as many as there are, with their addresses', () => {
    const table = new FlowTable();
    const every = Array.from({ length: 5000 }, (_, index): Ends => {
      const bytes = Buffer.alloc(index % 2 === 0 ? 4 : 16, 0);
      bytes.writeUInt32BE(index, bytes.length - 4);
      return { from: bytes, to: Buffer.alloc(bytes.length, 1), fromPort: 65_535 - index, toPort: index };
    });
    const flows = every.map((each) => table.add(viewOf(each)));
    expect(new Set(flows).size).toBe(5000);
    expect(every.map((each) => table.find(viewOf(back(each))))).toEqual(flows);
    expect(table.ends(flows[258]!)).toEqual([
      { address: '0.0.1.2', port: 65_277 },
      { address: '1.1.1.1', port: 258 },
    ]);
    expect(table.ends(flows[259]!)).toEqual([
      { address: '::103', port: 65_276 },
      { address: '101:101:101:101:101:101:101:101', port: 259 },
    ]);
  });
});
