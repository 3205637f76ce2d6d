/** Writes the values of findings in words. Every face writes a time, a place or a length in the same way. */
import type { Side } from '../protocol/side.js';
import type { Address, Hit, Place, SealedMessage } from '../eavesdropper/findings/findings.js';

/** `frame 12`, or `frames 12–14` if the bytes are in several frames. */
export function frames({ frame, lastFrame }: Pick<Place, 'frame' | 'lastFrame'>): string {
  return frame === lastFrame ? `frame ${frame}` : `frames ${frame}–${lastFrame}`;
}

/** Only the numbers: `12` or `12–14`. */
export function frameNumbers({ frame, lastFrame }: Pick<Place, 'frame' | 'lastFrame'>): string {
  // If segments arrived out of order, the last byte may have come first.
  return frame === lastFrame ? String(frame) : `${Math.min(frame, lastFrame)}–${Math.max(frame, lastFrame)}`;
}

/** At most this many frames are listed. */
const MOST_FRAMES = 40;

/** `frame 4`, `frames 4 and 6`, `frames 4, 6 and 8`, `frames 4, 6, … and 100 more`. */
export function frameList(numbers: readonly number[]): string {
  const more = numbers.length - MOST_FRAMES;
  const named = numbers.slice(0, MOST_FRAMES).map(String);
  return `${numbers.length === 1 ? 'frame' : 'frames'} ${listed(more > 0 ? [...named, `${more} more`] : named)}`;
}

export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** `1 frame`, `2 frames`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** An address and port as people write them. IPv6 is in brackets (RFC 3986, section 3.2.2). */
export function endpoint({ address, port }: Address): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/**
 * `2026-11-03 10:15:00.250 UTC`. A capture may contain times that are outside any calendar. Those are shown in seconds.
 */
export function moment(seconds: number): string {
  const iso = isoTime(seconds);
  return iso === null ? `${seconds} s after 1970` : `${iso.slice(0, 10)} ${iso.slice(11, 23)} UTC`;
}

/** Like {@link moment}, for a clock that counts whole seconds, such as a token's. */
export function secondMoment(seconds: number): string {
  return moment(seconds).replace(/\.\d{3} UTC$/, ' UTC');
}

/** `1.250 s` */
export function duration(seconds: number): string {
  return `${seconds.toFixed(3)} s`;
}

/** `0–15 bytes`: what the length of a token reveals about the length of its text. */
export function textStep({ textBytes }: SealedMessage['token']): string {
  return `${textBytes.least}–${textBytes.most} bytes`;
}

/** Splits a fingerprint or check into groups, so that two people can read it to each other. */
export function grouped(hex: string): string {
  return hex.replace(/(.{4})(?=.)/g, '$1 ');
}

/** Gives words to show in place of a text that would be invisible. */
export function visibleText(text: string): string {
  if (text === '') return '(empty)';
  return text.trim() === '' ? '(only spaces)' : text;
}

/** `frame 4 (conversation 0, client, offset 12, as typed)` */
export function hitPhrase({ place, shape }: Hit): string {
  return `${frames(place)} (${place.transport === 'UDP' ? 'UDP ' : ''}conversation ${place.conversation}, ${place.side}, offset ${place.offset}, ${shapePhrase(shape)})`;
}

/** `as typed`, `in another case`, `as base64` */
export function shapePhrase(shape: Hit['shape']): string {
  return /^(?:as typed|in another case|otherwise composed)\b/.test(shape) ? shape : `as ${shape}`;
}

/**
 * Says what a hit is: `a message that someone typed`, or the thing that contains it. The phrase follows a comma or is
 * used alone.
 */
export function meaningPhrase(hit: Pick<Hit, 'meaning' | 'within'> | undefined): string {
  const within = hit?.within ?? 'what the protocol itself says';
  switch (hit?.meaning) {
    case undefined:
    case 'text':
      return 'a message that someone typed';
    case 'protocol word':
      return `in ${within}: that is part of the protocol, not a message`;
    case 'chance':
      return `in ${within}: so short a text appears there by chance`;
  }
}

function isoTime(seconds: number): string | null {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return null;
  const iso = date.toISOString();
  // ISO text of a year beyond 9999 has a sign and six digits.
  return iso.length === 24 ? iso : null;
}

/** Says why the borders of messages are a guess: `sides` send no line ends. */
export function guessPhrase(sides: readonly Side[]): string {
  const who = sides.length > 1 ? 'Client and server send' : `The ${sides[0] ?? 'client'} sends`;
  return (
    `${who} no line ends, so where a message begins and ends is a guess: ` +
    'each one shown is what was sent at once. TCP keeps no borders between messages.'
  );
}
