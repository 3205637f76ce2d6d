/**
 * Runs commands at the same time and prints what each said when it has ended, in the order of the arguments. Fails if
 * one of them fails. All of them run to their end, so that one run shows every fault.
 *
 *     node test/gate/at-once.mjs COMMAND...
 *
 * Run it from a script in package.json: npm puts the programs of the packages into the PATH.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';

/** Resolves when the command has ended. It does not resolve before all that it printed was read. */
function ended(command) {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const printed = [];
    for (const name of ['stdout', 'stderr']) {
      child[name].on('data', (bytes) => {
        printed.push({ name, bytes });
      });
    }
    child.on('close', (status) => {
      resolve({ status, printed });
    });
  });
}

const runs = process.argv.slice(2).map(ended);
for (const run of runs) {
  const { status, printed } = await run;
  for (const { name, bytes } of printed) process[name].write(bytes);
  if (status !== 0) process.exitCode = 1;
}
