/**
 * Makes a capture that explains itself. It is a pcapng file with the packets of another capture, unchanged. It adds a
 * comment on the file, a comment on each packet that carries a frame, and the interface of the capture.
 */
import { inspectCapture, type InspectOptions } from '../eavesdropper/inspect.js';
import { decode } from '../packets/headers/decode.js';
import { Decoder } from '../packets/headers/decoder.js';
import { PcapngWriter, type PcapngInterface } from '../packets/file/pcapng-writer.js';
import { printable } from '../printable.js';
import { VERSION } from '../version.js';
import { frameComments, type FrameComments } from './frame-comments.js';
import { eachPacket } from './packets.js';
import { tapInterfaceName, type Provenance } from './provenance.js';
import { clientRandomIn, secretsOf } from './tls-secrets.js';
import type { CaptureFindings, ConversationFindings } from '../eavesdropper/findings/findings.js';
import type { IfThere } from '../files/output-file.js';
import type { Contents } from '../packets/file/contents.js';
import type { CapturedPacket } from '../packets/headers/packet.js';
import type { Side } from '../protocol/side.js';

export interface AnnotateOptions {
  readonly provenance: Provenance;
  /** A TLS key log. The file will contain the lines that decrypt this capture, and so it contains its keys. */
  readonly tlsKeyLog?: string;
  /** What opens sealed messages and records, so that the comments say what is in them. */
  readonly openers?: Pick<InspectOptions, 'opener' | 'tlsOpener'>;
  /** What to do if the file exists. By default it is not changed. */
  readonly ifThere?: IfThere;
}

export interface Annotated {
  readonly packets: number;
  /** How many packets have a comment. */
  readonly commented: number;
  /** How many lines of the key log are in the file. */
  readonly secrets: number;
  /** How many sealed messages and TLS records the comments say the content of. */
  readonly opened: number;
  readonly damage: CaptureFindings['damage'];
}

const APPLICATION = `servchat ${VERSION}`;

/**
 * Writes an annotated copy of the capture `from` to `to`. The packets keep their bytes, times, order and comments. If
 * `from` is damaged, the copy ends where reading stopped.
 *
 * @throws CaptureFileError if a file cannot be read or written. Error if the key log has nothing for this capture.
 */
export async function annotateCapture(
  from: string,
  to: string,
  { provenance, tlsKeyLog, openers = {}, ifThere = 'refuse' }: AnnotateOptions,
): Promise<Annotated> {
  const { findings } = await inspectCapture(from, { ...openers, searchable: false });
  const source = await survey(from);
  const secrets = tlsKeyLog === undefined ? '' : secretsFor(source.clientRandoms, tlsKeyLog);
  const comments = withTheirOwn(source.contents, frameComments(findings));
  const clients = clientsOf(findings);
  const notes = { application: APPLICATION, comment: sectionComment(findings, provenance, source.contents) };
  const writer = PcapngWriter.open(to, notes, { ifThere, secret: secrets !== '' });
  try {
    if (secrets !== '') writer.tlsSecrets(secrets);
    const interfaces = new Map<number, number>();
    const decoder = new Decoder();
    await eachPacket(from, (packet) => {
      const number =
        interfaces.get(packet.linkType) ?? writer.interface(interfaceOf(packet.linkType, provenance, source.contents));
      interfaces.set(packet.linkType, number);
      writer.packet({
        interface: number,
        time: packet,
        originalLength: packet.originalLength,
        data: packet.data,
        comments: comments.get(packet.number) ?? [],
        ...directionOf(packet, decoder, provenance, clients),
      });
    });
  } catch (error) {
    writer.abandon();
    throw error;
  }
  writer.close();
  return {
    packets: findings.packets,
    commented: comments.size,
    secrets: secrets.split('\n').length - 1,
    opened: openedIn(findings),
    damage: findings.damage,
  };
}

/** @throws Error if the key log has nothing for this capture. */
function secretsFor(clientRandoms: ReadonlySet<string>, tlsKeyLog: string): string {
  const secrets = secretsOf(tlsKeyLog, clientRandoms);
  if (secrets !== '') return secrets;
  throw new Error(
    'Cannot put secrets into the capture: the key log holds no TLS secret for it; is it the key log of this chat?',
  );
}

function openedIn({ conversations }: CaptureFindings): number {
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  return sum(conversations.flatMap(({ opening, tls }) => [opening?.verified ?? 0, tls?.opening?.opened ?? 0]));
}

