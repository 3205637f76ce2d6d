/**
 * The chats of a report, to be played again. The page that plays them is a document of its own, which stands in the
 * report as text. `lessons/look/report.js` shows it in a frame that has no access to the report.
 */
import type { Element } from 'hast';
import { h } from 'hastscript';

import { listed } from '../../faces/phrases.js';
import { printable } from '../../printable.js';

export interface Replay {
  /** The whole HTML document. */
  readonly page: string;
  /** Of its script and of its style sheet, as a policy names them: a frame obeys the policy of the page around it. */
  readonly hashes: { readonly script: string; readonly style: string };
  /** The files that it was made from. */
  readonly captures: readonly string[];
  /** The files with the keys of those captures. */
  readonly keys: readonly string[];
  /** The captures of which nothing opens the messages. */
  readonly sealed: readonly string[];
  /** The captures of which only the beginning is in it. */
  readonly cut: readonly string[];
}

export const REPLAY_TITLE = 'Play it again';

export function replaySection(replay: Replay): Element {
  return h('section', { id: 'replay', ariaLabelledBy: 'replay-title' }, [
    h('h2', { id: 'replay-title' }, [h('a', { href: '#replay' }, REPLAY_TITLE)]),
    h(
      'p',
      'You can play the chats of this report again: what crosses the wire, byte by byte, what the two people see, and what a listener knows at each moment. Pause it, go through it step by step, and choose any byte.',
    ),
    h('p', ['Frames, bytes and times are those of ', ...names(replay.captures), '. ', ...sources(replay)]),
    ...(replay.cut.length === 0
      ? []
      : [h('p', ['Of ', ...names(replay.cut), ', only the beginning is here, so that this page stays small.'])]),
    h('noscript', [h('p', 'To play them, this page needs JavaScript. All else can be read without it.')]),
    // As JSON, with “<” as an escape: nothing in it can end the element.
    h(
      'script',
      { type: 'application/json', id: 'replay-page' },
      JSON.stringify(replay.page).replaceAll('<', '\\u003c'),
    ),
  ]);
}

/** Where the texts in the two chairs come from. */
function sources({ keys, sealed }: Replay): (Element | string)[] {
  return [
    'What the two people see was read from the same bytes',
    ...(keys.length === 0 ? ['.'] : [', with the keys in ', ...names(keys), '.']),
    ...(sealed.length === 0
      ? []
      : [' No key opens the messages of ', ...names(sealed), ' here, so its two people show nothing.']),
  ];
}

function names(files: readonly string[]): (Element | string)[] {
  const [words, codes] = [listed(files.map(() => '\0')), files.map((file) => h('code', printable(file)))];
  return words.split('\0').flatMap((word, at) => [word, ...(codes[at] === undefined ? [] : [codes[at]])]);
}
