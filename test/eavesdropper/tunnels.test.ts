/** A chat in each link type and tunnel that we read: its number and its text, according to us and to tshark. */
import { expect, test } from '@jest/globals';

import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { decode } from '../../src/packets/headers/decode.js';
import { LITTLE, captureInterface, enhanced, section, type Packet as Record } from '../packets/blocks.js';
import { tshark, tsharkFields } from '../packets/tshark.js';
import { L2TP3, MESH_PARTS, OTHERS, WRAPPINGS } from '../packets/wrappings.js';
import { describeWithTool } from '../tools.js';
import { withFiles } from './chats.js';
import { client, frameOf, server, type Packet, type Version } from './wire.js';

const VERSIONS: readonly Version[] = [4, 6];

/** Each case has its own conversation, with its own client port. */
const chat = (clientPort: number): Packet[] => [
  client(100, 0, 'S', undefined, { clientPort }),
  server(500, 101, 'SA', undefined, { clientPort }),
  client(101, 501, 'A', undefined, { clientPort }),
  client(101, 501, 'PA', `asked from ${clientPort}\n`, { clientPort }),
  server(501, 119, 'PA', `answered to ${clientPort}\n`, { clientPort }),
  client(119, 521, 'FA', undefined, { clientPort }),
];

const CASES = [...WRAPPINGS, ...OTHERS].flatMap((wrapping) => VERSIONS.map((version) => ({ ...wrapping, version })));
const FIRST_PORT = 20_000;
/** Puts it into a UDP packet over IPv4 over Ethernet. */
const SOURCE_PORT_AT = 34;
const ERF = 197;
const LONGEST_ERF_HEADER = 34;

/** One interface for each case. The packets of the cases alternate. */
function captureOf(
  cases: readonly (typeof CASES)[number][],
  recordsOf: (data: Buffer, on: number) => readonly Record[] = (data, on) => [{ on, data }],
): Buffer {
  const columns = cases.map(({ wrap, version }, on) =>
    chat(FIRST_PORT + on).map((packet) => recordsOf(wrap(frameOf(packet, version).data), on)),
  );
  const rows = Array.from({ length: 6 }, (_, row) => columns.flatMap((column) => column[row] ?? []));
  const interfaces = cases.map(({ linkType }) => captureInterface(LITTLE, linkType, 0));
  return Buffer.concat([section(LITTLE), ...interfaces, ...rows.flat().map((record) => enhanced(LITTLE, record))]);
}