function sectionComment({ conversations }: CaptureFindings, provenance: Provenance, { comments }: Contents): string {
  const chats = conversations.map(chatWords);
  return [
    'A servchat capture, annotated: packets that carry a frame or a TLS record have a comment.',
    ...(chats.length === 0 ? ['It holds no TCP conversation.'] : chats.slice(0, MOST_CHATS)),
    ...(chats.length > MOST_CHATS ? [`And ${chats.length - MOST_CHATS} more conversations.`] : []),
    ...provenanceWords(provenance),
    ...comments.filter(({ on }) => on !== 'packet').map(({ text }) => `A comment in the original capture: ${text}`),
  ].join('\n');
}

const MOST_CHATS = 20;

function chatWords({ number, client, server, mode, messages }: ConversationFindings): string {
  return `tcp.stream ${number}: mode ${mode}, client ${client.address} port ${client.port}, server ${server.address} port ${server.port}, messages that a listener can count: ${messages.length}.`;
}

function provenanceWords(provenance: Provenance): readonly string[] {
  switch (provenance.way) {
    case 'tap':
      return [
        `Captured by a tap on the socket of ${whose(provenance)}: the bytes, how they were cut into pieces, and their times are real.`,
        `Rebuilt around them: ${provenance.rebuilt.join(', ')}.`,
      ];
    case 'live':
      return [
        `Captured live on ${printable(provenance.interfaceName)} by ${printable(provenance.tool)}: these are the kernel's own packets.`,
      ];
    case 'unknown':
      return ['Nobody knows how it was captured: the comments were added afterwards.'];
  }
}

function whose({ side, relay }: Extract<Provenance, { way: 'tap' }>): string {
  return relay === true ? `the attacker, who is in the place of the ${side}` : `the ${side}`;
}

function interfaceOf(linkType: number, provenance: Provenance, { interfaces }: Contents): PcapngInterface {
  switch (provenance.way) {
    case 'tap':
      return {
        linkType,
        name: tapInterfaceName(provenance.side),
        description: `A tap on the socket of ${whose(provenance)}; its headers were rebuilt`,
      };
    case 'live':
      return { linkType, name: provenance.interfaceName, description: `Live, by ${provenance.tool}` };
    case 'unknown': {
      // If several interfaces have the same link type, we do not know which of them captured a packet.
      const names = interfaces.filter((each) => each.linkType === linkType).map(({ name }) => name);
      const [name] = names;
      return {
        linkType,
        description: 'As in the file that was annotated',
        ...(names.length === 1 && typeof name === 'string' ? { name } : {}),
      };
    }
  }
}

/** The direction of a packet. We know it only for a tap, which was on the socket of one side. */
function directionOf(
  packet: CapturedPacket,
  decoder: Decoder,
  provenance: Provenance,
  clients: ReadonlySet<string>,
): { readonly direction?: 'in' | 'out' } {
  if (provenance.way !== 'tap') return {};
  const decoded = decode(packet, decoder);
  if (decoded.kind !== 'tcp') return {};
  const { sourceAddress, sourcePort } = decoded.segment;
  const sender: Side = clients.has(endName(sourceAddress, sourcePort)) ? 'client' : 'server';
  return { direction: sender === provenance.side ? 'out' : 'in' };
}

function clientsOf({ conversations }: CaptureFindings): ReadonlySet<string> {
  return new Set(conversations.map(({ client }) => endName(client.address, client.port)));
}

function endName(address: string, port: number): string {
  return `${address} ${port}`;
}

/** Reads the file once for its own notes and for the TLS connections that begin in it. */
async function survey(
  path: string,
): Promise<{ readonly contents: Contents; readonly clientRandoms: ReadonlySet<string> }> {
  const clientRandoms = new Set<string>();
  const decoder = new Decoder();
  const contents = await eachPacket(path, (packet) => {
    const decoded = decode(packet, decoder);
    const random = decoded.kind === 'tcp' ? clientRandomIn(decoded.segment.payload) : null;
    if (random !== null) clientRandoms.add(random);
  });
  return { contents, clientRandoms };
}

/** The old comments of the packets, then ours. No comment appears twice, even if the file was annotated before. */
function withTheirOwn({ comments }: Contents, ours: FrameComments): FrameComments {
  const all = new Map<number, Set<string>>();
  const add = (packet: number, text: string): void => {
    all.set(packet, (all.get(packet) ?? new Set()).add(text));
  };
  for (const { packet, text } of comments) if (packet !== null) add(packet, text);
  for (const [packet, texts] of ours) for (const text of texts) add(packet, text);
  return new Map([...all].map(([packet, texts]) => [packet, [...texts]]));
}
