/**
 * What came of a message that was disturbed on its way, as the screens show it. Everything is compared with what the
 * same programs showed when nothing was disturbed: what they always show says nothing.
 */
import type { Seat } from '../seat.js';
import { essence, howShown } from '../shown.js';
import { hasStackTrace, withoutStackTraces } from '../stack-trace.js';

/** `shown`, where there is one, is the line that a program showed. Not escaped. */
export type Reaction =
  /** It was shown as it was said. */
  | { readonly kind: 'same'; readonly at: Seat; readonly shown: string }
  /** Another text was shown as a message. */
  | { readonly kind: 'changed'; readonly at: Seat; readonly shown: string }
  /** A program said something that it does not say otherwise. */
  | { readonly kind: 'word'; readonly at: Seat; readonly shown: string }
  | { readonly kind: 'trace'; readonly at: Seat; readonly shown: string }
  /** A program ended, or closed the connection, without a word. */
  | { readonly kind: 'left'; readonly at: Seat }
  | { readonly kind: 'nothing' };

/** What was shown at each program from some moment on. */
export type Screens = ReadonlyMap<Seat, string>;

/** So many letters of a sentence in a row come from the sentence. */
const LEAST_FRAGMENT = 8;
/** Of a program that floods, so much is looked at. In UTF-16 units. */
const MOST_LOOKED_AT = 100_000;
const LEAST_WORD_LETTERS = 3;
const REFUSAL = /error|invalid|refus|reject|fail|corrupt|tamper|wrong|\bbad\b|unexpected|changed|mismatch|warning/i;

/** How the programs show messages when nothing is disturbed. */
export class Usual {
  readonly #lines = new Map<Seat, Set<string>>();
  readonly #shapes = new Map<Seat, Set<string>>();
  readonly #prefixes = new Map<Seat, Set<string>>();
  #isExact = true;

  /** Learns from a message that was shown as it should be. */
  learn(text: string, to: Seat, screens: Screens): void {
    for (const [seat, screen] of screens)
      for (const line of linesOf(screen)) {
        this.#known(this.#lines, seat).add(without(line, [text]));
        const shape = line.includes(text) ? null : shapeOf(line);
        if (shape !== null) this.#known(this.#shapes, seat).add(shape);
      }
    const prefixes = linesOf(screens.get(to) ?? '').flatMap((line) => prefixOf(line, text) ?? []);
    if (prefixes.length === 0) this.#isExact = false;
    for (const prefix of prefixes) this.#known(this.#prefixes, to).add(prefix);
  }

