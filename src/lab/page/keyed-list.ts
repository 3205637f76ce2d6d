/**
 * A list of many rows to which rows are added. It draws only what changed, and leaves every other element alone: a new
 * row among thousands costs as much as the first one, and nothing loses its focus.
 *
 * The rows are in lists of {@link PER_CHUNK}. The browser does not lay out the chunks that are out of sight (CSS has
 * `content-visibility` for them), and looks at a few chunks instead of thousands of rows.
 */
import { render, type TemplateResult } from 'lit-html';

export interface Keyed {
  readonly key: number;
}

interface Drawn<Item> {
  item: Item;
  readonly element: HTMLLIElement;
}

const PER_CHUNK = 20;

export class KeyedList<Item extends Keyed> {
  readonly #root: HTMLElement;
  readonly #draw: (item: Item) => TemplateResult;
  readonly #classOf: (item: Item) => string;
  #drawn: Drawn<Item>[] = [];
  readonly #elements = new Map<number, HTMLLIElement>();

  constructor(root: HTMLElement, draw: (item: Item) => TemplateResult, classOf: (item: Item) => string) {
    this.#root = root;
    this.#draw = draw;
    this.#classOf = classOf;
  }

  /** Shows these items. Their keys rise. An item that is the same object as before is not drawn again. */
  show(items: readonly Item[]): void {
    this.#dropFirst(items[0]?.key ?? Infinity);
    for (let at = 0; at < items.length; at += 1) {
      const item = items[at];
      const drawn = this.#drawn[at];
      if (item === undefined || drawn?.item === item) continue;
      if (drawn?.item.key === item.key) {
        drawn.item = item;
        this.#fill(drawn);
      } else {
        this.#cutFrom(at);
        this.#append(item);
      }
    }
    this.#cutFrom(items.length);
  }

  elementOf(key: number): HTMLLIElement | null {
    return this.#elements.get(key) ?? null;
  }

  #append(item: Item): void {
    const element = document.createElement('li');
    element.dataset['key'] = String(item.key);
    const drawn = { item, element };
    this.#fill(drawn);
    this.#drawn.push(drawn);
    this.#elements.set(item.key, element);
    this.#chunkWithRoom().append(element);
  }

  #chunkWithRoom(): Element {
    const last = this.#root.lastElementChild;
    if (last !== null && last.childElementCount < PER_CHUNK) return last;
    const chunk = document.createElement('ol');
    this.#root.append(chunk);
    return chunk;
  }

  #fill({ item, element }: Drawn<Item>): void {
    const classes = this.#classOf(item);
    if (element.className !== classes) element.className = classes;
    render(this.#draw(item), element);
  }

  /** Rows before this key are no longer kept. */
  #dropFirst(key: number): void {
    if ((this.#drawn[0]?.item.key ?? key) >= key) return;
    const count = this.#drawn.findIndex(({ item }) => item.key >= key);
    this.#remove(this.#drawn.splice(0, count === -1 ? this.#drawn.length : count));
  }

  #cutFrom(at: number): void {
    if (at < this.#drawn.length) this.#remove(this.#drawn.splice(at));
  }

  #remove(some: readonly Drawn<Item>[]): void {
    for (const { item, element } of some) {
      const chunk = element.parentElement;
      element.remove();
      this.#elements.delete(item.key);
      if (chunk?.childElementCount === 0) chunk.remove();
    }
  }
}
