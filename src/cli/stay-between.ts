/** `attack --to`: a relay for people who sit at the two ends themselves. */
import path from 'node:path';

import type { Attack } from '../attacker/attack.js';
import { startRelay, type RelayOptions } from '../attacker/relay.js';
import type { Step } from '../attacker/step.js';
import { TapRecorder } from '../capture/tap.js';
import { onInterrupt } from '../endpoints/interrupt.js';
import { framesToCompare, isMerelyPassed, stepLines } from '../faces/attack-steps.js';
import { betweenCaptures } from '../faces/attack-table.js';
import { rememberMade } from '../files/made.js';
import { printable } from '../printable.js';
import { SIDES, type Side } from '../protocol/side.js';
import { fillFolder } from './fill-folder.js';
import { complain, inRows } from './rows.js';
import { look } from './screen.js';

type Learned = Extract<ReturnType<NonNullable<Attack['afterwards']>>[number], { type: 'learn' }>;

interface Place {
  /** The port on which clients are awaited. 0 means any free port. */
  readonly port: number;
  /** The folder for the captures. */
  readonly out: string;
  readonly attackAnotherMachine?: true;
}

/** Returns when the person ends it with Ctrl-C. */
export async function stayBetween(
  chosen: Attack,
  { port, out, attackAnotherMachine }: Place,
  target: RelayOptions['target'],
): Promise<boolean> {
  const file = (side: Side): string => path.join(out, `${chosen.name}.${side}-side.pcap`);
  // An attack that answers in place of the server has no connection to it.
  const captures = { client: file('client'), server: chosen.instead === true ? null : file('server') };
  const taps = {
    client: new TapRecorder(captures.client),
    server: captures.server === null ? null : new TapRecorder(captures.server),
  };
  const account = new Account(chosen, target);
  const relay = await startRelay({
    attack: chosen,
    target,
    port,
    beyondLoopback: attackAnotherMachine === true,
    taps,
    ...account.hooks(() => relay.report),
  });
  await fillFolder(out, (folder) => {
    for (const side of SIDES) folder.vacate(path.basename(file(side)));
    for (const side of SIDES) taps[side]?.begin();
  });
  say(`${chosen.name}: ${chosen.summary}`);
  say(`To see it: ${chosen.toSee}`);
  say(`Clients connect to 127.0.0.1:${relay.port}; Ctrl-C ends it`);
  await new Promise<void>((resolve) => {
    onInterrupt(() => {
      resolve();
    });
  });
  await relay.close();
  for (const side of SIDES) taps[side]?.close();
  for (const each of Object.values(captures)) if (each !== null) rememberMade(each);
  // The terminal has put ^C into the row.
  if (process.stdout.isTTY) process.stdout.write('\n');
  account.end(relay.report);
  process.stdout.write(betweenCaptures(captures, account.toCompare, look()));
  return true;
}

/** What the person is told while two others chat, and at the end. */
class Account {
  readonly #attack: Attack;
  readonly #target: RelayOptions['target'];
  #told = 0;
  #problem: string | null = null;
  #hasActed = false;
  /** The first step after which the two sides have different frames to compare. */
  toCompare: Step | null = null;

  constructor(attack: Attack, target: RelayOptions['target']) {
    this.#attack = attack;
    this.#target = target;
  }

  /** @param report what the relay has seen and done so far. */
  hooks(report: () => Report): Pick<RelayOptions, 'onStep' | 'onEnd' | 'onChange'> {
    return {
      onStep: (step: Step) => {
        process.stdout.write(
          stepLines(step)
            .map((line) => inRows(line))
            .join(''),
        );
        this.#consider(step);
      },
      onEnd: (how) => {
        if (how === 'closed') say('the connection was closed');
        else complain(`one client was turned away: nobody answers at ${this.#target.host}:${this.#target.port}`);
      },
      onChange: () => {
        const { learned, problem } = report();
        this.#tellLearned(learned.slice(this.#told), 'understood');
        this.#told = learned.length;
        if (problem === null || problem === this.#problem) return;
        this.#problem = problem;
        complain(`one connection was ended: ${printable(problem)}`);
      },
    };
  }

  /** Makes the moves of an attack that come after the chat, and says what came of it all. */
  end({ connections, recorded }: Report): void {
    if (connections === 0) {
      say('No client connected.');
      return;
    }
    const { goal, toSee } = this.#attack;
    const moves = this.#attack.afterwards?.(recorded, { privateKey: null });
    if (moves !== undefined) {
      const learned = moves.flatMap((move) => (move.type === 'learn' ? move : []));
      this.#tellLearned(learned, goal === 'guess' ? 'guessed' : 'understood');
      if (learned.length === 0) say('The attacker knows nothing of what was said.');
    }
    if (this.#hasActed) return;
    say('The attacker changed nothing.');
    if (!CHANGES_NOTHING.has(goal)) say(`To see the attack: ${toSee}`);
  }

  #consider(step: Step): void {
    if (isMerelyPassed(step)) return;
    this.#hasActed = true;
    const frames = framesToCompare([{ kind: 'crossed', step }]);
    if (this.toCompare === null && frames.client.length > 0 && frames.server.length > 0) this.toCompare = step;
  }

  #tellLearned(learned: readonly Pick<Learned, 'from' | 'text'>[], how: 'understood' | 'guessed'): void {
    for (const { from, text } of learned) say(`    ${how}, from the ${from}: ${printable(text)}`);
  }
}

type Report = Awaited<ReturnType<typeof startRelay>>['report'];

/** The goals of attacks that never change anything. */
const CHANGES_NOTHING: ReadonlySet<Attack['goal']> = new Set(['nothing', 'read', 'guess']);

function say(line: string): void {
  process.stdout.write(inRows(line));
}
