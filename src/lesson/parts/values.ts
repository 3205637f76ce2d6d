/** Values of the run that a chapter uses in a sentence: `:run[plaintext file]`. */
import type { PhrasingContent } from 'mdast';

import type { Place } from '../../eavesdropper/findings/findings.js';
import { AIMS } from '../../faces/attack-words.js';
import { tally, type Counts, type Tally } from '../../faces/comparison-summary.js';
import type { AttackRuns, Lesson, Recorded, StreamRun } from '../lesson.js';
import { counted, endpoint, frameList, frames, grouped, secondMoment, textStep } from '../../faces/phrases.js';
import { framesThatContain } from '../../faces/wireshark.js';
import type { Mode } from '../../protocol/modes.js';
import { anyRecorded, firstSealed, longestMessage, sealedOf } from './chosen.js';
import type { Need } from './need.js';
import { captured, phrasing, word, type Inline } from './tree.js';

/** The words for the sentence, or what the run lacks for them. */
export type Value = (lesson: Lesson) => PhrasingContent[] | Missing;

export interface Missing {
  readonly missing: Need;
}

export const VALUES: Readonly<Record<string, Value>> = {
  'plaintext file': of('plaintext', ({ capture }) => captured(capture.file)),
  'encrypted file': of('encrypted', ({ capture }) => captured(capture.file)),
  'tls file': of('tls', ({ capture }) => captured(capture.file)),
  'client address': of('any', ({ conversation }) => captured(endpoint(conversation.client))),
  'server address': of('any', ({ conversation }) => captured(endpoint(conversation.server))),
  'server port': of('any', ({ conversation }) => String(conversation.server.port)),
  'client port': of('any', ({ conversation }) => String(conversation.client.port)),
  packets: of('any', ({ conversation }) => counted(conversation.frames, 'packet')),
  'plaintext packets': of('plaintext', ({ conversation }) => counted(conversation.frames, 'packet')),
  'encrypted packets': of('encrypted', ({ conversation }) => counted(conversation.frames, 'packet')),
  'plaintext bytes': of('plaintext', ({ conversation }) => bytesOf(conversation)),
  'encrypted bytes': of('encrypted', ({ conversation }) => bytesOf(conversation)),
  'where it ran': of('any', ({ conversation }) => whereItRan(conversation)),
  'link layer': of('any', ({ capture }) => linkLayer(capture)),
  messages: ({ comparison, plaintext }) =>
    spoken(comparison?.messages.length ?? plaintext?.conversation.messages.length, 'message'),
  'readable in plaintext': ({ comparison, plaintext }) => {
    if (comparison !== null) return phrasing(counts(tally(comparison).plaintext.readable, tally(comparison).messages));
    return plaintext === null
      ? { missing: 'plaintext' }
      : phrasing(counts(plaintext.conversation.messages.length, plaintext.conversation.messages.length));
  },
  'readable encrypted': compared(({ messages, encrypted }) => counts(encrypted?.readable ?? 0, messages)),
  'with control': compared(({ messages, encrypted }) => withControl(encrypted, messages)),
  'tls search': ({ verdicts, tls }) => (tls === null ? { missing: 'tls' } : phrasing(tlsSearch(verdicts))),
  'longest message': withLongest(({ text }) => captured(text)),
  'longest message bytes': withLongest(({ text }) => counted(Buffer.byteLength(text), 'byte')),
  'longest message frame': withLongest(({ plaintext }) => (plaintext.readable ? frames(plaintext.hit.place) : null)),
  'longest message frames in plaintext': withLongest(({ plaintext }) => shown(framesThatContain(plaintext))),
  'longest message frames encrypted': withLongest(({ encrypted }) =>
    encrypted === null ? null : shown(framesThatContain(encrypted)),
  ),
  'hello frame': placed(({ hello }) => hello?.place),
  'public key frame': placed(({ publicKey }) => publicKey?.place),
  'session key frame': placed(({ sessionKey }) => sessionKey?.place),
  integrity: inHandshake(({ hello }) => (hello === null ? null : captured(hello.integrity))),
  'key bits': inHandshake(({ publicKey }) => (publicKey?.bits ?? null)?.toString() ?? null),
  'envelope bytes': inHandshake(({ sessionKey }) => sessionKey?.envelopeBytes.toString() ?? null),
  fingerprint: inHandshake(({ publicKey }) => (publicKey === null ? null : word(grouped(publicKey.fingerprint)))),
  tokens: of('encrypted', (recorded) => counted(sealedOf(recorded).length, 'token')),
  'first token frame': withFirst(({ place }) => frames(place)),
  'first token characters': withFirst(({ token }) => counted(token.characters, 'character')),
  'first token ciphertext': withFirst(({ token }) => counted(token.ciphertextBytes, 'byte')),
  'first token text': withFirst(({ token }) => textStep(token)),
  'first token time': withFirst(({ token }) => secondMoment(token.created)),
  'token lengths': of('encrypted', tokenLengths),
  opened: ({ keys }) => (keys === null ? { missing: 'key-log' } : phrasing(openedMessages(keys))),
  'key log': ({ keys }) => (keys === null ? { missing: 'key-log' } : phrasing(captured(keys.file))),
  'tls key log': ({ tls }) =>
    typeof tls?.keyLog === 'string' ? phrasing(captured(tls.keyLog)) : { missing: 'tls-key-log' },
  'private key': ({ privateKey }) =>
    privateKey === null ? { missing: 'private-key' } : phrasing(captured(privateKey.file)),
  'attacks that worked': ({ attacks }) =>
    attacks === null ? { missing: 'attacks' } : phrasing(attacksThatWorked(attacks.matrix)),
  'few writes': ({ stream }) => phrasing(fewWrites(stream)),
  'sent bytes': ({ stream }) =>
    phrasing(
      counted(
        stream.few.writes.reduce((sum, { length }) => sum + length, 0),
        'byte',
      ),
    ),
  'long write': ({ stream }) => phrasing(longWrite(stream)),
  command: ({ command }) => phrasing(word(command)),
};

