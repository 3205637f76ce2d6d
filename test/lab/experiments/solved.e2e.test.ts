/** Each experiment that comes with the program, solved with real processes, and not solved by something else. */
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';

import type { LabEvent, Numbered, WirePiece } from '../../../src/lab/events.js';
import type { Side } from '../../../src/protocol/side.js';
import { GoalWatch } from '../../../src/lab/experiments/goal-watch.js';
import { OWN_EXPERIMENTS, readExperiments } from '../../../src/lab/experiments/read-experiments.js';
import { PATIENCE_MS } from '../../patience.js';
import { TestLab } from '../lab-fixture.js';

const EXPERIMENTS = new Map(readExperiments(OWN_EXPERIMENTS).map((each) => [each.shown.name, each]));

type Start = Extract<Parameters<TestLab['do']>[0], { do: 'start' }>;
type Changes = Partial<Start>;

/** Does with the stage what the page does for a learner. */
class Learner {
  readonly #lab = new TestLab();
  readonly #watch: GoalWatch;
  readonly #name: string;
  #seen = 0;

  constructor(name: string) {
    this.#name = name;
    this.#watch = new GoalWatch(EXPERIMENTS.get(name)!.goals);
  }

  get missing(): readonly string[] {
    this.#read();
    return this.#watch.state.missing;
  }

  get events(): readonly LabEvent[] {
    return this.#lab.events();
  }

  /** Begins in the experiment's setting, with these changes. */
  async open(changes: Changes = {}): Promise<void> {
    const { setting, holds } = EXPERIMENTS.get(this.#name)!.shown;
    await this.#lab.chatting();
    this.#seen = this.#lab.stage.log.last;
    await this.again({ ...setting, hold: holds, ...changes });
  }

  async again(changes: Changes): Promise<void> {
    await this.#lab.do({
      do: 'start',
      mode: 'plaintext',
      integrity: null,
      attack: null,
      insists: false,
      elsewhere: null,
      hold: 'nothing',
      ...EXPERIMENTS.get(this.#name)!.shown.setting,
      ...changes,
    });
  }

  async do(command: Parameters<TestLab['do']>[0]): Promise<void> {
    await this.#lab.do(command);
    const declined = this.#lab.all('declined').at(-1);
    if (declined !== undefined) throw new Error(declined.says);
  }

