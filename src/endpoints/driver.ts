/**
 * The driver: joins a session, which only thinks, to a socket, which only carries.
 *
 * It tells the session what happened and carries out what the session answers, and it owns what a session must not have:
 * the timers. Everything that crosses the socket passes through here, so here is also where the tap sits.
 */
import type { Socket } from 'node:net';

import type { ConnectionTap } from '../capture/tap.js';
import type { ErrorCode } from '../protocol/frames.js';
import { LEAVING_WORD } from '../protocol/leaving.js';
import { describeTlsProblem } from './tls-problem.js';
import type { Action, Outcome, Session, SessionKeys } from '../session/session.js';

/** A side that starts a handshake and does not finish it is not waited for longer than this. */
const HANDSHAKE_LIMIT_MS = 10_000;

/** After our last byte, how long the other side has to close as well. */
const CLOSING_LIMIT_MS = 2_000;

/** An idle connection is probed after this time, so that a peer whose machine is gone is noticed. */
const KEEP_ALIVE_MS = 60_000;

export interface ChatHooks {
  ready(keys: SessionKeys | null): void;
  /** The messages that came at once. Whether more can be shown at once; if not, nothing is read from the socket until `shown`. */
  show(texts: readonly Buffer[]): boolean;
  unsent(why: string): void;
  /** The socket has taken what it could not take at once: more may be said. */
  drained(): void;
  /** The chat is over for the person; the socket is closed when `ended` settles. */
  over(outcome: Outcome): void;
}

export interface Chat {
  start(): void;
  /** Takes the next of `texts` once the one before is dealt with. Whether the socket takes more at once; if not, wait for `drained`. */
  said(texts: Iterable<string>): boolean;
  /** As if the person had typed EXIT; before the chat has begun, just closes. */
  leave(): void;
  /** After `show` answered false: there is room on the screen again. */
  shown(): void;
  refuse(code: ErrorCode, problem: string): void;
  /** Settles once the socket is closed; never rejects. */
  readonly ended: Promise<Outcome>;
}

/** What a session talks over. */
export interface Line {
  /** Made with `allowHalfOpen`; in tls mode what TLS makes of it. */
  readonly socket: Socket;
  /** Told of all that crosses `socket`; null where nobody records it, or where it is recorded underneath TLS. */
  readonly tap: ConnectionTap | null;
  /** At the end of the stream: whether TLS knows that it is not the end that the other side made. Only TLS can tell. */
  readonly wasCutOff?: () => boolean;
}

/** Drives `session` over a line. Nothing happens before `start`. */
export function drive({ socket, tap, wasCutOff }: Line, session: Session, hooks: ChatHooks): Chat {
  let outcome: Outcome | null = null;
  let closing: NodeJS.Timeout | undefined;
  const handshake = setTimeout(() => {
    refuse('timeout', `The handshake took longer than ${HANDSHAKE_LIMIT_MS / 1000} s; is the other side a servchat in encrypted mode?`);
  }, HANDSHAKE_LIMIT_MS);

  // One write, one segment: the capture then shows the chat as it was said, a message typed being a segment of its own.
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);

  const send = (frames: readonly Buffer[]): void => {
    if (frames.length === 0) return;
    const bytes = Buffer.concat(frames);
    socket.write(bytes);
    tap?.sent(bytes);
  };
  const show = (texts: readonly Buffer[]): void => {
    if (texts.length > 0 && !hooks.show(texts)) socket.pause();
  };
  const perform = (action: Exclude<Action, { type: 'send' | 'show' }>): void => {
    switch (action.type) {
      case 'ready':
        clearTimeout(handshake);
        hooks.ready(action.keys);
        return;
      case 'unsent':
        hooks.unsent(action.why);
        return;
      case 'over':
        finish(action.outcome);
    }
  };
  /** All that is sent at once is one write, and all that came at once is shown in one piece. */
  const performAll = (actions: Iterable<Action>): void => {
    const frames: Buffer[] = [];
    const texts: Buffer[] = [];
    const flush = (): void => {
      send(frames.splice(0));
      show(texts.splice(0));
    };
    for (const action of actions) {
      if (action.type === 'send') frames.push(action.bytes);
      else if (action.type === 'show') texts.push(action.text);
      else {
        flush();
        perform(action);
      }
    }
    flush();
  };
  const settle = (how: Outcome): void => {
    outcome = how;
    clearTimeout(handshake);
    hooks.over(how);
  };
  const finish = (how: Outcome): void => {
    if (outcome !== null) return;
    settle(how);
    socket.resume();
    socket.end();
    tap?.ended();
    closing = setTimeout(() => socket.destroy(), CLOSING_LIMIT_MS);
  };
  const refuse = (code: ErrorCode, problem: string): void => {
    performAll(session.refuse(code, problem));
  };

  const ended = new Promise<Outcome>((resolve) => {
    socket.on('data', (bytes: Buffer) => {
      tap?.received(bytes);
      performAll(session.received(bytes));
    });
    socket.on('end', () => {
      tap?.peerEnded();
      if (wasCutOff?.() === true) finish({ ok: false, problem: CUT_OFF });
      performAll(session.peerEnded());
    });
    socket.on('drain', () => {
      hooks.drained();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') tap?.reset('peer');
      if (outcome === null) settle(error.code?.startsWith('ERR_SSL') === true ? refusedByTls(error) : lost(error.code ?? error.message));
      // TLS leaves its socket open, and its alert is still on the way out.
      setImmediate(() => socket.destroy());
    });
    socket.on('close', () => {
      if (outcome === null) settle(lost('closed'));
      clearTimeout(closing);
      tap?.close();
      resolve(outcome ?? lost('closed'));
    });
  });

  return {
    start: () => {
      // A frame, a segment: the capture then shows the handshake step by step.
      for (const action of session.opened()) performAll([action]);
    },
    said: (texts) => {
      performAll(sayAll(session, texts));
      return !socket.writableNeedDrain;
    },
    leave: () => {
      if (session.phase === 'chatting') performAll(session.said(LEAVING_WORD));
      else finish({ ok: true, leftBy: 'us' });
    },
    shown: () => {
      socket.resume();
    },
    refuse,
    ended,
  };
}

function* sayAll(session: Session, texts: Iterable<string>): Generator<Action> {
  for (const text of texts) yield* session.said(text);
}

const CUT_OFF = 'The chat was cut off: the connection ended without the goodbye of TLS (close_notify). Someone on the way can do that';

function refusedByTls(error: NodeJS.ErrnoException): Outcome {
  return { ok: false, problem: `The chat was ended: ${describeTlsProblem(error)}` };
}

function lost(why: string): Outcome {
  return { ok: false, problem: `The connection to the other side was lost (${why})` };
}
