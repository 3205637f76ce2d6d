/** The file of `--capture`: a pcap is written as the chat goes, a pcapng once it is over and can be explained as a whole. */
import { REBUILT, TapRecorder, type Side } from '../capture/tap.js';

export class ChairCapture {
  readonly tap: TapRecorder;
  readonly #file: string;
  readonly #recording: string;
  readonly #side: Side;
  readonly #keyLog: string | null;

  /**
   * @param keyLog a TLS key log whose secrets go into a pcapng, or null.
   * @throws CaptureFileError where the file cannot be written.
   */
  static open(file: string, side: Side, keyLog: string | null): ChairCapture {
    return new ChairCapture(file, side, keyLog);
  }

  private constructor(file: string, side: Side, keyLog: string | null) {
    this.#file = file;
    this.#side = side;
    this.#keyLog = keyLog;
    // Beside it, and a capture in itself: should this process be killed, that is what is left.
    this.#recording = file.endsWith('.pcapng') ? `${file}.recording.pcap` : file;
    this.tap = TapRecorder.open(this.#recording);
  }

  /** @throws CaptureFileError where the recording stopped before its end, or cannot be annotated. */
  async close(): Promise<void> {
    this.tap.close();
    if (this.tap.failure !== null) throw this.tap.failure;
    if (this.#recording === this.#file) return;
    const { annotateRecording } = await import('./run-annotate.js');
    await annotateRecording(this.#recording, this.#file, { way: 'tap', side: this.#side, rebuilt: REBUILT }, this.#keyLog);
  }
}
