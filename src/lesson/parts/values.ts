/** Values of the run that a chapter quotes in a sentence: `:run[plaintext file]`. */
import type { PhrasingContent } from 'mdast';

import type { Place } from '../../eavesdropper/findings.js';
import { tally, type Tally } from '../comparison-summary.js';
import type { Lesson, Recorded } from '../lesson.js';
import { counted, endpoint, frameList, frames, grouped, secondMoment, textStep } from '../phrases.js';
import { framesThatContain } from '../wireshark.js';
import { firstSealed, longestMessage, sealedOf } from './chosen.js';
import { captured, phrasing, word, type Inline } from './tree.js';

type Value = (lesson: Lesson) => PhrasingContent[];

/** For what this run does not have. */
const ABSENT = 'not in this run';

export const VALUES: Readonly<Record<string, Value>> = {
  'plaintext file': of('plaintext', ({ capture }) => captured(capture.file)),
  'encrypted file': of('encrypted', ({ capture }) => captured(capture.file)),
  'client address': of('plaintext', ({ conversation }) => captured(endpoint(conversation.client))),
  'server address': of('plaintext', ({ conversation }) => captured(endpoint(conversation.server))),
  'server port': of('plaintext', ({ conversation }) => String(conversation.server.port)),
  'client port': of('plaintext', ({ conversation }) => String(conversation.client.port)),
  'plaintext packets': of('plaintext', ({ conversation }) => counted(conversation.frames, 'packet')),
  'encrypted packets': of('encrypted', ({ conversation }) => counted(conversation.frames, 'packet')),
  'plaintext bytes': of('plaintext', ({ conversation }) => bytesOf(conversation)),
  'encrypted bytes': of('encrypted', ({ conversation }) => bytesOf(conversation)),
  messages: ({ comparison }) => one(comparison === null ? ABSENT : counted(comparison.messages.length, 'message')),
  'readable in plaintext': tallied(({ messages, plaintext }) => counts(plaintext.readable, messages)),
  'readable encrypted': tallied(({ messages, encrypted }) => counts(encrypted?.readable ?? 0, messages)),
  'with control': tallied(({ encrypted }) => counts(encrypted?.notFound ?? 0, (encrypted?.notFound ?? 0) + (encrypted?.cannotTell ?? 0))),
  'longest message': (lesson) => one(withLongest(lesson, ({ text }) => captured(text))),
  'longest message bytes': (lesson) => one(withLongest(lesson, ({ text }) => counted(Buffer.byteLength(text), 'byte'))),
  'longest message frame': (lesson) => one(withLongest(lesson, ({ plaintext }) => (plaintext.readable ? frames(plaintext.hit.place) : ABSENT))),
  'longest message frames in plaintext': (lesson) => one(withLongest(lesson, ({ plaintext }) => shown(framesThatContain(plaintext)))),
  'longest message frames encrypted': (lesson) => one(withLongest(lesson, ({ encrypted }) => shown(framesThatContain(encrypted)))),
  'hello frame': placed(({ hello }) => hello?.place),
  'public key frame': placed(({ publicKey }) => publicKey?.place),
  'session key frame': placed(({ sessionKey }) => sessionKey?.place),
  integrity: of('encrypted', ({ conversation }) => captured(conversation.handshake?.hello?.integrity ?? ABSENT)),
  'key bits': of('encrypted', ({ conversation }) => `${conversation.handshake?.publicKey?.bits ?? ABSENT}`),
  'envelope bytes': of('encrypted', ({ conversation }) => `${conversation.handshake?.sessionKey?.envelopeBytes ?? ABSENT}`),
  fingerprint: of('encrypted', ({ conversation }) => word(grouped(conversation.handshake?.publicKey?.fingerprint ?? ABSENT))),
  tokens: of('encrypted', (recorded) => counted(sealedOf(recorded).length, 'token')),
  'first token frame': (lesson) => one(withFirst(lesson, ({ place }) => frames(place))),
  'first token characters': (lesson) => one(withFirst(lesson, ({ token }) => counted(token.characters, 'character'))),
  'first token ciphertext': (lesson) => one(withFirst(lesson, ({ token }) => counted(token.ciphertextBytes, 'byte'))),
  'first token text': (lesson) => one(withFirst(lesson, ({ token }) => textStep(token))),
  'first token time': (lesson) => one(withFirst(lesson, ({ token }) => secondMoment(token.created))),
  'distinct lengths': of('encrypted', (recorded) => String(new Set(sealedOf(recorded).map(({ token }) => token.characters)).size)),
  'key log': ({ keys }) => one(keys === null ? ABSENT : captured(keys.file)),
  'private key': ({ privateKey }) => one(privateKey === null ? ABSENT : captured(privateKey.file)),
  'sends': ({ stream }) => one(String(stream.few.writes.length)),
  'reads': ({ stream }) => one(counted(stream.few.reads.length, 'read')),
  'sent bytes': ({ stream }) => one(counted(stream.few.writes.reduce((sum, { length }) => sum + length, 0), 'byte')),
  'long write': ({ stream }) => one(stream.long.write.toLocaleString('en')),
  'long reads': ({ stream }) => one(counted(stream.long.reads.length, 'read')),
  'longest read': ({ stream }) => one(Math.max(0, ...stream.long.reads).toLocaleString('en')),
  command: ({ command }) => one(word(command)),
};

function one(part: Inline): PhrasingContent[] {
  return phrasing(part);
}

function of(mode: 'plaintext' | 'encrypted', value: (recorded: Recorded) => Inline): Value {
  return (lesson) => {
    const recorded = lesson[mode];
    return one(recorded === null ? ABSENT : value(recorded));
  };
}

function tallied(value: (found: Tally) => string): Value {
  return ({ comparison }) => one(comparison === null ? ABSENT : value(tally(comparison)));
}

function placed(place: (handshake: NonNullable<Recorded['conversation']['handshake']>) => Place | undefined): Value {
  return ({ encrypted }) => {
    const handshake = encrypted?.conversation.handshake ?? null;
    const found = handshake === null ? undefined : place(handshake);
    return one(found === undefined ? ABSENT : frames(found));
  };
}

function withLongest(lesson: Lesson, value: (message: NonNullable<ReturnType<typeof longestMessage>>) => Inline): Inline {
  const message = longestMessage(lesson);
  return message === null ? ABSENT : value(message);
}

function withFirst(lesson: Lesson, value: (message: NonNullable<ReturnType<typeof firstSealed>>) => Inline): Inline {
  const message = firstSealed(lesson);
  return message === null ? ABSENT : value(message);
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
