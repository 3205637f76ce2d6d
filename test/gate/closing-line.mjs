/**
 * Prints the last line of a test run: how many tests passed and failed. A test file that could not run counts as a
 * failed test. If the run has a seed of its own, the first line names it.
 */
import process from 'node:process';

export default class ClosingLine {
  onRunStart() {
    const { FUZZ_SEED } = process.env;
    if (FUZZ_SEED !== undefined) process.stdout.write(`FUZZ_SEED=${FUZZ_SEED}\n`);
  }

  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, wasInterrupted }) {
    if (wasInterrupted) return;
    // Jest prints its own summary after it has called every reporter.
    process.once('exit', () => {
      process.stdout.write(`\n${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed\n`);
    });
  }
}
