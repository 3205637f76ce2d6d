/**
 * Decides the order of the test files: the longest first, so that no worker has to wait at the end for a long one that
 * began last. Jest knows how long a file takes only after its first run on a machine, and the gate's first run is its
 * only one.
 */
import Sequencer from '@jest/test-sequencer';
import { sep } from 'node:path';

/** The test files that take longest, the longest first. A name that no longer exists does no harm. */
const LONGEST = [
  'readme.test.ts',
  'clinic/table.e2e.test.ts',
  'attacker/matrix.e2e.test.ts',
  'lab/experiments/solved.e2e.test.ts',
  'lesson/browser.test.ts',
  'lab/learner.e2e.test.ts',
  'eavesdropper/framing/formats.test.ts',
  'eavesdropper/disguises/wrong-finds.test.ts',
  'eavesdropper/disguises/forms.test.ts',
  'cli/user-files.e2e.test.ts',
  'endpoints/chat.e2e.test.ts',
  'cli/inspect.e2e.test.ts',
  'eavesdropper/examining.test.ts',
  'keyholder/tls/openssl.test.ts',
  'gate/gate.e2e.test.ts',
  'endpoints/tls.e2e.test.ts',
  'endpoints/modes.e2e.test.ts',
  'package.test.ts',
  'demo/demo.e2e.test.ts',
  'lab/trouble.e2e.test.ts',
  'wireshark/dissector.test.ts',
  'wireshark/annotate.test.ts',
  'wireshark/decrypt.test.ts',
  'demo/ends-with-parent.e2e.test.ts',
  'lab/bench.e2e.test.ts',
  'lab/page/browser.test.ts',
  'endpoints/room.e2e.test.ts',
  'endpoints/terminal.e2e.test.ts',
  'lesson/sets.test.ts',
  'lesson/report.test.ts',
  'eavesdropper/quotes.test.ts',
  'fuzz/inspection.test.ts',
  'eavesdropper/prefixes.test.ts',
  'lab/stage.e2e.test.ts',
  'lesson/bounds.test.ts',
  'endpoints/advice.e2e.test.ts',
  'keyholder/wire/wire-keys.test.ts',
  'eavesdropper/framing/headers.test.ts',
  'eavesdropper/framing/packed.test.ts',
  'eavesdropper/framing/work.test.ts',
  'eavesdropper/tcp/conversations.test.ts',
  'capture/tap.test.ts',
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