describeWithTool('tshark', 'tshark and we', () => {
  test('find the same number and the same text for a chat in each of them', async () => {
    await withFiles({ 'tunnels.pcapng': captureOf(CASES) }, async (path) => {
      const { findings, haystacks } = await inspectCapture(path('tunnels.pcapng'));
      const rows = tsharkFields(path('tunnels.pcapng'), ['tcp.stream', 'tcp.srcport', 'tcp.payload'], 'last');
      const theirs = new Map<number, { client: string; server: string }>();
      for (const [stream = '', port, payload = ''] of rows) {
        if (stream === '') continue;
        const texts = theirs.get(Number(stream)) ?? { client: '', server: '' };
        texts[port === '4747' ? 'server' : 'client'] += Buffer.from(payload, 'hex').toString();
        theirs.set(Number(stream), texts);
      }
      const ours = findings.conversations.map(({ number, client: { port } }) => {
        const text = (side: 'client' | 'server'): string =>
          haystacks
            .find((haystack) => haystack.conversation === number && haystack.side === side)
            ?.stream.bytes.toString() ?? '';
        return { number, name: CASES[port - FIRST_PORT]?.name, client: text('client'), server: text('server') };
      });
      const expected = [...theirs].map(([number, texts]) => ({
        number,
        name: CASES[Number(/\d+/.exec(texts.client)?.[0]) - FIRST_PORT]?.name,
        ...texts,
      }));
      expect(ours).toEqual(expected);
      expect(ours).toHaveLength(2 * WRAPPINGS.length);
      expect(ours.map(({ number }) => number)).toEqual(ours.map((_, index) => index));
    });
  });

  test('see TCP in the same packets, wherever the packets were cut off', async () => {
    const packet = client(101, 501, 'PA', 'Hi');
    const cuts = CASES.flatMap(({ name, linkType, wrap, version }) => {
      const data = wrap(frameOf(packet, version).data);
      const ends = Array.from({ length: data.length }, (_, end) => end);
      // tshark treats the whole file as damaged if an ERF header in it is cut.
      return ends
        .filter((end) => linkType !== ERF || end >= LONGEST_ERF_HEADER)
        .map((end) => ({
          name,
          linkType,
          data: data.subarray(0, end),
          originalLength: data.length,
        }));
    });
    const linkTypes = [...new Set(cuts.map(({ linkType }) => linkType))];
    const interfaces = linkTypes.map((linkType) => captureInterface(LITTLE, linkType, 0));
    const records = cuts.map(({ linkType, data, originalLength }) =>
      enhanced(LITTLE, { on: linkTypes.indexOf(linkType), data, originalLength }),
    );
    await withFiles({ 'cut.pcapng': Buffer.concat([section(LITTLE), ...interfaces, ...records]) }, (path) => {
      const rows = tsharkFields(path('cut.pcapng'), ['tcp.stream', 'tcp.payload'], 'last');
      const theirs = rows.map(
        ([stream = '', payload = ''], index) =>
          `${cuts[index]?.name} ${cuts[index]?.data.length}: ${stream === '' ? 'no' : payload}`,
      );
      const ours = cuts.map(({ name, linkType, data, originalLength }) => {
        const found = decode({ number: 1, seconds: 0, nanoseconds: 0, linkType, originalLength, data });
        return `${name} ${data.length}: ${found.kind === 'tcp' ? found.segment.payload.toString('hex') : 'no'}`;
      });
      expect(ours).toEqual(theirs);
      return Promise.resolve();
    });
  });

  test('read a packet between a tunnel’s port and any lower port in the same way', async () => {
    const vxlan = WRAPPINGS.find(({ name }) => name === 'VXLAN')!;
    const packet = vxlan.wrap(frameOf(client(101, 501, 'PA', 'Hi')).data);
    const packets = Array.from({ length: 4790 }, (_, port) => {
      const data = Buffer.from(packet);
      data.writeUInt16BE(port, SOURCE_PORT_AT);
      return data;
    });
    const records = packets.map((data) => enhanced(LITTLE, { data }));
    const file = Buffer.concat([section(LITTLE), captureInterface(LITTLE, vxlan.linkType, 0), ...records]);
    await withFiles({ 'ports.pcapng': file }, (path) => {
      const theirs = tsharkFields(path('ports.pcapng'), ['tcp.stream'], 'last').map(([stream]) => stream !== '');
      const ours = packets.map((data) => {
        const found = decode({ number: 1, seconds: 0, nanoseconds: 0, linkType: 1, originalLength: data.length, data });
        return found.kind === 'tcp';
      });
      // Wireshark's readers of CUPS, L2TP and GTP also look at the content, and may leave the packet to the other port.
      const differing = ours.flatMap((isTcp, port) => (isTcp === theirs[port] ? [] : [port]));
      expect(differing).toEqual([631, 1701, 2123, 2152, 3386]);
      return Promise.resolve();
    });
  });

  test('read what L2TP version 3 carries, which tshark does if it is told what that is', async () => {
    const chats = L2TP3.map(({ wrap }, on) => chat(FIRST_PORT + on).map((packet) => wrap(frameOf(packet).data)));
    const fileOf = (packets: readonly Buffer[]): Buffer =>
      Buffer.concat([
        section(LITTLE),
        captureInterface(LITTLE, 1, 0),
        ...packets.map((data) => enhanced(LITTLE, { data })),
      ]);
    const files = { 'all.pcapng': fileOf(chats.flat()) };
    await withFiles(files, async (path) => {
      const { findings } = await inspectCapture(path('all.pcapng'));
      const texts = (which: 'client' | 'server'): string[][] =>
        findings.conversations.map(({ messages }) =>
          messages.flatMap((said) => (said.place.side === which && said.kind === 'readable' ? [said.text] : [])),
        );
      expect(texts('client')).toEqual(L2TP3.map((_, on) => [`asked from ${FIRST_PORT + on}`]));
      expect(texts('server')).toEqual(L2TP3.map((_, on) => [`answered to ${FIRST_PORT + on}`]));
      for (const [cookie, sublayer] of [
        ['4 Byte Cookie', 'None'],
        ['8 Byte Cookie', 'Default L2-Specific'],
      ] as const) {
        const told = ['-o', `l2tp.cookie_size:${cookie}`, '-o', `l2tp.l2_specific:${sublayer}`];
        const asEthernet = ['-d', 'l2tp.pw_type==0,eth', '-r', path('all.pcapng'), '-T', 'fields', '-e', 'tcp.srcport'];
        const theirs = tshark([...told, ...asEthernet]).split('\n');
        const expected = L2TP3.flatMap((each, on) =>
          each.cookie === cookie && each.sublayer === sublayer ? [FIRST_PORT + on] : [],
        );
        expect(expected.map((port) => theirs.filter((seen) => seen === String(port)).length)).toEqual([4, 4]);
      }
    });
  });

  test('put the parts of a frame together that batman-adv cut; tshark does so up to version 14', async () => {
    const parts = MESH_PARTS.flatMap(({ cut }, on) =>
      chat(FIRST_PORT + on).flatMap((packet, number) => cut(frameOf(packet).data, number)),
    );
    // In any order: the parts of each two packets mixed.
    const mixed = parts.flatMap((_, index) => parts[index % 2 === 0 ? index + 1 : index - 1] ?? []);
    const file = Buffer.concat([
      section(LITTLE),
      captureInterface(LITTLE, 1, 0),
      ...mixed.map((data) => enhanced(LITTLE, { data })),
    ]);
    await withFiles({ 'mesh.pcapng': file }, async (path) => {
      const { findings } = await inspectCapture(path('mesh.pcapng'));
      const texts = findings.conversations.map(({ messages }) =>
        messages.map((said) => (said.kind === 'readable' ? said.text : null)),
      );
      expect(texts).toEqual(
        MESH_PARTS.map((_, on) => [`asked from ${FIRST_PORT + on}`, `answered to ${FIRST_PORT + on}`]),
      );
      const theirs = tsharkFields(path('mesh.pcapng'), ['tcp.srcport'], 'last').flat();
      expect(theirs.filter((port) => port === String(FIRST_PORT))).toHaveLength(4);
    });
  });
});
