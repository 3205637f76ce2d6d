/** The first start of a pair: which way the relay gets in between, and how the two people can speak. */
import { discover, discoverHub, type Discovery } from './manner.js';
import { capital, WHO } from './quoting.js';
import { needsTerminal } from './running/needs-terminal.js';
import type { Ended } from './running/program.js';
import type { Manner, Seat } from './seat.js';
import { lettersIn } from './shown.js';
import { LATE_MS, StartFailed, type Stage } from './stage.js';
import type { Talk } from './talk.js';
import { waysIn } from './way-in.js';

export interface Look extends Discovery {
  readonly run: number;
  /** Of each program, what became of it. */
  readonly ends: readonly string[];
  /** The programs that ended by themselves. */
  readonly ended: readonly { readonly seat: Seat; readonly how: Ended; readonly screen: string }[];
}

/** Whether both can speak. */
export function isComplete(manner: Manner | null): boolean {
  return roadsIn(manner) === 2;
}

export function roadsIn(manner: Manner | null): number {
  return manner?.roads.length ?? 0;
}

/**
 * One start to see who can speak to whom; and a second one with two clients, if the first shows too little. What the
 * pair says of itself comes first.
 *
 * @throws StartFailed, OutOfTime
 */
export async function firstLook(stage: Stage, pauseMs: number): Promise<Look> {
  const { manner } = stage.pair;
  if (manner === 'hub')
    return asToldBy(stage, await looked(stage, await openByAnyWay(stage, pauseMs, true), discoverHub));
  const alone = await looked(stage, await openByAnyWay(stage, pauseMs, false), discover);
  if (manner !== null || isComplete(alone.manner)) return asToldBy(stage, alone);
  const hub = await lookedAtHub(stage, pauseMs);
  return hub !== null && roadsIn(hub.manner) >= Math.max(1, roadsIn(alone.manner)) ? hub : alone;
}

function asToldBy({ pair }: Stage, look: Look): Look {
  if (look.manner === null || pair.manner === null) return look;
  const first = pair.first ?? look.manner.first;
  return { ...look, manner: { ...look.manner, kind: pair.manner, first } };
}

/** A server that takes only one client lets the second one wait for ever. Then it is not a hub. */
async function lookedAtHub(stage: Stage, pauseMs: number): Promise<Look | null> {
  try {
    return await looked(stage, await stage.open({ second: true, pauseMs }), discoverHub);
  } catch (error) {
    if (error instanceof StartFailed) return null;
    throw error;
  }
}

async function looked(stage: Stage, talk: Talk, how: (talk: Talk) => Promise<Discovery>): Promise<Look> {
  try {
    const first = await how(talk);
    // Where what is typed crosses the wire, the program has read it: waiting would change nothing.
    const isDeaf = first.manner === null && first.said.every(({ chunks }) => chunks.length === 0);
    const found = isDeaf && (await becameReady(stage, talk)) ? await how(talk) : first;
    const ends = talk.seats.map((seat) => `${capital(WHO[seat])} ${talk.stateOf(seat)}`);
    const ended = talk.seats.flatMap((seat) => {
      const { ended: itsEnd, screen } = talk.program(seat);
      return itsEnd === null ? [] : [{ seat, how: itsEnd, screen: screen.since(0) }];
    });
    return { ...found, run: talk.run, ends, ended };
  } finally {
    await talk.close();
  }
}

/** What the programs need may lie where the copy of their folder does not reach: then they run where they are. */
async function openInCopy(stage: Stage, pauseMs: number, second: boolean): Promise<Talk> {
  try {
    return await opened(stage, pauseMs, second);
  } catch (error) {
    if (!(error instanceof StartFailed) || error.ended === null) throw error;
    if (!stage.leaveCopy('in a copy of their folder they did not start')) throw error;
    try {
      return await opened(stage, pauseMs, second);
    } catch (another) {
      throw another instanceof StartFailed ? error : another;
    }
  }
}

/**
 * Nothing that was typed was shown. Perhaps it was too early: a program can be silent before the chat, and seem to
 * wait. Then it shows something later, and that is waited for from now on.
 *
 * @throws OutOfTime
 */
async function becameReady({ facts }: Stage, talk: Talk): Promise<boolean> {
  const marks = talk.marks();
  const isAlive = (): boolean => talk.seats.every((seat) => talk.isAlive(seat));
  const hasMore = (): boolean => talk.seats.some((seat) => talk.program(seat).screen.bytes > (marks.get(seat) ?? 0));
  if (!isAlive() || !(await talk.waitFor(() => hasMore() || !isAlive(), LATE_MS)) || !isAlive()) return false;
  await talk.settle();
  for (const [seat, shown] of talk.screensSince(marks)) {
    const line = shown.split('\n').find((each) => lettersIn(each) >= LEAST_LETTERS);
    if (line !== undefined) facts.readyLines.set(seat, line);
  }
  return facts.readyLines.size > 0;
}

/** So many letters say something. */
const LEAST_LETTERS = 8;

/** Starts the pair, by the first way in that leads the client to the relay. @throws StartFailed of the first way. */
async function openByAnyWay(stage: Stage, pauseMs: number, second: boolean): Promise<Talk> {
  let first: unknown = null;
  const ways = waysIn(stage.pair);
  for (const way of ways.slice(ways.indexOf(stage.facts.way))) {
    stage.use(way);
    try {
      return await openInCopy(stage, pauseMs, second);
    } catch (error) {
      // If the server does not start, another way for the client helps nobody.
      if (!(error instanceof StartFailed) || error.seat === 'server') throw first ?? error;
      first ??= error;
    }
  }
  throw first;
}

/** A program that says that it needs a terminal gets one. @throws StartFailed */
async function opened(stage: Stage, pauseMs: number, second: boolean): Promise<Talk> {
  for (;;) {
    try {
      return await stage.open({ pauseMs, second });
    } catch (error) {
      const { atTerminal } = stage.facts;
      if (!(error instanceof StartFailed) || stage.terminal !== 'python') throw error;
      if (atTerminal.has(error.seat) || !needsTerminal(error.screen)) throw error;
      atTerminal.add(error.seat);
    }
  }
}
