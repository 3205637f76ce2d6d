/** Small captures in the classic pcap format, read through the pcap-parser package. */
import { EventEmitter } from 'node:events';

import { parse, type PacketHeader } from 'pcap-parser';

import { CaptureFileError, damageAt, type Damage } from './capture-file.js';
import type { CaptureEnd } from './capture-reader.js';
import {
  FILE_HEADER,
  MAX_RECORD_BYTES,
  RECORD_HEADER,
  linkTypeOf,
  parseFileHeader,
  withMicrosecondMagic,
  type FileHeader,
} from './pcap-format.js';
import { emptyPacketView, type OnPacket } from './records.js';

/**
 * Reads a whole file, with the same result as {@link CaptureReader}. `name`: what errors call it. It throws what
 * `onPacket` throws.
 *
 * @throws CaptureFileError where it is not such a file.
 */
export function readParsedPcap(bytes: Buffer, onPacket: OnPacket, name: string): CaptureEnd {
  const header = parseFileHeader(bytes.subarray(0, FILE_HEADER.end));
  if ('problem' in header) throw new CaptureFileError(`Cannot read ${name}: ${header.problem}`);
  const { linkType, packets, damage } = new ParsedPcap(bytes, header, onPacket).read();
  return {
    format: 'pcap',
    compressed: false,
    packets,
    damage,
    interfaces: [{ linkType, name: null, packets }],
    otherInterfaces: 0,
    linkTypes: packets > 0 ? [{ linkType, packets }] : [],
    comments: [],
    otherComments: 0,
    tlsKeyLogs: [],
  };
}

/**
 * The package, with checks around it. It knows two of the four magic numbers, believes any length that a record claims,
 * and does not say that a file was cut. So we check the file header before it sees it, and we check each record's
 * length between the record's header and its body.
 */
class ParsedPcap {
  readonly #bytes: Buffer;
  readonly #header: FileHeader;
  readonly #onPacket: OnPacket;
  readonly #view = emptyPacketView();
  #linkType = 0;
  #packets = 0;
  /** Where the record that is being read begins, and where it ends as far as we know. */
  #recordOffset: number = FILE_HEADER.end;
  #recordEnd: number = FILE_HEADER.end;
  #damage: Damage | null = null;

  constructor(bytes: Buffer, header: FileHeader, onPacket: OnPacket) {
    this.#bytes = bytes;
    this.#header = header;
    this.#onPacket = onPacket;
  }

  read(): { readonly linkType: number; readonly packets: number; readonly damage: Damage | null } {
    const feed = new Feed();
    const parser = parse(feed);
    parser.on('globalHeader', ({ linkLayerType }) => {
      this.#linkType = linkTypeOf(linkLayerType);
    });
    parser.on('packetHeader', (header) => {
      this.#startRecord(header);
    });
    parser.on('packet', ({ header, data }) => {
      this.#finishRecord(header, data);
    });
    feed.emit('data', withMicrosecondMagic(this.#bytes.subarray(0, FILE_HEADER.end), this.#header.bigEndian));
    feed.emit('data', this.#bytes.subarray(FILE_HEADER.end));
    return { linkType: this.#linkType, packets: this.#packets, damage: this.#damage ?? this.#cut() };
  }

  #startRecord({ capturedLength }: PacketHeader): void {
    if (this.#damage !== null) return;
    this.#recordEnd = this.#recordOffset + RECORD_HEADER.end + capturedLength;
    if (capturedLength > MAX_RECORD_BYTES)
      this.#damage = this.#damageHere(`claims ${capturedLength} bytes, but a packet has at most ${MAX_RECORD_BYTES}`);
  }

  #finishRecord(header: PacketHeader, data: Buffer): void {
    if (this.#damage !== null) return;
    this.#packets += 1;
    this.#recordOffset = this.#recordEnd;
    const { unitsPerSecond } = this.#header;
    const units = header.timestampMicroseconds;
    this.#onPacket(
      Object.assign(this.#view, {
        number: this.#packets,
        // A broken writer may put more than a second into the fraction.
        seconds: header.timestampSeconds + Math.floor(units / unitsPerSecond),
        nanoseconds: (units % unitsPerSecond) * (1e9 / unitsPerSecond),
        linkType: this.#linkType,
        originalLength: header.originalLength,
        data,
        start: 0,
        end: data.length,
      }),
    );
  }

  #cut(): Damage | null {
    const present = this.#bytes.length - this.#recordOffset;
    if (present === 0) return null;
    return present < RECORD_HEADER.end
      ? this.#damageHere(
          `is cut: the file ends after ${present} of the ${RECORD_HEADER.end} bytes of its record header`,
        )
      : this.#damageHere(
          `is cut: the file ends after ${present - RECORD_HEADER.end} of its ${this.#recordEnd - this.#recordOffset - RECORD_HEADER.end} bytes`,
        );
  }

  #damageHere(what: string): Damage {
    return damageAt(this.#packets + 1, this.#recordOffset, what);
  }
}

/** The part of a stream that the parser uses. Bytes are pushed into it, so there is nothing to pause. */
class Feed extends EventEmitter {
  pause(): void {
    return;
  }

  resume(): void {
    return;
  }
}
