/**
 * Is a change noticed? A bit is flipped in several places of a message on its way. Where a hash without a key goes
 * along, it is made anew. The chat goes on after it, or must say why not: a program that shows nothing more, and says
 * nothing, has told nobody.
 */
import { bareHashIn, type BareHash } from '../disturbing/bare-hash.js';
import { bothWays } from '../disturbing/both-ways.js';
import { placeAt, placesIn, type Place } from '../disturbing/places.js';
import type { Reaction } from '../disturbing/reaction.js';
import { CONTROL, noChat, nothingCaught, outcome } from '../disturbing/saying.js';
import { Scene, type Message } from '../disturbing/scene.js';
import { cannotTell, type Answer, type Evidence, type Remedy } from '../finding.js';
import type { Question } from '../question.js';
import { capital, WHO } from '../quoting.js';
import type { Road, Seat } from '../seat.js';
import type { Stage } from '../stage.js';

/** How long it may take: where each change ends the chat, each needs a start. In milliseconds. */
const LONGEST_MS = 35_000;
/** So many places must have been refused before we call it good. */
const LEAST_PLACES = 2;
/** Messages after a change. A changed length, or line end, is noticed only when more comes. */
const CONTROLS = 2;
/** Another place may show a changed text, which is worse than an error. */
const MOST_DEATHS = 3;

export const CHANGE: Question = {
  title: 'a changed message is noticed',
  does: 'flips a bit of a message on its way, in several places',
  starts: 2,
  chapter: '06-a-hash-is-not-a-seal',
  ask: (stage) => bothWays(stage, askOn),
};

/** One change, and what came of it. */
interface Trial {
  readonly place: Place;
  readonly reaction: Reaction;
  /** Whether a message after it was shown. null where none was tried. */
  readonly goesOn: boolean | null;
  readonly evidence: Evidence;
}

/** What is changed, and how. */
interface Plan {
  readonly place: Place;
  /** The hash that is made anew, if there is one that has no key. */
  readonly hash: BareHash | null;
}

async function askOn(stage: Stage, road: Road): Promise<Answer> {
  const trials: Trial[] = [];
  // The way back has the same cipher, so a few places show whether its receiver looks.
  const isFirst = road === stage.facts.manner?.roads[0];
  const until = performance.now() + (isFirst ? Math.min(LONGEST_MS, stage.budget.left / 3) : 0);
  for (let index = 0, count = 1; index < count; index += 1) {
    if (trials.length >= LEAST_PLACES && performance.now() > until) break;
    const scene = await Scene.calm(stage);
    if (scene === null) return judged(trials) ?? noChat();
    const message = await scene.caught(undefined, road);
    if (message === null) return judged(trials) ?? nothingCaught();
    const plans = plansFor(message);
    count = plans.length;
    const plan = plans[index];
    if (plan === undefined) break;
    // Where a refused message has ended the chat once, it is not tried again whether it goes on.
    const endsAtWord = trials.some(({ reaction, goesOn }) => reaction.kind === 'word' && goesOn === false);
    const trial = await tried(scene, message, plan, endsAtWord);
    trials.push(trial);
    if (trial.reaction.kind === 'changed') scene.state = 'alive';
    if (trial.reaction.kind === 'changed') return shownChanged(trial, plan);
    if (trials.filter(isDeath).length >= MOST_DEATHS || trials.filter(isSilence).length >= LEAST_PLACES) break;
  }
  return judged(trials) ?? undecided(trials);
}

function plansFor({ pieces, text }: Message): readonly Plan[] {
  const message = Buffer.concat(pieces);
  const plain = placesIn(pieces, text).map((place) => ({ place, hash: null }));
  const hash = bareHashIn(message);
  if (hash === null) return plain;
  const [first, ...rest] = hash.places.map((at) => ({ place: placeAt(message, at), hash }));
  // The hash may leave out the IV, so that is tried before more is tried that it covers.
  return [...(first === undefined ? [] : [first]), ...plain.slice(0, 1), ...rest, ...plain.slice(1)];
}

async function tried(scene: Scene, message: Message, plan: Plan, endsAtWord: boolean): Promise<Trial> {
  const { text, road } = message;
  const flipped = plan.place.change(Buffer.concat(message.pieces));
  const changed = plan.hash?.remade(flipped) ?? flipped;
  const since = scene.moment();
  const sentBefore = scene.sent;
  scene.send(piecesLike(message.pieces, changed), road);
  let reaction = await scene.reaction(text, road, since);
  let goesOn: boolean | null = null;
  if (reaction.kind === 'same') scene.state = 'calm';
  else if (reaction.kind !== 'changed' && !(reaction.kind === 'word' && endsAtWord)) {
    goesOn = await goesOnAfter(scene, road, reaction.kind === 'nothing' ? CONTROLS : 1);
    // What was noticed late counts too.
    if (reaction.kind === 'nothing' && !goesOn) reaction = scene.reactionSoFar(text, road, since);
  }
  const frames = [...message.frames, ...scene.framesSince(sentBefore)];
  const also = plan.hash === null ? '' : `, and its ${plan.hash.name}, which goes along without a key, was made anew`;
  const seen = `${capital(plan.place.name)} of “${text}” was changed on the way to ${WHO[road.to]}${also}; ${outcome(reaction, road.to, goesOn)}.`;
  return { place: plan.place, reaction, goesOn, evidence: { seen, run: scene.talk.run, frames } };
}

