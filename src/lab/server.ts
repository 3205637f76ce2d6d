/**
 * The web server of the lab. It gives a browser on this machine the page and the events, and takes its commands.
 *
 * The page shows keys and steers processes, so nobody else may have it. The server listens on loopback only. The
 * address holds a random token. The Host and the Origin of each request must be our own: a page of another site, or of
 * a name that resolves to 127.0.0.1, gets nothing. What a browser sends is bounded, and so is what waits for one.
 *
 *      GET  /TOKEN/          the page        GET  /TOKEN/events     server-sent events
 *      GET  /TOKEN/page.js   and the like    GET  /TOKEN/course     JSON
 *                                            POST /TOKEN/command       JSON
 */
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { CommandError, MOST_COMMAND_BYTES, parseCommand } from './command-schema.js';
import { EventStream } from './event-stream.js';
import { readBody, type BodyLimits } from './request-body.js';
import { Refusal } from './refusal.js';
import type { LabCommand } from './commands.js';
import type { EventLog } from './event-log.js';
import type { Course } from './experiments/experiment.js';

const LOOPBACK = '127.0.0.1';
/** A browser keeps a learner's progress for an address with its port. So the port stays the same where it can. */
const USUAL_PORT = 4750;
const TOKEN_BYTES = 32;
/** Pages that are open at the same time. */
const MOST_PAGES = 8;
const MOST_CONNECTIONS = 64;
const HEADERS_LIMIT_MS = 5_000;

export interface LabServerOptions {
  /** 0 means any free port. null means the usual port, or any free one while another program listens there. */
  readonly port: number | null;
  /** The folder with the files of the page. */
  readonly pageDirectory: string;
  readonly log: EventLog;
  /** For the page. */
  readonly course: Course;
  /** Carries out a command. It never throws: an event says so if the command makes no sense. */
  readonly act: (command: LabCommand) => Promise<void>;
  /** How long a body may take. */
  readonly bodyLimits?: Partial<BodyLimits>;
}

export interface LabServer {
  /** The address of the page, with the token. */
  readonly url: string;
  /** Stops listening and closes every connection. */
  close(): Promise<void>;
}