  async chatting(): Promise<void> {
    await this.until(
      () =>
        new Set(this.#lab.all('seat').flatMap(({ side, state }) => (state === 'chatting' ? [side] : []))).size === 2,
    );
  }

  say(side: Side, text: string): Promise<void> {
    return this.do({ do: 'say', side, text });
  }

  shown(side: Side, text: string): Promise<unknown> {
    return this.until(() => this.#lab.all('shown').find((event) => event.side === side && event.text === text));
  }

  complaint(): Promise<unknown> {
    return this.until(() => this.#lab.all('complained')[0]);
  }

  /** The newest piece that came and has this label. */
  async piece(label: RegExp): Promise<WirePiece> {
    return this.until(() => this.#lab.all('came').findLast(({ piece }) => label.test(piece.label))?.piece);
  }

  /** What this side said, as it crossed the wire. */
  messagesFrom(side: Side): readonly WirePiece[] {
    return this.#lab.all('came').flatMap(({ piece }) => (piece.from === side && piece.message !== null ? [piece] : []));
  }

  /** Passes on each of the lines of the handshake, except those that `instead` takes care of. */
  async handshake(instead: Readonly<Record<string, (piece: WirePiece) => Promise<void>>> = {}): Promise<void> {
    for (const label of ['HELLO', 'PUBLIC-KEY', 'SESSION-KEY']) {
      const piece = await this.piece(new RegExp(`^${label}$`));
      await instead[label]?.(piece);
      await this.do({ do: 'pass', piece: piece.id });
    }
  }

  guess(piece: WirePiece, text: string | null): Promise<void> {
    return this.do({ do: 'guess', piece: piece.id, text });
  }

  async until<Found>(find: () => Found | undefined | false): Promise<Found> {
    const { log } = this.#lab.stage;
    let looked = -1;
    const end = Date.now() + PATIENCE_MS;
    while (Date.now() < end) {
      // Everything that is asked here is about events.
      const found = log.last === looked ? undefined : find();
      if (found !== undefined && found !== false) return found;
      looked = log.last;
      await sleep(20);
    }
    throw new Error(
      `it did not happen; so far:\n${this.events.map((event) => JSON.stringify(event).slice(0, 160)).join('\n')}`,
    );
  }

  solved(): Promise<unknown> {
    return this.until(() => this.missing.length === 0);
  }

  #read(): void {
    for (const { number, json } of this.#lab.stage.log.after(this.#seen)) {
      this.#seen = number;
      this.#watch.see((JSON.parse(json) as Numbered).event);
    }
  }
}

/** Reads like the steps of the experiment's file. */
const SOLVED: Readonly<Record<string, (learner: Learner) => Promise<void>>> = {
  'read-a-sentence': async (learner) => {
    await learner.open();
    await learner.chatting();
    await learner.say('client', 'Meet me at noon');
    await learner.shown('server', 'Meet me at noon');
    await learner.until(() =>
      learner.events.some((event) => event.type === 'listener' && event.knows.messages.length === 1),
    );
    expect(learner.missing).toHaveLength(1);
    await learner.say('server', 'Why?');
  },
  'two-messages-in-one-read': async (learner) => {
    await learner.open();
    await learner.chatting();
    await learner.say('client', 'Hi*Yo');
    const { id } = await learner.piece(/^Hi/);
    await learner.do({ do: 'flip', piece: id, of: 'wire', byte: 2, bit: 5 });
    expect(learner.missing).toHaveLength(1);
    await learner.do({ do: 'pass', piece: id });
  },
  'one-message-in-two': async (learner) => {
    await learner.open();
    await learner.chatting();
    await learner.say('client', 'Meet me');
    const first = await learner.piece(/^Meet me$/);
    await learner.do({ do: 'flip', piece: first.id, of: 'wire', byte: 'Meet me'.length, bit: 5 });
    await learner.do({ do: 'pass', piece: first.id });
    await learner.say('client', 'at noon');
    const second = await learner.piece(/^at noon$/);
    expect(learner.missing).toHaveLength(1);
    await learner.do({ do: 'pass', piece: second.id });
    await learner.shown('server', 'Meet me*at noon');
  },
  'find-the-key-exchange': async (learner) => {
    await learner.open();
    await learner.chatting();
    await learner.guess(await learner.piece(/^PUBLIC-KEY$/), null);
    expect(learner.missing).toHaveLength(1);
    await learner.guess(await learner.piece(/^SESSION-KEY$/), null);
  },
  'which-message-is-this': async (learner) => {
    await learner.open();
    await learner.chatting();
    await learner.do({ do: 'play', script: fs.readFileSync('demos/nice-to-meet-you.txt', 'utf8') });
    await learner.until(() => learner.events.some((event) => event.type === 'seat' && event.state === 'over'));
    const messages = learner.messagesFrom('client');
    const long = messages.find(({ length }) => length === 214)!;
    const middle = messages.find(({ length }) => length === 194)!;
    expect(messages.filter(({ length }) => length === 174)).toHaveLength(3);
    await learner.guess(middle, 'I am from cyber security department');
    await learner.guess(middle, 'Nice to Meet you');
    expect(learner.missing).toHaveLength(1);
    await learner.guess(long, 'I am from cyber security department');
  },
  'change-a-word': async (learner) => {
    await learner.open();
    await learner.chatting();
    await learner.say('client', 'Meet me at noon');
    const { id } = await learner.piece(/noon/);
    await learner.do({ do: 'edit-text', piece: id, text: 'Meet me at nine' });
    expect(learner.missing).toHaveLength(1);
    await learner.do({ do: 'pass', piece: id });
    await learner.shown('server', 'Meet me at nine');
  },
  'meet-the-check': async (learner) => {
    await learner.open();
    await learner.chatting();
    await learner.say('client', 'Meet me at noon');
    const { id } = await learner.piece(/^MESSAGE$/);
    await learner.do({ do: 'flip', piece: id, of: 'inside', byte: 30, bit: 0 });
    expect(learner.missing).toHaveLength(1);
    await learner.do({ do: 'pass', piece: id });
  },
  'recompute-the-hash': async (learner) => {
    await learner.open();
    await learner.chatting();
    await learner.say('client', 'Meet me at noon');
    const { id } = await learner.piece(/^MESSAGE$/);
    await learner.do({ do: 'flip', piece: id, of: 'inside', byte: 30, bit: 0 });
    await learner.do({ do: 'rehash', piece: id });
    await learner.do({ do: 'pass', piece: id });
  },
  'send-it-twice': async (learner) => {
    for (const [at, integrity] of (['hmac-sha256', 'hmac-sha256-seq'] as const).entries()) {
      if (at === 0) await learner.open({ integrity });
      else await learner.again({ integrity, hold: 'messages' });
      await learner.chatting();
      await learner.say('client', 'Pay him 10');
      const { id } = await learner.piece(/^MESSAGE$/);
      await learner.do({ do: 'again', piece: id });
      await learner.do({ do: 'pass', piece: id });
      await learner.until(() => learner.missing.length === 1 - at);
    }
  },
  'sit-in-the-middle': async (learner) => {
    await learner.open();
    const swap = { 'PUBLIC-KEY': ({ id }: WirePiece) => learner.do({ do: 'swap-key', piece: id }) };
    await learner.handshake(swap);
    await learner.chatting();
    await learner.say('client', 'Meet me at noon');
    await learner.do({ do: 'pass', piece: (await learner.piece(/^MESSAGE$/)).id });
    await learner.shown('server', 'Meet me at noon');
    await learner.until(() => learner.missing.length === 1);
    await learner.again({ hold: 'everything', insists: true });
    const hello = await learner.piece(/^HELLO$/);
    await learner.do({ do: 'pass', piece: hello.id });
    const key = await learner.piece(/^PUBLIC-KEY$/);
    await learner.do({ do: 'swap-key', piece: key.id });
    await learner.do({ do: 'pass', piece: key.id });
  },
  'record-now-read-later': async (learner) => {
    for (const [at, mode] of (['encrypted', 'tls'] as const).entries()) {
      if (at === 0) await learner.open({ mode });
      else await learner.again({ mode, integrity: null });
      await learner.chatting();
      await learner.say('client', 'Meet me at noon');
      await learner.shown('server', 'Meet me at noon');
      await learner.say('server', 'Why?');
      await learner.shown('client', 'Why?');
      await learner.say('client', 'EXIT');
      await learner.until(() => learner.missing.length === 1 - at);
    }
  },
  'what-tls-shows': async (learner) => {
    await learner.open();
    await learner.chatting();
    await learner.guess(await learner.piece(/ClientHello$/), null);
    expect(learner.missing).toHaveLength(1);
    for (const text of ['Yes', 'Not today']) {
      await learner.say('client', text);
      await learner.shown('server', text);
    }
    const [yes, no] = learner.messagesFrom('client') as [WirePiece, WirePiece];
    expect(no.length - yes.length).toBe('Not today'.length - 'Yes'.length);
    await learner.guess(yes, 'Yes');
    await learner.guess(no, 'Not today');
  },
};

test('each experiment is solved here', () => {
  expect(Object.keys(SOLVED).sort()).toEqual([...EXPERIMENTS.keys()].sort());
});

describe.each(Object.keys(SOLVED))('%s', (name) => {
  test('is solved by its steps', async () => {
    const learner = new Learner(name);
    await SOLVED[name]!(learner);
    await learner.solved();
  });

  test('is not solved by a chat in which nobody does anything else', async () => {
    const learner = new Learner(name);
    await learner.open({ hold: 'nothing' });
    await learner.chatting();
    await learner.say('client', 'Good morning');
    await learner.shown('server', 'Good morning');
    await learner.say('client', 'EXIT');
    await learner.until(() => learner.events.some((event) => event.type === 'seat' && event.state === 'over'));
    await sleep(500);
    expect(learner.missing.length).toBeGreaterThan(0);
  });
});
