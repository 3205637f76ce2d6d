/** What is said of a disturbed message, whatever the question. */
import { cannotTell, type Answer, type Remedy } from '../finding.js';
import { quoted, WHO } from '../quoting.js';
import type { Seat } from '../seat.js';
import type { Reaction } from './reaction.js';

export const CONTROL = 'the same chat showed other messages as they were typed';

/** Against messages that come twice, not at all, or in another order. */
export const NUMBER_THEM: Remedy = {
  python:
    'Count the messages of each direction, and put the number under the check: into the text before Fernet encrypts it, or as the third argument of AESGCM.encrypt. Refuse a message that has another number than the next',
  node: 'Count the messages of each direction, and put the number under the check: setAAD of aes-256-gcm takes it. Refuse a message that has another number than the next',
  java: 'Count the messages of each direction, and put the number under the check: updateAAD takes it. Refuse a message that has another number than the next',
  c: 'Count the messages of each direction, and put the number under the check: with AES-GCM of OpenSSL, one EVP_EncryptUpdate without output takes it. Refuse a message that has another number than the next',
  go: 'Count the messages of each direction, and put the number under the check: it is the last argument of Seal and Open. Refuse a message that has another number than the next',
  other:
    'Count the messages of each direction, put the number under the check, and refuse a message that has another number than the next',
};

/** @param goesOn whether a later message was shown; null where none was tried. */
export function outcome(reaction: Reaction, to: Seat, goesOn: boolean | null): string {
  const after = goesOn === null ? '' : goesOn ? ', and showed the next message' : ', and no later message was shown';
  switch (reaction.kind) {
    case 'same':
      return `${WHO[reaction.at]} showed it as it was said`;
    case 'changed':
    case 'word':
      return `${WHO[reaction.at]} showed ${quoted(reaction.shown)}`;
    case 'trace':
      return `${WHO[reaction.at]} showed a stack trace that ends with ${quoted(reaction.shown)}${after}`;
    case 'left':
      return `${WHO[reaction.at]} left without a word`;
    case 'nothing':
      return `${WHO[to]} showed nothing of it${after}`;
  }
}

export function noChat(): Answer {
  return cannotTell('The chat did not work in this start', 'A conversation that works each time');
}

export function nothingCaught(): Answer {
  return cannotTell('Nothing crossed the wire when a message was typed', 'A message that crosses when it is typed');
}
