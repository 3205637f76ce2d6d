/**
 * tls mode: the lines of plaintext mode inside TLS 1.3 (RFC 8446), by node:tls.
 *
 * node:tls would read directly from the TCP socket. So we give it a stream in between, through which each byte passes.
 * There the tap records what really crosses the wire. There we also see the end of the TCP stream apart from TLS's own
 * goodbye (close_notify, section 6.1). Without this goodbye, a chat was cut off.
 */
import type { Socket } from 'node:net';
import tls from 'node:tls';

import type { ConnectionTap } from '../capture/tap.js';
import { certificateFingerprint, type Certificate } from '../crypto/certificate.js';
import type { Problem, Refusal } from '../protocol/events.js';
import { answerToTls, modeOfClient, modeSaidBy } from '../protocol/first-bytes.js';
import { isErrorCode } from '../protocol/error-codes.js';
import { VERSION, formatFrame } from '../protocol/frames.js';
import { NoChat } from './endpoint-error.js';
import type { KeyLogFile } from './key-log-file.js';
import { HANDSHAKE_LIMIT_MS, SILENCE_LIMIT_MS } from './limits.js';
import { SealedRecords } from './sealed-records.js';
import { TappedWire, type Watchers } from './tapped-wire.js';
import { tlsRefusal } from './tls-fault.js';

/** The application protocol (RFC 7301). It tells our chat apart from, for example, a web server. */
const APPLICATION = VERSION;
const ONLY_1_3 = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;

/** A TLS connection whose handshake is done. */
export interface Secured {
  readonly socket: tls.TLSSocket;
  readonly records: Watchers['records'];
  /** The fingerprint of the server's certificate, 64 hex digits. */
  readonly fingerprint: string;
  /** At the end of the stream: whether the stream ended without TLS's goodbye. */
  wasCutOff(): boolean;
  /** Settles when the TCP connection is closed, which is a little later than TLS. */
  readonly closed: Promise<void>;
}

interface Around {
  /** Told of the bytes of the TCP connection. */
  readonly tap: ConnectionTap | null;
  readonly keyLog: KeyLogFile | null;
  /** Whether to keep what crosses the wire, to be shown. */
  readonly showWire: boolean;
}

function watchers({ tap, showWire }: Around): Watchers {
  return { tap, records: showWire ? { received: new SealedRecords(), sent: new SealedRecords() } : null };
}

/**
 * Calls `use` as soon as the handshake is done, and before it reads anything that came with the last bytes of the
 * handshake. A listener that is added later could miss the end. Returns what `use` returns.
 *
 * @throws NoChat where the handshake fails.
 */
export function acceptTls<T>(
  tcp: Socket,
  { certificate, privateKey, fingerprint }: Certificate,
  around: Around,
  use: (secured: Secured) => T,
): Promise<T> {
  // This server never listens. We hand each connection to it, and it does the server's part of the handshake.
  const server = tls.createServer({
    ...ONLY_1_3,
    cert: certificate,
    key: privateKey,
    ALPNProtocols: [APPLICATION],
    handshakeTimeout: HANDSHAKE_LIMIT_MS,
  });
  server.on('keylog', (line: Buffer) => around.keyLog?.append(line.toString('latin1')));
  return new Promise((resolve, reject) => {
    const wire = wireFromClient(tcp, around, (refusal) => {
      reject(noChat(refusal));
    });
    const fail = (error: NodeJS.ErrnoException): void => {
      wire.destroy();
      reject(noChat(tlsRefusal(error, 'handshake')));
    };
    // node:tls does not tell of every end; where it has more to say of one, it says it first.
    const ended = (): void => {
      setImmediate(fail, CLOSED);
    };
    wire.once('end', ended);
    server.on('tlsClientError', fail);
    server.on('secureConnection', (socket) => {
      wire.off('end', ended);
      // The first record that the client encrypts ends its handshake.
      wire.records?.received.skip();
      if (socket.alpnProtocol === APPLICATION) resolve(use(secured(socket, wire, fingerprint)));
      else {
        socket.destroy();
        reject(
          noChat({ reason: 'tls', fault: 'application', during: 'handshake', detail: String(socket.alpnProtocol) }),
        );
      }
    });
    server.emit('connection', wire);
  });
}

const CLOSED: NodeJS.ErrnoException = Object.assign(new Error('the stream ended'), { code: 'ECONNRESET' });

