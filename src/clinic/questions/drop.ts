/** Is it noticed when a message is missing? One is kept back for good, and the next one passes. */
import { bothWays } from '../disturbing/both-ways.js';
import { CONTROL, noChat, nothingCaught, NUMBER_THEM, outcome } from '../disturbing/saying.js';
import { Scene } from '../disturbing/scene.js';
import { cannotTell, type Answer, type Evidence } from '../finding.js';
import type { Question } from '../question.js';
import { quoted, WHO } from '../quoting.js';
import type { Road } from '../seat.js';
import type { Stage } from '../stage.js';

export const DROP: Question = {
  title: 'a missing message is noticed',
  does: 'keeps a message back for good, and lets the next one pass',
  starts: 1,
  chapter: '06-a-hash-is-not-a-seal',
  ask: (stage) => bothWays(stage, askOn),
};

async function askOn(stage: Stage, road: Road): Promise<Answer> {
  if (stage.facts.manner?.kind === 'turns')
    return cannotTell(
      'The two sides speak in turns: after a lost message, both wait for each other',
      'A chat in which one side may speak twice',
    );
  const scene = await Scene.calm(stage);
  if (scene === null) return noChat();
  const since = scene.moment();
  const lost = await scene.caught(undefined, road);
  if (lost === null) return nothingCaught();
  const { text } = lost;
  const next = await scene.saidUndisturbed(road, false);
  const reaction = scene.reactionSoFar(text, road, since);
  const seen = (what: string): Evidence => ({
    seen: `“${text}” was kept back; ${what}.`,
    run: scene.talk.run,
    frames: lost.frames,
  });
  if (next !== null && reaction.kind === 'nothing')
    return unnoticed(seen(`${WHO[road.to]} showed the next one, ${quoted(next)}, and said nothing of it`));
  if (reaction.kind === 'same')
    return cannotTell('A message was shown though it was kept back', 'One way between the programs, through the relay');
  if (reaction.kind === 'changed' || reaction.kind === 'nothing')
    return cannotTell(
      'After a missing message, the next one is not shown as it was said, and nobody is told why',
      'A program that says so when a message is missing',
      [seen(outcome(reaction, road.to, false))],
    );
  return {
    verdict: 'good',
    said: 'A missing message is noticed when the next one comes',
    control: CONTROL,
    evidence: [seen(`when the next one came, ${outcome(reaction, road.to, null)}`)],
  };
}

function unnoticed(evidence: Evidence): Answer {
  return {
    verdict: 'fault',
    said: 'Nobody notices that a message is missing',
    meaning: 'Anyone on the way can leave out the one message that matters, and both people believe that all was said',
    remedy: NUMBER_THEM,
    control: CONTROL,
    evidence: [evidence],
  };
}
