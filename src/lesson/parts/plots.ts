/** Plots, for what a picture shows better than a table: lengths, entropy, times. */
import type { EncryptedComparison } from '../../eavesdropper/findings/findings.js';
import { parseToken } from '../../protocol/token.js';
import type { Lesson, Recorded } from '../lesson.js';
import { textStep } from '../../faces/phrases.js';
import { sealedOf, without } from './chosen.js';
import { plotFigure } from './plot.js';
import { captured, drawing, MOST_ROWS, table, type Part } from './tree.js';

/** Each text's length and its token's length: what a listener learns about one from the other. */
export function lengthsPlot(lesson: Lesson): Part {
  const pairs = (lesson.comparison?.messages ?? []).flatMap(({ number, text, sealed }) =>
    sealed === null ? [] : [{ number, text, bytes: Buffer.byteLength(text), token: sealed.token }],
  );
  if (pairs.length === 0) return without('comparison');
  const steps = [...new Map(pairs.map(({ token }) => [token.characters, token])).values()];
  const most = Math.max(...pairs.map(({ token }) => token.textBytes.most));
  const tallest = Math.max(...pairs.map(({ token }) => token.characters));
  const title = 'Length of each message against the length of its token';
  return drawing(
    plotFigure({
      title,
      caption: `${title}. All messages on one step have the same length on the wire.`,
      x: { label: 'the text, bytes of UTF-8', from: 0, to: most + 1 },
      y: { label: 'the token, characters', from: 0, to: tallest * 1.15 },
      series: [
        {
          name: 'a message of this run',
          as: 'points',
          points: pairs.map(({ bytes, token }) => [bytes, token.characters]),
        },
        {
          name: 'every length of text that such a token can hold',
          as: 'segments',
          points: steps.flatMap(({ textBytes, characters }): [number, number][] => [
            [textBytes.least, characters],
            [textBytes.most, characters],
          ]),
        },
      ],
    }),
    table(
      title,
      ['#', 'as typed', 'bytes', 'token', 'so the listener knows'],
      pairs.map(({ number, text, bytes, token }) => [
        String(number),
        captured(text),
        String(bytes),
        String(token.characters),
        textStep(token),
      ]),
    ),
  );
}

/** Entropy of what was sent, next to the maximum for that number of bytes. */
export function entropyPlot(lesson: Lesson): Part {
  const { comparison, plaintext, encrypted } = lesson;
  if (comparison === null || plaintext === null || encrypted === null) return without('comparison');
  const samples = entropySamples(comparison, encrypted);
  const most = Math.max(1, ...samples.flatMap(({ points }) => points.map(([length]) => length)));
  const to = 2 ** Math.ceil(Math.log2(most) + 0.2);
  const title = 'Entropy of what was sent, against its length';
  return drawing(
    plotFigure({
      title,
      caption: `${title}. The rightmost mark of each kind is all messages together.`,
      x: {
        label: 'bytes measured (logarithmic)',
        from: 1,
        to,
        logarithmic: true,
        ticks: Array.from({ length: Math.floor(Math.log2(to)) + 1 }, (_, power) => 2 ** power),
      },
      y: { label: 'bits per byte', from: 0, to: 8.2, ticks: [0, 2, 4, 6, 8] },
      series: [
        ...samples.map(({ name, points }) => ({ name, points, as: 'points' as const })),
        { name: 'the most that so few bytes can show', as: 'line', points: mostEntropy(to) },
      ],
    }),
    table(
      title,
      ['what', '#', 'bytes', 'bits per byte', 'the most'],
      samples.flatMap(({ name, measured }) =>
        measured.map(({ of, point: [length, bits] }) => {
          return [name, of, String(length), bits.toFixed(2), Math.min(8, Math.log2(length)).toFixed(2)];
        }),
      ),
    ),
  );
}

interface EntropySample {
  readonly name: string;
  /** `of`: the number of a message, or `all`. A point is a length in bytes, and the bits per byte. */
  readonly measured: readonly { readonly of: string; readonly point: [number, number] }[];
  readonly points: readonly [number, number][];
}

