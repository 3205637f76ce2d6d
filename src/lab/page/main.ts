/**
 * Starts the page. The same program shows a live lab and replays a recorded one: a page that holds its events in
 * `<script type="application/json" id="events">` replays them.
 */
import type { Numbered } from '../events.js';
import type { Experiment } from '../experiments/experiment.js';
import { Lab } from './lab.js';

/** What an element of the page holds as JSON; null if there is no such element. */
function jsonIn(id: string): unknown {
  const text = document.getElementById(id)?.textContent;
  return text === undefined ? null : JSON.parse(text);
}

/** A lab without experiments is still a lab. */
async function experimentsOfTheLab(): Promise<readonly Experiment[]> {
  try {
    const answer = await fetch('experiments');
    return answer.ok ? ((await answer.json()) as readonly Experiment[]) : [];
  } catch {
    return [];
  }
}

const recorded = jsonIn('events') as readonly Numbered[] | null;
const lab = new Lab(recorded);
if (recorded === null) {
  void experimentsOfTheLab().then((experiments) => {
    lab.offer(experiments);
  });
} else {
  lab.offer((jsonIn('experiments') as readonly Experiment[] | null) ?? []);
  lab.begin();
}
