/**
 * Is a message that comes back to its sender refused? It is the first of a chat, so a number or a place in a keystream
 * that does not say who sent it is the right one. In strict turns it comes instead of the answer.
 */
import { bothWays } from '../disturbing/both-ways.js';
import type { Reaction } from '../disturbing/reaction.js';
import { CONTROL, noChat, nothingCaught, outcome } from '../disturbing/saying.js';
import { Scene, type Message } from '../disturbing/scene.js';
import { cannotTell, doesNotApply, type Answer, type Evidence } from '../finding.js';
import type { Question } from '../question.js';
import { WHO } from '../quoting.js';
import type { Road } from '../seat.js';
import type { Stage } from '../stage.js';

export const REFLECT: Question = {
  title: 'a message that comes back to its sender is refused',
  does: 'sends a message back to who sent it',
  starts: 2,
  chapter: '06-a-hash-is-not-a-seal',
  ask: (stage) => bothWays(stage, askOn),
};

async function askOn(stage: Stage, road: Road): Promise<Answer> {
  // What the sender shows of messages of the other one is learnt first.
  const before = await Scene.calm(stage);
  if (before === null) return noChat();
  if (before.back === null)
    return doesNotApply('Only one side is heard: its program shows no messages, so none can be sent back to it');
  const scene = await Scene.fresh(stage);
  const message = await scene.caught(undefined, road);
  if (message === null) return nothingCaught();
  return reflected(scene, message, { from: road.to, to: road.from });
}

async function reflected(scene: Scene, message: Message, back: Road): Promise<Answer> {
  const { text, road, pieces } = message;
  const start = scene.moment();
  scene.send(pieces, road);
  if ((await scene.reaction(text, road, start)).kind !== 'same') return noChat();
  const isInstead = scene.talk.turn !== null;
  if (isInstead && (await scene.caught(undefined, back)) === null) return nothingCaught();
  const since = scene.moment();
  const sentBefore = scene.sent;
  scene.send(pieces, road, 'back');
  const reaction = await scene.reaction(text, back, since);
  const goesOn = reaction.kind === 'nothing' ? await scene.control(back) : null;
  const when = isInstead ? ' instead of an answer' : '';
  const evidence: Evidence = {
    seen: `“${text}” was sent back to ${WHO[road.from]}${when}; ${outcome(reaction, road.from, goesOn)}.`,
    run: scene.talk.run,
    frames: [...message.frames, ...scene.framesSince(sentBefore)],
  };
  if (reaction.kind === 'same') scene.state = 'alive';
  return judged(reaction, goesOn, evidence);
}

function judged(reaction: Reaction, goesOn: boolean | null, evidence: Evidence): Answer {
  if (reaction.kind === 'same' || reaction.kind === 'changed')
    return {
      verdict: 'fault',
      said: 'A message that is sent back is shown to its sender as a message of the other',
      meaning: 'Anyone on the way can answer you with your own words, and you believe that your friend said them',
      remedy: {
        python:
          'Use a key for each direction, made with HKDF, or put “client” or “server” under the check of each message',
        node: 'Use a key for each direction, made with crypto.hkdfSync, or put “client” or “server” under the check with setAAD',
        java: 'Use a key for each direction, or put “client” or “server” under the check with updateAAD',
        go: 'Use a key for each direction, made with HKDF, or give “client” or “server” to Seal and Open as the last argument',
        other: 'Use a key for each direction, or put “client” or “server” under the check of each message',
      },
      control: CONTROL,
      evidence: [evidence],
    };
  if (reaction.kind === 'nothing' && goesOn !== true)
    return cannotTell(
      'After a message that was sent back, nothing more was shown, and nobody was told',
      'A program that says so when it refuses a message, or shows the next one',
      [evidence],
    );
  return {
    verdict: 'good',
    said:
      reaction.kind === 'trace'
        ? 'A message that is sent back is not shown, but an error that nobody catches ends the chat'
        : 'A message that is sent back is not shown to its sender',
    control: CONTROL,
    evidence: [evidence],
  };
}
