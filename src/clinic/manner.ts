/**
 * Finds out how the two people of a pair can speak, by trying. A sentence is typed at one program, and we look where it
 * is shown.
 */
import type { Manner, Road, Seat } from './seat.js';
import type { Said, Talk } from './talk.js';

const TO_SERVER: Road = { from: 'client', to: 'server' };
const TO_CLIENT: Road = { from: 'server', to: 'client' };

/** What was tried. `manner` is null where nothing that was said was shown anywhere else. */
export interface Discovery {
  readonly manner: Manner | null;
  /** In order. */
  readonly said: readonly Said[];
}

/** Tries a pair of a server and one client. @throws OutOfTime */
export async function discover(talk: Talk): Promise<Discovery> {
  const first = await talk.say('client', undefined, ['server']);
  const isHeard = first.shown.server !== 'not';
  const answer = await talk.say('server', undefined, ['client']);
  const said = [first, answer];
  if (answer.shown.client === 'not') {
    return { manner: isHeard ? { kind: 'one way', first: 'client', roads: [TO_SERVER] } : null, said };
  }
  if (!isHeard) return whenServerSpeaksFirst(talk, said);
  const again = await talk.say('client', undefined, ['server']);
  const oncemore = await talk.say('client', undefined, ['server']);
  const kind = oncemore.shown.server === 'not' && again.shown.server !== 'not' ? 'turns' : 'free';
  return { manner: { kind, first: 'client', roads: [TO_SERVER, TO_CLIENT] }, said: [...said, again, oncemore] };
}

/**
 * The client’s first sentence was not shown before the server had spoken. In strict turns, it is shown now: the client
 * reads its input only when it is its turn.
 */
async function whenServerSpeaksFirst(talk: Talk, said: readonly Said[]): Promise<Discovery> {
  const [first, answer] = said;
  await talk.settle();
  const late = first !== undefined && answer !== undefined && wasShownLater(talk, first, 'server');
  if (late) return { manner: { kind: 'turns', first: 'server', roads: [TO_CLIENT, TO_SERVER] }, said };
  const again = await talk.say('client', undefined, ['server']);
  const more = [...said, again];
  if (again.shown.server !== 'not')
    return { manner: { kind: 'free', first: 'client', roads: [TO_SERVER, TO_CLIENT] }, said: more };
  return { manner: { kind: 'one way', first: 'server', roads: [TO_CLIENT] }, said: more };
}

function wasShownLater(talk: Talk, said: Said, at: Seat): boolean {
  return talk.hasShown(at, said.text) !== 'not';
}

/** Tries a hub: a server that passes on what one client says to the others. @throws OutOfTime */
export async function discoverHub(talk: Talk): Promise<Discovery> {
  const there = await talk.say('client', undefined, ['second']);
  const back = await talk.say('second', undefined, ['client']);
  const roads: Road[] = [];
  if (there.shown.second !== 'not') roads.push({ from: 'client', to: 'second' });
  if (back.shown.client !== 'not') roads.push({ from: 'second', to: 'client' });
  const [road] = roads;
  return { manner: road === undefined ? null : { kind: 'hub', first: road.from, roads }, said: [there, back] };
}
