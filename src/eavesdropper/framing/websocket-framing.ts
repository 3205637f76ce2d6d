/**
 * The frames of WebSocket (RFC 6455, section 5.2), behind HTTP's upgrade.
 *
 *     81 85 37fa213d 7f9f4d5158
 *     |  |  |        └ payload, each byte XORed with one of the mask's
 *     |  |  └ the mask: it stands in front of the payload, so nobody needs a key
 *     |  └ whether there is a mask, and the length: 7 bits, or 126 and 16 bits, or 127 and 64 bits
 *     └ whether the message ends here, whether it is packed (RFC 7692), and which kind of frame it is
 *
 * A packed message may copy from the ones before it, or not: one window serves for both, since a sender that starts
 * anew never copies.
 */
import { Gathering } from './gathering.js';
import { Unpacker } from './unpacker.js';
import type { Framing, Sink } from './sink.js';

const OPCODE = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const CONTROLS: Readonly<Record<number, string>> = { 8: 'close', 9: 'ping', 10: 'pong' };
const BIT = { final: 0x80, packed: 0x40, reserved: 0x30, masked: 0x80 } as const;
/** A longer payload is told in pieces. */
const PIECE = 8192;
/** Of a control frame, and of all frames whose length needs no more bytes (section 5.5). */
const MOST_SHORT = 125;
/** What a packed message ends with, and its sender leaves out (RFC 7692, section 7.2.1). */
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

interface Frame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly isPacked: boolean;
  /** 4 bytes, or none. */
  readonly mask: Buffer | null;
  readonly length: number;
  readonly headerBytes: number;
}

/** The message at hand. */
interface Message {
  readonly isText: boolean;
  readonly isPacked: boolean;
  readonly gathering: Gathering;
}

export class WebSocketFraming implements Framing {
  readonly name = 'WebSocket frames';
  isOver = false;
  /** Whether this side must mask its frames, as a client does, or must not. */
  readonly #masks: boolean;
  #frame: Frame | null = null;
  /** Bytes of its payload that were told. */
  #told = 0;
  #message: Message | null = null;
  /** Bytes of the message, with the headers of its frames, that came in earlier buffers. */
  #before = 0;
  #unpacker: Unpacker | null = null;
  /** Packed bytes behind the end of a stream of DEFLATE, which another may follow. */
  #unread: Buffer = NOTHING;

  constructor(masks: boolean) {
    this.#masks = masks;
  }

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    let at = start;
    let from = start - this.#before;
    while (!this.isOver) {
      if (this.#frame === null) {
        const frame = frameAt(bytes, at, end);
        if (frame === 'more') {
          this.isOver = last;
          break;
        }
        if (frame === null || !this.#fits(frame)) {
          this.isOver = true;
          break;
        }
        if (this.#message === null && frame.opcode < OPCODE.close) from = at;
        this.#begin(frame);
        sink.framing(at, at + frame.headerBytes);
        at += frame.headerBytes;
      }
      const stop = this.#payload(bytes, at, end, last, from, sink);
      if (stop === null) break;
      at = stop;
    }
    if (last || this.isOver) this.#finish(at, from, sink);
    this.#before = this.#message === null ? 0 : at - from;
    return at;
  }