/** Lets through what is TLS. A client that says something else, or nothing for long, is told our mode in text. */
function wireFromClient(tcp: Socket, around: Around, refused: (refusal: Refusal) => void): TappedWire {
  const wire = new TappedWire(tcp, watchers(around), (first) => {
    clearTimeout(silence);
    const theirs = modeOfClient(first);
    if (theirs !== null && theirs !== 'tls') turnAway({ reason: 'mode', ours: 'tls', theirs });
    return theirs === null ? null : theirs === 'tls';
  });
  const turnAway = (refusal: Refusal): void => {
    // Written so that a client in either of the other modes can read it.
    wire.sayInstead(formatFrame({ kind: 'ERROR', code: 'tls-mode' }));
    refused(refusal);
  };
  const silence = setTimeout(() => {
    turnAway({ reason: 'silence', ours: 'tls', seconds: SILENCE_LIMIT_MS / 1000 });
  }, SILENCE_LIMIT_MS);
  void wire.tcpClosed.then(() => {
    clearTimeout(silence);
  });
  return wire;
}

/**
 * Calls `use` as {@link acceptTls} does.
 *
 * @param pin 64 hex digits: the fingerprint of the only certificate to accept. null accepts any, and then nothing
 *   shows who the server is.
 * @throws NoChat where the handshake fails, or the certificate is another one.
 */
export function connectTls<T>(
  tcp: Socket,
  pin: string | null,
  around: Around,
  use: (secured: Secured) => T,
): Promise<T> {
  let fail: (why: NoChat) => void = () => undefined;
  const wire = wireToServer(tcp, around, (problem) => {
    fail(new NoChat(problem));
  });
  // The certificate is looked at before the handshake is done: a server that we refuse never sees the end of it.
  if (pin !== null) wire.holdSealed();
  // No authority vouches for a self-signed certificate. A client that wants to know whose it is must pin it.
  const socket = tls.connect({ ...ONLY_1_3, socket: wire, ALPNProtocols: [APPLICATION], rejectUnauthorized: false });
  socket.on('keylog', (line: Buffer) => around.keyLog?.append(line.toString('latin1')));
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      fail(noChat({ reason: 'tls', fault: 'timeout', during: 'handshake', detail: `${HANDSHAKE_LIMIT_MS / 1000} s` }));
    }, HANDSHAKE_LIMIT_MS);
    fail = (why) => {
      clearTimeout(limit);
      // TLS may have sealed why.
      wire.release();
      socket.destroy();
      reject(why);
    };
    socket.on('error', (error: NodeJS.ErrnoException) => {
      fail(noChat(tlsRefusal(error, 'handshake')));
    });
    socket.once('secureConnect', () => {
      clearTimeout(limit);
      socket.removeAllListeners('error');
      const fingerprint = certificateFingerprint(socket.getPeerX509Certificate()?.raw ?? Buffer.alloc(0));
      if (pin !== null && pin !== fingerprint) {
        hangUp(socket, wire);
        reject(noChat({ reason: 'fingerprint', of: 'server', sha256: fingerprint }));
        return;
      }
      endHandshake(socket, wire);
      resolve(use(secured(socket, wire, fingerprint)));
    });
  });
}

/** All records from the server so far were of the handshake. From now on, they hold messages. */
function endHandshake(socket: tls.TLSSocket, wire: TappedWire): void {
  wire.release();
  wire.records?.received.skipAll();
  // All but its tickets (RFC 8446, section 4.6.1).
  socket.on('session', () => wire.records?.received.skip());
}

/** Without a word: once node:tls has taken the certificate, it cannot say why (bad_certificate). */
function hangUp(socket: tls.TLSSocket, wire: TappedWire): void {
  socket.on('error', () => undefined);
  wire.destroy();
  socket.destroy();
}

/** Lets through what is TLS. What a server says in text instead tells of its mode, or why it turns us away. */
function wireToServer(tcp: Socket, around: Around, turnedAway: (problem: Problem) => void): TappedWire {
  return new TappedWire(tcp, watchers(around), (first) => {
    const line = answerToTls(first);
    if (line === null || line === '') return line === null ? null : true;
    turnedAway(meaningOf(line));
    return false;
  });
}

/**
 * What it means when a server answers in text: an ERROR names the server's mode; anything else is a person in plaintext
 * mode.
 */
function meaningOf(line: string): Problem {
  const code = line.startsWith('ERROR ') ? line.slice('ERROR '.length) : '';
  if (isErrorCode(code) && modeSaidBy(code) === null) return { type: 'reported', code };
  return { type: 'refused', reason: 'mode', ours: 'tls', theirs: modeSaidBy(code) ?? 'plaintext' };
}

function noChat(refusal: Refusal): NoChat {
  return new NoChat({ type: 'refused', ...refusal });
}

function secured(socket: tls.TLSSocket, wire: TappedWire, fingerprint: string): Secured {
  let saidGoodbye = false;
  // node:tls tells of both ends of the stream in the same way. It does so by pushing null, which for a goodbye comes
  // while there may be more on the wire, and otherwise when the wire itself has ended.
  const push = socket.push.bind(socket);
  socket.push = (chunk, encoding) => {
    if (chunk === null) saidGoodbye ||= !wire.isAtEnd;
    return push(chunk, encoding);
  };
  return { socket, records: wire.records, fingerprint, wasCutOff: () => !saidGoodbye, closed: wire.tcpClosed };
}
