/**
 * `lessons/sample/attacks.html` holds each attack in each setting, as the lab shows it. `npm run sample` makes it.
 */
import fs from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { expect, test } from '@jest/globals';

import { ATTACKS } from '../../src/attacker/attacks.js';
import { SETTINGS } from '../../src/attacker/matrix.js';
import { CONVERSATION } from '../../src/demo/attack-run.js';
import { settingPhrase } from '../../src/faces/attack-words.js';
import type { LabEvent, RecordedRun } from '../../src/lab/events.js';
import { TestLab } from './lab-fixture.js';

const PAGE = fs.readFileSync('lessons/sample/attacks.html', 'utf8');
const [, packed] = /<script type="application\/gzip" id="runs">(.*?)<\/script>/s.exec(PAGE) ?? [];
const RUNS = JSON.parse(gunzipSync(Buffer.from(packed!, 'base64')).toString()) as readonly RecordedRun[];
const attacks = ATTACKS.filter(({ goal }) => goal !== 'nothing');

const runOf = (attack: string, setting: string): readonly LabEvent[] =>
  RUNS.find(({ title, heading }) => heading.startsWith(`${attack}: `) && title === setting)!.events.map(
    ({ event }) => event,
  );

test('its size is one that a school’s server takes, and it loads nothing', () => {
  expect(Buffer.byteLength(PAGE)).toBeLessThan(1_500_000);
  expect(PAGE).not.toMatch(/(?:src|href)="(?!data:)/);
});

test('each attack in each setting is there, once, with what came of it', () => {
  expect(attacks.length).toBe(16);
  const wanted = attacks.flatMap(({ name, summary }) =>
    SETTINGS.map((setting) => [`${name}: ${summary}`, settingPhrase(setting)]),
  );
  expect(RUNS.map(({ heading, title }) => [heading, title])).toEqual(wanted);
  for (const { events, heading, title } of RUNS) {
    const outcomes = events.flatMap(({ event }) => (event.type === 'outcome' ? [event.says] : []));
    expect([heading, title, outcomes]).toEqual([heading, title, [expect.stringMatching(/^[A-Z–].*\.$/)]]);
    expect(outcomes[0]).not.toContain('FAILED');
  }
});

/** What happens on the wire, without what is new in each run: bytes, times, and the order of what is not on it. */
function onTheWire(events: readonly LabEvent[]): readonly unknown[] {
  return events.flatMap((event): readonly unknown[] => {
    if (event.type === 'came') return [['came', shapeOf(event.piece)]];
    if (event.type === 'went') return [['went', event.deed, shapeOf(event.piece)]];
    return event.type === 'outcome' || event.type === 'understood' || event.type === 'cut' ? [event] : [];
  });
}

function shapeOf({
  from,
  half,
  kind,
  label,
  legible,
  message,
  fields,
  inside,
}: Extract<LabEvent, { type: 'came' }>['piece']): unknown {
  const names = [...fields, ...(inside?.fields ?? [])].map(({ name }) => name);
  return { from, half, kind, label, legible, message, names };
}

test.each([
  ['modify', { mode: 'plaintext' as const }],
  ['replay', { mode: 'encrypted' as const, integrity: 'hmac-sha256-seq' as const }],
])('%s in %j: the same happens today', async (attack, chosen) => {
  const setting = SETTINGS.find(
    ({ mode, integrity, insists }) =>
      mode === chosen.mode && integrity === (('integrity' in chosen && chosen.integrity) || null) && !insists,
  )!;
  const lab = new TestLab();
  const { mode, integrity } = setting;
  await lab.do({ do: 'start', mode, integrity, attack, insists: false, elsewhere: null, hold: null });
  await lab.do({ do: 'play', script: CONVERSATION.map(({ side, text }) => `${side}: ${text}`).join('\n') });
  await lab.next('outcome');
  expect(onTheWire(lab.events())).toEqual(onTheWire(runOf(attack, settingPhrase(setting))));
});
