/** Each goal from a list of events, and the same list with one thing changed, with which it is not reached. */
import { describe, expect, test } from '@jest/globals';

import type { Deed } from '../../../src/attacker/deed.js';
import type { LabEvent, ListenerKnows, Setting, WirePiece } from '../../../src/lab/events.js';
import { GoalWatch } from '../../../src/lab/experiments/goal-watch.js';
import { CONDITIONS, goalOf, type Goal } from '../../../src/lab/experiments/goals.js';
import type { Side } from '../../../src/protocol/side.js';

const PLAINTEXT: Setting = { mode: 'plaintext', integrity: null, attack: null, insists: false, elsewhere: null };

const run = (setting: Partial<Setting> = {}): LabEvent => ({
  type: 'run',
  run: 1,
  setting: { ...PLAINTEXT, ...setting },
  attacks: [],
});
const said = (side: Side, text: string): LabEvent => ({ type: 'said', side, text });
const shown = (side: Side, text: string): LabEvent => ({ type: 'shown', side, text });
const complained = (reason: string): LabEvent => ({ type: 'complained', side: 'server', reason, says: '' });
const piece = (id: number, from: Side, half: Side, label: string, changes: Partial<WirePiece> = {}): WirePiece => ({
  id,
  from,
  half,
  frame: id,
  kind: 'text',
  label,
  legible: 'readable',
  message: null,
  length: label.length + 1,
  hex: Buffer.from(`${label}\n`).toString('hex'),
  fields: [],
  inside: null,
  ...changes,
});
const came = (id: number, from: Side, label: string, message: number | null = null): LabEvent => ({
  type: 'came',
  piece: piece(id, from, from, label, { message }),
  held: true,
});
/** Sent to the server. */
const went = (deed: Deed, bytes = 'x\n', kind: WirePiece['kind'] = 'text'): LabEvent => ({
  type: 'went',
  of: 1,
  deed,
  piece: piece(99, 'client', 'server', '', {
    kind,
    hex: Buffer.from(bytes).toString('hex'),
    length: Buffer.byteLength(bytes),
  }),
});
const listener = (knows: Partial<ListenerKnows>): LabEvent => ({
  type: 'listener',
  knows: {
    packets: 1,
    takenFor: null,
    messages: [],
    earlierMessages: 0,
    anyway: [],
    keys: [],
    searched: [],
    earlierSearched: 0,
    ...knows,
  },
});
const fingerprint = (side: Side, sha256: string): LabEvent => ({ type: 'fingerprint', side, of: 'client', sha256 });
const seat = (side: Side, state: 'over' | 'gone'): LabEvent => ({ type: 'seat', side, state });
const guessed = (of: number, text: string | null): LabEvent => ({ type: 'guessed', piece: of, text, right: null });
const searched = (frames: readonly number[], control: { text: string; frame: number } | null): LabEvent =>
  listener({ searched: [{ side: 'client', text: 'a', frames, control }] });

function goal(attributes: Readonly<Record<string, string>>): Goal {
  const made = goalOf(attributes);
  if (typeof made === 'string') throw new Error(made);
  return made;
}

function isMet(attributes: Readonly<Record<string, string>>, events: readonly LabEvent[]): boolean {
  const watch = new GoalWatch([goal(attributes)]);
  for (const event of events) watch.see(event);
  return watch.state.met;
}

type Case = readonly [attributes: Readonly<Record<string, string>>, met: readonly LabEvent[], ...not: LabEvent[][]];

const READ = (text: string) => listener({ messages: [{ from: 'client', frame: 4, text }] });