/** The entropy of each message and of all together: as it was typed, as its token, and without the token's frame. */
function entropySamples(comparison: EncryptedComparison, encrypted: Recorded): readonly EntropySample[] {
  const texts = comparison.messages.map(({ text }) => Buffer.from(text));
  const sealed = sealedOf(encrypted).slice(0, MOST_ROWS);
  const tokens = sealed.map(({ token }) => token.text);
  const numbers = comparison.messages.map(({ number }) => String(number));
  const sealedNumbers = sealed.map(({ number }) => String(number));
  return [
    { name: 'a message as it was typed', of: numbers, bytes: [...texts, Buffer.concat(texts)] },
    {
      name: 'its token as it crossed, in base64url',
      of: sealedNumbers,
      bytes: [...tokens, tokens.join('')].map((token) => Buffer.from(token)),
    },
    { name: 'IV and ciphertext in the token', of: sealedNumbers, bytes: cipherBytes(tokens) },
  ].map(({ name, of, bytes }) => {
    const measured = bytes
      .map((each, at) => ({ of: of[at] ?? 'all', point: [each.length, entropy(each)] as [number, number] }))
      .filter(({ point: [length] }) => length > 0);
    return { name, measured, points: measured.map(({ point }) => point) };
  });
}

/** The line of the most bits per byte that so many bytes can show, from 1 byte to `to`, in quarters of a doubling. */
function mostEntropy(to: number): readonly [number, number][] {
  return Array.from({ length: Math.round(Math.log2(to)) * 4 + 1 }, (_, at) => [2 ** (at / 4), Math.min(8, at / 4)]);
}

function cipherBytes(tokens: readonly string[]): readonly Buffer[] {
  const each = tokens.map((token) => {
    const { iv, ciphertext } = parseToken(token);
    return Buffer.concat([iv, ciphertext]);
  });
  return [...each, Buffer.concat(each)];
}

/** Shannon entropy of the byte values, in bits per byte. */
function entropy(bytes: Buffer): number {
  const counts = new Map<number, number>();
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / bytes.length) * Math.log2(count / bytes.length), 0);
}

/** The time from the previous message to each message, in both modes. */
export function timesPlot(lesson: Lesson): Part {
  const { comparison, plaintext, encrypted } = lesson;
  if (comparison === null || plaintext === null || encrypted === null) return without('comparison');
  const gaps = { plaintext: gapsOf(plaintext), encrypted: gapsOf(encrypted) };
  const count = Math.max(gaps.plaintext.length, gaps.encrypted.length);
  if (count === 0) return without('comparison');
  const title = 'Time from each message to the one after it';
  const points = (list: readonly number[]): [number, number][] => list.map((gap, at) => [at + 2, gap]);
  return drawing(
    plotFigure({
      title,
      caption: `${title}, in both modes.`,
      x: { label: 'message', from: 1.5, to: count + 1.5, ticks: messageTicks(count) },
      y: {
        label: 'milliseconds since the one before',
        from: 0,
        to: Math.max(0.1, ...gaps.plaintext, ...gaps.encrypted) * 1.1,
      },
      series: [
        { name: 'plaintext', as: 'points', points: points(gaps.plaintext) },
        { name: 'encrypted', as: 'points', points: points(gaps.encrypted) },
      ],
    }),
    table(
      title,
      ['#', 'who', 'plaintext', 'encrypted'],
      Array.from({ length: count }, (_, at) => [
        String(at + 2),
        sideOf(comparison, at + 1),
        ...[gaps.plaintext[at], gaps.encrypted[at]].map((gap) => (gap === undefined ? '–' : `${gap.toFixed(2)} ms`)),
      ]),
    ),
  );
}

const MOST_TICKS = 12;

function messageTicks(count: number): readonly number[] {
  const step = Math.ceil(count / MOST_TICKS);
  return Array.from({ length: Math.ceil(count / step) }, (_, at) => 2 + at * step);
}

function gapsOf({ conversation: { messages } }: Recorded): readonly number[] {
  return messages
    .slice(1, MOST_ROWS)
    .map(({ place }, at) => Math.max(0, (place.time - (messages[at]?.place.time ?? place.time)) * 1000));
}

function sideOf({ messages }: EncryptedComparison, at: number): string {
  return messages[at]?.side ?? '–';
}
