import { generateKeyPair } from '../../crypto/rsa.js';
import { RSA_BITS } from '../../protocol/frames.js';
import { forward, isError, onceMade, type Attack, type Handler, type Wire } from '../attack.js';
import { beat } from '../meet-to-beat.js';
import { TlsEnd } from '../tls-end.js';
import { TwoSessions } from '../two-sessions.js';
import { otherSide, type Side } from '../../protocol/side.js';

/**
 * Replaces the public key on the wire with the attacker's own: the client's RSA key in encrypted mode, the server's
 * certificate in tls mode. Then each side has a correct, signed and numbered chat, but with the attacker. The attacker
 * reads everything and sends it on, here with "Beat" instead of "Meet". Only the fingerprint shows the difference.
 */
export const keySwap: Attack = {
  name: 'key-swap',
  summary: 'replaces the key on the wire by its own; then reads and rewrites everything',
  goal: 'forge',
  needs: 'a public key',
  toSee: 'Chat in encrypted or tls mode, and use the word “Meet” in a message. Compare the fingerprint at both ends.',
  start: (wire) => {
    let handler: Handler | null = null;
    return (piece) => {
      if (piece.kind === 'text') return [forward(piece)];
      handler ??= onceMade(piece.kind === 'frame' ? betweenSessions() : betweenTlsEnds(wire), wire);
      return handler(piece);
    };
  },
};

async function betweenSessions(): Promise<Handler> {
  const keyPair = await generateKeyPair(RSA_BITS.default);
  let sessions: TwoSessions | null = null;
  return (piece) => {
    if (piece.kind !== 'frame' || isError(piece)) return [forward(piece)];
    if (piece.frame.kind !== 'HELLO') return sessions?.received(piece.from, piece.bytes) ?? [];
    sessions = new TwoSessions(keyPair, piece.frame.integrity, beat);
    return [...sessions.begin(), ...sessions.received(piece.from, piece.bytes)];
  };
}

async function betweenTlsEnds(wire: Wire): Promise<Handler> {
  const eventsOf = (from: Side) => ({
    line: (text: string) => {
      wire.play([{ type: 'learn', from, text }]);
      ends[otherSide(from)].say(beat(text));
    },
    end: () => {
      ends[otherSide(from)].goodbye();
    },
  });
  const ends = {
    client: await TlsEnd.facingClient(wire, eventsOf('client')),
    server: await TlsEnd.facingServer(wire, eventsOf('server')),
  };
  return (piece) => {
    ends[piece.from].received(piece);
    return [];
  };
}
