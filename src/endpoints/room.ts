/**
 * The server's room. It has one seat, for the client that chats, and a door, for clients that are still in their
 * handshake.
 *
 * A client takes the seat when its handshake is done, not when it connects. So a client that connects and says nothing,
 * or
 * sends noise, makes nobody wait. Only so many clients can stand at the door. When it is full, the one that has been
 * silent
 * for longest must go.
 *
 * Where the server requires a certain client key, a handshake proves nothing: a public key is public, and anyone can
 * send
 * it again. Only the first valid message proves that the client has the private key. A client that has not proved this
 * keeps the seat only until another one proves it.
 */
import type net from 'node:net';

import type { TapRecorder } from '../capture/tap.js';
import type { Certificate } from '../crypto/certificate.js';
import type { Address, Problem } from '../protocol/events.js';
import type { Mode } from '../protocol/modes.js';
import type { ChatEnd, Session, SessionKeys } from '../session/session.js';
import { neverJoined } from './chat-watch.js';
import { conversation } from './conversation.js';
import { drive, type Chat, type ChatHooks, type Connection } from './driver.js';
import { DoorReport } from './door-report.js';
import { NoChat } from './endpoint-error.js';
import type { KeyLogFile } from './key-log-file.js';
import { SILENCE_LIMIT_MS } from './limits.js';
import type { Person } from './person.js';
import type { Tell } from './telling.js';
import type { acceptTls } from './tls.js';

export interface RoomOptions {
  readonly mode: Mode;
  /** In tls mode: who we are. Absent in the other modes. */
  readonly tls?: Certificate;
  readonly newSession: () => Session;
  /** Whether the session accepts only one client's key. */
  readonly insists: boolean;
  /** Whether to wait for the next client after a chat. */
  readonly keepOpen: boolean;
  readonly person: Person;
  readonly tell: Tell;
  readonly tap: TapRecorder | null;
  readonly keyLog: KeyLogFile | null;
  /** Whether to show under each message what crossed the wire. */
  readonly showWire: boolean;
}

/** How many connections may be in their handshake at the same time. */
const MOST_AT_THE_DOOR = 32;

/** A client that has connected. */
interface Guest {
  readonly socket: net.Socket;
  readonly from: Address;
  /** Null during the TLS handshake. */
  chat: Chat | null;
  /** Gives them the seat. Null before their handshake is done, and when their chat is over: they may be slow to go. */
  sit: (() => void) | null;
  /** The server's person has left the chat with them, and they have not closed yet. */
  isLeft: boolean;
  /** Sent away to make room: nothing more is said about them. */
  isForgotten: boolean;
}

export class Room {
  readonly #options: RoomOptions;
  readonly #acceptTls: typeof acceptTls | null;
  readonly #shut: (properly: boolean) => void;
  readonly #report: DoorReport;
  /** In the order in which they came. */
  readonly #guests = new Set<Guest>();
  #seated: Guest | null = null;
  /** Whether the client in the seat has proved its key, or need not prove it. */
  #isProven = false;
  /** Whether the next chat to end is the last. */
  readonly #isLast: boolean;
  /** Whether the server's person has left, and only waits for the other side to close. */
  #isLeaving = false;
  #closed = false;

  /** `shut` is called when there will be no more chats. It gets whether the last one ended properly. */
  constructor(options: RoomOptions, secure: typeof acceptTls | null, shut: (properly: boolean) => void) {
    this.#options = options;
    this.#acceptTls = secure;
    this.#shut = shut;
    this.#report = new DoorReport(options.tell);
    this.#isLast = !options.keepOpen;
  }

