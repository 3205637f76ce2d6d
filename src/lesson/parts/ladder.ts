/** A chat as a ladder: time runs down, and each line is an arrow from its sender to its receiver. */
import type { ElementContent } from 'hast';

import type { ConversationFindings, Place } from '../../eavesdropper/findings/findings.js';
import { handshakeSteps } from '../../faces/handshake-steps.js';
import type { Lesson, Recorded } from '../lesson.js';
import { counted, frameNumbers, frames } from '../../faces/phrases.js';
import { OF_MISSING, ofAttribute, without } from './chosen.js';
import { ladderFigure } from './ladder-figure.js';
import { captured, figure, table, type Inline, type Part } from './tree.js';

interface Rung {
  readonly place: Place;
  readonly kind: 'agreeing' | 'readable' | 'sealed';
  /** For example `HELLO` or `message 3`. */
  readonly name: string;
  readonly says: readonly Inline[];
}

/** Nobody looks at more than these one by one. */
const MOST_RUNGS = 40;

export function ladder(lesson: Lesson, attributes: Readonly<Record<string, string>>): Part | string {
  const of = ofAttribute(attributes);
  if (of === null) return OF_MISSING;
  const recorded = lesson[of];
  if (recorded === null) return without(of);
  const all = rungsOf(recorded.conversation);
  const rungs = all.slice(0, MOST_RUNGS);
  const cut = all.length > rungs.length ? ` (the first ${rungs.length} of ${all.length})` : '';
  const label = `The chat in ${of} mode, line by line${cut}`;
  const rows = rungs.map(({ place, name, says }) => {
    return [frameNumbers(place), after(place, recorded), place.side, [name, ': ', ...says]];
  });
  return {
    markdown: [table(label, ['frame', 'after', 'who', 'what crossed'], rows)],
    html: [figure(drawn(label, rungs, recorded))],
  };
}

function rungsOf(conversation: ConversationFindings): readonly Rung[] {
  const steps = handshakeSteps(conversation).map(({ place, line, value }): Rung => {
    return { place, kind: 'agreeing', name: line, says: agreeing(line, value, conversation) };
  });
  const messages = conversation.messages.map((message): Rung => {
    const { place, number } = message;
    if (message.kind === 'readable') {
      return { place, kind: 'readable', name: `message ${number}`, says: [captured(message.text)] };
    }
    const { token } = message;
    // The next chapter says how long the text can be.
    return {
      place,
      kind: 'sealed',
      name: `message ${number}`,
      says: [`sealed: ${counted(token.characters, 'character')}`],
    };
  });
  return [...steps, ...messages].sort((one, other) => inOrder(one.place, other.place));
}

function inOrder(one: Place, other: Place): number {
  return one.frame - other.frame || one.offset - other.offset;
}

/** What a line of the handshake contains, in a few words: its value, if that is short. */
function agreeing(line: string, value: string, { handshake }: ConversationFindings): readonly Inline[] {
  switch (line) {
    case 'PUBLIC-KEY':
      return [`the client’s key, RSA${bitsOf(handshake)}`];
    case 'SESSION-KEY':
      return [`the envelope, ${counted(handshake?.sessionKey?.envelopeBytes ?? 0, 'byte')}`];
    default:
      return value === '' ? [] : [captured(value)];
  }
}

function bitsOf(handshake: ConversationFindings['handshake']): string {
  const bits = handshake?.publicKey?.bits ?? null;
  return bits === null ? '' : ` of ${bits} bits`;
}

function drawn(label: string, rungs: readonly Rung[], recorded: Recorded): ElementContent {
  const sealed = rungs.some(({ kind }) => kind === 'sealed');
  return ladderFigure(
    [
      `${label}. On the left the frame that carried it, and milliseconds since the first packet.`,
      ...(sealed ? [' A broken arrow is a sealed message.'] : []),
    ],
    rungs.map(({ place, kind, name, says }) => {
      return { kind, from: place.side, frames: frames(place), after: after(place, recorded), name, says };
    }),
  );
}

function after(place: Place, { conversation }: Recorded): string {
  return `${((place.time - conversation.started) * 1000).toFixed(1)} ms`;
}
