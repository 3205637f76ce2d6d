/**
 * What Java's ObjectOutputStream writes (Java Object Serialization Specification, chapter 6): a header, then objects.
 * A class is described once, and later by a number. Nothing of it is made into an object here.
 */
import { MOST_DEPTH, type FormatKind, type Span, type Unit } from './format.js';

const HEADER = 0xaced0005;
const HEADER_BYTES = 4;
const TC = {
  null: 0x70,
  reference: 0x71,
  classDescription: 0x72,
  object: 0x73,
  string: 0x74,
  array: 0x75,
  class: 0x76,
  blockData: 0x77,
  endBlockData: 0x78,
  reset: 0x79,
  longBlockData: 0x7a,
  longString: 0x7c,
  enum: 0x7e,
} as const;
const FLAG = { writeMethod: 1, serializable: 2, externalizable: 4 } as const;
const FIRST_REFERENCE = 0x7e0000;
const NATS_OF_HEADER = 4 * Math.log(256);
const NATS_OF_ITEM = Math.log(16);
const MOST_HANDLES = 10_000;
const MOST_ITEMS = 100_000;
const VALUE_BYTES: Readonly<Record<string, number>> = { B: 1, C: 2, D: 8, F: 4, I: 4, J: 8, S: 2, Z: 1 };

/** A class: the types of its fields, and the class above it. */
interface Description {
  readonly name: string;
  readonly flags: number;
  fields: readonly string[];
  above: Description | null;
}

/** The bytes end in the middle of something. */
class More extends Error {}
/** They are not of this format. */
class Wrong extends Error {}
/** Made once, since an error notes where it was made: with one for each message, that takes most of the time. */
const [MORE, WRONG] = [new More(), new Wrong()];

export const JAVA_OBJECTS: FormatKind = {
  mayBegin: (first) => first === HEADER >>> 24,
  /** One for each stream, since it remembers the classes. */
  made: () => {
    const reader = new Reader();
    return {
      isNamed: true,
      name: 'each is an object of Java, as ObjectOutputStream writes it',
      read: (bytes, start, end): Unit | 'more' | null => reader.read(bytes, start, end),
    };
  },
};

class Reader {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  #strings: Span[] = [];
  #items = 0;
  #hasHeader = false;
  /** What has a number: a class, or anything else. */
  #handles: (Description | null)[] = [];