const CASES: Readonly<Record<string, Case>> = {
  read: [
    { read: '' },
    [run(), said('client', 'a'), READ('a')],
    [run(), said('client', 'a')],
    [run(), said('client', 'a'), READ('b')],
    [run(), said('server', 'a'), READ('a')],
    [said('client', 'a'), READ('a')],
  ],
  sealed: [
    { sealed: '' },
    [run(), searched([], { text: 'servchat/1', frame: 4 })],
    [run(), searched([4], null)],
    [run(), searched([], null)],
    [run(), listener({})],
  ],
  understood: [
    { understood: '2' },
    [run(), { type: 'understood', from: 'client', text: 'a' }, { type: 'understood', from: 'client', text: 'b' }],
    [run(), { type: 'understood', from: 'client', text: 'a' }],
  ],
  unsaid: [
    { unsaid: '' },
    [run(), said('client', 'noon'), went('changed'), shown('server', 'nine')],
    [run(), said('client', 'noon'), went('passed on'), shown('server', 'noon')],
    [run(), said('client', 'noon'), went('changed'), shown('server', 'noon')],
    // The news that it was said is still on its way.
    [run(), said('client', 'a'), went('changed'), shown('server', 'a'), shown('server', 'b')],
    [run(), shown('server', 'nine')],
  ],
  twice: [
    { twice: '' },
    [run(), said('client', 'a'), shown('server', 'a'), went('sent again'), shown('server', 'a')],
    [run(), said('client', 'a'), said('client', 'a'), went('sent again'), shown('server', 'a'), shown('server', 'a')],
    [run(), said('client', 'a'), shown('server', 'a'), shown('server', 'a')],
    [run(), said('client', 'a'), shown('server', 'a'), went('sent again')],
  ],
  missing: [
    { missing: '' },
    [
      run(),
      said('client', 'a'),
      came(1, 'client', 'a', 0),
      { type: 'dropped', of: 1 },
      said('client', 'b'),
      shown('server', 'b'),
    ],
    [run(), said('client', 'a'), came(1, 'client', 'a', 0), said('client', 'b'), shown('server', 'b')],
    [run(), said('client', 'a'), came(1, 'client', 'a', 0), { type: 'dropped', of: 1 }],
    [
      run(),
      said('client', 'a'),
      came(1, 'client', 'a', 0),
      { type: 'dropped', of: 1 },
      said('client', 'b'),
      shown('server', 'a'),
      shown('server', 'b'),
    ],
  ],
  order: [
    { order: '' },
    [run(), said('client', 'a'), said('client', 'b'), shown('server', 'b'), went('sent late'), shown('server', 'a')],
    [run(), said('client', 'a'), said('client', 'b'), shown('server', 'a'), went('sent late'), shown('server', 'b')],
    [run(), said('client', 'a'), said('client', 'b'), shown('server', 'b'), shown('server', 'a')],
  ],
  'two-in-one': [
    { 'two-in-one': '' },
    [run(), went('changed', 'Hi\nYo\n'), shown('server', 'Hi'), shown('server', 'Yo')],
    [run(), went('changed', 'Hi\nYo\n'), shown('server', 'Hi')],
    [run(), went('passed on', 'Hi\n'), went('passed on', 'Yo\n'), shown('server', 'Hi'), shown('server', 'Yo')],
    [run(), went('changed', 'Hi\nYo\n', 'record'), shown('server', 'Hi'), shown('server', 'Yo')],
    [run(), went('changed', 'Hi\nYo\n'), shown('client', 'Hi'), shown('client', 'Yo')],
  ],
  'one-in-two': [
    { 'one-in-two': '' },
    [run(), went('changed', 'Meet me'), went('passed on', ' at noon\n'), shown('server', 'Meet me at noon')],
    [run(), went('changed', 'Meet me'), went('passed on', ' at noon\n')],
    [run(), went('passed on', 'Meet me\n'), went('passed on', ' at noon\n'), shown('server', ' at noon')],
  ],
  'different-keys': [
    { 'different-keys': '' },
    [run(), fingerprint('client', 'aa'), fingerprint('server', 'bb'), said('client', 'a'), shown('server', 'a')],
    [run(), fingerprint('client', 'aa'), fingerprint('server', 'aa'), said('client', 'a'), shown('server', 'a')],
    [run(), fingerprint('client', 'aa'), fingerprint('server', 'bb')],
    [run(), fingerprint('client', 'aa'), said('client', 'a'), shown('server', 'a')],
  ],
  guessed: [
    { guessed: '' },
    [run(), said('client', 'Yes'), came(7, 'client', 'MESSAGE', 0), guessed(7, 'yes')],
    [run(), said('client', 'Yes'), came(7, 'client', 'MESSAGE', 0), guessed(7, 'no')],
    [run(), said('client', 'Yes'), came(7, 'client', 'MESSAGE', 0), guessed(7, null)],
    [run(), said('client', 'Yes'), came(7, 'client', 'HELLO'), guessed(7, 'Yes')],
    [run(), said('client', 'Yes'), guessed(8, 'Yes')],
    [run(), said('client', 'Yes'), came(7, 'server', 'MESSAGE', 0), guessed(7, 'Yes')],
  ],
  pointed: [
    { pointed: 'SESSION-KEY' },
    [run(), came(3, 'server', 'SESSION-KEY'), guessed(3, null)],
    [run(), came(3, 'server', 'PUBLIC-KEY'), guessed(3, null)],
    [run(), came(3, 'server', 'SESSION-KEY')],
    [run(), came(3, 'server', 'SESSION-KEY'), guessed(3, 'SESSION-KEY')],
  ],
  refused: [{ refused: 'fernet' }, [run(), complained('signature')], [run(), complained('check')], [run()]],
  unnoticed: [
    { unsaid: '', unnoticed: '' },
    [run(), said('client', 'noon'), went('changed'), shown('server', 'nine')],
    [run(), said('client', 'noon'), went('changed'), complained('check'), shown('server', 'nine')],
    [run(), complained('check')],
  ],
  over: [
    { read: '', over: '' },
    [run(), said('client', 'a'), READ('a'), seat('client', 'over'), seat('server', 'gone')],
    [run(), said('client', 'a'), READ('a'), seat('client', 'over')],
    [run(), seat('client', 'over'), seat('server', 'gone')],
  ],
};

test('each goal of the vocabulary is tested', () => {
  expect(Object.keys(CASES).sort()).toEqual(Object.keys(CONDITIONS).sort());
});

