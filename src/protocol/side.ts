/** The two ends of a connection: the client opens it, the server waits for it. */

export const SIDES = ['client', 'server'] as const;
export type Side = (typeof SIDES)[number];

export function otherSide(side: Side): Side {
  return side === 'client' ? 'server' : 'client';
}
