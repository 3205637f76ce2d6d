/** An end cannot start: one line for the person, which says what to do. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}

/** What a system error means for somebody who is starting a chat. */
export function describeSystemError(error: NodeJS.ErrnoException): string {
  const meaning = error.code === undefined ? undefined : MEANINGS.get(error.code);
  return meaning ?? error.code ?? error.message;
}

const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'the port is in use: stop the program that has it, or choose another with --port'],
  ['EADDRNOTAVAIL', 'this machine does not have that address: choose another with --host'],
  ['EACCES', 'permission denied: ports below 1024 are reserved, choose a higher one with --port'],
  ['ECONNREFUSED', 'nobody listens there: start `servchat serve` first, or check host and port'],
  ['ENOTFOUND', 'there is no host of that name'],
  ['EAI_AGAIN', 'the name of the host could not be looked up'],
  ['EHOSTUNREACH', 'the host cannot be reached'],
  ['ENETUNREACH', 'the network cannot be reached'],
  ['ETIMEDOUT', 'the host does not answer'],
]);
