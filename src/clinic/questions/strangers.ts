/**
 * What do strangers do to the server? Anybody can connect to it. Afterwards a true client comes and must be served.
 * Those who leave come in turn in one run; only if the client is not served then, each comes alone in a run of its own.
 * The one who says nothing stays while the client comes.
 */
import type net from 'node:net';

import { noChat } from '../disturbing/saying.js';
import { Scene } from '../disturbing/scene.js';
import { sendStranger, type StrangerKind } from '../disturbing/stranger.js';
import { cannotTell, type Answer, type Evidence, type Remedy } from '../finding.js';
import type { Question } from '../question.js';
import { quoted } from '../quoting.js';
import { hasStackTrace } from '../stack-trace.js';
import { StartFailed, type Stage } from '../stage.js';
import type { Talk } from '../talk.js';

/** A server may wait so long for a stranger who says nothing before it takes the next. In milliseconds. */
const SENT_AWAY_MS = 8_000;

const CONTROL = 'without a stranger, the same server showed what its client said';

interface Words {
  /** What the stranger did, for a sentence about the past. */
  readonly did: string;
  readonly title: string;
}

const WORDS: Readonly<Record<StrangerKind, Words>> = {
  garbage: { did: 'sent garbage and left', title: 'after a stranger that sends garbage, the next client is served' },
  half: {
    did: 'sent half a message and left',
    title: 'after a stranger that sends half a message, the next client is served',
  },
  silent: { did: 'stayed and said nothing', title: 'while a stranger says nothing, the next client is served' },
  reset: {
    did: 'reset its connection',
    title: 'after a stranger that resets its connection, the next client is served',
  },
};

export const GARBAGE = questionOf('garbage');
export const HALF = questionOf('half');
export const SILENT = questionOf('silent');
export const RESET = questionOf('reset');

function questionOf(kind: StrangerKind): Question {
  return {
    title: WORDS[kind].title,
    does: `lets a stranger come who ${WORDS[kind].did}, and then a true client`,
    starts: 1,
    chapter: '01-two-programs-talk',
    ask: (stage) => ask(stage, kind),
  };
}

/** A visit of strangers, and what became of the client after it. */
interface Visit {
  readonly isServed: boolean;
  readonly evidence: Evidence;
  /** The server ended, with a stack trace if it showed one. */
  readonly end: 'error' | 'quiet' | null;
}

/** Of each check: what a client sends first, and what came of the visit of all. */
const ALL = new WeakMap<Stage, { readonly firstBytes: Buffer; readonly visit: Visit }>();

async function ask(stage: Stage, kind: StrangerKind): Promise<Answer> {
  const known = ALL.get(stage) ?? (await visitOfAll(stage));
  if (known === null) return noChat();
  ALL.set(stage, known);
  if (known.visit.isServed && kind !== 'silent') return served(known.visit.evidence);
  const alone = await visit(stage, [kind], known.firstBytes);
  if (alone === null) return cannotTell('The server took no connection', 'A server that listens on 127.0.0.1');
  return alone.isServed ? served(alone.evidence) : notServed(kind, alone);
}

async function visitOfAll(stage: Stage): Promise<{ readonly firstBytes: Buffer; readonly visit: Visit } | null> {
  const scene = await Scene.calm(stage);
  const firstBytes = scene?.talk.wire.came.find(({ from, link }) => from === 'client' && link === 0)?.bytes;
  // A client that says nothing before it is spoken to has no first message.
  if (scene === null) return null;
  const all = await visit(stage, ['reset', 'garbage', 'half'], firstBytes ?? Buffer.from('x'));
  return all === null ? null : { firstBytes: firstBytes ?? Buffer.from('x'), visit: all };
}

