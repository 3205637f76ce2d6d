/** The hellos of one TLS connection, as both sides' records are read: what each handshake of it agreed on. */
import { clientHelloFields, serverHelloFields } from '../../eavesdropper/tls/hello-fields.js';
import { MESSAGE, type HandshakeMessage } from '../../eavesdropper/tls/handshake-messages.js';
import type { ClientHelloFields, ServerHelloFields } from '../../eavesdropper/tls/hello-fields.js';

/** A handshake of which both hellos were seen. */
export interface Agreed {
  readonly client: ClientHelloFields;
  readonly server: ServerHelloFields;
}

/** A connection that makes a handshake again and again is nobody's. */
const MOST_HANDSHAKES = 100;

export class Hellos {
  readonly #clients: ClientHelloFields[] = [];
  readonly #servers: ServerHelloFields[] = [];
  /** Whether the server asked for another hello (HelloRetryRequest), as only TLS 1.3 does. */
  hasRetry = false;

  learn({ type, body }: HandshakeMessage): void {
    if (type === MESSAGE.clientHello) {
      const hello = clientHelloFields(body);
      if (hello !== null && this.#clients.length < MOST_HANDSHAKES) this.#clients.push(hello);
    } else if (type === MESSAGE.serverHello) {
      const hello = serverHelloFields(body);
      // The real one follows. The client says hello again with the same random (RFC 8446, section 4.1.2).
      if (hello?.retry === true) this.hasRetry = true;
      else if (hello !== null && this.#servers.length < MOST_HANDSHAKES) this.#servers.push(hello);
    }
  }

  /** The first hello of the client, or null as long as none was seen. */
  get first(): ClientHelloFields | null {
    return this.#clients[0] ?? null;
  }

  /**
   * What the handshake with this index agreed on, or null as long as that is not known. Only TLS 1.2 has others than
   * the first, inside the connection that it made (renegotiation).
   */
  agreed(index: number): Agreed | null {
    const client = this.#clients[index];
    const server = this.#servers[index];
    return client === undefined || server === undefined ? null : { client, server };
  }
}
