/**
 * Every cell of the matrix comes from a real run: two servchat processes with the relay between them. This file says
 * which outcome to expect. `judge.ts` knows nothing of it: it looks only at what the processes showed.
 */
import fs from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { ATTACKS } from '../../src/attacker/attacks.js';
import { SETTINGS, type Cell, type Matrix } from '../../src/attacker/matrix.js';
import { everyRun, runMatrix } from '../../src/demo/attack-matrix.js';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { outcomeLines } from '../../src/faces/attack-words.js';
import { tsharkFields } from '../packets/tshark.js';
import { MAIN, temporaryDirectory } from '../servchat-process.js';
import { describeWithTool } from '../tools.js';

/** The cells as the matrix prints them, in the order of SETTINGS. `=` repeats the cell to its left. */
const EXPECTED: Readonly<Record<string, string>> = {
  nothing: 'passes | = | = | = | = | = | =',
  listen: 'reads 6 of 6 | reads nothing | = | = | = | = | =',
  modify: 'works | refused check | = | = | = | refused TLS | =',
  flip: 'works | refused check | = | = | = | refused TLS | =',
  rehash: '– | refused Fernet | refused check | = | = | – | =',
  replay: 'works | = | = | refused number | = | refused TLS | =',
  drop: 'works | = | = | refused number | = | refused TLS | =',
  reorder: 'works | = | = | refused number | = | refused TLS | =',
  reflect: 'works | = | = | refused number | = | refused TLS | =',
  truncate: 'works | noticed no EXIT | = | = | = | noticed TLS | =',
  inject: 'works | refused Fernet | refused check | = | = | refused TLS | =',
  'key-swap': '– | works 6 of 6 | = | = | refused key | works 6 of 6 | refused key',
  'fake-server': 'works 4 of 4 | = | = | = | = | = | refused key',
  downgrade: '– | – | refused list | = | = | refused TLS | =',
  'downgrade-one-way': '– | – | works | = | = | – | =',
  'record-now-read-later': 'reads 6 of 6 | = | = | = | = | reads nothing | =',
  'guess-by-length': 'guesses 6 of 6 | guesses 1 of 6 | = | = | = | guesses 6 of 6 | =',
};

let matrix: Matrix;
beforeAll(async () => {
  matrix = await runMatrix({
    program: MAIN,
    runs: everyRun(ATTACKS, SETTINGS),
    directory: temporaryDirectory(),
    atOnce: 3,
  });
}, 600_000);

const cell = (attack: string, setting: string): Cell =>
  matrix.cells.find((each) => each.attack === attack && each.setting.name === setting)!;

test('every attack has an expectation here and its own file', () => {
  expect(Object.keys(EXPECTED)).toEqual(ATTACKS.map(({ name }) => name));
  const files = fs.readdirSync(path.resolve('src/attacker/attacks')).map((file) => file.replace(/\.ts$/, ''));
  expect(files.sort()).toEqual(ATTACKS.map(({ name }) => name).sort());
});

describe.each(ATTACKS.map(({ name }) => name))('%s', (attack) => {
  const expected: string[] = [];
  for (const words of (EXPECTED[attack] ?? '').split(' | ')) expected.push(words === '=' ? expected.at(-1)! : words);

  test.each(SETTINGS.map(({ name }, at) => [name, expected[at]] as const))('%s: %s', (setting, words) => {
    const { outcome, seats, known } = cell(attack, setting);
    const came = outcomeLines({ outcome, known }).join(' ');
    // `outcome` and `seats` are compared with themselves, so that a failure prints them.
    expect({ came, outcome, seats }).toEqual({ came: words, outcome, seats });
  });
});

describe('the control', () => {
  test.each(SETTINGS.map(({ name }) => name))('lets the chat through: %s', (setting) => {
    const { seats } = cell('nothing', setting);
    expect(seats).toEqual({
      client: { heard: ['Yes', 'Agreed'], left: true, problems: [], complaint: '', status: 0 },
      server: {
        heard: ['Meet me at noon', 'Bring the papers', 'Tell nobody'],
        left: true,
        problems: [],
        complaint: '',
        status: 0,
      },
    });
  });
});

