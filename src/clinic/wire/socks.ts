/**
 * A door to the relay for Java, which can be told to make its connections through a SOCKS proxy. It needs neither a
 * compiler nor a particular system, so it is there where nothing better is.
 *
 * Of SOCKS version 5 (RFC 1928) it knows what Java asks for: no password, and the command CONNECT.
 */
import net from 'node:net';

export interface SocksOptions {
  /** The port of the server that the client means. Connections to other ports go where they want to. */
  readonly port: () => number;
  /** Takes a connection to that port. What the client says from then on has not been read. */
  readonly accept: (client: net.Socket) => void;
}

const VERSION = 5;
const NO_PASSWORD = Buffer.from([VERSION, 0]);
const CONNECT = 1;
/** The rest of a reply is an address, which nobody looks at. */
const reply = (status: number): Buffer => Buffer.from([VERSION, status, 0, 1, 127, 0, 0, 1, 0, 0]);
const GRANTED = reply(0);
const UNREACHABLE = reply(4);
const NOT_KNOWN = reply(7);
/** The longest request: a name of 255 letters. In bytes. */
const MOST_REQUEST = 4 + 1 + 255 + 2;

export class SocksDoor {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();

  /** Resolves when it listens. */
  static async open(options: SocksOptions): Promise<SocksDoor> {
    const door = new SocksDoor(options);
    await new Promise<void>((resolve, reject) => {
      door.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return door;
  }

  private constructor(options: SocksOptions) {
    this.#server = net.createServer({ allowHalfOpen: true }, (client) => {
      this.#sockets.add(client.on('close', () => this.#sockets.delete(client)).on('error', () => undefined));
      void this.#serve(client, options);
    });
    this.#server.maxConnections = 16;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(client: net.Socket, { port, accept }: SocksOptions): Promise<void> {
    const greeting = await readUntil(client, greetingLength);
    if (greeting?.[0] !== VERSION) return void client.destroy();
    client.write(NO_PASSWORD);
    const request = await readUntil(client, requestLength);
    const wanted = request === null ? null : parseRequest(request);
    if (wanted === null) return void client.end(NOT_KNOWN);
    if (wanted.port === port()) {
      client.write(GRANTED);
      this.#sockets.delete(client);
      accept(client);
      return;
    }
    const other = net.connect({ ...wanted, allowHalfOpen: true });
    this.#sockets.add(other);
    other.once('connect', () => {
      client.write(GRANTED);
      client.pipe(other).pipe(client);
    });
    other.on('error', () => client.end(UNREACHABLE));
  }
}

/** Where the client wants to go. null if that is not a request that we know. */
export function parseRequest(request: Buffer): { readonly host: string; readonly port: number } | null {
  if (request[0] !== VERSION || request[1] !== CONNECT || request.length !== requestLength(request)) return null;
  const address = request.subarray(4, -2);
  const port = request.readUInt16BE(request.length - 2);
  switch (request[3]) {
    case 1:
      return { host: address.join('.'), port };
    case 3:
      return { host: address.toString('latin1', 1), port };
    case 4:
      return { host: address.toString('hex').replace(/(....)(?!$)/g, '$1:'), port };
    default:
      return null;
  }
}

/** How long the piece is that begins so. null: more of it is needed to tell. */
type LengthOf = (begun: Buffer) => number | null;

function greetingLength(begun: Buffer): number | null {
  const methods = begun[1];
  return methods === undefined ? null : 2 + methods;
}

function requestLength(begun: Buffer): number | null {
  const [, , , kind, length] = begun;
  if (kind === undefined) return null;
  if (kind === 1) return 4 + 4 + 2;
  if (kind === 4) return 4 + 16 + 2;
  // Of an unknown kind nobody knows the length. What has come is refused as it is.
  if (kind !== 3) return begun.length;
  return length === undefined ? null : 4 + 1 + length + 2;
}

/** Reads one piece, and not a byte more. null if the connection ends before. */
async function readUntil(client: net.Socket, lengthOf: LengthOf): Promise<Buffer | null> {
  let begun = Buffer.alloc(0);
  for (;;) {
    const length = lengthOf(begun);
    if (length !== null && begun.length >= length) return begun;
    const missing = length === null ? 1 : length - begun.length;
    const more = await readSome(client, missing);
    if (more === null || begun.length + more.length > MOST_REQUEST) return null;
    begun = Buffer.concat([begun, more]);
  }
}

async function readSome(client: net.Socket, most: number): Promise<Buffer | null> {
  for (;;) {
    const available = Math.min(most, client.readableLength);
    const piece = (client.read(available === 0 ? undefined : available) ?? null) as Buffer | null;
    if (piece !== null) return piece;
    if (client.readableEnded || client.destroyed) return null;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        for (const event of ['readable', 'end', 'close']) client.off(event, go);
        resolve();
      };
      for (const event of ['readable', 'end', 'close']) client.on(event, go);
    });
  }
}
