/** The learner's progress on this page. Other tabs of the same browser share it: what one locks, all have. */
import { formatAnswerSheet } from '../../answers/answer-sheet.js';
import { keep, keptProgress, onKeptElsewhere } from './kept-progress.js';
import { newProgress, sheetFileName, sheetOf, type Progress } from './progress.js';

export class OwnProgress {
  #now: Progress;
  #isKept: boolean;
  readonly #changed: () => void;

  /** @param changed called after each change, here or in another tab. */
  constructor(changed: () => void) {
    this.#now = keptProgress() ?? newProgress();
    this.#isKept = keep(this.#now);
    this.#changed = changed;
    onKeptElsewhere(() => {
      this.#readAgain();
      changed();
    });
  }

  get now(): Progress {
    return this.#now;
  }

  /** The same, with what another tab has kept until this moment. */
  read(): Progress {
    this.#readAgain();
    return this.#now;
  }

  /** Whether the browser keeps it. */
  get isKept(): boolean {
    return this.#isKept;
  }

  /** @returns whether that changed anything. Another tab may have been faster. */
  change(change: (before: Progress) => Progress): boolean {
    this.#readAgain();
    const before = this.#now;
    this.#now = change(before);
    if (this.#now === before) return false;
    this.#isKept = keep(this.#now);
    this.#changed();
    return true;
  }

  forget(): void {
    this.change(newProgress);
  }

  /** Gives the answers out as a file. @returns the file's name. */
  save(): string {
    const file = new Blob([formatAnswerSheet(sheetOf(this.#now))], { type: 'application/json' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = sheetFileName(this.#now);
    link.click();
    URL.revokeObjectURL(link.href);
    return link.download;
  }

  #readAgain(): void {
    if (this.#isKept) this.#now = keptProgress() ?? this.#now;
  }
}
