/** Every attack, in the order of the matrix. */
import type { Attack } from './attack.js';
import { downgrade } from './attacks/downgrade.js';
import { downgradeOneWay } from './attacks/downgrade-one-way.js';
import { drop } from './attacks/drop.js';
import { fakeServer } from './attacks/fake-server.js';
import { flip } from './attacks/flip.js';
import { guessByLength } from './attacks/guess-by-length.js';
import { inject } from './attacks/inject.js';
import { keySwap } from './attacks/key-swap.js';
import { listen } from './attacks/listen.js';
import { modify } from './attacks/modify.js';
import { nothing } from './attacks/nothing.js';
import { recordNowReadLater } from './attacks/record-now-read-later.js';
import { reflect } from './attacks/reflect.js';
import { rehash } from './attacks/rehash.js';
import { reorder } from './attacks/reorder.js';
import { replay } from './attacks/replay.js';
import { truncate } from './attacks/truncate.js';

export const ATTACKS: readonly Attack[] = [
  nothing,
  listen,
  modify,
  flip,
  rehash,
  replay,
  drop,
  reorder,
  reflect,
  truncate,
  inject,
  keySwap,
  fakeServer,
  downgrade,
  downgradeOneWay,
  recordNowReadLater,
  guessByLength,
];
