/**
 * The hellos of one TLS connection, collected while the records of both sides are read: what each handshake agreed on.
 */
import { clientHelloFields, serverHelloFields } from '../../eavesdropper/tls/hello-fields.js';
import { MESSAGE, type HandshakeMessage } from '../../eavesdropper/tls/handshake-messages.js';
import type { ClientHelloFields, ServerHelloFields } from '../../eavesdropper/tls/hello-fields.js';

/** A handshake with both hellos. */
export interface Agreed {
  readonly client: ClientHelloFields;
  readonly server: ServerHelloFields;
}

/** No real connection makes this many handshakes. */
const MOST_HANDSHAKES = 100;

export class Hellos {
  readonly #clients: ClientHelloFields[] = [];
  readonly #servers: ServerHelloFields[] = [];
  /** Whether the server asked for another hello (HelloRetryRequest). Only TLS 1.3 has this. */
  hasRetry = false;

  learn({ type, body }: HandshakeMessage): void {
    if (type === MESSAGE.clientHello) {
      const hello = clientHelloFields(body);
      if (hello !== null && this.#clients.length < MOST_HANDSHAKES) this.#clients.push(hello);
    } else if (type === MESSAGE.serverHello) {
      const hello = serverHelloFields(body);
      // The real one follows. The client sends another hello with the same random (RFC 8446, section 4.1.2).
      if (hello?.retry === true) this.hasRetry = true;
      else if (hello !== null && this.#servers.length < MOST_HANDSHAKES) this.#servers.push(hello);
    }
  }

  /** The first hello of the client, or null if there was none yet. */
  get first(): ClientHelloFields | null {
    return this.#clients[0] ?? null;
  }

  /**
   * What the handshake with this index agreed on, or null if that is not known yet. Only TLS 1.2 has more than one
   * handshake: later ones run inside the connection (renegotiation).
   */
  agreed(index: number): Agreed | null {
    const client = this.#clients[index];
    const server = this.#servers[index];
    return client === undefined || server === undefined ? null : { client, server };
  }
}
