/**
 * Writes the comments on packets for Wireshark: which frame of the protocol a packet carries, and what a listener can
 * and cannot learn from it. Each is one line. All text from the wire is made safe to show.
 */
import type {
  CaptureFindings,
  ConversationFindings,
  ReadableMessage,
  SealedMessage,
} from '../eavesdropper/findings/findings.js';
import { quoted, type Note } from './note.js';
import { tlsNotes } from './tls-comments.js';
import { INTEGRITY_KINDS, isIntegrity } from '../protocol/integrity.js';

/** The comments of each packet. The key is the packet number. */
export type FrameComments = ReadonlyMap<number, readonly string[]>;

/** The most comments on one packet. A packet can contain thousands of very short lines. */
const MOST_COMMENTS = 20;

export function frameComments({ conversations }: CaptureFindings): FrameComments {
  const comments = new Map<number, string[]>();
  const add = (frame: number, text: string): void => {
    const list = comments.get(frame) ?? [];
    if (list.length < MOST_COMMENTS) list.push(text);
    else list[MOST_COMMENTS] = 'More frames follow in this packet, without a comment each.';
    comments.set(frame, list);
  };
  for (const conversation of conversations) {
    for (const { place, text, name } of notesOn(conversation)) {
      add(
        place.frame,
        place.frame === place.lastFrame ? text : `${text} (It goes on, up to frame ${place.lastFrame}.)`,
      );
      if (place.frame !== place.lastFrame)
        add(place.lastFrame, `The end of ${name}, which begins in frame ${place.frame}.`);
    }
  }
  return comments;
}

function notesOn(conversation: ConversationFindings): readonly Note[] {
  const notes = [
    ...handshakeNotes(conversation),
    ...tlsNotes(conversation),
    ...conversation.messages.map((message) => messageNote(message, conversation)),
  ];
  return notes.sort((one, other) => one.place.frame - other.place.frame || one.place.offset - other.place.offset);
}

function handshakeNotes({ handshake }: ConversationFindings): Note[] {
  if (handshake === null) return [];
  const { hello, publicKey, sessionKey, errors } = handshake;
  const notes: Note[] = [];
  if (hello !== null) {
    const text =
      `HELLO: the ${hello.place.side} asks for an encrypted chat with the check ${quoted(hello.integrity)} behind each message. ` +
      'A listener can see that this is servchat, and how it is protected; none of this is secret.';
    notes.push({ place: hello.place, name: 'HELLO', text });
  }
  if (publicKey !== null) {
    const { place, bits, fingerprint } = publicKey;
    const size = bits === null ? 'which is not an RSA key' : `RSA, ${bits} bits`;
    const text =
      `PUBLIC-KEY: the key of the ${place.side}, ${size}, SHA-256 ${fingerprint}. A listener may know this key: it locks, but it does not open. ` +
      'The wire does not show whose key it is. An attacker in the middle can put their own key here, unless the two people compare fingerprints.';
    notes.push({ place, name: 'PUBLIC-KEY', text });
  }
  if (sessionKey !== null) {
    const { place, envelopeBytes } = sessionKey;
    const text =
      `SESSION-KEY: the keys of this chat, locked with the public key into an envelope of ${envelopeBytes} bytes. A listener can see no more than that. ` +
      'Anyone who has the private key, today or in some years, can open it, and with it every message: there is no forward secrecy.';
    notes.push({ place, name: 'SESSION-KEY', text });
  }
  for (const { place, code } of errors) {
    const text = `ERROR: the ${place.side} says ${quoted(code)}. Nobody signs this: an attacker in the middle may have sent it.`;
    notes.push({ place, name: 'ERROR', text });
  }
  return notes;
}

function messageNote(message: ReadableMessage | SealedMessage, { mode, handshake }: ConversationFindings): Note {
  const name = `message ${message.number}`;
  const text =
    message.kind === 'readable'
      ? readableText(message, mode)
      : sealedText(message, handshake?.hello?.integrity ?? null);
  return { place: message.place, name, text };
}

function readableText({ number, place, text }: ReadableMessage, mode: ConversationFindings['mode']): string {
  const where = mode === 'encrypted' ? ', unencrypted although the chat is encrypted' : '';
  return (
    `Message ${number}, from the ${place.side}${where}: ${quoted(text)}. Anyone on the way can read it without a key. ` +
    'Nothing shows whether an attacker on the way has changed it.'
  );
}

function sealedText({ number, place, token, opened }: SealedMessage, integrity: string | null): string {
  const { least, most } = token.textBytes;
  return (
    `Message ${number}, from the ${place.side}, sealed: a Fernet token of ${token.characters} characters and a check. ` +
    `A listener can see who spoke, when (the token's clock says ${moment(token.created)}), and that the text has ${least} to ${most} bytes. ` +
    `Without the session key, nobody can read the text. ${checkWorth(integrity)}${openedText(opened)}`
  );
}

/** Only if the user gave a key. */
function openedText(opened: SealedMessage['opened']): string {
  if (opened === null) return '';
  return opened.ok ? ` With the key it says: ${quoted(opened.text)}.` : ` The key does not open it: ${opened.why}.`;
}

function checkWorth(integrity: string | null): string {
  if (integrity !== null && isIntegrity(integrity)) return `The check is ${INTEGRITY_KINDS[integrity].worth}.`;
  return 'This capture does not show what kind of check it is.';
}

function moment(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime())
    ? `${seconds} s after 1970`
    : date.toISOString().replace('T', ' ').replace('.000Z', ' UTC');
}