/** @throws Error in one line if the port is taken. */
export async function startLabServer(options: LabServerOptions): Promise<LabServer> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const site = new Site(options, token);
  const server = http.createServer(
    { maxHeaderSize: 16 * 1024, headersTimeout: HEADERS_LIMIT_MS },
    (request, response) => {
      void site.answer(request, response);
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  site.host = `${LOOPBACK}:${port}`;
  return {
    url: `http://${site.host}/${token}/`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @throws Error in one line if the port is taken. */
async function listen(server: http.Server, asked: number | null): Promise<void> {
  const error = await listening(server, asked ?? USUAL_PORT);
  if (error === null || (asked === null && error.code === 'EADDRINUSE' && (await listening(server, 0)) === null))
    return;
  throw new Error(
    `Cannot open the lab on port ${asked ?? USUAL_PORT}: ${LISTEN_ERRORS.get(error.code) ?? error.message}`,
  );
}

/** Why it cannot listen there; null if it does. */
function listening(server: http.Server, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(port, LOOPBACK, () => {
      server.off('error', resolve);
      resolve(null);
    });
  });
}

const LISTEN_ERRORS: ReadonlyMap<string | undefined, string> = new Map([
  ['EADDRINUSE', 'another program listens there; choose another --port, or 0 for any free port'],
  ['EACCES', 'permission denied; choose a --port from 1024 on'],
]);

/** The files of the page, and what a browser is told of them. */
const FILES: ReadonlyMap<string, { readonly file: string; readonly type: string }> = new Map([
  ['', { file: 'index.html', type: 'text/html; charset=utf-8' }],
  ['page.css', { file: 'page.css', type: 'text/css; charset=utf-8' }],
  ['page.js', { file: 'page.js', type: 'text/javascript; charset=utf-8' }],
]);

/** Nothing from elsewhere, nothing inline, no frame around it, nothing kept, and no address told to others. */
const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

class Site {
  readonly #options: LabServerOptions;
  readonly #tokenHash: string;
  readonly #streams = new Set<EventStream>();
  /** What the header Host must say. */
  host = '';

  constructor(options: LabServerOptions, token: string) {
    this.#options = options;
    this.#tokenHash = hashOf(token);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    try {
      this.#checkSender(request);
      await this.#answer(request, response, this.#pathIn(request));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(response, error);
    }
  }

  /** @throws Refusal unless the request comes from our own page, or from a program that names no page. */
  #checkSender({ headers }: IncomingMessage): void {
    if (headers.host !== this.host) throw new Refusal(403, 'This address is not the one of the lab.');
    const { origin } = headers;
    if (origin !== undefined && origin !== `http://${this.host}`)
      throw new Refusal(403, 'Only the page of the lab may ask for this.');
    const from = headers['sec-fetch-site'];
    if (from !== undefined && from !== 'same-origin' && from !== 'none')
      throw new Refusal(403, 'Only the page of the lab may ask for this.');
  }

  /** The part of the path after the token. @throws Refusal if the token is missing or wrong. */
  #pathIn({ url = '' }: IncomingMessage): string {
    const [, token = '', name] = /^\/([^/?#]*)\/([^?#]*)$/.exec(url) ?? [];
    // Hashes are compared, so that the time tells nothing about the token.
    if (name === undefined || hashOf(token) !== this.#tokenHash) throw new Refusal(404, NOT_HERE);
    return name;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    if (name === 'command') return this.#command(request, response);
    const file = FILES.get(name);
    if (name !== 'events' && name !== 'course' && file === undefined) throw new Refusal(404, NOT_HERE);
    if (request.method !== 'GET') throw new Refusal(405, 'Only GET is possible here.', { Allow: 'GET' });
    if (file !== undefined) this.#file(response, file);
    else if (name === 'events') this.#events(request, response);
    else send(response, 'application/json; charset=utf-8', Buffer.from(JSON.stringify(this.#options.course)));
  }

  #file(response: ServerResponse, { file, type }: { readonly file: string; readonly type: string }): void {
    let contents: Buffer;
    try {
      contents = fs.readFileSync(path.join(this.#options.pageDirectory, file));
    } catch {
      throw new Refusal(404, 'The page is not built. Run npm run build.');
    }
    send(response, type, contents);
  }

  #events(request: IncomingMessage, response: ServerResponse): void {
    if (this.#streams.size >= MOST_PAGES)
      throw new Refusal(503, `The lab is open in ${MOST_PAGES} pages already. Close one of them.`);
    const last = Number(request.headers['last-event-id'] ?? 0);
    const stream = new EventStream(this.#options.log, response, Number.isSafeInteger(last) && last > 0 ? last : 0);
    this.#streams.add(stream);
    response.on('close', () => this.#streams.delete(stream));
  }

  async #command(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') throw new Refusal(405, 'Only POST is possible here.', { Allow: 'POST' });
    // A form of another site cannot send this type without asking first.
    if (!/^application\/json *(?:; *charset=utf-8 *)?$/i.test(request.headers['content-type'] ?? ''))
      throw new Refusal(415, 'A command is sent as application/json.');
    const body = await readBody(request, { bytes: MOST_COMMAND_BYTES, ...this.#options.bodyLimits });
    await this.#options.act(commandIn(body));
    response.writeHead(204).end();
  }
}

function send(response: ServerResponse, type: string, contents: Buffer): void {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': contents.length }).end(contents);
}

const NOT_HERE = 'There is nothing here. The address of the lab is in the terminal in which it was started.';

/** @throws Refusal if it is not a command. */
function commandIn(body: Buffer): LabCommand {
  try {
    return parseCommand(body);
  } catch (error) {
    if (error instanceof CommandError) throw new Refusal(400, error.message);
    throw error;
  }
}

function refuse(response: ServerResponse, { status, message, headers }: Refusal): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // What is left of the request is not read.
  response.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end(`${message}\n`);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