  /** Nothing more comes of the message at hand. */
  #finish(at: number, from: number, sink: Sink): void {
    this.#unpacker?.close();
    const message = this.#message;
    this.#message = null;
    if (message === null || message.gathering.sourceBytes === 0) return;
    message.gathering.tell(sink, { as: nameOf(message, this.#masks), end: at, hasNext: false, isSure: true });
    sink.border(from, at);
  }

  #fits({ opcode, mask, isPacked, isFinal, length }: Frame): boolean {
    if ((mask !== null) !== this.#masks) return false;
    if (opcode >= OPCODE.close) return isFinal && !isPacked && length <= MOST_SHORT;
    return (opcode === OPCODE.more) === (this.#message !== null) && !(opcode === OPCODE.more && isPacked);
  }

  #begin(frame: Frame): void {
    this.#frame = frame;
    this.#told = 0;
    if (frame.opcode === OPCODE.text || frame.opcode === OPCODE.binary)
      this.#message = { isText: frame.opcode === OPCODE.text, isPacked: frame.isPacked, gathering: new Gathering() };
  }

  /** Tells the next part of the payload, and returns where it ends; null if more bytes are needed for it. */
  #payload(bytes: Buffer, at: number, end: number, last: boolean, from: number, sink: Sink): number | null {
    const frame = this.#frame;
    if (frame === null) return null;
    const left = frame.length - this.#told;
    const count = Math.min(left, PIECE);
    if (end - at < count && !last) return null;
    const stop = Math.min(end, at + count);
    const isEnd = this.#told + stop - at === frame.length;
    const source = bytes.subarray(at, stop);
    const content = frame.mask === null ? source : unmasked(source, frame.mask, this.#told);
    this.#told += stop - at;
    if (frame.opcode >= OPCODE.close) tellControl(frame, content, bytes, at, stop, sink);
    else this.#tell(frame, content, bytes, at, stop, (isEnd && frame.isFinal) || (last && stop === end), sink);
    if (isEnd) this.#frame = null;
    if (((isEnd && frame.isFinal) || (last && stop === end)) && frame.opcode < OPCODE.close) {
      sink.border(from, stop);
      this.#message = null;
    }
    // The rest of a frame that was cut off does not come.
    if (!isEnd && stop === end && last) this.isOver = true;
    return stop;
  }

  #tell(frame: Frame, content: Buffer, bytes: Buffer, at: number, stop: number, isLast: boolean, sink: Sink): void {
    const message = this.#message;
    if (message === null) return;
    const { gathering, isPacked, isText } = message;
    const isMasked = frame.mask !== null;
    if (isLast && !isPacked && !isMasked && frame.opcode !== OPCODE.more && this.#told === stop - at) {
      sink.message(bytes, at, stop, isText);
      return;
    }
    gathering.add(bytes.subarray(at, stop), isPacked ? this.#unpack(content, isLast, sink) : content);
    if (!isLast && gathering.contentBytes < PIECE && gathering.sourceBytes < PIECE) return;
    gathering.tell(sink, { as: nameOf(message, isMasked), end: stop, hasNext: !isLast, isSure: true });
  }

  #unpack(content: Buffer, isLast: boolean, sink: Sink): Buffer {
    const unpacker = (this.#unpacker ??= new Unpacker('deflate'));
    unpacker.nextMessage();
    const input = isLast ? Buffer.concat([this.#unread, content, TAIL]) : Buffer.concat([this.#unread, content]);
    const output: Buffer[] = [];
    let packed = content.length;
    let at = 0;
    for (let before = -1; at !== before || unpacker.output.length > 0;) {
      before = at;
      at = unpacker.step(input, at, input.length);
      output.push(Buffer.from(unpacker.output));
      const isAllowed = sink.worked(packed, unpacker.output.length);
      packed = 0;
      if (isAllowed) continue;
      this.isOver = true;
      sink.notUnpacked({ as: 'permessage-deflate', bytes: content.length, why: 'too much' });
      break;
    }
    if (unpacker.hasFailed) sink.notUnpacked({ as: 'permessage-deflate', bytes: content.length, why: 'damaged' });
    this.#unread = isLast || !unpacker.isDone ? NOTHING : Buffer.from(input.subarray(at));
    return Buffer.concat(output);
  }
}

const NOTHING = Buffer.alloc(0);

/** The name of the disguise. */
function nameOf({ isPacked }: Message, isMasked: boolean): string {
  if (!isPacked) return isMasked ? 'WebSocket mask' : 'WebSocket fragments';
  return isMasked ? 'permessage-deflate in WebSocket mask' : 'permessage-deflate';
}

function frameAt(bytes: Buffer, at: number, end: number): Frame | 'more' | null {
  if (end - at < 2) return 'more';
  const [first, second] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
  const opcode = first & 0x0f;
  if ((first & BIT.reserved) !== 0 || !(opcode <= OPCODE.binary || CONTROLS[opcode] !== undefined)) return null;
  const isMasked = (second & BIT.masked) !== 0;
  const short = second & 0x7f;
  const lengthBytes = short <= MOST_SHORT ? 0 : short === MOST_SHORT + 1 ? 2 : 8;
  const headerBytes = 2 + lengthBytes + (isMasked ? 4 : 0);
  if (end - at < headerBytes) return 'more';
  const length =
    lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
  if (!Number.isSafeInteger(length)) return null;
  const mask = isMasked ? Buffer.from(bytes.subarray(at + headerBytes - 4, at + headerBytes)) : null;
  const [isFinal, isPacked] = [(first & BIT.final) !== 0, (first & BIT.packed) !== 0];
  return { opcode, isFinal, isPacked, mask, length, headerBytes };
}

/** `told`: how many bytes of the payload stand before these. */
function unmasked(payload: Buffer, mask: Buffer, told: number): Buffer {
  const content = Buffer.from(payload);
  for (let at = 0; at < content.length; at += 1) content[at] = (content[at] ?? 0) ^ (mask[(told + at) & 3] ?? 0);
  return content;
}

/** A ping and a pong may carry anything; a close carries a code and a reason. */
function tellControl(frame: Frame, content: Buffer, bytes: Buffer, at: number, stop: number, sink: Sink): void {
  const isClose = frame.opcode === OPCODE.close;
  const code = isClose && content.length >= 2 ? ` ${content.readUInt16BE(0)}` : '';
  sink.control(`${CONTROLS[frame.opcode] ?? ''}${code}`);
  const said = isClose ? content.subarray(2) : content;
  sink.framing(at, stop - said.length);
  if (said.length === 0) return;
  const place = { start: stop - said.length, end: stop, isNext: false, hasNext: false, isSure: isClose };
  sink.aside(() => {
    if (frame.mask === null) sink.message(bytes, place.start, stop, isClose);
    else sink.unwrapped({ ...place, source: bytes.subarray(place.start, stop), as: 'WebSocket mask', content: said });
  });
}
