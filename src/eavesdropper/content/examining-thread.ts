/**
 * Examines streams in a second thread, while the first thread continues to read and reassemble. Each of the two takes
 * about half of the time that a large capture needs.
 *
 *     stream ──> parcel ─────────> worker: SHA-256, readability
 *                   ^                 |
 *                   └── its memory ───┤
 *     onFound <─────── what was found ┘
 *
 * The findings come later than with one thread, but they are the same.
 */
import { Worker } from 'node:worker_threads';
import { Content, type Behind, type Examination, type Examiner, type OnFound } from './content.js';
import { PARCEL_BYTES, ParcelWriter, roomOf, type Answer, type ExaminingData, type Parcel } from './parcel.js';

/**
 * How many parcels may be under way. The limit keeps memory from growing when the first thread is faster.
 *
 * @public for a test, which loads the built file.
 */
export const MOST_UNDER_WAY = 24;
/** The worker's objects live only for a moment, so a small young generation is enough and keeps memory small. */
const YOUNG_GENERATION_MB = 4;
/** A stream of one piece up to this many bytes takes less time to examine here than to send. */
const MOST_AT_ONCE = 4096;

const WORKER = new URL('examining-worker.js', import.meta.url);

export class ExaminingThread implements Examiner {
  readonly #hashes: boolean;
  readonly #worker: Worker;
  #parcel: ParcelWriter | null = null;
  readonly #returned: SharedArrayBuffer[] = [];
  #underWay = 0;
  #streams = 0;
  readonly #waiting = new Map<number, OnFound>();
  /** Whether the current parcel contains the end of a stream, so that someone is waiting for its findings. */
  #isAwaited = false;
  #problem: Error | null = null;
  #wake: () => void = () => undefined;

  /** `hashes`: whether to compute the SHA-256. The thread runs until {@link close}. */
  constructor(hashes: boolean) {
    this.#hashes = hashes;
    const workerData: ExaminingData = { hashes };
    this.#worker = new Worker(WORKER, {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.#worker.on('message', (answer: Answer) => {
      try {
        this.#takeAnswer(answer);
      } catch (error) {
        this.#fail(error);
      }
      this.#wake();
    });
    this.#worker.on('error', (error) => {
      this.#fail(error);
      this.#wake();
    });
  }

  begin(onFound: OnFound): Examination {
    let sent: number | null = null;
    return {
      take: (bytes, start, end, behind) => {
        if (sent === null && behind === 'end' && end - start <= MOST_AT_ONCE) {
          new Content(onFound, this.#hashes).take(bytes, start, end, behind);
          return;
        }
        if (sent === null) {
          sent = this.#streams;
          this.#streams += 1;
          this.#waiting.set(sent, onFound);
        }
        this.#add(sent, bytes, start, end, behind);
      },
    };
  }

  /**
   * Call and await this now and then. It sends the parcel that someone is waiting for, and resolves when few enough
   * parcels are under way.
   *
   * @throws Error if the thread has failed.
   */
  async keepUp(): Promise<void> {
    this.#sendAwaited();
    await this.#untilUnderWay(MOST_UNDER_WAY);
  }

  /**
   * Resolves when everything taken has been examined.
   *
   * @throws Error if the thread has failed.
   */
  async finish(): Promise<void> {
    this.#send();
    await this.#untilUnderWay(0);
  }

  /** Ends the thread, even in the middle of its work. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #add(stream: number, bytes: Buffer, start: number, end: number, behind: Behind): void {
    this.#parcel ??= this.#newParcel(end - start);
    if (!this.#parcel.add(stream, bytes, start, end, behind)) {
      this.#send();
      this.#parcel = this.#newParcel(end - start);
      this.#parcel.add(stream, bytes, start, end, behind);
    }
    this.#isAwaited ||= behind === 'end';
  }

  #newParcel(length: number): ParcelWriter {
    const room = roomOf(length);
    const memory = room <= PARCEL_BYTES ? this.#returned.pop() : undefined;
    return new ParcelWriter(memory ?? new SharedArrayBuffer(Math.max(PARCEL_BYTES, room)));
  }

  /**
   * Sends a parcel that is not full yet, so that the findings for a few bytes need not wait for many more. It waits
   * while the thread still has work: sending early would gain nothing then.
   */
  #sendAwaited(): void {
    if (this.#isAwaited && this.#underWay === 0) this.#send();
  }

  #send(): void {
    if (this.#parcel === null) return;
    const { memory, used } = this.#parcel;
    const parcel: Parcel = { memory, used };
    this.#parcel = null;
    this.#isAwaited = false;
    this.#underWay += 1;
    this.#worker.postMessage(parcel);
  }

  #takeAnswer({ memory, found }: Answer): void {
    this.#underWay -= 1;
    if (memory.byteLength === PARCEL_BYTES) this.#returned.push(memory);
    for (const [stream, all] of found) {
      const onFound = this.#waiting.get(stream);
      this.#waiting.delete(stream);
      onFound?.(all);
    }
    this.#sendAwaited();
  }

  #fail(error: unknown): void {
    this.#problem ??= error instanceof Error ? error : new Error(String(error));
  }

  async #untilUnderWay(most: number): Promise<void> {
    while (this.#underWay > most && this.#problem === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#problem !== null) throw this.#problem;
  }
}
