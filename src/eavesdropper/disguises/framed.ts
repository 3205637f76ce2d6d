/**
 * What `framing/` recognises, since it knows where that begins and ends: packed bodies of HTTP, frames of WebSocket,
 * texts in formats of bytes. A text is searched for in what comes out of them.
 */
import type { Disguise } from './disguise.js';

export const DEFLATE = framed('deflate');
export const BROTLI = framed('brotli');
export const ZSTD = framed('zstd');
export const WEBSOCKET_MASK = framed('WebSocket mask');
export const WEBSOCKET_FRAGMENTS = framed('WebSocket fragments');
export const PERMESSAGE_DEFLATE = framed('permessage-deflate');
/** What was typed at a terminal, with keys that took back what stood before them. */
export const CORRECTED_TYPING = framed('corrected typing');

function framed<Name extends string>(name: Name): Disguise<Name> {
  return { name, recognised: { within: 'framing' }, patterns: () => [] };
}
