/**
 * Starts the page. The same program shows a live lab and replays a recorded one: a page that holds runs in an element
 * `runs` replays them.
 */
import type { RecordedRun } from '../events.js';
import type { Experiment } from '../experiments/experiment.js';
import { Lab } from './lab.js';

/** What an element of the page holds; null if there is no such element. */
function textIn(id: string): string | null {
  return document.getElementById(id)?.textContent ?? null;
}

/** The runs as JSON in gzip (RFC 1952), in base64. */
async function unpacked(base64: string): Promise<readonly RecordedRun[]> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(text).text()) as readonly RecordedRun[];
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

async function start(): Promise<void> {
  const packed = textIn('runs');
  if (packed === null) {
    const lab = new Lab(null);
    lab.offer(await experimentsOfTheLab());
    return;
  }
  const lab = new Lab(await unpacked(packed));
  lab.offer(JSON.parse(textIn('experiments') ?? '[]') as readonly Experiment[]);
  lab.begin();
}

start().catch(() => {
  document.body.textContent = 'This page cannot show its runs. It needs a browser of 2023 or later.';
});