/** null if the server took no connection from the first stranger. */
async function visit(stage: Stage, kinds: readonly StrangerKind[], firstBytes: Buffer): Promise<Visit | null> {
  const talk = await stage.open({ client: false });
  const sockets: net.Socket[] = [];
  try {
    for (const kind of kinds) {
      if (!talk.isAlive('server')) break;
      const socket = await sendStranger(kind, stage, talk, firstBytes);
      if (socket === null && sockets.length === 0) return null;
      if (socket !== null) sockets.push(socket);
    }
    const isServed = talk.isAlive('server') && (await isNextServed(stage, talk, kinds.includes('silent')));
    return { isServed, ...ofServer(talk, kinds, isServed) };
  } finally {
    for (const socket of sockets) socket.resetAndDestroy();
    await talk.close();
  }
}

async function isNextServed(stage: Stage, talk: Talk, waits: boolean): Promise<boolean> {
  try {
    await stage.nextClient(talk);
  } catch (error) {
    if (error instanceof StartFailed) return false;
    throw error;
  }
  const lost = await talk.firstLost();
  if (lost === null) return true;
  if (!waits || !talk.isAlive('server') || !talk.isAlive('client')) return false;
  // It may be served only when the server has sent the silent one away; what was typed before can be lost.
  const shown = await talk.waitFor(
    () => !talk.isAlive('server') || talk.hasShown(lost.road.to, lost.text) === 'whole',
    SENT_AWAY_MS,
  );
  return (shown && talk.isAlive('server')) || (await talk.firstLost()) === null;
}

function ofServer(talk: Talk, kinds: readonly StrangerKind[], isServed: boolean): Pick<Visit, 'evidence' | 'end'> {
  const isAlive = talk.isAlive('server');
  const end = isAlive ? null : hasStackTrace(talk.program('server').screen.since(0)) ? 'error' : 'quiet';
  const did = kinds.map((kind) => WORDS[kind].did).join(', another ');
  const then = isServed
    ? 'the next client was served'
    : `${isAlive ? 'the next client was not served' : 'the server ended'}; the server showed last: ${quoted(talk.lastLines('server'))}`;
  return { end, evidence: { seen: `A stranger ${did}; then ${then}.`, run: talk.run } };
}

function served(evidence: Evidence): Answer {
  return {
    verdict: 'good',
    said: 'The next client is served all the same',
    control: CONTROL,
    evidence: [evidence],
  };
}

const CAUGHT: Remedy = {
  python: 'Put try and except around all that one client does, inside the loop that calls accept',
  node: 'Listen to “error” of each socket, and put try and catch around what is done with its bytes',
  java: 'Put try and catch around all that one client does, inside the loop that calls accept',
  c: 'When recv or what you make of its bytes fails, close this one socket and go on with accept; exit ends the server for all. Ignore SIGPIPE',
  go: 'Return from the function of this one client when there is an err; panic and log.Fatal end the server for all',
  other: 'Catch each error of one connection, close it, and accept the next',
};

const IN_A_LOOP: Remedy = {
  python: 'Call accept in a loop, give each client a thread of its own, and send away with settimeout who says nothing',
  node: 'Serve each connection for itself, and send away with setTimeout who says nothing',
  java: 'Call accept in a loop, give each client a thread of its own, and set setSoTimeout for who says nothing',
  c: 'Call accept in a loop, serve each client with a thread or with select, and send away with SO_RCVTIMEO who says nothing',
  go: 'Call Accept in a loop, serve each client with go, and send away with SetReadDeadline who says nothing',
  other: 'Call accept in a loop, serve each client for itself, and send away who says nothing for some seconds',
};

function notServed(kind: StrangerKind, { end, evidence }: Visit): Answer {
  const did = `A stranger who ${WORDS[kind].did}`;
  return {
    verdict: 'fault',
    said:
      end === 'error'
        ? `${did} ends the server with an error that nobody catches`
        : end === 'quiet'
          ? `${did} ends the server`
          : `${did} keeps the next client out`,
    meaning: 'Anyone who can reach your server can take it from its users, with one connection and no key',
    remedy: end === 'error' ? CAUGHT : IN_A_LOOP,
    control: CONTROL,
    evidence: [evidence],
  };
}
