/** A stage with real processes, and waiting for its events. */
import path from 'node:path';

import { afterEach } from '@jest/globals';

import type { LabCommand } from '../../src/lab/commands.js';
import type { LabEvent, Numbered } from '../../src/lab/events.js';
import type { ScriptLine } from '../../src/demo/script.js';
import type { Experiment } from '../../src/lab/experiments/experiment.js';
import type { OfferedExperiment } from '../../src/lab/open-experiment.js';
import { Stage } from '../../src/lab/stage.js';
import { PATIENCE_MS } from '../patience.js';
import { MAIN, temporaryDirectory } from '../servchat-process.js';

type Of<Type extends LabEvent['type']> = Extract<LabEvent, { type: Type }>;

export const TALK: readonly ScriptLine[] = [
  { side: 'client', text: 'Hello' },
  { side: 'server', text: 'Hi' },
  { side: 'client', text: 'Nice to meet you' },
];

const NOBODY_ELSE = { integrity: null, attack: null, insists: false } as const;

/** Their goal is that the server shows `done`. One takes the chat that is there, the other has a chat of its own. */
const OFFERED = [offered('say-done', null), offered('say-done-anew', { mode: 'plaintext', ...NOBODY_ELSE })];

function offered(name: string, setting: Experiment['setting']): OfferedExperiment {
  return {
    shown: {
      name,
      title: 'Say it',
      setting,
      holds: 'nothing',
      introduction: [],
      question: null as never,
      asked: [],
      choices: [],
      words: [],
      steps: [],
      hints: [],
      guess: null,
      goals: ['The server shows “done”.'],
      see: [],
      explanation: [],
    },
    watch: () => {
      let met = false;
      return {
        see: (event) => {
          met ||= event.type === 'shown' && event.text === 'done';
        },
        judge: () => null,
        get state() {
          return { met, missing: met ? [] : ['The server has not shown “done” yet.'] };
        },
      };
    },
  };
}

export class TestLab {
  readonly out = path.join(temporaryDirectory(), 'lab');
  readonly stage = new Stage({
    program: MAIN,
    command: 'servchat',
    out: this.out,
    conversation: TALK,
    experiments: OFFERED,
    words: [],
  });
  /** The number of the last event that {@link next} returned. */
  #seen = 0;

  constructor() {
    open.add(this);
  }

  do(command: LabCommand): Promise<void> {
    return this.stage.do(command);
  }

  /** Starts a chat, and waits until so many sides are in it. */
  async start(
    setting: Partial<Extract<LabCommand, { do: 'start' }>> & Pick<Extract<LabCommand, { do: 'start' }>, 'mode'>,
    sides = 2,
  ): Promise<void> {
    await this.do({
      do: 'start',
      integrity: null,
      attack: null,
      insists: false,
      elsewhere: null,
      hold: null,
      ...setting,
    });
    await this.chatting(sides);
  }

  async chatting(sides = 2): Promise<void> {
    const states = new Set<string>();
    while (states.size < sides) {
      const { side } = await this.next('seat', ({ state }) => state === 'chatting');
      states.add(side);
    }
  }

  events(): readonly LabEvent[] {
    return [...this.stage.log.after(0)].map(({ json }) => (JSON.parse(json) as Numbered).event);
  }

  all<Type extends LabEvent['type']>(type: Type): readonly Of<Type>[] {
    return this.events().filter((event): event is Of<Type> => event.type === type);
  }

  /** Until this holds of all that has happened. The processes tell of themselves independently, in any order. */
  async until(holds: () => boolean, what: string): Promise<void> {
    while (!holds()) await this.#change(what);
  }

  /** The next event of this type for which `holds`. Those before it are passed over. */
  async next<Type extends LabEvent['type']>(
    type: Type,
    holds: (event: Of<Type>) => boolean = () => true,
  ): Promise<Of<Type>> {
    for (;;) {
      const event = await this.nextOf([type]);
      if (holds(event)) return event;
    }
  }

  /** The next event of one of these types. */
  async nextOf<Type extends LabEvent['type']>(types: readonly Type[]): Promise<Of<Type>> {
    for (;;) {
      for (const { number, json } of this.stage.log.after(this.#seen)) {
        this.#seen = number;
        const { event } = JSON.parse(json) as Numbered;
        if (types.some((type) => type === event.type)) return event as Of<Type>;
      }
      await this.#change(types.join(' or '));
    }
  }

  #change(type: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const stop = this.stage.log.watch(done);
      const timer = setTimeout(() => {
        stop();
        reject(
          new Error(
            `no ${type} for ${PATIENCE_MS / 1000} s; so far:\n${this.events()
              .map((each) => JSON.stringify(each).slice(0, 200))
              .join('\n')}`,
          ),
        );
      }, PATIENCE_MS);
    });
  }
}

const open = new Set<TestLab>();

afterEach(async () => {
  for (const lab of open) await lab.stage.close();
  open.clear();
});
