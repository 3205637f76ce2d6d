/**
 * How long a test waits for something that must happen, before it fails because it did not, in milliseconds. A test
 * goes on as soon as it has happened. So this is far more than it takes, also on a slow machine that does other work
 * too. How long something takes is measured by `npm run bench`.
 */
export const PATIENCE_MS = 120_000;
