/**
 * Starts the page. The same program shows a live lab and replays a recorded one: a page that holds runs in an element
 * `runs` replays them.
 */
import type { RecordedRun } from '../events.js';
import type { Course } from '../experiments/experiment.js';
import { Lab } from './lab.js';

const NO_COURSE: Course = { experiments: [], words: [] };

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
async function courseOfTheLab(): Promise<Course> {
  try {
    const answer = await fetch('course');
    return answer.ok ? ((await answer.json()) as Course) : NO_COURSE;
  } catch {
    return NO_COURSE;
  }
}

async function start(): Promise<void> {
  const packed = textIn('runs');
  if (packed === null) {
    const lab = new Lab(null);
    lab.offer(await courseOfTheLab());
    return;
  }
  const lab = new Lab(await unpacked(packed));
  const course = textIn('course');
  lab.offer(course === null ? NO_COURSE : (JSON.parse(course) as Course));
  lab.begin();
}

start().catch(() => {
  document.body.textContent = 'This page cannot show its runs. It needs a browser of 2023 or later.';
});
