/** The command `check`, as somebody uses it at a terminal. */
import { expect, test } from '@jest/globals';

import { run } from '../servchat-process.js';

test('--only with a question that does not exist says which there are, and runs nothing', async () => {
  const { status, errors } = await run(['check', '--server', 'false', '--client', 'false', '--only', 'change,replays']);
  expect(status).toBe(2);
  expect(errors).toContain('There is no question “replays”; there are: works, ends, ');
  expect(errors).not.toContain('This runs');
});
