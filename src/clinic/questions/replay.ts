/**
 * Is a message that comes again refused? It is sent once more when the receiver reads again. In strict turns, it comes
 * instead of the next message, because only then does anybody read.
 */
import { bothWays } from '../disturbing/both-ways.js';
import { CONTROL, noChat, nothingCaught, NUMBER_THEM, outcome } from '../disturbing/saying.js';
import { Scene } from '../disturbing/scene.js';
import { cannotTell, type Answer, type Evidence } from '../finding.js';
import type { Question } from '../question.js';
import { WHO } from '../quoting.js';
import type { Road } from '../seat.js';
import type { Stage } from '../stage.js';

export const REPLAY: Question = {
  title: 'a message that comes twice is shown once',
  does: 'sends a message a second time',
  starts: 1,
  chapter: '06-a-hash-is-not-a-seal',
  ask: (stage) => bothWays(stage, askOn),
};

async function askOn(stage: Stage, road: Road): Promise<Answer> {
  const scene = await Scene.calm(stage);
  if (scene === null) return noChat();
  const message = await scene.caught(undefined, road);
  if (message === null) return nothingCaught();
  const { text, pieces } = message;
  const before = scene.moment();
  scene.send(pieces, road);
  if ((await scene.reaction(text, road, before)).kind !== 'same') return noChat();
  const isInstead = scene.talk.turn !== null;
  if (isInstead && (await scene.caught(undefined, road)) === null) return nothingCaught();
  const since = scene.moment();
  const sentBefore = scene.sent;
  scene.send(pieces, road);
  const reaction = await scene.reaction(text, road, since);
  const goesOn = reaction.kind === 'nothing' ? await scene.control(road) : null;
  const when = isInstead ? ' instead of the next one' : '';
  const evidence: Evidence = {
    seen: `“${text}” came to ${WHO[road.to]} a second time${when}; ${outcome(reaction, road.to, goesOn)}.`,
    run: scene.talk.run,
    frames: [...message.frames, ...scene.framesSince(sentBefore)],
  };
  if (reaction.kind === 'same' || reaction.kind === 'changed') {
    scene.state = 'alive';
    return shownAgain(evidence, reaction.kind === 'changed');
  }
  if (reaction.kind === 'nothing' && goesOn !== true)
    return cannotTell(
      'After a message that came twice, nothing more was shown, and nobody was told',
      'A program that says so when it refuses a message, or shows the next one',
      [evidence],
    );
  return {
    verdict: 'good',
    said:
      reaction.kind === 'trace'
        ? 'A message that comes twice is not shown again, but an error that nobody catches ends the chat'
        : 'A message that comes twice is not shown again',
    control: CONTROL,
    evidence: [evidence],
  };
}

function shownAgain(evidence: Evidence, isNonsense: boolean): Answer {
  return {
    verdict: 'fault',
    said: isNonsense
      ? 'A message that comes twice is taken for a new one, and shown as another text'
      : 'A message that comes twice is shown twice',
    meaning: 'Anyone on the way can keep “yes, pay him” and send it again tomorrow, without a key',
    remedy: NUMBER_THEM,
    control: CONTROL,
    evidence: [evidence],
  };
}