describe('what the two sides were shown', () => {
  test.each([
    ['modify', 'plaintext', 'server', ['Beat me at noon', 'Bring the papers', 'Tell nobody']],
    ['key-swap', 'encrypted-hmac-sha256-seq', 'server', ['Beat me at noon', 'Bring the papers', 'Tell nobody']],
    ['key-swap', 'tls', 'server', ['Beat me at noon', 'Bring the papers', 'Tell nobody']],
    [
      'replay',
      'encrypted-hmac-sha256',
      'server',
      ['Meet me at noon', 'Bring the papers', 'Bring the papers', 'Tell nobody'],
    ],
    [
      'downgrade-one-way',
      'encrypted-hmac-sha256-seq',
      'server',
      ['Meet me at noon', 'Bring the papers', 'Bring the papers', 'Tell nobody'],
    ],
    ['downgrade-one-way', 'encrypted-fingerprint', 'client', []],
    ['drop', 'encrypted-sha256', 'server', ['Meet me at noon', 'Tell nobody']],
    ['reorder', 'encrypted-sha256', 'server', ['Meet me at noon', 'Tell nobody', 'Bring the papers']],
    ['reflect', 'encrypted-hmac-sha256', 'client', ['Meet me at noon', 'Yes', 'Agreed']],
    ['inject', 'plaintext', 'server', ['Meet me at noon', 'Come alone', 'Bring the papers', 'Tell nobody']],
    ['fake-server', 'encrypted-fingerprint', 'client', ['Of course', 'Of course', 'Of course']],
    ['rehash', 'encrypted-sha256', 'server', []],
    ['modify', 'tls', 'server', []],
  ] as const)('%s, %s: the %s', (attack, setting, side, heard) => {
    expect(cell(attack, setting).seats[side].heard).toEqual(heard);
  });
});

describeWithTool('tshark', 'the timeline', () => {
  const payloadsOf = (file: string): Map<number, string> =>
    new Map(
      tsharkFields(file, ['frame.number', 'tcp.payload']).map(([frame, payload]) => [
        Number(frame),
        Buffer.from(payload ?? '', 'hex').toString(),
      ]),
    );

  test.each([
    ['modify', 'plaintext'],
    ['replay', 'encrypted-hmac-sha256-seq'],
    ['key-swap', 'encrypted-sha256'],
    ['reorder', 'encrypted-hmac-sha256'],
  ])('%s, %s: what crossed stands in the frames that are told', (attack, setting) => {
    const { timeline, captures } = cell(attack, setting);
    const payloads = { client: payloadsOf(captures.client), server: payloadsOf(captures.server!) };
    const crossings = timeline.flatMap((moment) =>
      moment.kind === 'crossed' ? [...(moment.step.came === null ? [] : [moment.step.came]), ...moment.step.sent] : [],
    );
    expect(crossings.length).toBeGreaterThan(8);
    for (const { side, frame, what } of crossings)
      expect(payloads[side].get(frame!)).toContain(what.kind === 'line' ? what.text : '?');
  });

  test('is listed in the order of time: typed, changed on the way, shown', () => {
    const words = cell('modify', 'plaintext').timeline.map((moment) =>
      moment.kind === 'crossed'
        ? moment.step.sent.map(({ deed }) => deed).join()
        : `${moment.side} ${moment.kind} ${moment.text}`,
    );
    expect(words.slice(0, 6)).toEqual([
      'client typed Meet me at noon',
      'changed',
      'server shown Beat me at noon',
      'server typed Yes',
      'passed on',
      'client shown Yes',
    ]);
  });
});

test('each run has a capture from each side of the relay, and the two differ only by what the attack did', async () => {
  for (const { captures } of matrix.cells) {
    expect(fs.statSync(captures.client).size).toBeGreaterThan(24);
    if (captures.server !== null) expect(fs.statSync(captures.server).size).toBeGreaterThan(24);
  }
  const { captures } = cell('modify', 'plaintext');
  const texts = async (file: string): Promise<(string | null)[]> => {
    const { findings } = await inspectCapture(file);
    return findings.conversations[0]!.messages.map((message) => (message.kind === 'readable' ? message.text : null));
  };
  expect((await texts(captures.client))[0]).toBe('Meet me at noon');
  expect((await texts(captures.server!))[0]).toBe('Beat me at noon');
});