const NEED_OF: Readonly<Record<Mode | 'any', Need>> = {
  plaintext: 'plaintext',
  encrypted: 'encrypted',
  tls: 'tls',
  any: 'capture',
};

function of(mode: Mode | 'any', value: (recorded: Recorded) => Inline): Value {
  return (lesson) => {
    const recorded = mode === 'any' ? anyRecorded(lesson) : lesson[mode];
    return recorded === null ? { missing: NEED_OF[mode] } : phrasing(value(recorded));
  };
}

function spoken(count: number | undefined, noun: string): PhrasingContent[] | Missing {
  return count === undefined ? { missing: 'plaintext' } : phrasing(counted(count, noun));
}

function compared(value: (found: Tally) => Inline): Value {
  return ({ comparison }) => (comparison === null ? { missing: 'comparison' } : phrasing(value(tally(comparison))));
}

/** A sentence without its full stop. */
function withControl(encrypted: Counts | null, messages: number): string {
  const { notFound, cannotTell } = encrypted ?? { notFound: 0, cannotTell: messages };
  const rest = cannotTell === 0 ? '' : `, and for ${cannotTell} the search cannot tell`;
  return `In this run ${counts(notFound, messages)} ${messages === 1 ? 'is' : 'are'} “not found” with a control${rest}`;
}

/** A sentence without its full stop. */
function tokenLengths(recorded: Recorded): string {
  const tokens = sealedOf(recorded);
  const lengths = new Set(tokens.map(({ token }) => token.characters)).size;
  if (tokens.length === 1) return 'This chat has only one token';
  return `The ${tokens.length} tokens of this chat ${lengths === 1 ? 'all have the same length' : `have ${lengths} different lengths`}`;
}

/** `9 of 9` */
function openedMessages({ conversation }: NonNullable<Lesson['keys']>): string {
  const sealed = conversation.messages.filter((message) => message.kind === 'sealed');
  return counts(sealed.filter(({ opened }) => opened?.ok === true).length, sealed.length);
}

