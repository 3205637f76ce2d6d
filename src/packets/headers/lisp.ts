/** The data header of LISP (RFC 9300, section 5.1): IP in UDP. */
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';

const LISP_BYTES = 8;

export function readLisp(cursor: Cursor): Layer {
  if (!has(cursor, LISP_BYTES)) return none(cursor, 'cut LISP header');
  cursor.at += LISP_BYTES;
  return LAYER.ip;
}
