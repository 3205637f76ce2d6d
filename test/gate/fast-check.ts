/**
 * What `import fc from 'fast-check'` gives in a test (`jest.config.js` says so): fast-check with a fixed seed. The
 * tests thus try the same examples in each run, and pass or fail by what the code does, not by luck.
 *
 * `npm run fuzz` sets FUZZ_SEED, to try others. So can you.
 */
import fc from '../../node_modules/fast-check/lib/fast-check.js';

import { SEED } from '../fuzz/asked.js';

fc.configureGlobal({ seed: SEED });

export * from '../../node_modules/fast-check/lib/fast-check.js';
export default fc;
