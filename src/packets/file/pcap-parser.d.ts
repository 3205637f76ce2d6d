/** The part of pcap-parser 0.2.1 that we use; the package has no types of its own. */
declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events';

  export interface GlobalHeader {
    readonly linkLayerType: number;
  }

  export interface PacketHeader {
    readonly timestampSeconds: number;
    /** The field as it stands in the file, whatever its unit. */
    readonly timestampMicroseconds: number;
    readonly capturedLength: number;
    readonly originalLength: number;
  }

  export interface Parser extends EventEmitter {
    on(event: 'globalHeader', listener: (header: GlobalHeader) => void): this;
    /** Comes before the record's body has been read. */
    on(event: 'packetHeader', listener: (header: PacketHeader) => void): this;
    on(event: 'packet', listener: (packet: { readonly header: PacketHeader; readonly data: Buffer }) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }

  /** Takes `data` events with a Buffer; of the stream's methods it calls only pause and resume. */
  export function parse(stream: EventEmitter & { pause(): void; resume(): void }): Parser;
}
