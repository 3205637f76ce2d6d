/** Is it noticed when two messages change places? Both are caught, and the second one is sent on first. */
import { bothWays } from '../disturbing/both-ways.js';
import { CONTROL, noChat, nothingCaught, NUMBER_THEM, outcome } from '../disturbing/saying.js';
import { Scene } from '../disturbing/scene.js';
import { cannotTell, doesNotApply, type Answer, type Evidence } from '../finding.js';
import type { Question } from '../question.js';
import type { Road } from '../seat.js';
import type { Stage } from '../stage.js';

export const REORDER: Question = {
  title: 'messages in the wrong order are noticed',
  does: 'lets two messages change places',
  starts: 1,
  chapter: '06-a-hash-is-not-a-seal',
  ask: (stage) => bothWays(stage, askOn),
};

async function askOn(stage: Stage, road: Road): Promise<Answer> {
  if (stage.facts.manner?.kind === 'turns')
    return doesNotApply('The two sides take turns, so there are never two messages of one side on the way');
  const scene = await Scene.calm(stage);
  if (scene === null) return noChat();
  const first = await scene.caught(undefined, road);
  const second = first === null ? null : await scene.caught(undefined, road);
  if (first === null || second === null) return nothingCaught();
  const since = scene.moment();
  const sentBefore = scene.sent;
  scene.send(second.pieces, road);
  const early = await scene.reaction(second.text, road, since);
  const between = scene.moment();
  scene.send(first.pieces, road);
  const late = await scene.reaction(first.text, road, between);
  const evidence: Evidence = {
    seen: `“${second.text}” came before “${first.text}”: first ${outcome(early, road.to, null)}, then ${outcome(late, road.to, null)}.`,
    run: scene.talk.run,
    frames: [...first.frames, ...second.frames, ...scene.framesSince(sentBefore)],
  };
  const isShown = [early, late].every(({ kind }) => kind === 'same');
  if (isShown && scene.wordSince(since, road) === null) {
    scene.state = 'alive';
    return unnoticed(evidence);
  }
  const isNoticed = [early, late].some(({ kind }) => kind === 'word' || kind === 'left' || kind === 'trace');
  if (isShown || isNoticed)
    return { verdict: 'good', said: 'Messages in the wrong order are noticed', control: CONTROL, evidence: [evidence] };
  return cannotTell(
    'Messages in the wrong order are not shown as they were said, and nobody is told why',
    'A program that says so when it refuses a message',
    [evidence],
  );
}

function unnoticed(evidence: Evidence): Answer {
  return {
    verdict: 'fault',
    said: 'Messages in the wrong order are shown as they come',
    meaning: 'Anyone on the way can put a “yes” behind another question than the one that it answers',
    remedy: NUMBER_THEM,
    control: CONTROL,
    evidence: [evidence],
  };
}
