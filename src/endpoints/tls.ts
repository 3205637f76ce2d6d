/**
 * tls mode: the lines of plaintext mode inside TLS 1.3 (RFC 8446), by node:tls.
 *
 * node:tls would read from the TCP socket past everybody else. So it is given a stream in between, through which each
 * byte passes: that is where the tap sits, and records what really crosses the wire. It is also where the end of the TCP
 * stream is seen apart from TLS's own goodbye (close_notify, section 6.1), without which a chat was cut off.
 */
import type { Socket } from 'node:net';
import tls from 'node:tls';

import type { ConnectionTap } from '../capture/tap.js';
import { certificateFingerprint, type Certificate } from '../crypto/certificate.js';
import type { Problem, Refusal } from '../protocol/events.js';
import { answerToTls, modeOfClient, modeSaidBy } from '../protocol/first-bytes.js';
import { VERSION, formatFrame, isErrorCode } from '../protocol/frames.js';
import { NoChat } from './endpoint-error.js';
import type { KeyLogFile } from './key-log-file.js';
import { HANDSHAKE_LIMIT_MS, SILENCE_LIMIT_MS } from './limits.js';
import { SealedRecords } from './sealed-records.js';
import { TappedWire, type Watchers } from './tapped-wire.js';
import { tlsRefusal } from './tls-fault.js';

/** The application protocol (RFC 7301) by which a chat of ours is told from a web server, say. */
const APPLICATION = VERSION;
const ONLY_1_3 = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;

/** A TLS connection whose handshake is done. */
export interface Secured {
  readonly socket: tls.TLSSocket;
  readonly records: Watchers['records'];
  /** Of the server's certificate, 64 hex digits. */
  readonly fingerprint: string;
  /** At the end of the stream: whether it came without TLS's goodbye. */
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
 * Calls `use` as soon as the handshake is done, before anything that came with its last bytes is read: a listener that is
 * put on later may have missed the end. Gives what `use` gives.
 *
 * @throws NoChat where the other side does not come to terms.
 */
export function acceptTls<T>(
  tcp: Socket,
  { certificate, privateKey, fingerprint }: Certificate,
  around: Around,
  use: (secured: Secured) => T,
): Promise<T> {
  // It never listens: each connection is handed to it, and it does the server's part of the handshake.
  const server = tls.createServer({ ...ONLY_1_3, cert: certificate, key: privateKey, ALPNProtocols: [APPLICATION], handshakeTimeout: HANDSHAKE_LIMIT_MS });
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
      // Of what the client has sealed so far, the first record ends its handshake.
      wire.records?.received.skip();
      if (socket.alpnProtocol === APPLICATION) resolve(use(secured(socket, wire, fingerprint)));
      else {
        socket.destroy();
        reject(noChat({ reason: 'tls', fault: 'application', during: 'handshake', detail: String(socket.alpnProtocol) }));
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
    // In words that a client in either of the other modes can read.
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
 * @param pin 64 hex digits: the only certificate that is taken. null takes any, and so says nothing of who the server is.
 * @throws NoChat where the other side does not come to terms, or its certificate is another.
 */
export function connectTls<T>(tcp: Socket, pin: string | null, around: Around, use: (secured: Secured) => T): Promise<T> {
  let fail: (why: NoChat) => void = () => undefined;
  const wire = new TappedWire(tcp, watchers(around), (first) => {
    const line = answerToTls(first);
    if (line === null || line === '') return line === null ? null : true;
    fail(new NoChat(meaningOf(line)));
    return false;
  });
  // The certificate is looked at before the handshake is done: a server that we refuse never sees the end of it.
  if (pin !== null) wire.holdSealed();
  // No authority vouches for a self-signed certificate; who wants to know whose it is pins it.
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
      if (pin === null || pin === fingerprint) {
        wire.release();
        wire.records?.received.skipAll();
        // Each ticket of the server (RFC 8446, section 4.6.1) is a record that holds no message.
        socket.on('session', () => wire.records?.received.skip());
        resolve(use(secured(socket, wire, fingerprint)));
        return;
      }
      // node:tls cannot say why (bad_certificate) once it has taken the certificate: the connection is closed without a word.
      socket.on('error', () => undefined);
      wire.destroy();
      socket.destroy();
      reject(noChat({ reason: 'fingerprint', of: 'server', sha256: fingerprint }));
    });
  });
}

/** What a server means that answers in text: an ERROR names its mode, and anything else is a person in plaintext mode. */
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
