/**
 * Whether a chat took place. In plaintext and tls mode, `connected` alone does not tell: these modes have no handshake
 * of servchat, so the person hears of a refusal only after it.
 */
import type { ChatEvent, Problem } from '../protocol/events.js';
import type { Tell } from './telling.js';

/** Whether the other side was in another mode, or only looked at our certificate: then it was never in a chat. */
export function neverJoined(problem: Problem): boolean {
  if (problem.type === 'refused') return problem.reason === 'mode';
  return problem.type === 'cut-off' && problem.missing === 'first message';
}

/** Passes on what is told, and watches it. */
export class ChatWatch {
  readonly tell: Tell;
  #hadChat = false;
  /** What is told about the connection that may be a chat; null between two of them. */
  #present: 'chat' | 'perhaps' | null = null;

  constructor(tell: Tell) {
    this.tell = (events) => {
      for (const event of events) this.#see(event);
      return tell(events);
    };
  }

  /** Whether there was a chat so far, or there is one. */
  get hadChat(): boolean {
    return this.#hadChat || this.#present !== null;
  }

  #see(event: ChatEvent<Buffer>): void {
    switch (event.type) {
      case 'connected':
        // Only in encrypted mode have both sides agreed by now.
        this.#present = event.integrity === null ? 'perhaps' : 'chat';
        break;
      case 'message':
        this.#present = 'chat';
        break;
      case 'reported':
      case 'refused':
      case 'cut-off':
        if (event.at === undefined && this.#present === 'perhaps' && isRefusal(event)) this.#present = null;
        break;
      case 'over':
        this.#hadChat ||= this.#present !== null;
        this.#present = null;
        break;
    }
  }
}

/** In a mode without a handshake, a server reports an error only in place of its first line. */
function isRefusal(problem: Problem): boolean {
  return problem.type === 'reported' || neverJoined(problem);
}