function inHandshake(value: (handshake: NonNullable<Recorded['conversation']['handshake']>) => Inline | null): Value {
  return ({ encrypted }) => {
    const handshake = encrypted?.conversation.handshake ?? null;
    return orMissing(handshake === null ? null : value(handshake), 'handshake');
  };
}

function placed(place: (handshake: NonNullable<Recorded['conversation']['handshake']>) => Place | undefined): Value {
  return inHandshake((handshake) => {
    const found = place(handshake);
    return found === undefined ? null : frames(found);
  });
}

function withLongest(value: (message: NonNullable<ReturnType<typeof longestMessage>>) => Inline | null): Value {
  return (lesson) => {
    const message = longestMessage(lesson);
    return orMissing(message === null ? null : value(message), 'plaintext-message');
  };
}

function withFirst(value: (message: NonNullable<ReturnType<typeof firstSealed>>) => Inline): Value {
  return (lesson) => {
    const message = firstSealed(lesson);
    return orMissing(message === null ? null : value(message), 'token');
  };
}

function orMissing(value: Inline | null, missing: Need): PhrasingContent[] | Missing {
  return value === null ? { missing } : phrasing(value);
}

/** Where the chat ran, judged by both addresses. */
function whereItRan({ client, server }: Recorded['conversation']): string {
  if (client.address !== server.address)
    return 'Here client and server had different addresses, and the wire is whatever lies between the two';
  return 'Here client and server had the same address: both ran on one machine, and the wire is the one that the system has inside itself';
}

/** LINKTYPE_ETHERNET of https://www.tcpdump.org/linktypes.html. */
const ETHERNET = 1;

/** The headers at the beginning of each packet. */
function linkLayer({ linkType }: Recorded['capture']): string {
  return linkType.number === ETHERNET ? 'an Ethernet header' : `a header of the kind ${linkType.name}`;
}

/** A sentence without its full stop. */
function fewWrites({ few: { writes, reads } }: StreamRun): string {
  const outcome = `${counted(writes.length, 'write')} came out as ${counted(reads.length, 'read')}`;
  return reads.length < writes.length ? outcome : `${outcome} this time; on a busier machine it could have been one`;
}

/** One or more whole sentences. */
function longWrite({ long: { write, reads } }: StreamRun): string {
  const size = `${write.toLocaleString('en')} bytes`;
  if (reads.length < 2)
    return `The other way round is possible too, although it did not happen in this run: one write of ${size} came out as one read.`;
  const longest = Math.max(...reads).toLocaleString('en');
  return `The other way round happens as well: one write of ${size} came out as ${counted(reads.length, 'read')}, the longest of them ${longest} bytes.`;
}

/** A sentence without its full stop. */
function tlsSearch(verdicts: Lesson['verdicts']): string {
  const inTls = verdicts.flatMap(({ tls }) => (tls === undefined ? [] : [tls.verdict]));
  if (inTls.length === 0)
    return 'To search for the messages you would need the same chat in plaintext, which this report was made without';
  return `The search found ${counts(inTls.filter(({ readable }) => readable).length, inTls.length)} messages in the TLS capture`;
}

/** A sentence without its full stop. It counts only the runs whose outcome says something about the attack. */
function attacksThatWorked({ cells }: AttackRuns['matrix']): string {
  const attacks = cells.filter(({ outcome }) => AIMS[outcome.kind] !== 'none');
  const worked = attacks.filter(({ outcome }) => AIMS[outcome.kind] !== 'missed');
  return `In ${worked.length} of the ${counted(attacks.length, 'attack')} that were run, the attacker reached the aim`;
}

function counts(some: number, all: number): string {
  return `${some} of ${all}`;
}

function shown(numbers: readonly number[]): string {
  return numbers.length === 0 ? 'no frame' : frameList(numbers);
}

function bytesOf({ streams }: Recorded['conversation']): string {
  return counted(streams.client.bytes + streams.server.bytes, 'byte');
}
