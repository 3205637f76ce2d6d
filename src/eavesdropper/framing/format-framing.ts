/** Messages in a format of bytes, one object behind the other. */
import { isText } from '../disguises/text-bytes.js';
import { BER } from './ber.js';
import { BSON } from './bson.js';
import { CBOR } from './cbor.js';
import { JAVA_OBJECTS } from './java-objects.js';
import { MESSAGE_PACK } from './message-pack.js';
import { MQTT } from './mqtt.js';
import { PICKLE } from './pickle.js';
import { PROTOBUF, protobufMessage } from './protobuf.js';
import type { Format, FormatKind, Unit } from './format.js';
import type { Framing, Sink } from './sink.js';

/** How many bytes are looked at before it is decided. */
const LOOKED_AT = 4096;
/** A longer object is given up. */
const MOST_UNIT = 16_000;
/** How unlikely it must be that other bytes look like this, as in `readability.ts`, for each of the formats. */
const NATS_OF_DOUBT = 9.2 + Math.log(8);
const NATS_PER_BYTE = 0.8;
/** That the last object ends where the bytes do. */
const NATS_OF_END = Math.log(256);
/** Many objects in the first bytes need not all be looked at. */
const ENOUGH_UNITS = 16;

/** In the order in which they are tried. */
const NAMED: readonly FormatKind[] = [PICKLE, JAVA_OBJECTS, BSON, BER, MQTT, MESSAGE_PACK, CBOR];
/** protobuf says nothing of itself: it is tried where nothing else fits. */
const OTHERS: readonly FormatKind[] = [{ mayBegin: () => true, made: () => PROTOBUF }];

/** Whether the stream that begins here is written so; `more` if that cannot be told yet. */
export function formatFraming(bytes: Buffer, start: number, end: number, last: boolean): FormatFraming | 'more' | null {
  return firstOf(NAMED, bytes, start, end, last);
}

export function protobufFraming(
  bytes: Buffer,
  start: number,
  end: number,
  last: boolean,
): FormatFraming | 'more' | null {
  return firstOf(OTHERS, bytes, start, end, last);
}

function firstOf(
  kinds: readonly FormatKind[],
  bytes: Buffer,
  start: number,
  end: number,
  last: boolean,
): FormatFraming | 'more' | null {
  let isOpen = false;
  for (const kind of kinds) {
    if (!kind.mayBegin(bytes[start] ?? 0)) continue;
    const found = fits(kind.made(), bytes, start, end, last);
    if (found === true) return new FormatFraming(kind.made());
    isOpen ||= found === 'more';
  }
  return isOpen ? 'more' : null;
}

function fits(format: Format, bytes: Buffer, start: number, end: number, last: boolean): boolean | 'more' {
  const stop = Math.min(end, start + LOOKED_AT);
  let nats = 0;
  let units = 0;
  let at = start;
  while (at < stop && units < ENOUGH_UNITS) {
    const unit = format.read(bytes, at, stop);
    if (unit === null) return false;
    if (unit === 'more') {
      if (stop - start < LOOKED_AT && !last) return 'more';
      break;
    }
    nats += evidenceOf(bytes, at, unit, format.isNamed);
    units += 1;
    at = unit.end;
  }
  if (last && at === end) nats += NATS_OF_END;
  if (units > 0 && nats >= NATS_OF_DOUBT) return true;
  return last || stop - start >= LOOKED_AT ? false : 'more';
}

/** Of an object whose format says nothing of itself, so much must be text. */
const LEAST_TEXT = 1 / 4;

/** What an object says for its format; nothing, if only its texts could say it and it has few. */
function evidenceOf(bytes: Buffer, start: number, { end, strings, nats }: Unit, isNamed: boolean): number {
  let text = 0;
  for (const string of strings) {
    const length = string.end - string.start;
    if (isText(bytes.subarray(string.start, string.end), length)) text += length;
  }
  return isNamed || text >= LEAST_TEXT * (end - start) ? nats + NATS_PER_BYTE * text : 0;
}

/** Whether the bytes are one whole object, or objects, of a format. */
export function isFormatted(bytes: Buffer, start: number, end: number): boolean {
  if (firstOf(NAMED, bytes, start, end, true) instanceof FormatFraming) return endsWhole(bytes, start, end);
  const unit = protobufMessage(bytes, start, end);
  return unit !== null && evidenceOf(bytes, start, unit, false) + NATS_OF_END >= NATS_OF_DOUBT;
}

function endsWhole(bytes: Buffer, start: number, end: number): boolean {
  for (const kind of NAMED) {
    const unit = kind.mayBegin(bytes[start] ?? 0) ? kind.made().read(bytes, start, end) : null;
    if (unit !== null && unit !== 'more' && unit.end === end) return true;
  }
  return false;
}

export class FormatFraming implements Framing {
  readonly name: string;
  isOver = false;
  readonly #format: Format;

  constructor(format: Format) {
    this.#format = format;
    this.name = format.name;
  }

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    let at = start;
    while (at < end && !this.isOver) {
      const unit = this.#format.read(bytes, at, end);
      // The next bytes may belong to the last object.
      if (unit === 'more' || (unit?.end === end && !last && this.#format === PROTOBUF)) {
        this.isOver = last || end - at > MOST_UNIT;
        break;
      }
      if (unit === null || unit.end === at) {
        this.isOver = true;
        break;
      }
      tellUnit(bytes, at, unit, sink);
      at = unit.end;
    }
    return at;
  }
}

function tellUnit(bytes: Buffer, start: number, { end, strings }: Unit, sink: Sink): void {
  let at = start;
  for (const string of strings) {
    sink.framing(at, string.start);
    sink.message(bytes, string.start, string.end, false);
    at = string.end;
  }
  sink.framing(at, end);
  sink.border(start, end);
}
