/**
 * The events for one page, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * Nothing is queued for a page: it has a place in the log, and gets what comes next whenever its connection takes more.
 * If it is so slow that the log has let go of what comes next, its connection is closed. The browser connects again by
 * itself and is told what was left out.
 */
import type { ServerResponse } from 'node:http';

import type { EventLog } from './event-log.js';

/** Bytes that wait in the connection before we wait for it. */
const ENOUGH_WAITING = 256 * 1024;
/** When the connection is lost, the browser asks again after this time. */
const RETRY_MS = 1000;

export class EventStream {
  readonly #log: EventLog;
  readonly #response: ServerResponse;
  readonly #stopWatching: () => void;
  /** The number of the newest event that was written. */
  #reached: number;
  #isScheduled = false;
  #isFull = false;

  /** @param after the number of the last event that the page has; 0 if it has none. */
  constructor(log: EventLog, response: ServerResponse, after: number) {
    this.#log = log;
    this.#response = response;
    // An event that does not exist yet is from another session.
    this.#reached = after > log.last ? 0 : after;
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.#stopWatching = log.watch(() => {
      this.#schedule();
    });
    response.on('drain', () => {
      this.#isFull = false;
      this.#write();
    });
    response.on('close', this.#stopWatching);
    this.#write();
  }

  /** Several events of one moment are written together. */
  #schedule(): void {
    if (this.#isScheduled || this.#isFull) {
      if (this.#isFull && this.#log.hasLetGo(this.#reached)) this.#response.destroy();
      return;
    }
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#write();
    });
  }

  #write(): void {
    if (this.#isFull || this.#response.destroyed) return;
    let text = '';
    for (const { number, json } of this.#log.after(this.#reached)) {
      // JSON has no line ends, so that an event is one line of data.
      text += `id: ${number}\ndata: ${json}\n\n`;
      this.#reached = number;
      if (text.length >= ENOUGH_WAITING) break;
    }
    if (text === '') return;
    this.#isFull = !this.#response.write(text);
    if (!this.#isFull) this.#schedule();
  }
}
