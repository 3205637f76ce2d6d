/**
 * At a terminal, shows a line on standard error while something takes long. It wipes this line before it says anything
 * else.
 */
const PATIENCE_MS = 1000;
const BETWEEN_MS = 250;
const WIPE = '\r\x1b[K';

export class ReadingProgress {
  readonly #started = performance.now();
  #next = PATIENCE_MS;
  #shown = false;

  readonly report = (packets: number, bytes: number): void => {
    const passed = performance.now() - this.#started;
    if (passed < this.#next || !process.stderr.isTTY) return;
    this.#next = passed + BETWEEN_MS;
    this.#shown = true;
    process.stderr.write(
      `${WIPE}${packets.toLocaleString('en')} packets, ${Math.round(bytes / 2 ** 20).toLocaleString('en')} MiB read …`,
    );
  };

  wipe(): void {
    if (this.#shown) process.stderr.write(WIPE);
    this.#shown = false;
  }
}
