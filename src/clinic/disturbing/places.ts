/**
 * Where in a message a bit is flipped: a letter of the text if it can be read; the beginning, where an IV is; the
 * middle; the end; and the very first byte. Within base64 and hex, the bit is flipped in what is encoded, and a digit
 * becomes another digit, so that it is not the form that is noticed.
 */

export interface Place {
  /** For a person: “byte 12 of 96”, counted from 1. */
  readonly name: string;
  /** Whether it is what the message says, as far as one can tell, and not a length or a sign that divides. */
  readonly isContent: boolean;
  /** The message with a bit flipped there. */
  readonly change: (message: Buffer) => Buffer;
}

/** An encoded part of a message. `end` is the first byte after it. */
export interface Run {
  readonly kind: 'base64' | 'hex';
  readonly start: number;
  readonly end: number;
}

const LEAST_RUN = 16;
/** Bytes of what is encoded: in the IV after most headers, and after a header with a number. */
const IN_THE_IV = [11, 20];
const MOST_PLACES = 5;

/** All base64 and hex in a message that is text. Empty where it is not text. */
export function runsIn(message: Buffer): readonly Run[] {
  if (!isText(message)) return [];
  return [...message.toString('latin1').matchAll(/[A-Za-z0-9+/_-]+={0,2}/g)].flatMap(({ 0: run, index }) => {
    if (run.length < LEAST_RUN) return [];
    const kind = /^(?:[0-9a-f]{2})+$|^(?:[0-9A-F]{2})+$/.test(run) ? 'hex' : 'base64';
    return [{ kind, start: index, end: index + run.length } as const];
  });
}

/** What is encoded there. */
export function decoded(message: Buffer, { kind, start, end }: Run): Buffer {
  return Buffer.from(message.toString('latin1', start, end), kind);
}

/** Writes other bytes in its place, as many as before. */
export function encodeInto(message: Buffer, { kind, start, end }: Run, bytes: Buffer): void {
  const before = message.toString('latin1', start, end);
  const text = bytes.toString(kind === 'base64' && /[-_]/.test(before) ? 'base64url' : kind);
  message.write(kind === 'hex' && /[A-F]/.test(before) ? text.toUpperCase() : text, start, end - start, 'latin1');
}

/** Where to change it, the most telling place first. */
export function placesIn(pieces: readonly Buffer[], text: string): readonly Place[] {
  const message = Buffer.concat(pieces);
  const runs = runsIn(message);
  const found = [
    ...letterPlaces(message, text),
    ...inTurns(runs.map((run) => runPlaces(message, run, text))),
    ...(runs.length > 0 ? [] : bytePlaces(pieces, message)),
  ];
  const unlike = found.filter(({ name }, index) => found.findIndex((each) => each.name === name) === index);
  return [...unlike.slice(0, MOST_PLACES), { ...placeAt(message, 0), isContent: false }];
}

/** A byte of the message itself. @param at counted from 0. */
export function placeAt(message: Buffer, at: number): Place {
  return { name: nameOf(at, message), isContent: true, change: (whole) => changedAt(whole, at) };
}

function nameOf(at: number, { length }: Buffer): string {
  return `byte ${at + 1} of ${length}`;
}

function letterPlaces(message: Buffer, text: string): Place[] {
  const at = message.indexOf(text);
  return at < 0 ? [] : [placeAt(message, at + Math.floor(text.length / 4))];
}

function bytePlaces(pieces: readonly Buffer[], message: Buffer): readonly Place[] {
  if (isText(message)) {
    const end = message.toString('latin1').trimEnd().length;
    return [end >> 1, end >> 2, end - 1].filter((at) => at > 0).map((at) => placeAt(message, at));
  }
  let start = 0;
  const each = pieces.map(({ length }) => {
    const places = offsets(length).map((at) => placeAt(message, at + start));
    start += length;
    return places;
  });
  return inTurns(each);
}

function offsets(length: number): readonly number[] {
  return [...IN_THE_IV.filter((at) => at < length - 1), length >> 1, length - 1];
}

/** Bytes of what is encoded: a letter of the text if it is there, and as in any bytes. */
function runPlaces(message: Buffer, run: Run, text: string): readonly Place[] {
  const bytes = decoded(message, run);
  const letter = bytes.indexOf(text);
  const places = [...(letter < 0 ? [] : [letter + Math.floor(text.length / 4)]), ...offsets(bytes.length)];
  return places.map((at) => ({
    name: nameOf(run.start + Math.floor(run.kind === 'hex' ? at * 2 : (at * 4) / 3), message),
    isContent: true,
    change: (whole) => {
      const changed = Buffer.from(whole);
      encodeInto(changed, run, changedAt(decoded(whole, run), at));
      return changed;
    },
  }));
}

/** The first of each, then the second of each, and so on. */
function inTurns<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}

function changedAt(message: Buffer, at: number): Buffer {
  const changed = Buffer.from(message);
  changed[at] = changedByte(message[at] ?? 0, isText(message));
  return changed;
}

/** The lowest bit whose change leaves a letter a letter and a digit a digit. */
function changedByte(byte: number, isInText: boolean): number {
  const kind = kindOf(byte);
  if (!isInText || kind === null) return byte ^ 1;
  const bit = [1, 2, 4, 8].find((each) => kindOf(byte ^ each) === kind) ?? 1;
  return byte ^ bit;
}

function kindOf(byte: number): 'digit' | 'small' | 'capital' | null {
  const sign = String.fromCharCode(byte);
  if (/\d/.test(sign)) return 'digit';
  if (/[a-z]/.test(sign)) return 'small';
  return /[A-Z]/.test(sign) ? 'capital' : null;
}

function isText(message: Buffer): boolean {
  return /^[\t\r\n -~]*$/.test(message.toString('latin1'));
}
