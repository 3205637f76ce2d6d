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
    const places = [...this.#isAtEnd].flatMap(([scroller, isAtEnd]) => {
      const place = isAtEnd && below(scroller) > 0 ? placeOfNewest(scroller) : null;
      return place === null ? [] : [{ scroller, place }];
    });
    for (const { scroller, place } of places) scroller.scrollTop = place;
  }
}

/** Where to scroll: to the end, or to the beginning of a newest row that is higher than its part. null: no row. */
function placeOfNewest(scroller: HTMLElement): number | null {
  const newest = scroller.querySelector(':scope > :is(.rows, .lines) > ol:last-of-type > li:last-of-type');
  if (newest === null) return null;
  const isHigher = newest.getBoundingClientRect().height > scroller.clientHeight;
  if (!isHigher) return scroller.scrollHeight;
  return scroller.scrollTop + newest.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
}

/** How many pixels of the list are below what can be seen. */
function below({ scrollHeight, clientHeight, scrollTop }: HTMLElement): number {
  return scrollHeight - clientHeight - scrollTop;
}
