/**
 * A list of many rows to which rows are added. It draws only what changed, and leaves every other element alone: a new
 * row among thousands costs as much as the first one, and nothing loses its focus.
 */
import { render, type TemplateResult } from 'lit-html';

export interface Keyed {
  readonly key: number;
}

interface Drawn<Item> {
  item: Item;
  readonly element: HTMLLIElement;
}

export class KeyedList<Item extends Keyed> {
  readonly #list: HTMLElement;
  readonly #draw: (item: Item) => TemplateResult;
  readonly #classOf: (item: Item) => string;
  #drawn: Drawn<Item>[] = [];
  /** Whether the end of the list is in view, so that a new row is brought into view. */
  #isAtEnd = true;

  constructor(list: HTMLElement, draw: (item: Item) => TemplateResult, classOf: (item: Item) => string) {
    this.#list = list;
    this.#draw = draw;
    this.#classOf = classOf;
    const scroller = list.parentElement;
    scroller?.addEventListener(
      'scroll',
      () => {
        this.#isAtEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 8;
      },
      { passive: true },
    );
  }

  /** Shows these items. Their keys rise. An item that is the same object as before is not drawn again. */
  show(items: readonly Item[]): void {
    this.#dropFirst(items[0]?.key ?? Infinity);
    let isLonger = false;
    for (const [at, item] of items.entries()) {
      const drawn = this.#drawn[at];
      if (drawn?.item === item) continue;
      if (drawn?.item.key === item.key) {
        drawn.item = item;
        this.#fill(drawn);
      } else {
        this.#cutFrom(at);
        this.#append(item);
        isLonger = true;
      }
    }
    this.#cutFrom(items.length);
    if (isLonger) this.#follow();
  }

  elementOf(key: number): HTMLLIElement | null {
    return this.#drawn.find(({ item }) => item.key === key)?.element ?? null;
  }

  #append(item: Item): void {
    const element = document.createElement('li');
    element.dataset['key'] = String(item.key);
    const drawn = { item, element };
    this.#fill(drawn);
    this.#drawn.push(drawn);
    this.#list.append(element);
  }

  #fill({ item, element }: Drawn<Item>): void {
    const classes = this.#classOf(item);
    if (element.className !== classes) element.className = classes;
    render(this.#draw(item), element);
  }

  /** Rows before this key are no longer kept. */
  #dropFirst(key: number): void {
    const count = this.#drawn.findIndex(({ item }) => item.key >= key);
    if (count === 0) return;
    for (const { element } of this.#drawn.splice(0, count === -1 ? this.#drawn.length : count)) element.remove();
  }

  #cutFrom(at: number): void {
    for (const { element } of this.#drawn.splice(at)) element.remove();
  }

  #follow(): void {
    const scroller = this.#list.parentElement;
    if (this.#isAtEnd && scroller !== null) scroller.scrollTop = scroller.scrollHeight;
  }
}
