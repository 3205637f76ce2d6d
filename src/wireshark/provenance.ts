/** How packets came to be captured: as data, and as a capture file that we wrote says it. */
import { eachPacket } from './packets.js';
import { SIDES, type Side } from '../protocol/side.js';

/** `unknown`: nobody says. */
export type Provenance =
  /** `side`: on whose socket it was. `rebuilt`: what did not cross the socket, and was made for the file. */
  | { readonly way: 'tap'; readonly side: Side; readonly rebuilt: readonly string[] }
  | { readonly way: 'live'; readonly tool: string; readonly interfaceName: string }
  | { readonly way: 'unknown' };

/** A pcapng names its interfaces, and a tap is one of them. */
export function tapInterfaceName(side: Side): string {
  return `servchat-tap-${side}`;
}

/**
 * On whose socket the tap was that the file at `path` says it is from; null where it says no such thing.
 *
 * @throws CaptureFileError for what is no capture.
 */
export async function tapSaidIn(path: string): Promise<Side | null> {
  const { interfaces } = await eachPacket(path, () => undefined);
  const names = new Set(interfaces.map(({ name }) => name));
  return SIDES.find((side) => names.size === 1 && names.has(tapInterfaceName(side))) ?? null;
}

/** What was noted down as JSON; whatever else it may be, nobody says. */
export function parseProvenance(note: unknown): Provenance {
  const fields = typeof note === 'object' && note !== null ? note : {};
  const { way, side, rebuilt, tool, interfaceName } = fields as Readonly<Record<string, unknown>>;
  const isSide = side === 'client' || side === 'server';
  if (way === 'tap' && isSide && isListOfTexts(rebuilt)) return { way, side, rebuilt };
  const isNamed = typeof tool === 'string' && typeof interfaceName === 'string';
  return way === 'live' && isNamed ? { way, tool, interfaceName } : { way: 'unknown' };
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
