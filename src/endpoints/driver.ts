/**
 * The driver: joins a session, which only thinks, to a socket, which only carries.
 *
 * It tells the session what happened, and does what the session answers. It also owns the timers, which a session must
 * not
 * have. Everything that crosses the socket passes through here, so the tap is here too.
 */
import type { Socket } from 'node:net';

import type { ConnectionTap } from '../capture/tap.js';
import type { Problem } from '../protocol/events.js';
import type { ErrorCode } from '../protocol/error-codes.js';
import { formatFrame } from '../protocol/frames.js';
import { LEAVING_WORD } from '../protocol/leaving.js';
import type { Action, ChatEnd, Session, SessionKeys } from '../session/session.js';
import { systemCause } from './endpoint-error.js';
import { CLOSING_LIMIT_MS, HANDSHAKE_LIMIT_MS } from './limits.js';
import type { SealedRecords } from './sealed-records.js';
import { tlsRefusal } from './tls-fault.js';

/** After this time, TCP checks an idle connection, so that we notice when the other machine is gone. */
const KEEP_ALIVE_MS = 60_000;

export interface ChatHooks {
  ready(keys: SessionKeys | null): void;
  /**
   * The messages that came together. Returns whether more can be shown now; if not, nothing is read from the socket
   * until `shown`.
   */
  show(texts: readonly Buffer[]): boolean;
  /** Messages of our own person that are now on their way. */
  sent(texts: readonly string[]): void;
  /** What crossed the wire for the messages that were just shown or sent. Absent where nobody wants to see it. */
  crossed?(by: 'us' | 'them', bytes: Buffer): void;
  /** A message is too long to be sent: it has this many bytes. */
  unsent(bytes: number, most: number): void;
  /** The socket was full and has room again: the person may say more. */
  drained(): void;
  /** Our person has left. The chat is over when the other side has closed too, or after a moment. */
  leaving(): void;
  /**
   * The chat is over for the person; the socket is closed when `ended` settles. `last` is what crossed the wire for the
   * line of the other side that ended the chat; null if no line ended it.
   */
  over(outcome: ChatEnd, last: Buffer | null): void;
}

export interface Chat {
  start(): void;
  /**
   * Takes each of `texts` when the one before is done. Returns whether the socket takes more now; if not, wait for
   * `drained`.
   */
  said(texts: Iterable<string>): boolean;
  /** Leaves as if the person had typed EXIT. Before the chat has begun, it only closes the connection. */
  leave(): void;
  /** After `show` answered false: there is room on the screen again. */
  shown(): void;
  refuse(code: ErrorCode, problem: Problem): void;
  /** Settles once the socket is closed; never rejects. */
  readonly ended: Promise<ChatEnd>;
}

/** The connection that a session talks over. */
export interface Connection {
  /** A socket with `allowHalfOpen`; in tls mode, the TLS socket on top of it. */
  readonly socket: Socket;
  /**
   * Is told everything that crosses `socket`. Null where nobody records it, or where the recording is done underneath
   * TLS.
   */
  readonly tap: ConnectionTap | null;
  /** At the end of the stream: whether TLS knows that the other side did not end it. Only TLS can tell. */
  readonly wasCutOff?: () => boolean;
  /** In tls mode, where the person wants to see it: what really crosses the wire, in each direction. */
  readonly records?: { readonly received: SealedRecords; readonly sent: SealedRecords } | null;
}

/** Drives `session` over a line. Nothing happens before `start`. */
export function drive(line: Connection, session: Session, hooks: ChatHooks): Chat {
  return new Driver(line, session, hooks);
}

type Message = Extract<Action, { type: 'show' }>;

class Driver implements Chat {
  readonly #line: Connection;
  readonly #session: Session;
  readonly #hooks: ChatHooks;
  readonly #handshake: NodeJS.Timeout;
  #closing: NodeJS.Timeout | undefined;
  #outcome: ChatEnd | null = null;
  /** Records of TLS whose messages are not shown yet. */
  readonly #arrived: Buffer[] = [];
  readonly ended: Promise<ChatEnd>;

