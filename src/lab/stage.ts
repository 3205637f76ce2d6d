/** The stage: one run after the other, the commands that steer it, and the log of everything that happens. */
import fs from 'node:fs';
import path from 'node:path';

import { ATTACKS } from '../attacker/attacks.js';
import type { Acquaintance } from '../demo/chair-arguments.js';
import { CONVERSATION, getAcquainted } from '../demo/attack-run.js';
import { ScriptError, parseMessages, type ScriptLine } from '../demo/script.js';
import { describeFileError } from '../file-error.js';
import { printable } from '../printable.js';
import { DEFAULT_INTEGRITY } from '../protocol/integrity.js';
import { MODE_FACTS } from '../protocol/modes.js';
import { ATTACK_OFFERS } from './attack-offers.js';
import type { LabCommand } from './commands.js';
import { Declined } from './declined.js';
import { EventLog } from './event-log.js';
import type { Hold, LabEvent, Numbered, Setting } from './events.js';
import type { Course, Word } from './experiments/experiment.js';
import { makeLabFolder } from './lab-folder.js';
import { LabListener } from './listener.js';
import { oneFilePage } from './one-file-page.js';
import { OpenExperiment, type OfferedExperiment } from './open-experiment.js';
import { playConversation } from './playing.js';
import { LabRun } from './run.js';
import { savePage, saveRun, type SavedRun } from './save.js';

export interface StageOptions {
  /** The path of the script of the servchat command. */
  readonly program: string;
  /** What a person types to run it, such as `npx servchat`. */
  readonly command: string;
  /** The folder into which captures are saved. */
  readonly out: string;
  /** What is played if the learner gives nothing else. */
  readonly conversation: readonly ScriptLine[];
  readonly experiments: readonly OfferedExperiment[];
  /** The words of the experiments, for a page that is saved. */
  readonly words: readonly Word[];
}

const FIRST: Setting = { mode: 'plaintext', integrity: null, attack: null, insists: false, elsewhere: null };

export class Stage {
  readonly log = new EventLog();
  readonly #options: StageOptions;
  /** Holds a folder for each run. It is removed at the end. */
  readonly #directory = makeLabFolder();
  #runs = 0;
  #run: LabRun | null = null;
  #listener: LabListener | null = null;
  #setting = FIRST;
  #hold: Hold = { on: false, what: 'everything' };
  /** The name that the saved files of this run have in common. */
  #savedAs: string | null = null;
  #experiment: OpenExperiment | null = null;
  /** What is being played, if anything. */
  #playing: symbol | null = null;
  #acquaintance: Promise<Acquaintance> | null = null;
  /** Runs begin and end one after the other. */
  #changing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: StageOptions) {
    this.#options = options;
    // The folder holds keys. It goes even if the program ends without a word, as when nobody reads its output.
    process.once('exit', this.#removeFiles);
    this.#changing = this.#begin(FIRST);
  }

  /** Carries out a command. If it makes no sense, an event says so. Never throws. */
  async do(command: LabCommand): Promise<void> {
    try {
      await this.#carryOut(command);
    } catch (error) {
      this.#decline(error);
    }
  }

  /** Ends the run and removes its files. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#changing;
    await this.#end();
    process.off('exit', this.#removeFiles);
    this.#removeFiles();
  }

  readonly #removeFiles = (): void => {
    fs.rmSync(this.#directory, { recursive: true, force: true });
  };

  async #carryOut(command: LabCommand): Promise<void> {
    switch (command.do) {
      case 'start':
        return this.#start(command);
      case 'say':
        // A learner types while a chat is only beginning.
        await this.#changing;
        this.#present().say(command.side, command.text);
        return;
      case 'hold':
        await this.#present().attack(command);
        this.#hold = { ...this.#hold, on: command.on };
        this.#tell({ type: 'hold', on: command.on });
        return;
      case 'save':
        return this.#save(command.keyLog);
      case 'play':
        return this.#play(command.script);
      case 'stop-playing':
        this.#playing = null;
        return;
      case 'save-page':
        return this.#savePage();
      case 'experiment':
        this.#openExperiment(command.name);
        return;
      case 'guess':
        this.#tell({
          type: 'guessed',
          piece: command.piece,
          text: command.text,
          right: this.#experiment?.judge(command) ?? null,
        });
        return;
      default:
        return this.#present().attack(command);
    }
  }

  /** Returns when it plays. It goes on by itself. */
  async #play(script: string | null): Promise<void> {
    const run = this.#present();
    const lines = script === null ? this.#ownConversation() : linesIn(script);
    if (run.isOver) throw new Declined('This chat is over. Start a new one, and play the conversation there.');
    const playing = Symbol('playing');
    this.#playing = playing;
    const isStopped = (): boolean => this.#playing !== playing || this.#run !== run;
    void playConversation({
      run,
      lines,
      isStopped,
      change: () => this.#change(),
      onTyped: (done) => {
        if (this.#run === run) this.#tell({ type: 'playing', done, of: lines.length });
      },
    }).catch((error: unknown) => {
      this.#decline(error);
    });
    return Promise.resolve();
  }

