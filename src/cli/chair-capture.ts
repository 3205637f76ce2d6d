/**
 * The file of `--capture`. A pcap is written during the chat; a pcapng after it, because only then can we explain all
 * of it.
 */
import fs from 'node:fs';

import { REBUILT, TapRecorder } from '../capture/tap.js';
import { describeFileError } from '../file-error.js';
import { rememberMade } from '../files/made.js';
import { checkOutput, holdStream, type IfThere } from '../files/output-file.js';
import { CaptureFileError } from '../packets/file/capture-file.js';
import { printable } from '../printable.js';
import type { Provenance } from '../wireshark/provenance.js';
import type { Side } from '../protocol/side.js';

interface ChairCaptureOptions {
  readonly file: string;
  readonly side: Side;
  /** Tells, when the chat is over, which TLS key log has secrets for a pcapng; null where none has. */
  readonly keyLog: () => string | null;
  readonly ifThere: IfThere;
}

export class ChairCapture {
  readonly tap: TapRecorder;
  readonly #options: ChairCaptureOptions;
  readonly #recording: string;
  /** The pipe that a pcapng goes into after the chat: open from the beginning, so that its reader waits for it. */
  #pipe: number | null = null;

  /** Creates nothing yet. @throws CaptureFileError where {@link begin} could not create the file. */
  constructor(options: ChairCaptureOptions) {
    const { file } = options;
    this.#options = options;
    // The recording lies beside the final file, and is a capture too: if someone kills this process, it remains.
    this.#recording = file.endsWith('.pcapng') ? `${file}.recording.pcap` : file;
    this.#check();
    this.tap = new TapRecorder(this.#recording);
  }

  /** Creates the file. @throws CaptureFileError */
  begin(): void {
    this.#check();
    if (!this.#isDirect) this.#pipe = this.#trying(() => holdStream(this.#options.file));
    this.tap.begin(this.#isDirect ? this.#options.ifThere : 'refuse');
  }

  /** @throws CaptureFileError where the recording stopped before its end, or cannot be annotated. */
  async close(): Promise<void> {
    try {
      await this.#finish();
    } finally {
      if (this.#pipe !== null) fs.closeSync(this.#pipe);
      this.#pipe = null;
    }
  }

  async #finish(): Promise<void> {
    this.tap.close();
    if (this.tap.failure !== null) throw this.tap.failure;
    // Nobody came, so there is no file.
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
      await annotateRecording(this.#recording, file, { provenance, keyLog: keyLog(), ifThere });
    } catch (error) {
      const kept = fs.existsSync(this.#recording) ? `. The chat itself is safe in ${printable(this.#recording)}` : '';
      throw new CaptureFileError(`${(error as Error).message}${kept}`, { cause: error });
    }
  }

  get #isDirect(): boolean {
    return this.#recording === this.#options.file;
  }

  #check(): void {
    const { file, ifThere } = this.#options;
    this.#trying(() => {
      checkOutput({ path: file, ifThere });
    });
    // We do not replace a recording, even with --force: another program may be writing it, or it may be all that is
    // left of a chat.
    if (!this.#isDirect && fs.lstatSync(this.#recording, { throwIfNoEntry: false }) !== undefined) {
      const why = 'Either another servchat is writing it, or a servchat that was killed has left it';
      const there = `${printable(this.#recording)} is there already`;
      throw new CaptureFileError(`${this.#cannot()}: ${there}. ${why}; in the second case move it away, or delete it`);
    }
  }

  #trying<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw new CaptureFileError(`${this.#cannot()}: ${describeFileError(error)}`, { cause: error });
    }
  }

  #cannot(): string {
    return `Cannot write the capture ${printable(this.#options.file)}`;
  }
}
