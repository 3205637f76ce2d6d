/**
 * Decides the order of the test files: the longest first, so that no worker has to wait at the end for a long one that
 * began last. Jest knows how long a file takes only after its first run on a machine, and the gate's first run is its
 * only one.
 */
import Sequencer from '@jest/test-sequencer';
import { sep } from 'node:path';

/** The test files that take longest, the longest first. A name that no longer exists does no harm. */
const LONGEST = [
  'attacker/matrix.e2e.test.ts',
  'readme.test.ts',
  'fuzz/inspection.test.ts',
  'endpoints/chat.e2e.test.ts',
  'lesson/browser.test.ts',
  'demo/demo.e2e.test.ts',
  'eavesdropper/conversations.test.ts',
  'cli/inspect.e2e.test.ts',
  'lesson/report.test.ts',
  'eavesdropper/prefixes.test.ts',
  'wireshark/dissector.test.ts',
];

function rank({ path }) {
  const at = LONGEST.findIndex((name) => path.split(sep).join('/').endsWith(`/test/${name}`));
  return at === -1 ? LONGEST.length : at;
}

export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}
