/** Writes that arrive as one read: what was written, what was read, and how the reader finds the messages again. */
import type { Lesson } from '../lesson.js';
import { counted } from '../../faces/phrases.js';
import { byteView } from './byte-view.js';
import { paragraph, table, captured, type Part } from './tree.js';

const LF = 0x0a;

export function streamTable({ stream: { few } }: Lesson): Part {
  const rows = [
    ...few.writes.map((bytes, at) => [`write ${at + 1}`, String(bytes.length), captured(shownEnd(bytes))]),
    ...few.reads.map((bytes, at) => [`read ${at + 1}`, String(bytes.length), captured(shownEnd(bytes))]),
  ];
  return { markdown: [table('What was written and what was read', ['call', 'bytes', 'what they are'], rows)] };
}

/** Shows the line feed as a visible sign. */
function shownEnd(bytes: Buffer): string {
  return bytes.toString('utf8').replaceAll('\n', '↵');
}

export function streamBytes({ stream: { few } }: Lesson): Part {
  const [read] = few.reads;
  if (read === undefined) return { markdown: [paragraph('Nothing was read.')] };
  const fields = [];
  for (let start = 0, number = 1; start < read.length; number += 1) {
    const at = read.indexOf(LF, start);
    const end = at === -1 ? read.length : at;
    fields.push({
      name: `line ${number}`,
      bytes: read.subarray(start, end),
      meaning: [captured(read.toString('utf8', start, end))],
    });
    if (at !== -1)
      fields.push({
        name: 'LF',
        bytes: read.subarray(at, at + 1),
        meaning: ['the line feed, byte 0a: here the line ends, whatever the reads were'],
      });
    start = end + 1;
  }
  return byteView(
    `What the first read brought: ${counted(fields.filter(({ name }) => name === 'LF').length, 'line')}`,
    fields,
    { text: true },
  );
}
