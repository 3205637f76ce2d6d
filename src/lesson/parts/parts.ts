/**
 * The parts that a chapter can use: `::name{attribute=value}`. A string instead of a part says what is wrong with its
 * attributes.
 */
import type { Lesson } from '../lesson.js';
import { attack, attacks } from './attacks.js';
import {
  captures,
  guesses,
  handshake,
  messages,
  opened,
  searchNotes,
  sideBySide,
  summary,
  tlsSideBySide,
  visible,
} from './conversation-tables.js';
import { command, filter, shell } from './filters.js';
import { ladder } from './ladder.js';
import { entropyPlot, lengthsPlot, timesPlot } from './plots.js';
import { streamBytes, streamTable } from './stream-run.js';
import { openByHand } from './open-by-hand.js';
import type { Part } from './tree.js';
import {
  checkSteps,
  envelopeOpened,
  handshakeLine,
  plaintextLine,
  sessionKeyBytes,
  tokenBytes,
  tokenOpened,
  tokenText,
} from './wire-bytes.js';

export type MakePart = (lesson: Lesson, attributes: Readonly<Record<string, string>>) => Part | string;

export const PARTS: Readonly<Record<string, MakePart>> = {
  summary,
  captures,
  'stream-run': streamTable,
  'stream-bytes': streamBytes,
  ladder,
  messages,
  'plaintext-line': plaintextLine,
  'side-by-side': sideBySide,
  'tls-side-by-side': tlsSideBySide,
  'search-notes': searchNotes,
  handshake,
  'handshake-line': handshakeLine,
  'token-text': tokenText,
  'token-bytes': tokenBytes,
  'token-opened': tokenOpened,
  'session-key': sessionKeyBytes,
  'open-by-hand': openByHand,
  'envelope-opened': envelopeOpened,
  'check-steps': checkSteps,
  opened,
  visible,
  guesses,
  'plot-lengths': lengthsPlot,
  'plot-entropy': entropyPlot,
  'plot-times': timesPlot,
  attacks,
  attack,
  filter,
  command,
  shell,
};