  read(bytes: Buffer, start: number, end: number): Unit | 'more' | null {
    if (start >= end) return 'more';
    // Most streams are no objects. An error takes much longer than this look.
    if (!this.#hasHeader && end - start >= HEADER_BYTES && bytes.readUInt32BE(start) !== HEADER) return null;
    const [handles, hasHeader] = [this.#handles.slice(), this.#hasHeader];
    [this.#bytes, this.#at, this.#end, this.#strings, this.#items] = [bytes, start, end, [], 0];
    try {
      if (!this.#hasHeader || this.#isAtHeader()) this.#readHeader();
      this.#readContent(0);
    } catch (error) {
      [this.#handles, this.#hasHeader] = [handles, hasHeader];
      if (error instanceof More) return 'more';
      if (error instanceof Wrong) return null;
      throw error;
    }
    const nats = (hasHeader ? 0 : NATS_OF_HEADER) + NATS_OF_ITEM * this.#items;
    return { end: this.#at, strings: this.#strings, nats };
  }

  #readHeader(): void {
    if (this.#number(HEADER_BYTES) !== HEADER) throw WRONG;
    this.#hasHeader = true;
    this.#handles = [];
  }

  /** Many programs make a new ObjectOutputStream for each message. */
  #isAtHeader(): boolean {
    return this.#end - this.#at >= HEADER_BYTES && this.#bytes.readUInt32BE(this.#at) === HEADER;
  }

  /** Returns what was written, if it is one that says that others end. */
  #readContent(depth: number): number {
    if (depth > MOST_DEPTH || (this.#items += 1) > MOST_ITEMS) throw WRONG;
    const type = this.#number(1);
    this.#readBehind(type, depth);
    return type;
  }

  /** Reads what is behind the byte that says what it is. Of an enum, the last of it is the name of the constant. */
  #readBehind(type: number, depth: number): void {
    switch (type) {
      case TC.string:
        this.#handle(null);
        this.#string(this.#number(2));
        break;
      case TC.longString:
        this.#handle(null);
        this.#string(this.#number(4) * 2 ** 32 + this.#number(4));
        break;
      case TC.blockData:
        this.#block(this.#number(1));
        break;
      case TC.longBlockData:
        this.#block(this.#number(4));
        break;
      case TC.object:
        this.#readObject(depth);
        break;
      case TC.array:
        this.#readArray(depth);
        break;
      case TC.class:
      case TC.enum:
        this.#readDescription(depth);
        this.#handle(null);
        if (type === TC.enum) this.#readContent(depth + 1);
        break;
      case TC.classDescription:
        this.#at -= 1;
        this.#readDescription(depth);
        break;
      case TC.reference:
        this.#number(4);
        break;
      case TC.reset:
        this.#handles = [];
        break;
      case TC.null:
      case TC.endBlockData:
        break;
      default:
        throw WRONG;
    }
  }

  #readDescription(depth: number): Description | null {
    if (depth > MOST_DEPTH) throw WRONG;
    const type = this.#number(1);
    if (type === TC.null) return null;
    if (type === TC.reference) return this.#handles[this.#number(4) - FIRST_REFERENCE] ?? null;
    if (type !== TC.classDescription) throw WRONG;
    const name = this.#name();
    this.#skip(8);
    const description: Description = { name, flags: this.#number(1), fields: [], above: null };
    this.#handle(description);
    const count = this.#number(2);
    const fields: string[] = [];
    for (let field = 0; field < count; field += 1) {
      const fieldType = String.fromCharCode(this.#number(1));
      this.#name();
      if (fieldType === 'L' || fieldType === '[') this.#readTypeName(depth);
      else if (VALUE_BYTES[fieldType] === undefined) throw WRONG;
      fields.push(fieldType);
    }
    description.fields = fields;
    this.#readAnnotation(depth);
    description.above = this.#readDescription(depth + 1);
    return description;
  }

  /** The name of a field's class is a string, but nobody said it. */
  #readTypeName(depth: number): void {
    const { length } = this.#strings;
    this.#readContent(depth + 1);
    this.#strings.length = length;
  }

  #readAnnotation(depth: number): void {
    while (this.#readContent(depth + 1) !== TC.endBlockData);
  }

  #readObject(depth: number): void {
    const description = this.#readDescription(depth + 1);
    this.#handle(null);
    const classes: Description[] = [];
    for (let one = description; one !== null && classes.length < MOST_DEPTH; one = one.above) classes.unshift(one);
    for (const { flags, fields } of classes) {
      if ((flags & FLAG.serializable) !== 0) for (const field of fields) this.#readValue(field, depth);
      // What a class writes by itself ends with a mark, unless it is of an old protocol.
      if ((flags & (FLAG.writeMethod | FLAG.externalizable)) !== 0) this.#readAnnotation(depth);
    }
  }

  #readArray(depth: number): void {
    const description = this.#readDescription(depth + 1);
    this.#handle(null);
    const count = this.#number(4);
    const type = description?.name[1] ?? 'L';
    const bytes = VALUE_BYTES[type];
    if (type === 'B' && count > 0) this.#string(count);
    else if (bytes !== undefined) this.#skip(bytes * count);
    else for (let item = 0; item < count; item += 1) this.#readContent(depth + 1);
  }

  #readValue(type: string, depth: number): void {
    const bytes = VALUE_BYTES[type];
    if (bytes === undefined) this.#readContent(depth + 1);
    else this.#skip(bytes);
  }

  /** What writeUTF and its like wrote: strings with their lengths in front, if these fill it. */
  #block(length: number): void {
    const start = this.#at;
    this.#skip(length);
    const end = this.#at;
    const strings: Span[] = [];
    let at = start;
    while (at + 2 <= end) {
      const next = at + 2 + this.#bytes.readUInt16BE(at);
      if (next > end) break;
      if (next > at + 2) strings.push({ start: at + 2, end: next });
      at = next;
    }
    if (at === end) this.#strings.push(...strings);
    else if (end > start) this.#strings.push({ start, end });
  }

  #string(length: number): void {
    const start = this.#at;
    this.#skip(length);
    if (length > 0) this.#strings.push({ start, end: this.#at });
  }

  #name(): string {
    const length = this.#number(2);
    this.#skip(length);
    return this.#bytes.toString('latin1', this.#at - length, this.#at);
  }

  #handle(description: Description | null): void {
    if (this.#handles.length >= MOST_HANDLES) throw WRONG;
    this.#handles.push(description);
  }

  #number(count: 1 | 2 | 4): number {
    this.#skip(count);
    return this.#bytes.readUIntBE(this.#at - count, count);
  }

  #skip(count: number): void {
    if (!(count <= 2 ** 31)) throw WRONG;
    if (this.#at + count > this.#end) throw MORE;
    this.#at += count;
  }
}
