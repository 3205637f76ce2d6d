/** How packets were captured: as data, and as our capture files say it. */
import { eachPacket } from './packets.js';
import { SIDES, type Side } from '../protocol/side.js';

/** `unknown`: nothing says how. */
export type Provenance =
  /**
   * `side`: the side whose socket it was. `rebuilt`: what did not cross the socket and was made for the file. `relay`:
   * it was not that side itself, but an attacker in its place.
   */
  | { readonly way: 'tap'; readonly side: Side; readonly rebuilt: readonly string[]; readonly relay?: true }
  | { readonly way: 'live'; readonly tool: string; readonly interfaceName: string }
  | { readonly way: 'unknown' };

/** A pcapng file names its interfaces. For a tap, we write this name. */
export function tapInterfaceName(side: Side): string {
  return `servchat-tap-${side}`;
}

/**
 * If the file at `path` says that it is from a tap, returns the side of the socket. Otherwise null.
 *
 * @throws CaptureFileError if the file is not a capture.
 */
export async function tapSaidIn(path: string): Promise<Side | null> {
  const { interfaces } = await eachPacket(path, () => undefined);
  const names = new Set(interfaces.map(({ name }) => name));
  return SIDES.find((side) => names.size === 1 && names.has(tapInterfaceName(side))) ?? null;
}

/** Reads provenance from JSON. Anything that does not fit gives `unknown`. */
export function parseProvenance(note: unknown): Provenance {
  const fields = typeof note === 'object' && note !== null ? note : {};
  const { way, side, rebuilt, relay, tool, interfaceName } = fields as Readonly<Record<string, unknown>>;
  const isSide = side === 'client' || side === 'server';
  if (way === 'tap' && isSide && isListOfTexts(rebuilt))
    return { way, side, rebuilt, ...(relay === true ? { relay } : {}) };
  const isNamed = typeof tool === 'string' && typeof interfaceName === 'string';
  return way === 'live' && isNamed ? { way, tool, interfaceName } : { way: 'unknown' };
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
