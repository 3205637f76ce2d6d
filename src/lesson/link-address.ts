/** Where a link of a chapter may lead. The report is a page that others open, and some programs run `javascript:`. */

const ALLOWED: ReadonlySet<string> = new Set(['https:', 'http:', 'mailto:']);
/** For an address without a scheme: `#chapter`, `notes.html`. */
const PAGE = 'https://page.invalid/';

/**
 * Why a link must not lead to `address`; null where it may. Reads the address as a browser does
 * (https://url.spec.whatwg.org/).
 */
export function whyNoAddress(address: string): string | null {
  if (!URL.canParse(address, PAGE)) return 'a link needs an address that a browser understands';
  const { protocol } = new URL(address, PAGE);
  return ALLOWED.has(protocol) ? null : `a link cannot lead to ${protocol} addresses; use https:, http: or mailto:`;
}