  #known(table: Map<Seat, Set<string>>, seat: Seat): Set<string> {
    const known = table.get(seat) ?? new Set();
    table.set(seat, known);
    return known;
  }

  /** Whether messages are shown sign by sign as they were typed, so that a sign that differs was changed. */
  get isExact(): boolean {
    return this.#isExact;
  }

  prefixesAt(seat: Seat): readonly string[] {
    return [...(this.#prefixes.get(seat) ?? [])];
  }

  /** Whether this line is of a kind that the program shows with each message: what crossed, for instance. */
  isOfUsualShape(seat: Seat, line: string): boolean {
    const shape = shapeOf(line);
    return shape !== null && this.#shapes.get(seat)?.has(shape) === true;
  }

  /**
   * Whether this line is one that the program shows anyway, beside these sentences.
   *
   * @param cut whether its beginning or its end may be missing, because we began or stopped to look in the middle.
   */
  isUsual(seat: Seat, line: string, texts: readonly string[], cut: Cut = {}): boolean {
    if (this.isOfUsualShape(seat, line)) return true;
    const known = [...(this.#lines.get(seat) ?? [])].filter((each) => each !== '');
    let rest = without(line, texts);
    // A prompt that came twice is no news.
    for (let found: string | undefined; ; rest = rest.slice(found.length)) {
      const before = rest;
      found = known.filter((each) => before.startsWith(each)).sort((one, other) => other.length - one.length)[0];
      if (found === undefined) break;
    }
    if (rest.length < LEAST_WORD_LETTERS) return true;
    return known.some(
      (each) => (cut.before === true && each.endsWith(rest)) || (cut.after === true && each.startsWith(rest)),
    );
  }
}

interface Cut {
  readonly before?: boolean;
  readonly after?: boolean;
}

export interface Disturbed {
  readonly text: string;
  /** What else was said in this run. */
  readonly others: readonly string[];
  readonly from: Seat;
  readonly to: Seat;
  readonly screens: Screens;
  /** The programs that ended or closed their connection meanwhile. */
  readonly left: readonly Seat[];
}

/** What came of it. */
export function reactionTo(disturbed: Disturbed, usual: Usual): Reaction {
  const { text, others, from, to, left } = disturbed;
  const seats = [to, ...[...disturbed.screens.keys()].filter((seat) => seat !== to && seat !== from), from];
  const screens = new Map(
    seats.map((seat) => [seat, (disturbed.screens.get(seat) ?? '').slice(-MOST_LOOKED_AT)] as const),
  );
  const there = withoutStackTraces(screens.get(to) ?? '');
  const asMessage = messageIn(there, disturbed, usual);
  if (asMessage !== null) return asMessage;
  const receivers = seats.filter((seat) => seat !== from);
  for (const at of receivers) {
    const screen = screens.get(at) ?? '';
    if (hasStackTrace(screen)) return { kind: 'trace', at, shown: lastLineOf(screen) };
  }
  for (const at of seats) {
    const screen = screens.get(at) ?? '';
    if (at === from && hasStackTrace(screen)) continue;
    const lines = linesOf(screen);
    const isCut = (index: number): Cut => ({ before: index === 0, after: index === lines.length - 1 });
    const word = lines.find((line, index) => !usual.isUsual(at, line, [text, ...others], isCut(index)));
    if (word !== undefined) return { kind: 'word', at, shown: word };
  }
  const [gone] = left;
  return gone === undefined ? { kind: 'nothing' } : { kind: 'left', at: gone };
}

/** What is shown as a message: the sentence, another one that comes from it, or nonsense. */
function messageIn(screen: string, { text, others, to }: Disturbed, usual: Usual): Reaction | null {
  if (howShown(text, screen) === 'whole') {
    const shown = linesOf(screen).find((line) => howShown(text, line) === 'whole') ?? screen;
    const prefix = prefixOf(shown, text);
    const isChanged =
      usual.isExact && (prefix === null || usual.prefixesAt(to).some((each) => differInOne(each, prefix)));
    return { kind: isChanged ? 'changed' : 'same', at: to, shown };
  }
  for (const line of linesOf(screen)) {
    const prefix = usual
      .prefixesAt(to)
      .find((each) => each.trim() !== '' && withoutDigits(line).startsWith(each.trim()));
    const isLikeMessage = prefix !== undefined;
    if (hasFragment(line, text, others) && (isLikeMessage || !REFUSAL.test(line)))
      return { kind: 'changed', at: to, shown: line };
    if (usual.isOfUsualShape(to, line)) continue;
    const rest = isLikeMessage ? withoutDigits(line).slice(prefix.trim().length) : line;
    if (isNonsense(rest)) return { kind: 'changed', at: to, shown: line };
  }
  return null;
}

/** Whether a part of the sentence is in the line, and comes from no other one. */
function hasFragment(line: string, text: string, others: readonly string[]): boolean {
  const wanted = essence(text);
  const there = essence(line);
  const elsewhere = others.map(essence);
  for (let at = 0; at + LEAST_FRAGMENT <= wanted.length; at += 1) {
    const fragment = wanted.slice(at, at + LEAST_FRAGMENT);
    if (there.includes(fragment) && !elsewhere.some((other) => other.includes(fragment))) return true;
  }
  return false;
}

/** Signs that nobody types: what bytes look like that are no text. */
function isNonsense(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what we look for
  return /[\ufffd\0-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f]/.test(text) || (text.match(/\\x[0-9a-f]{2}/g) ?? []).length > 2;
}

/**
 * The kind of a line that differs with each message: a label before something, or one long word. Programs show like
 * this what they sent or got. null for other lines.
 */
function shapeOf(line: string): string | null {
  const label = /^\s*([^:=>]{3,40}[:=>])\s*\S.{7,}/.exec(line)?.[1];
  if (label !== undefined) return withoutDigits(label);
  if (/^\s*b?['"]/.test(line)) return 'quoted';
  return /^\s*\S{16,}\s*$/.test(line) ? 'one word' : null;
}

function linesOf(screen: string): string[] {
  return screen.split(/[\r\n]+/).filter((line) => line.trim() !== '');
}

function lastLineOf(screen: string): string {
  return linesOf(screen).at(-1) ?? '';
}

/** What stands before the sentence in its line, without digits: a time differs each time. null if it is not there. */
function prefixOf(screen: string, text: string): string | null {
  const at = screen.indexOf(text);
  if (at < 0) return null;
  return withoutDigits(
    screen
      .slice(0, at)
      .split(/[\r\n]/)
      .at(-1) ?? '',
  );
}

function differInOne(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  return Array.from(one).filter((sign, at) => sign !== Array.from(other)[at]).length === 1;
}

function withoutDigits(text: string): string {
  return text.replace(/\d/g, '');
}

/** The letters of a line, without the sentences in it. */
function without(line: string, texts: readonly string[]): string {
  return texts.reduce((rest, text) => rest.replaceAll(essence(text), ''), essence(line)).replace(/\p{N}/gu, '');
}