  constructor(line: Connection, session: Session, hooks: ChatHooks) {
    this.#line = line;
    this.#session = session;
    this.#hooks = hooks;
    this.#handshake = setTimeout(() => {
      this.refuse('timeout', { type: 'refused', reason: 'timeout', seconds: HANDSHAKE_LIMIT_MS / 1000 });
    }, HANDSHAKE_LIMIT_MS);
    // One write, one segment: each message that was typed is one segment in the capture.
    line.socket.setNoDelay(true);
    line.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.ended = new Promise((resolve) => {
      this.#attend(resolve);
    });
  }

  start(): void {
    // One frame, one segment: the capture then shows the handshake step by step.
    this.#guarded(() => {
      for (const action of this.#session.opened()) this.#perform([action]);
    });
  }

  said(texts: Iterable<string>): boolean {
    const sent: string[] = [];
    this.#guarded(() => {
      this.#perform(this.#sayEach(texts, sent), sent);
    });
    return !this.#line.socket.writableNeedDrain;
  }

  leave(): void {
    if (this.#session.phase === 'chatting') this.said([LEAVING_WORD]);
    else this.#finish(LEFT_BY_US);
  }

  shown(): void {
    this.#line.socket.resume();
  }

  refuse(code: ErrorCode, problem: Problem): void {
    this.#guarded(() => {
      this.#perform(this.#session.refuse(code, problem));
    });
  }

  #attend(closed: (outcome: ChatEnd) => void): void {
    const { socket, tap, wasCutOff, records } = this.#line;
    socket.on('data', (bytes: Buffer) => {
      tap?.received(bytes);
      records?.received.find(bytes.length, (found) => this.#arrived.push(found));
      this.#guarded(() => {
        this.#perform(this.#session.received(bytes));
      });
    });
    socket.on('end', () => {
      tap?.peerEnded();
      if (wasCutOff?.() === true && !this.#isLeaving)
        this.#finish({ ok: false, problem: { type: 'cut-off', missing: 'TLS goodbye' } });
      this.#guarded(() => {
        this.#perform(this.#session.peerEnded());
      });
    });
    socket.on('drain', () => {
      this.#hooks.drained();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') tap?.reset('peer');
      if (this.#outcome === null) this.#settle(this.#brokenBy(error));
      // TLS leaves its socket open, and its alert is still on the way out.
      setImmediate(() => socket.destroy());
    });
    socket.on('close', () => {
      if (this.#outcome === null) this.#settle(this.#isLeaving ? LEFT_BY_US : CLOSED);
      clearTimeout(this.#closing);
      tap?.close();
      closed(this.#outcome ?? CLOSED);
    });
  }

  /** Sends in one write, and shows in one piece, what belongs together. `sent` is what our person said with it. */
  #perform(actions: Iterable<Action>, sent: string[] = []): void {
    const frames: Buffer[] = [];
    const messages: Message[] = [];
    const flush = (): void => {
      this.#send(frames.splice(0), sent.splice(0));
      this.#show(messages.splice(0));
    };
    try {
      for (const action of actions) {
        if (action.type === 'send') frames.push(action.bytes);
        else if (action.type === 'show') messages.push(action);
        else {
          flush();
          this.#change(action);
        }
      }
    } finally {
      flush();
    }
  }

  /** If our own code fails on what the other side sent, this connection ends and nothing else does. */
  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      const problem: Problem = { type: 'refused', reason: 'unexpected', detail: String(error) };
      if (this.#outcome === null) this.#send([formatFrame({ kind: 'ERROR', code: 'rejected' })], []);
      this.#finish({ ok: false, problem });
    }
  }

  #change(action: Exclude<Action, { type: 'send' | 'show' }>): void {
    switch (action.type) {
      case 'ready':
        clearTimeout(this.#handshake);
        this.#hooks.ready(action.keys);
        return;
      case 'unsent':
        this.#hooks.unsent(action.bytes, action.most);
        return;
      case 'leaving':
        this.#hooks.leaving();
        this.#closeOurHalf(LEFT_BY_US);
        return;
      case 'over':
        this.#finish(action.outcome, this.#crossedIn(action.line));
    }
  }

  #send(frames: readonly Buffer[], said: readonly string[]): void {
    if (frames.length === 0) return;
    const bytes = Buffer.concat(frames);
    if (this.#line.socket.writableLength === 0) this.#line.records?.sent.skipAll();
    this.#line.socket.write(bytes);
    this.#line.tap?.sent(bytes);
    if (said.length > 0) this.#tellSent(said, frames);
  }

  #tellSent(said: readonly string[], frames: readonly Buffer[]): void {
    const hooks = this.#hooks;
    const { records = null } = this.#line;
    if (hooks.crossed === undefined || records !== null) {
      hooks.sent(said);
      records?.sent.find(Buffer.concat(frames).length, (found) => hooks.crossed?.('us', found));
      return;
    }
    for (const [at, text] of said.entries()) {
      hooks.sent([text]);
      // Without its LF, like a line that is received.
      hooks.crossed('us', frames[at]?.subarray(0, -1) ?? Buffer.alloc(0));
    }
  }

  #show(messages: readonly Message[]): void {
    if (messages.length > 0 && !this.#hasRoomFor(messages)) this.#line.socket.pause();
  }

  #hasRoomFor(messages: readonly Message[]): boolean {
    const hooks = this.#hooks;
    const { records = null } = this.#line;
    if (hooks.crossed === undefined || records !== null) {
      const room = hooks.show(messages.map(({ text }) => text));
      if (this.#arrived.length > 0) hooks.crossed?.('them', Buffer.concat(this.#arrived.splice(0)));
      return room;
    }
    let room = true;
    for (const { text, line } of messages) {
      room = hooks.show([text]) && room;
      hooks.crossed('them', line);
    }
    return room;
  }

  /** What crossed the wire for the line that ended the chat. */
  #crossedIn(line: Buffer | undefined): Buffer | null {
    if (line === undefined) return null;
    const { records = null } = this.#line;
    if (records === null) return line;
    return this.#arrived.length > 0 ? Buffer.concat(this.#arrived.splice(0)) : null;
  }

  #finish(how: ChatEnd, last: Buffer | null = null): void {
    if (this.#outcome !== null) return;
    this.#settle(how, last);
    if (this.#closing === undefined) this.#closeOurHalf(how);
  }

  /** @param otherwise how the chat ended, where the other side does not close in time. */
  #closeOurHalf(otherwise: ChatEnd): void {
    const { socket, tap } = this.#line;
    socket.resume();
    socket.end();
    tap?.ended();
    this.#closing = setTimeout(() => {
      if (this.#outcome === null) this.#settle(otherwise);
      socket.destroy();
    }, CLOSING_LIMIT_MS);
  }

  get #isLeaving(): boolean {
    return this.#session.phase === 'leaving';
  }

  /**
   * If our person has left, the end of the connection is no loss, and what still comes is not for us. But an alert of
   * TLS says that the other side refused something.
   */
  #brokenBy(error: NodeJS.ErrnoException): ChatEnd {
    const { code = '' } = error;
    const isTls = code.startsWith('ERR_SSL');
    if (this.#isLeaving && !(isTls && code.includes('ALERT'))) return LEFT_BY_US;
    const problem: Problem = isTls
      ? { type: 'refused', ...tlsRefusal(error, 'chat') }
      : { type: 'lost', cause: systemCause(error) };
    return { ok: false, problem };
  }

  #settle(how: ChatEnd, last: Buffer | null = null): void {
    this.#outcome = how;
    clearTimeout(this.#handshake);
    this.#hooks.over(how, last);
  }

  *#sayEach(texts: Iterable<string>, sent: string[]): Generator<Action> {
    for (const text of texts) {
      for (const action of this.#session.said(text)) {
        if (action.type === 'send') sent.push(text);
        yield action;
      }
    }
  }
}

const LEFT_BY_US: ChatEnd = { ok: true, leftBy: 'us' };
const CLOSED: ChatEnd = { ok: false, problem: { type: 'lost', cause: 'closed' } };