  /** A client has come to the door. In tls mode it may come in when the TLS handshake is done. Never rejects. */
  async arrive(socket: net.Socket): Promise<void> {
    const { tap, keyLog, showWire, tls } = this.#options;
    const from = { address: socket.remoteAddress ?? '0.0.0.0', port: socket.remotePort ?? 0 };
    const to = { address: socket.localAddress ?? '0.0.0.0', port: socket.localPort ?? 0 };
    const guest: Guest = { socket, from, chat: null, sit: null, isLeft: false, isForgotten: false };
    this.#makeRoom();
    this.#guests.add(guest);
    try {
      const connectionTap = tap?.connection({ client: from, server: to }, 'server') ?? null;
      if (tls === undefined || this.#acceptTls === null) this.#enter(guest, { socket, tap: connectionTap });
      else {
        await this.#acceptTls(socket, tls, { tap: connectionTap, keyLog, showWire }, (secured) => {
          this.#enter(guest, { ...secured, tap: null });
        });
      }
    } catch (error) {
      this.#guests.delete(guest);
      this.#tellOf(
        guest,
        error instanceof NoChat ? error.problem : { type: 'refused', reason: 'unexpected', detail: String(error) },
      );
      if (!(error instanceof NoChat)) socket.destroy();
    }
  }

  /** Ends the present chat. No other chat follows. */
  leaveForGood(): void {
    this.#isLeaving = true;
    if (this.#seated === null) this.#close(true);
    else this.#seated.chat?.leave();
  }

  #enter(guest: Guest, line: Connection): void {
    const { insists } = this.#options;
    const clientKey = { insisted: insists, kept: false };
    const hooks = conversation({ ...this.#options, us: 'server', address: guest.from, clientKey }, [], () => ({
      said: (texts) => chat.said(texts),
      shown: () => {
        chat.shown();
      },
      leave: () => {
        chat.leave();
      },
    }));
    const chat: Chat = drive(line, this.#options.newSession(), this.#hooksAtTheDoor(guest, hooks));
    guest.chat = chat;
    void chat.ended.then((outcome) => {
      this.#ended(guest, outcome);
    });
    if (this.#isTaken) turnAway(chat);
    else this.#begin(chat, guest.socket);
  }

  /**
   * In encrypted mode the client speaks first. A client that says nothing may be in plaintext mode, and wait as well.
   */
  #begin(chat: Chat, socket: net.Socket): void {
    const { mode } = this.#options;
    chat.start();
    if (mode !== 'encrypted') return;
    const silence = setTimeout(() => {
      chat.refuse('mode-mismatch', {
        type: 'refused',
        reason: 'silence',
        ours: mode,
        seconds: SILENCE_LIMIT_MS / 1000,
      });
    }, SILENCE_LIMIT_MS);
    const heard = (): void => {
      clearTimeout(silence);
    };
    socket.once('data', heard);
    socket.once('close', heard);
  }

  /** A client that does not have the seat takes no part in the chat. */
  #hooksAtTheDoor(guest: Guest, hooks: ChatHooks): ChatHooks {
    return {
      ...hooks,
      ready: (keys) => {
        this.#isReady(guest, hooks, keys);
      },
      show: (texts) => !this.#isHeard(guest) || hooks.show(texts),
      drained: () => {
        if (guest === this.#seated) hooks.drained();
      },
      leaving: () => {
        guest.isLeft = true;
        hooks.leaving();
      },
      over: (outcome, leaving) => {
        guest.sit = null;
        if (guest === this.#seated) hooks.over(outcome, leaving);
        else if (!outcome.ok) this.#tellOf(guest, outcome.problem);
      },
    };
  }

  #isReady(guest: Guest, hooks: ChatHooks, keys: SessionKeys | null): void {
    guest.sit = () => {
      this.#seated = guest;
      this.#isProven = !this.#options.insists;
      hooks.ready(keys);
    };
    if (this.#seated === null) guest.sit();
    else if (this.#isTaken && guest.chat !== null) turnAway(guest.chat);
  }

  /**
   * A valid message has come, and proves who the guest is. The first guest to prove it gets the seat. Returns whether
   * this guest has it.
   */
  #isHeard(guest: Guest): boolean {
    if (guest !== this.#seated) {
      if (this.#isTaken) {
        if (guest.chat !== null) turnAway(guest.chat);
        return false;
      }
      this.#giveSeatTo(guest);
    }
    if (!this.#isProven) {
      this.#isProven = true;
      this.#options.tell([{ type: 'proved' }]);
    }
    return true;
  }

  #giveSeatTo(guest: Guest): void {
    const before = this.#seated;
    this.#seated = guest;
    this.#options.person.rest();
    before?.chat?.refuse('busy', { type: 'refused', reason: 'unproven' });
    guest.sit?.();
  }

  /** The client that the server's person has just left keeps the seat until that chat has ended. */
  get #isTaken(): boolean {
    return this.#seated !== null && (this.#isProven || this.#seated.isLeft);
  }

  #ended(guest: Guest, outcome: ChatEnd): void {
    this.#guests.delete(guest);
    if (guest !== this.#seated) return;
    this.#seated = null;
    if (this.#isLeaving || (this.#isLast && this.#isChat(outcome))) {
      this.#close(outcome.ok || !this.#isChat(outcome));
      return;
    }
    const next = [...this.#guests].find(({ sit }) => sit !== null);
    if (next === undefined) this.#options.tell([{ type: 'waiting' }]);
    else next.sit?.();
  }

  /**
   * A client in another mode, with a copy of a public key, or that only wanted to see a certificate was never in a
   * chat: the chat is still to come.
   */
  #isChat(outcome: ChatEnd): boolean {
    return outcome.ok || (!neverJoined(outcome.problem) && this.#isProven);
  }

  /** The client that has been silent at the door for longest goes; otherwise the one that came first. */
  #makeRoom(): void {
    const atTheDoor = [...this.#guests].filter((guest) => guest !== this.#seated);
    if (atTheDoor.length < MOST_AT_THE_DOOR) return;
    const guest = atTheDoor.find(({ socket }) => socket.bytesRead === 0) ?? atTheDoor[0];
    if (guest === undefined) return;
    guest.isForgotten = true;
    this.#guests.delete(guest);
    if (guest.chat !== null) turnAway(guest.chat);
    guest.socket.destroySoon();
  }

  #tellOf({ from, isForgotten }: Guest, problem: Problem): void {
    if (!isForgotten && !this.#closed) this.#report.add(from, problem);
  }

  /** Sends away all who are still at the door, without a word. */
  #close(properly: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#report.close();
    this.#shut(properly);
    for (const { socket } of this.#guests) socket.destroy();
  }
}

function turnAway(chat: Chat): void {
  chat.refuse('busy', { type: 'refused', reason: 'busy' });
}