  /** An attack needs a conversation in which it finds its moment. */
  #ownConversation(): readonly ScriptLine[] {
    return this.#setting.attack === null ? this.#options.conversation : CONVERSATION;
  }

  /** Resolves at the next event. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.log.watch(() => {
        stop();
        resolve();
      });
    });
  }

  #decline(error: unknown): void {
    this.#tell({ type: 'declined', says: error instanceof Declined ? error.message : sentenceOf(error) });
  }

  /** @throws Declined while a run is beginning. */
  #present(): LabRun {
    if (this.#run === null) throw new Declined('The chat is only just beginning. Try again in a moment.');
    return this.#run;
  }

  #start({ mode, integrity, attack, insists, elsewhere, hold }: Extract<LabCommand, { do: 'start' }>): Promise<void> {
    if (attack !== null && !ATTACKS.some(({ name }) => name === attack))
      throw new Declined(`There is no attack “${printable(attack)}”. Choose one from the list.`);
    const setting: Setting = {
      mode,
      integrity: MODE_FACTS[mode].carrier === 'token' ? (integrity ?? DEFAULT_INTEGRITY) : null,
      attack,
      // If the server is in a terminal, nobody here knows its certificate before it starts.
      insists: insists && MODE_FACTS[mode].keyOwner !== null && !(mode === 'tls' && elsewhere === 'server'),
      elsewhere,
    };
    this.#changing = this.#changing.then(async () => {
      await this.#end();
      if (hold !== null) this.#hold = hold === 'nothing' ? { on: false, what: 'everything' } : { on: true, what: hold };
      await this.#begin(setting);
    });
    return this.#changing;
  }

  async #begin(setting: Setting): Promise<void> {
    if (this.#isClosed) return;
    this.#runs += 1;
    this.#setting = setting;
    this.#savedAs = null;
    this.#tell({ type: 'run', run: this.#runs, setting, attacks: ATTACK_OFFERS });
    this.#tell({ type: 'hold', on: this.#hold.on && setting.attack === null });
    this.#tellExperiment();
    const directory = path.join(this.#directory, `run-${this.#runs}`);
    fs.mkdirSync(directory);
    try {
      const run = new LabRun({
        program: this.#options.program,
        command: this.#options.command,
        directory,
        setting,
        hold: this.#hold,
        acquaintance: await this.#acquaintanceFor(setting),
        tell: (event) => {
          this.#tell(event);
          this.#listener?.notice();
        },
      });
      this.#listener = new LabListener({
        capture: run.files.captures.client,
        said: () => run.said,
        tell: (knows) => {
          this.#tell({ type: 'listener', knows });
        },
      });
      this.#run = run;
      await run.begin();
    } catch (error) {
      this.#decline(error);
    }
  }

  async #end(): Promise<void> {
    const [run, listener] = [this.#run, this.#listener];
    this.#run = null;
    this.#listener = null;
    await Promise.all([run?.stop(), listener?.stop()]);
  }

  /** The server can insist on a key only if it knows one: the two chat once before, and the client keeps its key. */
  async #acquaintanceFor({ mode, insists }: Setting): Promise<Acquaintance | null> {
    if (!insists || MODE_FACTS[mode].keyOwner !== 'client') return null;
    this.#acquaintance ??= getAcquainted(this.#options.program, this.#directory);
    return this.#acquaintance;
  }

  async #save(keyLog: boolean): Promise<void> {
    const run = this.#present();
    const { mode } = this.#setting;
    const halves = run.isChanged ? (['client', 'server'] as const) : (['client'] as const);
    const saving = { files: run.files, mode, halves, keyLog };
    this.#saved(await saveRun(saving, this.#options.out, this.#savedAs));
  }

  #openExperiment(name: string | null): void {
    const offered = this.#options.experiments.find(({ shown }) => shown.name === name);
    if (name !== null && offered === undefined)
      throw new Declined(`There is no experiment “${printable(name)}”. Choose one from the list.`);
    this.#experiment = offered === undefined ? null : new OpenExperiment(offered, this.#events());
    this.#tellExperiment();
  }

  #tellExperiment(): void {
    this.#experiment?.forget();
    this.#tell({ type: 'experiment', name: this.#experiment?.name ?? null });
    const news = this.#experiment?.news() ?? null;
    if (news !== null) this.log.add(news);
  }

  async #savePage(): Promise<void> {
    const { mode } = this.#setting;
    // What was saved belongs to this computer, not to the run.
    const events = [...this.log.after(0)]
      .map(({ json }) => JSON.parse(json) as Numbered)
      .filter(({ event }) => event.type !== 'saved');
    const title = `A chat in ${mode} mode`;
    const page = oneFilePage([{ title, heading: '', events }], `${title} – servchat`, this.#course);
    this.#saved(await savePage(page, mode, this.#options.out, this.#savedAs));
  }

  #saved({ name, files }: SavedRun): void {
    this.#savedAs = name;
    this.#tell({ type: 'saved', files });
  }

  get #course(): Course {
    const { experiments, words } = this.#options;
    return { experiments: experiments.map(({ shown }) => shown), words };
  }

  /** What has happened in this run, as far as it is kept. */
  *#events(): Generator<LabEvent, void, void> {
    for (const { json } of this.log.after(0)) yield (JSON.parse(json) as Numbered).event;
  }

  #tell(event: LabEvent): void {
    this.log.add(event);
    const news = this.#experiment?.after(event) ?? null;
    if (news !== null) this.log.add(news);
  }
}

/** @throws Declined if it is not a conversation. */
function linesIn(script: string): readonly ScriptLine[] {
  try {
    return parseMessages(script);
  } catch (error) {
    if (error instanceof ScriptError) throw new Declined(`This conversation cannot be played: ${error.message}.`);
    throw error;
  }
}

/** Never a bare system code. */
function sentenceOf(error: unknown): string {
  const isSystems = error instanceof Error && 'code' in error && 'syscall' in error;
  const words = isSystems
    ? `Cannot go on: ${describeFileError(error)}`
    : printable(error instanceof Error ? error.message : String(error));
  return words.endsWith('.') ? words : `${words}.`;
}
