/** Every frame in every phase, for each role: the session, its table and the protocol's page agree. */
import fs from 'node:fs';

import { describe, expect, test } from '@jest/globals';

import { computeCheck } from '../../src/crypto/integrity.js';
import { generateKeyPair, importPublicKey, wrap } from '../../src/crypto/rsa.js';
import { splitSessionKey } from '../../src/crypto/session-key.js';
import { formatFrame, type Frame } from '../../src/protocol/frames.js';
import { DEFAULT_INTEGRITY } from '../../src/protocol/integrity.js';
import { SIDES, otherSide, type Side } from '../../src/protocol/side.js';
import { EncryptedClientSession, EncryptedServerSession } from '../../src/session/encrypted.js';
import type { Action, Session } from '../../src/session/session.js';
import { TURNS } from '../../src/session/turns.js';

const PAGE = fs.readFileSync('src/protocol/README.md', 'utf8');
const NOW = 1_700_000_000;
const integrity = DEFAULT_INTEGRITY;
const keyPair = await generateKeyPair(2048);
const key = splitSessionKey(Buffer.from(Array.from({ length: 64 }, (_, index) => index)));

const envelope = wrap(importPublicKey(keyPair.spki), key.bytes);

/** A valid frame of each kind. At most its place is wrong. The message is the first of its sender. */
function frames(from: Side): Frame[] {
  const token = key.fernet.encrypt(Buffer.from('Hello'), { now: NOW });
  return [
    { kind: 'HELLO', integrity },
    { kind: 'PUBLIC-KEY', spki: keyPair.spki },
    { kind: 'SESSION-KEY', envelope },
    { kind: 'MESSAGE', token, check: computeCheck(integrity, key.hmac, { direction: from, n: 0 }, token) },
    { kind: 'ERROR', code: 'rejected' },
  ];
}

function opened(side: Side): Session {
  const clock = (): number => NOW;
  const session =
    side === 'client'
      ? new EncryptedClientSession({ keyPair, integrity, clock })
      : new EncryptedServerSession({ allowed: [integrity], newSessionKey: () => key, clock });
  session.opened();
  return session;
}

const receive = (session: Session, frame: Frame): Action[] => Array.from(session.received(formatFrame(frame)));

interface Row {
  readonly side: Side;
  readonly phase: string;
  readonly takes: string;
  readonly then: string;
}

/** The rows of the page's table that says what may come next. */
const ROWS: readonly Row[] = Array.from(
  PAGE.matchAll(/^\| (client|server) \| ([a-z ]+) \| `([A-Z-]+)` \| ([a-z ]+) \|$/gm),
  ([, side, phase, takes, then]) => ({ side: side as Side, phase: phase!, takes: takes!, then: then! }),
);

/** The frames that lead from a side's first phase to this one, according to the page's rows. */
function wayTo(side: Side, phase: string): string[] {
  const before = ROWS.find((row) => row.side === side && row.then === phase && row.phase !== phase);
  return before === undefined ? [] : [...wayTo(side, before.phase), before.takes];
}

test('the page’s table is the session’s table', () => {
  const rows = SIDES.flatMap((side) =>
    Object.entries(TURNS[side]).flatMap(([phase, turns]) =>
      Object.entries(turns).map(([takes, then]) => ({ side, phase, takes, then })),
    ),
  );
  expect(rows).toEqual(ROWS);
});

test('it agrees with the frames that the page lists: who sends which, and in which order', () => {
  const sent = Array.from(
    PAGE.matchAll(/^(client -> server|server -> client|both|either) +([A-Z-]+) /gm),
    ([, who, kind]) => ({ who: who!, kind: kind! }),
  );
  for (const side of SIDES) {
    const inOrder = sent.filter(({ who }) => who === `${otherSide(side)} -> ${side}`).map(({ kind }) => kind);
    expect(wayTo(side, 'chat')).toEqual(inOrder);
    const inChat = ROWS.filter((row) => row.side === side && row.phase === 'chat').map(({ takes }) => takes);
    expect(inChat).toEqual(sent.filter(({ who }) => who === 'both' || who === 'either').map(({ kind }) => kind));
  }
});

const PHASES = SIDES.flatMap((side) =>
  [...new Set(ROWS.filter((row) => row.side === side).map(({ phase }) => phase))].map((phase) => ({ side, phase })),
);

describe.each(PHASES)('$side in phase $phase', ({ side, phase }) => {
  const valid = new Map<string, Frame>(frames(otherSide(side)).map((frame) => [frame.kind, frame]));

  test.each([...valid.keys()])('%s', (kind) => {
    const session = opened(side);
    for (const before of wayTo(side, phase)) receive(session, valid.get(before)!);
    const isTaken = ROWS.some((row) => row.side === side && row.phase === phase && row.takes === kind);
    const actions = receive(session, valid.get(kind)!);
    const sent = actions.flatMap((action) => (action.type === 'send' ? [action.bytes.toString().trimEnd()] : []));
    if (kind === 'ERROR' && isTaken) {
      // Shown but not answered.
      expect([sent, actions.at(-1)]).toEqual([
        [],
        {
          type: 'over',
          outcome: { ok: false, problem: { type: 'reported', code: 'rejected' } },
          line: Buffer.from('ERROR rejected'),
        },
      ]);
    } else if (isTaken) {
      expect(sent.filter((line) => line.startsWith('ERROR'))).toEqual([]);
      const then = ROWS.find((row) => row.side === side && row.phase === phase && row.takes === kind)!.then;
      expect(session.phase).toBe(then === 'chat' ? 'chatting' : 'handshake');
    } else {
      // A first line that is not one of encrypted mode counts as another mode.
      const isFirst = wayTo(side, phase).length === 0;
      expect(sent).toEqual([isFirst ? 'ERROR mode-mismatch' : 'ERROR bad-frame']);
      expect(session.phase).toBe('over');
    }
  });
});
