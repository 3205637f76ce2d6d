/** A check that nobody made, in which each text from outside is one text. */
import type { Check } from '../../src/clinic/check.js';
import { newFacts } from '../../src/clinic/facts.js';
import { cannotTell, doesNotApply, type Finding } from '../../src/clinic/finding.js';
import { describedPair } from '../../src/clinic/pair.js';
import { quoted } from '../../src/clinic/quoting.js';
import { conversationOf } from '../eavesdropper/chats.js';
import { pcapOf } from '../eavesdropper/wire.js';

/** Frames 1 to 3 open the connection. Frame 4 carries `text`, frame 5 a zero byte and “Bye”. */
export function madeCheck(text: string): Check {
  const capture = pcapOf(
    conversationOf([
      { side: 'client', bytes: Buffer.from(text) },
      { side: 'server', bytes: '\0Bye' },
    ]),
  );
  const findings: Finding[] = [
    {
      question: 'works',
      took: 1,
      verdict: 'good',
      said: `It worked, and showed ${quoted(text)}`,
      control: 'it was looked for',
      evidence: [],
    },
    { question: 'ends', took: 1, ...cannotTell(`It showed ${quoted(text)}`, 'More time', [{ seen: `Last: ${text}` }]) },
    {
      question: 'together',
      took: 1,
      verdict: 'fault',
      said: `Two became one: ${text}`,
      evidence: [{ seen: `The server showed ${text}.`, run: 3, frames: [4] }],
      control: 'alone, each was shown',
      meaning: `Whoever says ${text} is misunderstood`,
      remedy: { other: 'Send the length first' },
    },
    { question: 'reflect', took: 1, ...doesNotApply(`Only one is heard: ${text}`, [{ seen: `It showed ${text}.` }]) },
  ];
  return {
    pair: pairOf(`python3 ${text}`),
    facts: newFacts('hook'),
    terminal: 'none',
    findings,
    runs: [{ run: 3, captures: { client: capture, server: capture } }],
    tookMs: 12_000,
  };
}

/** The command of the server is not run, so anything can stand in it. */
function pairOf(command: string): Check['pair'] {
  const pair = describedPair({ server: { command: 'python3 a.py' }, client: { command: 'python3 b.py' } }, '/');
  return { ...pair, parts: { ...pair.parts, server: { ...pair.parts.server, command } } };
}
