/** Collects what every listener can still see of an encrypted conversation. */
import type { ConversationFindings, SealedMessage } from '../eavesdropper/findings/findings.js';
import { counted, duration, endpoint, grouped, listed, moment, secondMoment } from './phrases.js';
import type { Side } from '../protocol/side.js';

export interface Visible {
  readonly what: string;
  /** The values of this capture. It may contain text from the wire. The caller must make it safe to show. */
  readonly seen: string;
}

/** Nobody reads a longer list of turns. */
const MOST_TURNS = 40;

export function stillVisible(conversation: ConversationFindings): readonly Visible[] {
  return [
    { what: 'who', seen: `${endpoint(conversation.client)} (client) and ${endpoint(conversation.server)} (server)` },
    { what: 'when', seen: whenItRan(conversation) },
    ...turns(conversation),
    { what: 'how much', seen: volume(conversation) },
    ...tokenTraits(sealedMessages(conversation)),
    ...handshakeTraits(conversation),
  ];
}

function sealedMessages({ messages }: ConversationFindings): readonly SealedMessage[] {
  return messages.filter((message) => message.kind === 'sealed');
}

function whenItRan({ started, ended }: ConversationFindings): string {
  return `from ${moment(started)} for ${duration(ended - started)}; and each packet’s own time`;
}

function turns({ messages }: ConversationFindings): Visible[] {
  if (messages.length === 0) return [];
  const of = (side: Side) => messages.filter(({ place }) => place.side === side).length;
  const letters = messages.slice(0, MOST_TURNS).map(({ place }) => (place.side === 'client' ? 'C' : 'S'));
  const order = `${letters.join(' ')}${messages.length > MOST_TURNS ? ' …' : ''}`;
  const seen = `${counted(messages.length, 'message')}: client ${of('client')}, server ${of('server')}, in the order ${order}`;
  return [{ what: 'who spoke', seen }];
}

function volume({ streams }: ConversationFindings): string {
  return `${counted(streams.client.bytes, 'byte')} from the client, ${counted(streams.server.bytes, 'byte')} from the server`;
}

function tokenTraits(messages: readonly SealedMessage[]): Visible[] {
  if (messages.length === 0) return [];
  const byLength = new Map(messages.map(({ token }) => [token.characters, token]));
  const steps = [...byLength.values()]
    .sort((a, b) => a.characters - b.characters)
    .map(
      ({ characters, textBytes }) => `${characters} characters hold ${textBytes.least}–${textBytes.most} bytes of text`,
    );
  const times = messages.map(({ token }) => token.created).sort((a, b) => a - b);
  const span = [...new Set([times[0], times.at(-1)])].flatMap((time) =>
    time === undefined ? [] : [secondMoment(time)],
  );
  return [
    { what: 'text lengths', seen: `each to a step of 16: ${listed(steps)}` },
    { what: 'token clocks', seen: `each token says, unencrypted, when it was made: ${span.join(' to ')}` },
  ];
}

function handshakeTraits({ handshake }: ConversationFindings): Visible[] {
  const traits: Visible[] = [];
  const publicKey = handshake?.publicKey ?? null;
  if (publicKey !== null) {
    const size = publicKey.bits === null ? 'not an RSA key' : `RSA, ${publicKey.bits} bits`;
    traits.push({ what: 'public key', seen: `${size}, SHA-256 ${grouped(publicKey.fingerprint)}` });
  }
  const hello = handshake?.hello ?? null;
  if (hello !== null) traits.push({ what: 'check', seen: hello.integrity });
  return traits;
}
