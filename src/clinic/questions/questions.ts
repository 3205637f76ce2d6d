/** The table of the questions. A question without a place here does not compile, and neither does one too many. */
import type { Question } from '../question.js';
import type { QuestionId } from '../question-ids.js';
import { BYTES, BYTES_LATER } from './bytes.js';
import { CHANGE } from './change.js';
import { DROP } from './drop.js';
import { ENDS } from './ends.js';
import { KEY_IN_CLEAR } from './key-in-clear.js';
import { KEY_REPLACED } from './key-replaced.js';
import { KEY_STRENGTH } from './key-strength.js';
import { KEYSTREAM } from './keystream.js';
import { LONG, LONGER } from './long.js';
import { READABLE } from './readable.js';
import { REFLECT } from './reflect.js';
import { REORDER } from './reorder.js';
import { REPLAY } from './replay.js';
import { SAME_BYTES } from './same-bytes.js';
import { SCRIPTS } from './scripts.js';
import { GARBAGE, HALF, RESET, SILENT } from './strangers.js';
import { TOGETHER } from './together.js';
import { WORKS } from './works.js';

export const QUESTIONS: Readonly<Record<QuestionId, Question>> = {
  works: WORKS,
  ends: ENDS,
  'bytes-later': BYTES_LATER,
  bytes: BYTES,
  together: TOGETHER,
  long: LONG,
  longer: LONGER,
  scripts: SCRIPTS,
  readable: READABLE,
  'same-bytes': SAME_BYTES,
  'key-in-clear': KEY_IN_CLEAR,
  keystream: KEYSTREAM,
  change: CHANGE,
  replay: REPLAY,
  reflect: REFLECT,
  drop: DROP,
  reorder: REORDER,
  garbage: GARBAGE,
  half: HALF,
  silent: SILENT,
  reset: RESET,
  'key-strength': KEY_STRENGTH,
  'key-replaced': KEY_REPLACED,
};
