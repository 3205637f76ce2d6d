/**
 * Prints the last line of a test run: how many tests passed and failed. A test file that could not run counts as a
 * failed test.
 */
import process from 'node:process';

export default class ClosingLine {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, wasInterrupted }) {
    if (wasInterrupted) return;
    // Jest prints its own summary after it has called every reporter.
    process.once('exit', () => {
      process.stdout.write(`\n${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed\n`);
    });
  }
}
