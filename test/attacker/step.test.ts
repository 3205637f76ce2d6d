/** The description of a step, and its lines while an attack runs. */
import { expect, test } from '@jest/globals';

import type { Move, Piece } from '../../src/attacker/attack.js';
import { ATTACKS } from '../../src/attacker/attacks.js';
import { StepRecorder, type Crossing, type Step } from '../../src/attacker/step.js';
import { framesToCompare, ladderLines, stepLines } from '../../src/faces/attack-steps.js';
import { cut } from './frames.js';

const CHAT = cut(['client', 'one'], ['server', 'yes'], ['client', 'two'], ['client', 'three']);
const WIRE = { play: () => undefined, fail: () => undefined };

function stepsOf(name: string, pieces: readonly Piece[] = CHAT): Step[] {
  const recorder = new StepRecorder();
  const handler = ATTACKS.find((each) => each.name === name)!.start(WIRE);
  const numbered = (move: Move, at: number) => ({ move, frame: at + 1 });
  return pieces.map((piece, at) => recorder.step(piece, at + 1, handler(piece).map(numbered)));
}

test.each([
  ['nothing', ['passed on', 'passed on', 'passed on', 'passed on']],
  ['flip', ['changed', 'passed on', 'passed on', 'passed on']],
  ['replay', ['passed on', 'passed on', 'passed on, sent again', 'passed on']],
  ['drop', ['passed on', 'passed on', '', 'passed on']],
  ['reorder', ['passed on', 'passed on', '', 'passed on, sent late']],
  ['reflect', ['passed on, sent back', 'passed on', 'passed on', 'passed on']],
  ['inject', ['passed on, added', 'passed on', 'passed on', 'passed on']],
  ['truncate', ['passed on', 'passed on', 'passed on', 'cut']],
])('%s', (name, expected) => {
  expect(stepsOf(name).map((step) => (step.cut ? 'cut' : step.sent.map(({ deed }) => deed).join(', ')))).toEqual(
    expected,
  );
});

test('while an attack runs: each piece with its direction, and what the attack did with it', () => {
  expect(stepsOf('reflect').slice(0, 1).flatMap(stepLines)).toEqual([
    'from the client: one, frame 1',
    '    passed on, to the server, frame 1',
    '    sent back, to the client: one, frame 2',
  ]);
  expect(stepsOf('drop').slice(2, 3).flatMap(stepLines)).toEqual([
    'from the client: two, frame 3',
    '    not passed on',
  ]);
});

test('a ladder of hostile text contains no escape code and fits a narrow terminal', () => {
  const hostile = cut(['client', `\x1b[31mred\u202e ${'long '.repeat(400)}`], ['client', 'x'.repeat(5000)]);
  for (const width of [60, 80, 120]) {
    const lines = ladderLines(
      stepsOf('nothing', hostile).map((step) => ({ kind: 'crossed', step })),
      { width, colour: false },
    );
    // eslint-disable-next-line no-control-regex -- the output may contain none
    expect(lines.join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  }
  expect(stepsOf('nothing', hostile).flatMap(stepLines).join('')).not.toContain('\x1b');
});

test('a token with one flipped bit is shown at the place where it differs', () => {
  const token = `gAAAAA${'a'.repeat(60)}b${'a'.repeat(60)}`;
  const crossing = (text: string, side: 'client' | 'server'): Crossing => {
    return { side, what: { kind: 'line', text: `MESSAGE ${text}` }, isMessage: true, frame: 4 };
  };
  const step: Step = {
    came: crossing(token, 'client'),
    sent: [{ ...crossing(token.replace('b', 'c'), 'server'), deed: 'changed' }],
    cut: false,
  };
  const [came = '', changed = ''] = stepLines(step);
  expect(came).toContain('aaaabaaaaa');
  expect(changed).toContain('aaaacaaaaa');
  const rows = ladderLines([{ kind: 'crossed', step }], { width: 80, colour: false }).join('\n');
  expect(rows).toContain('aaaabaaaaa');
  expect(rows).toContain('aaaacaaaaa');
});

test('reflect: the frames to compare are what came and what was sent back, and what went on', () => {
  const [reflected] = stepsOf('reflect');
  expect(framesToCompare([{ kind: 'crossed', step: reflected! }])).toEqual({ client: [1, 2], server: [1] });
});
