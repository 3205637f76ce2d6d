/** Shows the keys that crossed the wire, and what they open, at a terminal. */
import type { ConversationFindings, WireKey } from '../eavesdropper/findings/findings.js';
import { SIDES } from '../protocol/side.js';
import { moreLines, shownLines } from './excerpt.js';
import type { Look } from './look.js';
import { counted, frameNumbers, frames } from './phrases.js';
import { cell, headingLines, proseLines, tableLines, type Column } from './table.js';

/** Lines. Empty if no key was noticed. `limit` is the most rows for each key. */
export function wireKeysSection(conversation: ConversationFindings, look: Look, limit: number): string[] {
  const { wireKeys = [] } = conversation;
  const unsought = unsoughtPhrase(conversation);
  if (wireKeys.length === 0 && unsought === null) return [];
  return [
    ...headingLines('Keys on the wire', look, 2),
    ...wireKeys.flatMap((key) => keyLines(key, wireKeys, look, limit)),
    ...(unsought === null ? [] : proseLines(unsought, look, 4, 2, 'strong')),
  ];
}

/** null where all was looked at, or where there is nothing that a key could open. */
function unsoughtPhrase({ wireKeysUnsought: why, streams }: ConversationFindings): string | null {
  const isReadable = SIDES.every((side) => streams[side].readability.encoded + streams[side].readability.other === 0);
  if (why === undefined || isReadable) return null;
  return why === 'too long'
    ? 'servchat did not look for keys: the conversation has more than 256 KiB. So a key may have crossed all the same'
    : 'servchat did not try all keys: there were too many in this capture. So a key may have crossed all the same';
}

function keyLines(key: WireKey, all: readonly WireKey[], look: Look, limit: number): string[] {
  const columns: readonly Column[] = [
    { head: 'frame', align: 'right' },
    { head: 'side' },
    { head: 'text', flexible: true },
  ];
  const shown = key.texts.slice(0, limit);
  const rows = shown.map(({ place, text }) => [
    cell(frameNumbers(place)),
    cell(place.side),
    cell(shownLines(text), 'alarm'),
  ]);
  return [
    ...proseLines(wireKeyPhrase(key, all), look, 4, 2, 'strong'),
    ...(rows.length === 0 ? [] : tableLines(columns, rows, look, 6)),
    ...moreLines(key.opened - shown.length, look, 6),
  ];
}

/** `frame 6 of the server holds a Fernet key (as base64). With it, …` */
function wireKeyPhrase(key: WireKey, all: readonly WireKey[]): string {
  const { place, what, written, sealedWith, cipher, opened } = key;
  const unlocked = all.find((other) => other.sealedWith?.frame === place.frame && other !== key);
  const holds = `${capital(frames(place))} of the ${place.side} ${place.frame === place.lastFrame ? 'holds' : 'hold'} ${withArticle(what)} (${WRITTEN[written]})`;
  const sealed =
    sealedWith === undefined ? '' : `. It is sealed, and the private key of ${frames(sealedWith)} opens it`;
  if (cipher === null && unlocked !== undefined)
    return `${holds}${sealed}. It opens the key of ${frames(unlocked.place)}`;
  if (cipher === null) return `${holds}${sealed}. servchat found nothing in this conversation that it opens`;
  return `${holds}${sealed}. It opens ${counted(opened, 'message')}, and anyone who listens can do that. The cipher: ${cipher}`;
}

function capital(phrase: string): string {
  return phrase.charAt(0).toUpperCase() + phrase.slice(1);
}

function withArticle(noun: string): string {
  return `${/^(?:[AEIO]|RSA|RC4|XOR)/.test(noun) ? 'an' : 'a'} ${noun}`;
}

const WRITTEN: Readonly<Record<WireKey['written'], string>> = {
  bytes: 'as plain bytes',
  hex: 'as hex',
  base64: 'as base64',
  text: 'as a word',
  'SHA-256 of a word': 'as a word: its SHA-256 is the key',
  'MD5 of a word': 'as a word: its MD5 is the key',
  PEM: 'as PEM',
  DER: 'as DER',
  'DER in base64': 'as DER in base64',
};
