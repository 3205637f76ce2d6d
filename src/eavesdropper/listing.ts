/** The conversations that are listed, with no more messages and records than there is room for. */
import type { ConversationFindings } from './findings/findings.js';

/** The most conversations that are listed, and the most messages and message characters in all of them together. */
const MAX_LISTED = { conversations: 10_000, messages: 100_000, records: 100_000, characters: 32 * 2 ** 20 } as const;

const NO_ROOM = {
  ok: false,
  why: 'it was opened, but there is no room left to list it; --conversation shows one conversation alone',
} as const;

export class Listing {
  /** How many conversations are left out. */
  unlisted = 0;
  /** Whoever reads messages or records takes them from these two. */
  messagesLeft: number = MAX_LISTED.messages;
  recordsLeft: number = MAX_LISTED.records;
  #charactersLeft: number = MAX_LISTED.characters;
  readonly #listed: ConversationFindings[] = [];

  /** In the order of their numbers. */
  get listed(): readonly ConversationFindings[] {
    return this.#listed.sort((one, other) => one.number - other.number);
  }

  add(conversation: ConversationFindings): void {
    if (this.#listed.length < MAX_LISTED.conversations) this.#listed.push(this.#bounded(conversation));
    else this.unlisted += 1;
  }

  /** Gives back the room of a conversation that need not be kept. */
  forget({ messages, tls }: ConversationFindings): void {
    this.messagesLeft += messages.length;
    this.recordsLeft += tls?.records.length ?? 0;
  }

  /** Keeps only as many messages as there is room for. */
  #bounded(conversation: ConversationFindings): ConversationFindings {
    const { messages } = conversation;
    let count = 0;
    for (; count < messages.length && this.#charactersLeft > 0; count += 1) {
      const message = messages[count];
      this.#charactersLeft -= message?.kind === 'readable' ? message.text.length : (message?.token.text.length ?? 0);
    }
    if (count === messages.length) return this.#boundedTls(conversation);
    return {
      ...conversation,
      messages: messages.slice(0, count),
      unlistedMessages: (conversation.unlistedMessages ?? 0) + messages.length - count,
    };
  }

  /** Keeps only as many opened records as there is room for. */
  #boundedTls(conversation: ConversationFindings): ConversationFindings {
    const { tls } = conversation;
    if (tls === undefined || tls.opening === null) return conversation;
    const records = tls.records.map((record) => {
      if (record.opened?.ok !== true) return record;
      const characters = record.opened.text?.length ?? record.opened.base64?.length ?? 0;
      if (this.#charactersLeft > 0) this.#charactersLeft -= characters;
      else if (characters > 0) return { ...record, opened: NO_ROOM };
      return record;
    });
    return { ...conversation, tls: { ...tls, records } };
  }
}
