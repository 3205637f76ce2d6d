/** Where the page has its events from: a lab that runs now, or a list of events inside the page. */
import type { LabCommand } from '../commands.js';
import type { Numbered } from '../events.js';

/** Whether the lab can be reached. */
export type Link = 'connecting' | 'open' | 'lost';

export interface Listening {
  /** Called with events in their order. After a lost link, some may come again. */
  events(some: readonly Numbered[]): void;
  link(state: Link): void;
}

/** How long to wait before the next try, in milliseconds, when the browser itself has given up. */
const RETRY = 2000;

/** A lab that runs now: server-sent events in, commands out. All addresses are relative to the page's own. */
export class LiveSource {
  readonly #listening: Listening;

  constructor(listening: Listening) {
    this.#listening = listening;
    this.#connect();
  }

  #connect(): void {
    const stream = new EventSource('events');
    this.#listening.link('connecting');
    stream.addEventListener('open', () => {
      this.#listening.link('open');
    });
    stream.addEventListener('message', ({ data }) => {
      this.#listening.events([JSON.parse(data as string) as Numbered]);
    });
    stream.addEventListener('error', () => {
      this.#listening.link('lost');
      // The browser tries again by itself, unless the answer was not a stream of events.
      if (stream.readyState !== EventSource.CLOSED) return;
      setTimeout(() => {
        this.#connect();
      }, RETRY);
    });
  }

  /** @returns null, or a sentence that says why the command did not arrive. */
  async send(command: LabCommand): Promise<string | null> {
    try {
      const answer = await fetch('command', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(command),
      });
      if (answer.ok) return null;
      const says = (await answer.text()).trim();
      return says === '' ? `The lab refused this: HTTP ${answer.status}.` : says;
    } catch {
      return 'The lab cannot be reached. Look at the terminal in which you started it.';
    }
  }
}
