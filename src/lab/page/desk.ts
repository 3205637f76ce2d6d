/** What every view of the page gets: what is known, what the learner chose on the page, and how to act. */
import type { LabCommand } from '../commands.js';
import type { RecordedRun, Setting } from '../events.js';
import type { Playback } from './recording.js';
import type { Experiment, Word } from '../experiments/experiment.js';
import type { Progress } from './progress.js';
import type { Link } from './source.js';
import type { LabState } from './state.js';

/** On a narrow screen, one part of the page is shown at a time. */
export const TABS = ['chat', 'wire', 'bytes', 'listener', 'experiment'] as const;
export type Tab = (typeof TABS)[number];

/** What the learner chose. The lab does not know it, and another tab has its own. */
export interface Choices {
  readonly tab: Tab;
  /** The key of the chosen row of the wire. */
  readonly row: number | null;
  /** Whether the bytes inside a field are shown, such as those of a token. */
  readonly inside: boolean;
  /** Which field of the chosen row stays lit. */
  readonly field: number | null;
  /** Which byte of it is chosen, from 0. */
  readonly byte: number | null;
  /** The setting that the toolbar shows, if it is not that of the run. */
  readonly draft: Setting | null;
  /** How many hints of the open experiment are shown. */
  readonly hints: number;
  /** The text that the learner is about to guess, and for which row. null: they have not chosen one. */
  readonly guess: { readonly row: number; readonly text: string } | null;
  /** The file in which the answers were saved. null: not yet. */
  readonly savedAs: string | null;
  /** Whether the page asks if all answers should really be forgotten. */
  readonly isForgetting: boolean;
  /** Whether a teacher wants to see all answers. */
  readonly teaches: boolean;
  /** On a narrow screen: whether the tools of the toolbar are shown. */
  readonly menu: boolean;
  /** Notices with a key up to this one were closed. */
  readonly closed: number;
  /** The piece into which the learner's key is being put, or null. To make a key takes a moment. */
  readonly keyFor: number | null;
  /** Why a command did not arrive, or null. */
  readonly trouble: string | null;
}

export interface Desk {
  readonly state: LabState;
  readonly choices: Choices;
  readonly link: Link;
  /** null on a live page. */
  readonly playback: (Playback & { readonly all: number }) | null;
  /** The recorded runs that the page holds, and which of them is shown. Empty on a live page. */
  readonly runs: readonly RecordedRun[];
  readonly shownRun: number;
  readonly experiments: readonly Experiment[];
  /** The words that the experiments mark. */
  readonly words: readonly Word[];
  readonly progress: Progress;
  /** Whether the browser keeps the progress. */
  readonly isKept: boolean;
  /** Locks the answer to an experiment's question, and begins it. */
  lock(experiment: Experiment, answer: string): void;
  /** Starts the chat that an experiment needs. */
  begin(experiment: Experiment): void;
  /** Shows the explanation before the goal is reached. */
  giveUp(experiment: Experiment): void;
  /** Shows one more hint. */
  hint(experiment: Experiment): void;
  /** The learner says what they are called, for the file of answers. */
  callMe(name: string): void;
  saveAnswers(): void;
  /** Forgets all answers. */
  forget(): void;
  /** Sends a command. A recorded page has no one to send it to. */
  send(command: LabCommand): void;
  choose(change: Partial<Choices>): void;
  /** Changes the setting that the toolbar shows. */
  draft(change: Partial<Setting>): void;
  play(change: Partial<Playback>): void;
  step(by: -1 | 1): void;
  /** Shows another recorded run, by its place in {@link runs}. */
  show(run: number): void;
  /** Says something to a screen reader, in the page's one live region. */
  announce(text: string): void;
}
