/** What a check has found out so far about how to drive this pair. Later questions rely on it. */
import type { Manner, Seat } from './seat.js';
import type { Language } from './finding.js';
import type { Guide, Ports, WayIn } from './way-in.js';

export interface Facts {
  way: WayIn;
  /** What led the client to the relay by the way `hook`. null by other ways, and before it was led. */
  guide: Guide | null;
  /** By the way `hook`: whether another program has the server’s port, so that it had to have another one. */
  isMoved: boolean;
  /** Why the programs run in their own folders. null: they run in a copy of them. */
  inPlace: string | null;
  /** Of the newest run. */
  ports: Ports;
  /** null until a message was seen to arrive. Without it, no later question can be answered. */
  manner: Manner | null;
  /**
   * The pause that is needed after each write, in milliseconds; 0 where the pair works without. All later runs have it.
   */
  pauseMs: number;
  /** How long we wait for questions that the rules of the pair answer. 0 once one of them did not come. */
  rulesMs: number;
  /** How long a start took, at most: until both programs were ready. In milliseconds. */
  startMs: number;
  /** How long a sentence took, at most, from the key to the other screen. In milliseconds. */
  slowestMs: number;
  /** What a program shows when the chat can begin, where it is silent for long before. */
  readonly readyLines: Map<Seat, string>;
  /** The programs that turned out to need a terminal as their input. */
  readonly atTerminal: Set<Seat>;
  /** The programs that are at work all the time, so that work says nothing about them. */
  readonly spins: Set<Seat>;
  readonly languages: Map<Seat, Language>;
}

/** In milliseconds. */
const RULES_MS = 5_000;

export function newFacts(way: WayIn): Facts {
  return {
    way,
    guide: null,
    isMoved: false,
    inPlace: null,
    ports: { server: null, relay: 0, proxy: null },
    manner: null,
    pauseMs: 0,
    rulesMs: RULES_MS,
    startMs: 0,
    slowestMs: 0,
    readyLines: new Map(),
    atTerminal: new Set(),
    spins: new Set(),
    languages: new Map(),
  };
}
