/**
 * The listener of the lab. It listens again after changes, and the longer it takes, the less often. It has a thread of
 * its own: in a long chat it searches for seconds, and the chat must not wait for it.
 */
import { Worker } from 'node:worker_threads';

import type { ListenerKnows } from './events.js';
import type { Said } from './listening.js';
import type { Heard, ToListen } from './listening-worker.js';

/** The tests run the source, and a thread needs what was built. */
const WORKER = new URL('../../dist/lab/listening-worker.js', import.meta.url);
const LEAST_PAUSE_MS = 150;
/** After a pass, it pauses for so many times as long. */
const PAUSE_FACTOR = 2;

export interface ListenerOptions {
  readonly capture: string;
  readonly said: () => Said;
  readonly tell: (knows: ListenerKnows) => void;
}

export class LabListener {
  readonly #options: ListenerOptions;
  readonly #thread = new Worker(WORKER);
  #timer: NodeJS.Timeout | null = null;
  #pause = LEAST_PAUSE_MS;
  /** When the pass began that goes on. null if there is none. */
  #began: number | null = null;
  #isStale = false;
  #isStopped = false;
  #before = '';

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#thread.on('message', (heard: Heard) => {
      this.#heard(heard);
    });
    // Without its thread, the listener says nothing more. The chat goes on.
    this.#thread.on('error', () => {
      this.#isStopped = true;
    });
  }

  /** Something happened: it will listen again soon. */
  notice(): void {
    this.#isStale = true;
    if (this.#began !== null || this.#isStopped || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#listen();
    }, this.#pause);
  }

  /** Resolves when it listens no more, even if it was in the middle of it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#thread.terminate();
  }

  #listen(): void {
    this.#began = performance.now();
    this.#isStale = false;
    const asked: ToListen = { file: this.#options.capture, said: this.#options.said() };
    this.#thread.postMessage(asked);
  }

  #heard(heard: Heard): void {
    if (this.#isStopped || this.#began === null) return;
    this.#pause = Math.max(LEAST_PAUSE_MS, PAUSE_FACTOR * (performance.now() - this.#began));
    this.#began = null;
    const text = JSON.stringify(heard);
    if (heard !== null && text !== this.#before) this.#options.tell(heard);
    this.#before = text;
    if (this.#isStale) this.notice();
  }
}
