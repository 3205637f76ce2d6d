/** The file of `--capture`: a pcap is written as the chat goes, a pcapng once it is over and can be explained whole. */
import fs from 'node:fs';

import { REBUILT, TapRecorder } from '../capture/tap.js';
import { describeFileError } from '../file-error.js';
import { rememberMade } from '../files/made.js';
import { checkOutput, type IfThere } from '../files/output-file.js';
import { CaptureFileError } from '../packets/file/capture-file.js';
import { printable } from '../printable.js';
import type { Provenance } from '../wireshark/provenance.js';
import type { Side } from '../protocol/side.js';

interface ChairCaptureOptions {
  readonly file: string;
  readonly side: Side;
  /** A TLS key log whose secrets go into a pcapng, or null. */
  readonly keyLog: string | null;
  readonly ifThere: IfThere;
}

export class ChairCapture {
  readonly tap: TapRecorder;
  readonly #options: ChairCaptureOptions;
  readonly #recording: string;

  /** Makes nothing yet. @throws CaptureFileError where {@link begin} would not be able to. */
  constructor(options: ChairCaptureOptions) {
    const { file } = options;
    this.#options = options;
    // Beside it, and a capture in itself: should this process be killed, that is what is left.
    this.#recording = file.endsWith('.pcapng') ? `${file}.recording.pcap` : file;
    this.#check();
    this.tap = new TapRecorder(this.#recording);
  }

  /** Creates the file. @throws CaptureFileError */
  begin(): void {
    this.#check();
    this.tap.begin(this.#isDirect ? this.#options.ifThere : 'refuse');
  }

  /** @throws CaptureFileError where the recording stopped before its end, or cannot be annotated. */
  async close(): Promise<void> {
    this.tap.close();
    if (this.tap.failure !== null) throw this.tap.failure;
    // Nobody came, and there is no file.
    if (this.tap.connections === 0) return;
    const { file, side } = this.#options;
    const provenance: Provenance = { way: 'tap', side, rebuilt: REBUILT };
    if (!this.#isDirect) await this.#annotate(provenance);
    rememberMade(file, provenance);
  }

  async #annotate(provenance: Provenance): Promise<void> {
    const { file, keyLog, ifThere } = this.#options;
    const { annotateRecording } = await import('./run-annotate.js');
    try {
      await annotateRecording(this.#recording, file, { provenance, keyLog, ifThere });
    } catch (error) {
      const kept = fs.existsSync(this.#recording) ? `. The chat is kept in ${printable(this.#recording)}` : '';
      throw new CaptureFileError(`${(error as Error).message}${kept}`, { cause: error });
    }
  }

  get #isDirect(): boolean {
    return this.#recording === this.#options.file;
  }

  #check(): void {
    const { file, ifThere } = this.#options;
    try {
      checkOutput({ path: file, ifThere });
    } catch (error) {
      throw new CaptureFileError(`${this.#cannot()}: ${describeFileError(error)}`, { cause: error });
    }
    // Not even where the capture may be replaced: somebody may be writing it, or it is all that is left of a chat.
    if (!this.#isDirect && fs.lstatSync(this.#recording, { throwIfNoEntry: false }) !== undefined) {
      const why = 'Another servchat is writing it, or it is what is left of a chat that was killed';
      const there = `${printable(this.#recording)} is there already`;
      throw new CaptureFileError(`${this.#cannot()}: ${there}. ${why}; then move it away, or delete it`);
    }
  }

  #cannot(): string {
    return `Cannot write the capture ${printable(this.#options.file)}`;
  }
}