/** Whether one of the next messages is shown. Nothing is tried where somebody has left. */
async function goesOnAfter(scene: Scene, road: Road, most: number): Promise<boolean> {
  const seats: readonly Seat[] = [road.from, road.to];
  for (let count = 0; count < most; count += 1) {
    if (seats.some((seat) => !scene.talk.isAlive(seat)) || scene.talk.wire.ends.length > 0) return false;
    if (await scene.control(road)) return true;
  }
  return false;
}

function piecesLike(pieces: readonly Buffer[], whole: Buffer): readonly Buffer[] {
  let at = 0;
  return pieces.map(({ length }) => {
    const piece = whole.subarray(at, at + length);
    at += length;
    return piece;
  });
}

const REMEDY: Remedy = {
  python:
    'Use Fernet, or AESGCM, of the package cryptography: they refuse whatever was changed. With an HMAC of your own, put the IV and the length under it too, and compare with hmac.compare_digest',
  node: 'Use aes-256-gcm and check its tag (setAuthTag), or an HMAC with a key over the IV and the ciphertext, compared with crypto.timingSafeEqual',
  java: 'Use AES/GCM/NoPadding: it refuses whatever was changed. With a Mac of your own, put the IV under it too',
  c: 'Use EVP_aes_256_gcm of OpenSSL, send its tag along, and refuse the message if EVP_DecryptFinal_ex does not return 1',
  go: 'Use cipher.NewGCM: Open returns an error for whatever was changed. With an HMAC of your own, put the IV under it too, and compare with hmac.Equal',
  other: 'Use encryption that checks, such as AES-GCM, or an HMAC with a key over the IV and the ciphertext',
};

function shownChanged({ reaction, evidence }: Trial, { hash }: Plan): Answer {
  const where = reaction.kind === 'changed' ? WHO[reaction.at] : 'the other side';
  return {
    verdict: 'fault',
    said: `A message that was changed on its way is shown at ${where}, and nobody is warned`,
    meaning:
      hash === null
        ? 'Anyone on the way can change what you say to each other, even without reading it'
        : 'A hash without a key finds accidents only: whoever changes the message makes the hash anew',
    remedy: REMEDY,
    control: CONTROL,
    evidence: [evidence],
  };
}

/** It was noticed, by an error that nobody catches. */
function isDeath({ reaction, goesOn }: Trial): boolean {
  return reaction.kind === 'trace' && goesOn === false;
}

/** Nothing was shown of it, and nothing more after it. A changed length can make a program wait without any fault. */
function isSilence({ reaction, goesOn, place }: Trial): boolean {
  return place.isContent && reaction.kind === 'nothing' && goesOn === false;
}

function diesAt(deaths: readonly Trial[]): Answer | null {
  const [{ reaction } = { reaction: null }] = deaths;
  if (reaction?.kind !== 'trace') return null;
  return {
    verdict: 'fault',
    said: `A changed message is noticed, but by an error at ${WHO[reaction.at]} that nobody catches, and the chat is over`,
    meaning: 'Anyone on the way can end your chat with one wrong byte, and the person sees a stack trace and no reason',
    remedy: {
      python: 'Put try and except around the decryption: say that the message was changed, and close the connection',
      node: 'Put try and catch around the decryption: say that the message was changed, and destroy the socket',
      java: 'Put try and catch around the decryption, inside the loop: say that the message was changed, and close the socket',
      c: 'Look at what the functions of the decryption return: say that the message was changed, and close the socket',
      go: 'Look at the err of the decryption in place of panic or log.Fatal: say that the message was changed, and close the connection',
      other: 'Catch the error of the decryption: say that the message was changed, and close the connection',
    },
    control: CONTROL,
    evidence: deaths.map(({ evidence }) => evidence),
  };
}

/** What several trials say together. null: nothing for certain. */
function judged(trials: readonly Trial[]): Answer | null {
  const death = diesAt(trials.filter(isDeath));
  if (death !== null) return death;
  const silent = trials.filter(isSilence);
  if (silent.length >= LEAST_PLACES)
    return {
      verdict: 'fault',
      said: 'After a changed message, no later message is shown, and nobody is told',
      meaning: 'Both people type on, and neither knows that the other hears nothing any more',
      remedy: {
        python:
          'An except that says nothing hides it: print the error there, and close the socket so that the other side ends too',
        java: 'A catch that says nothing hides it: print the error there, and close the socket so that the other side ends too',
        go: 'An err that nobody looks at hides it: print it there, and close the connection so that the other side ends too',
        other: 'Say it where the message is refused, and close the connection so that the other side ends too',
      },
      control: CONTROL,
      evidence: silent.map(({ evidence }) => evidence),
    };
  const refused = trials.filter(({ reaction, goesOn }) => isRefused(reaction, goesOn));
  if (silent.length > 0 || refused.length < LEAST_PLACES) return null;
  const words = refused.filter(({ reaction }) => reaction.kind === 'word').length;
  return {
    verdict: 'good',
    said:
      words > 0
        ? `A changed message is refused: ${refused.length} places were tried`
        : `A changed message is not shown: ${refused.length} places were tried, and nobody says why it is missing`,
    control: CONTROL,
    evidence: trials.map(({ evidence }) => evidence),
  };
}

function isRefused(reaction: Reaction, goesOn: boolean | null): boolean {
  return reaction.kind === 'word' || reaction.kind === 'left' || (goesOn === true && reaction.kind !== 'changed');
}

function undecided(trials: readonly Trial[]): Answer {
  return cannotTell(
    'It cannot be seen whether a changed message is noticed',
    'A program that says so when it refuses a message, or shows the next one',
    trials.map(({ evidence }) => evidence),
  );
}
