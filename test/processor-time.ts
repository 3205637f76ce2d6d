/**
 * The processor time that this process has used so far, in milliseconds. Unlike the time of a clock, it grows only with
 * our own work, also on a machine that is busy with something else.
 */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
