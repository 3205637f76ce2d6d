/**
 * A key that crossed, tried on messages of which the text is known. So it is proven by the text alone, and the sealed
 * bytes may stand anywhere in a message, such as in a field of a pickle: nobody needs to know how messages are packed.
 */
import { encodedIn, type Unit } from '../../eavesdropper/chat/sealed-units.js';
import { candidatesIn, type Candidate } from './candidates.js';
import { ciphersWith, type Cipher } from './ciphers.js';

/** A message, and what was typed. */
export interface KnownMessage {
  readonly bytes: Buffer;
  readonly text: string;
}

export interface ProvenKey<Message extends KnownMessage> {
  readonly candidate: Candidate;
  readonly cipher: Cipher;
  /** The first message that it opens. */
  readonly message: Message;
}

/** Messages on which each key is tried, the bytes of each that are looked at, and keys. */
const MOST_MESSAGES = 2;
const MOST_BYTES = 1024;
const MOST_CANDIDATES = 32;
/** Shorter fields hold no sentence. */
const LEAST_FIELD = 16;

/** The first key among `units` that opens a message. null if none does. */
export function keyProvenBy<Message extends KnownMessage>(
  units: readonly Unit[],
  messages: readonly Message[],
): ProvenKey<Message> | null {
  const candidates = units.flatMap((unit) => candidatesIn(unit.bytes, unit)).slice(0, MOST_CANDIDATES);
  for (const message of messages.slice(0, MOST_MESSAGES)) {
    const parts = partsOf(message.bytes.subarray(0, MOST_BYTES));
    for (const candidate of candidates)
      for (const cipher of ciphersWith(candidate))
        if (parts.some((part) => cipher.unseal(part)?.text.includes(message.text) === true))
          return { candidate, cipher, message };
  }
  return null;
}

/** The message, what is base64 or hex in it, and all that has its length in the byte in front. */
function partsOf(bytes: Buffer): readonly Buffer[] {
  const wholes = [bytes, ...encodedIn(bytes).map((part) => part.bytes)];
  return wholes.flatMap((whole) => [whole, ...fieldsIn(whole)]);
}

function fieldsIn(bytes: Buffer): readonly Buffer[] {
  const fields: Buffer[] = [];
  for (const [at, length] of bytes.entries())
    if (length >= LEAST_FIELD && at + 1 + length <= bytes.length) fields.push(bytes.subarray(at + 1, at + 1 + length));
  return fields;
}