describe.each(Object.entries(CASES))('%s', (_, [attributes, met, ...not]) => {
  test('is reached', () => {
    expect(isMet(attributes, met)).toBe(true);
  });

  test.each(not.map((events, at) => [at + 1, events] as const))(
    'is not reached without what makes it (%i)',
    (_at, events) => {
      expect(isMet(attributes, events)).toBe(false);
    },
  );

  test('is not reached if it happened partly in another run', () => {
    for (let cut = 2; cut < met.length; cut += 1)
      expect(isMet(attributes, [...met.slice(0, cut), run(), ...met.slice(cut)])).toBe(false);
  });
});

describe('each refusal', () => {
  test.each([
    ['check', 'check'],
    ['number', 'sequence'],
    ['key', 'fingerprint'],
    ['envelope', 'envelope'],
    ['list', 'integrity'],
    ['tls', 'tls'],
    ['cut', 'cut-off'],
  ])('%s is %s', (word, reason) => {
    expect(isMet({ refused: word }, [run(), complained(reason)])).toBe(true);
    expect(isMet({ refused: word }, [run(), complained('busy')])).toBe(false);
  });
});

describe('where it has to happen', () => {
  const events = (setting: Partial<Setting>) => [run(setting), complained('check')];
  const encrypted = { mode: 'encrypted', integrity: 'hmac-sha256', insists: false } as const;

  test.each<[string, Partial<Setting>, boolean]>([
    ['encrypted', encrypted, true],
    ['encrypted-hmac-sha256', encrypted, true],
    ['encrypted-hmac-sha256', { ...encrypted, integrity: 'sha256' }, false],
    ['encrypted-sha256 encrypted-hmac-sha256', encrypted, true],
    ['plaintext tls', encrypted, false],
    ['encrypted-fingerprint', { ...encrypted, integrity: 'hmac-sha256-seq', insists: true }, true],
    ['encrypted-fingerprint', { ...encrypted, integrity: 'hmac-sha256-seq' }, false],
    ['tls', { mode: 'tls' }, true],
    ['tls', { mode: 'tls', insists: true }, true],
    ['tls-pinned', { mode: 'tls' }, false],
  ])('in=%j, run in %j: %s', (where, setting, met) => {
    expect(isMet({ refused: 'check', in: where }, events(setting))).toBe(met);
  });

  test('with which attack', () => {
    expect(isMet({ refused: 'check', attack: 'modify' }, events({ attack: 'modify' }))).toBe(true);
    expect(isMet({ refused: 'check', attack: 'modify' }, events({}))).toBe(false);
  });
});

test('a token that is refused before its signature is looked at is not refused by the signature', () => {
  expect(isMet({ refused: 'fernet' }, [run(), complained('token')])).toBe(false);
});

test('several goals may be reached in several runs, and stay reached; what is missing is told', () => {
  const watch = new GoalWatch([goal({ refused: 'check', in: 'plaintext' }), goal({ understood: '', in: 'tls' })]);
  expect(watch.state).toEqual({
    met: false,
    missing: [
      'In plaintext mode: one side refuses what comes, because the check after the token does not fit.',
      'In tls mode: the attacker understands at least 1 message.',
    ],
  });
  for (const event of [run(), complained('check'), run({ mode: 'tls' })]) watch.see(event);
  expect(watch.state.missing).toEqual(['In tls mode: the attacker understands at least 1 message.']);
  watch.see({ type: 'understood', from: 'client', text: 'a' });
  expect(watch.state).toEqual({ met: true, missing: [] });
});

test('a guess is judged by the goals that ask for it, and the goal does not say which piece it is', () => {
  const watch = new GoalWatch([goal({ pointed: 'SESSION-KEY' }), goal({ guessed: '' })]);
  expect(watch.judge({ piece: 3, text: null })).toBe(null);
  for (const event of [run(), came(3, 'server', 'SESSION-KEY'), said('client', 'Yes'), came(7, 'client', 'MESSAGE', 0)])
    watch.see(event);
  const judged = [
    { piece: 3, text: null },
    { piece: 7, text: null },
    { piece: 7, text: 'Yes' },
    { piece: 7, text: 'No' },
    { piece: 3, text: 'Yes' },
  ].map((guess) => watch.judge(guess));
  expect(judged).toEqual([true, false, true, false, false]);
  expect(watch.state.missing[0]).not.toContain('SESSION-KEY');
  const other = new GoalWatch([goal({ read: '' })]);
  other.see(run());
  expect([other.judge({ piece: 3, text: null }), other.judge({ piece: 3, text: 'Yes' })]).toEqual([null, null]);
});

test('among 10,000 messages a goal that is not reached costs little', () => {
  const watch = new GoalWatch([goal({ twice: '' }), goal({ unsaid: '' }), goal({ missing: '' }), goal({ order: '' })]);
  watch.see(run());
  const before = process.cpuUsage();
  for (let at = 0; at < 10_000; at += 1) {
    watch.see(said('client', `message ${at}`));
    watch.see(shown('server', `message ${at}`));
  }
  expect(watch.state.met).toBe(false);
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(2);
});
