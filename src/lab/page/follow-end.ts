/**
 * Keeps the newest row of each list in view until the learner scrolls up in it, and again when they are back at its
 * end.
 *
 * CSS alone can do it (`column-reverse`), but then each new row moves all rows before it, and the browser paints them
 * anew.
 */

/** In pixels: so near to the end counts as at the end, because a zoomed page scrolls by parts of a pixel. */
const NEAR = 8;

export class EndFollower {
  readonly #isAtEnd = new Map<HTMLElement, boolean>();
  readonly #sizes = new ResizeObserver(() => {
    // A part that was hidden, or has a new size, could not scroll meanwhile.
    this.follow();
  });

  add(scroller: HTMLElement): void {
    this.#isAtEnd.set(scroller, true);
    scroller.addEventListener('scroll', () => {
      this.#isAtEnd.set(scroller, below(scroller) <= NEAR);
    });
    this.#sizes.observe(scroller);
  }

  /** To be called after each change of the lists. */
  follow(): void {
    // First all that is asked, then all that is changed: so the browser lays the page out only once.
    const behind = [...this.#isAtEnd].filter(([scroller, isAtEnd]) => isAtEnd && below(scroller) > 0);
    for (const [scroller] of behind) scroller.scrollTop = scroller.scrollHeight;
  }
}

/** How many pixels of the list are below what can be seen. */
function below({ scrollHeight, clientHeight, scrollTop }: HTMLElement): number {
  return scrollHeight - clientHeight - scrollTop;
}
