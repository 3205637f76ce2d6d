/**
 * The order of turns in encrypted mode, as data: which frames a side accepts in each phase, and the phase that follows.
 * The session accepts no other frame. `../protocol/README.md` has the same table for people.
 *
 * Before the chat, the name of a phase says what the side waits for.
 */
import type { Frame } from '../protocol/frames.js';
import type { Side } from '../protocol/side.js';

export type Phase = 'hello' | 'public key' | 'session key' | 'chat' | 'over';

type Turns = Readonly<Partial<Record<Frame['kind'], Phase>>>;

const CHAT: Turns = { MESSAGE: 'chat', ERROR: 'over' };

export const TURNS: Readonly<Record<Side, Readonly<Partial<Record<Phase, Turns>>>>> = {
  client: {
    'session key': { 'SESSION-KEY': 'chat', ERROR: 'over' },
    chat: CHAT,
  },
  server: {
    hello: { HELLO: 'public key' },
    'public key': { 'PUBLIC-KEY': 'chat', ERROR: 'over' },
    chat: CHAT,
  },
};

/** The phase in which a side receives its first frame. */
export const FIRST_PHASE: Readonly<Record<Side, Phase>> = { client: 'session key', server: 'hello' };

/** The phase after a frame of this kind, or null if the frame is not allowed here. */
export function phaseAfter(side: Side, phase: Phase, kind: Frame['kind']): Phase | null {
  return TURNS[side][phase]?.[kind] ?? null;
}
