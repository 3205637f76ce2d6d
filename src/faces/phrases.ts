/** The findings' values in words: one way to say a time, a place, a length, used by every face. */
import type { Side } from '../protocol/side.js';
import type { Address, Hit, Place, SealedMessage } from '../eavesdropper/findings/findings.js';

/** `frame 12`, or `frames 12–14` where the bytes are spread over several. */
export function frames({ frame, lastFrame }: Pick<Place, 'frame' | 'lastFrame'>): string {
  return frame === lastFrame ? `frame ${frame}` : `frames ${frame}–${lastFrame}`;
}

/** The numbers alone: `12` or `12–14`. */
export function frameNumbers({ frame, lastFrame }: Pick<Place, 'frame' | 'lastFrame'>): string {
  // Where segments overtook each other the last byte may have come first.
  return frame === lastFrame ? String(frame) : `${Math.min(frame, lastFrame)}–${Math.max(frame, lastFrame)}`;
}

/** Frames that are named one by one. */
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

/** An address and port as people write them; IPv6 in brackets (RFC 3986, section 3.2.2). */
export function endpoint({ address, port }: Address): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `2026-11-03 10:15:00.250 UTC`. A capture can hold times that no calendar has: those are told in seconds. */
export function moment(seconds: number): string {
  const iso = isoTime(seconds);
  return iso === null ? `${seconds} s after 1970` : `${iso.slice(0, 10)} ${iso.slice(11, 23)} UTC`;
}

/** {@link moment} of a clock that counts whole seconds, as a token's does. */
export function secondMoment(seconds: number): string {
  return moment(seconds).replace(/\.\d{3} UTC$/, ' UTC');
}

/** `1.250 s` */
export function duration(seconds: number): string {
  return `${seconds.toFixed(3)} s`;
}

/** `0–15 bytes`: what a token's length tells of the text in it. */
export function textStep({ textBytes }: SealedMessage['token']): string {
  return `${textBytes.least}–${textBytes.most} bytes`;
}

/** A fingerprint or check in groups that two people can read to each other. */
export function grouped(hex: string): string {
  return hex.replace(/(.{4})(?=.)/g, '$1 ');
}

/** What stands in place of a text that would not be seen. */
export function visibleText(text: string): string {
  if (text === '') return '(empty)';
  return text.trim() === '' ? '(only spaces)' : text;
}

/** `frame 4 (conversation 0, client, offset 12, as typed)` */
export function hitPhrase({ place, shape }: Hit): string {
  return `${frames(place)} (conversation ${place.conversation}, ${place.side}, offset ${place.offset}, ${shapePhrase(shape)})`;
}

/** `as typed`, `in another case`, `as base64` */
export function shapePhrase(shape: Hit['shape']): string {
  return shape === 'as typed' || shape === 'in another case' ? shape : `as ${shape}`;
}

/**
 * What a hit is: `a message that someone typed`, or the thing in which it stands. It follows a comma or stands alone.
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
  // Years beyond 9999 are written with a sign and six digits.
  return iso.length === 24 ? iso : null;
}

/** Why the borders of messages are a guess: `sides` send no line ends. */
export function guessPhrase(sides: readonly Side[]): string {
  const who = sides.length > 1 ? 'Client and server send' : `The ${sides[0] ?? 'client'} sends`;
  return (
    `${who} no line ends, so where a message begins and ends is a guess: ` +
    'each one shown is what was sent at once. TCP keeps no borders between messages.'
  );
}
