/**
 * The man in the middle of encrypted mode. To the client he is a server, and to the server he is a client. Each session
 * has its own key. Both use the honest code of `session/`; the only thing wrong with them is who runs them.
 */
import { generateSessionKey } from '../crypto/session-key.js';
import type { RsaKeyPair } from '../crypto/rsa.js';
import { INTEGRITY_NAMES, WEAKEST_INTEGRITY, isIntegrity } from '../protocol/integrity.js';
import { LEAVING_WORD } from '../protocol/leaving.js';
import { EncryptedClientSession, EncryptedServerSession } from '../session/encrypted.js';
import type { Action, Session } from '../session/session.js';
import type { Move } from './attack.js';
import { Waiting } from './waiting.js';
import { otherSide, type Side } from '../protocol/side.js';

const clock = (): number => Date.now() / 1000;

/** A server that accepts any client and any check. */
export function serverSession(): Session {
  return new EncryptedServerSession({ allowed: INTEGRITY_NAMES, newSessionKey: generateSessionKey, clock });
}

export class TwoSessions {
  readonly #facing: Readonly<Record<Side, Session>>;
  readonly #rewrite: (text: string) => string;
  /** What one side said before the handshake of the other side was done. */
  readonly #waiting: Readonly<Record<Side, Waiting<string>>> = { client: new Waiting(), server: new Waiting() };

  /** @param integrity what the client asked for. The server should see the same. */
  constructor(keyPair: RsaKeyPair, integrity: string, rewrite: (text: string) => string) {
    const asked = isIntegrity(integrity) ? integrity : WEAKEST_INTEGRITY;
    this.#facing = {
      client: serverSession(),
      server: new EncryptedClientSession({ keyPair, integrity: asked, clock }),
    };
    this.#rewrite = rewrite;
  }

  begin(): readonly Move[] {
    return [
      ...this.#moves('client', this.#facing.client.opened()),
      ...this.#moves('server', this.#facing.server.opened()),
    ];
  }

  /** Handles a line from this side. @throws TooMuchWaitingError if the other side never finishes its handshake. */
  received(from: Side, bytes: Buffer): readonly Move[] {
    return this.#moves(from, this.#facing[from].received(bytes));
  }

  #moves(side: Side, actions: Iterable<Action>): readonly Move[] {
    return Array.from(actions).flatMap((action): readonly Move[] => {
      switch (action.type) {
        case 'send':
          return [{ type: 'send', to: side, bytes: action.bytes, message: false }];
        case 'show':
          return this.#understood(side, action.text.toString('utf8'));
        case 'over':
          return action.outcome.ok ? this.#understood(side, LEAVING_WORD) : [];
        case 'ready':
          return this.#waiting[side].takeAll().flatMap((text) => this.#tell(side, text));
        case 'unsent':
        case 'leaving':
          return [];
      }
    });
  }

  #understood(from: Side, text: string): readonly Move[] {
    const to = otherSide(from);
    const learned: Move = { type: 'learn', from, text };
    if (this.#facing[to].phase === 'chatting') return [learned, ...this.#tell(to, this.#rewrite(text))];
    const rewritten = this.#rewrite(text);
    this.#waiting[to].add(rewritten, Buffer.byteLength(rewritten));
    return [learned];
  }

  #tell(to: Side, text: string): readonly Move[] {
    return this.#facing[to]
      .said(text)
      .flatMap((action): readonly Move[] =>
        action.type === 'send' ? [{ type: 'send', to, bytes: action.bytes, message: true }] : [],
      );
  }
}
