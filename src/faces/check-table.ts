/** The findings of a check, for a terminal: first what is wrong, with all that belongs to it; then a table of all. */
import type { Check } from '../clinic/check.js';
import type { Facts } from '../clinic/facts.js';
import type { CannotTell, Fault, Finding, Language, Verdict } from '../clinic/finding.js';
import { QUESTIONS } from '../clinic/questions/questions.js';
import type { RecordedCheck } from '../clinic/recorded/check-capture.js';
import type { Traffic } from '../clinic/recorded/traffic.js';
import { inOrderOfWeight } from '../clinic/weight.js';
import { wayWords } from '../clinic/way-in.js';
import type { Look, Paint } from './look.js';
import { counted } from './phrases.js';
import { cell, headingLines, proseLines, tableLines } from './table.js';

const PAINTS: Readonly<Record<Verdict, Paint>> = {
  fault: 'alarm',
  'cannot tell': 'faint',
  good: 'calm',
  'does not apply': 'faint',
};
const INDENT = 2;

/** Lines without line ends. Everything that a program has shown is escaped. */
export function checkLines(check: Check, look: Look): readonly string[] {
  const faults = check.findings.filter(({ verdict }) => verdict === 'fault');
  return [
    ...findingLines(check.findings, languageOf(check.facts), look),
    ...proseLines(checkSummary(check), look),
    ...askAgain(faults, look),
  ];
}

/** The check of a capture alone. */
export function recordedLines(check: RecordedCheck, look: Look): readonly string[] {
  return [
    ...findingLines(answeredOf(check), 'other', look),
    ...trafficLines(check, look),
    ...proseLines(unaskedPhrase(check), look),
    ...check.notes.flatMap((note) => proseLines(note, look)),
    ...proseLines(recordedSummary(check), look),
  ];
}

/** The findings of questions that a capture can answer, if it holds enough. */
export function answeredOf({ findings, unasked }: RecordedCheck): readonly Finding[] {
  return findings.filter(({ question }) => !unasked.includes(question));
}

/** What nobody can tell from a capture. */
export function unaskedPhrase({ unasked }: RecordedCheck): string {
  return `Of ${unasked.length} more questions, no capture shows the answer: the programs have to run, with servchat between them. Give --server and --client, or a chat.json.`;
}

/** How many of each verdict. */
export function recordedSummary({ findings, traffic }: RecordedCheck): string {
  return `${verdictCounts(findings)}, from ${counted(traffic.length, 'connection')} of the capture. No program was run.`;
}

function trafficLines({ traffic }: RecordedCheck, look: Look): readonly string[] {
  if (traffic.length === 0) return [];
  return [
    ...headingLines('What anybody can see without reading it', look),
    ...tableLines(
      TRAFFIC_COLUMNS.map((head, at) => ({ head, ...(at === TRAFFIC_COLUMNS.length - 1 && { flexible: true }) })),
      trafficRows(traffic).map((row) => row.map((text) => cell(text))),
      look,
    ),
    '',
  ];
}

export const TRAFFIC_COLUMNS: readonly string[] = [
  'server port',
  'side',
  'pieces',
  'bytes',
  'of one piece',
  'longest pause',
  'what ends a message (a guess)',
];

/** A row for each side of each connection, with the columns of {@link TRAFFIC_COLUMNS}. */
export function trafficRows(traffic: readonly Traffic[]): readonly (readonly string[])[] {
  return traffic.flatMap(({ serverPort, sides }) =>
    sides.map(({ side, pieces, bytes, least, most, longestPauseMs, framing }) => [
      String(serverPort),
      side,
      String(pieces),
      String(bytes),
      least === most ? String(least) : `${least} to ${most}`,
      `${(longestPauseMs / 1000).toFixed(1)} s`,
      framing,
    ]),
  );
}

function findingLines(all: readonly Finding[], language: Language, look: Look): readonly string[] {
  const findings = inOrderOfWeight(all);
  const faults = findings.filter(({ verdict }) => verdict === 'fault');
  return [
    ...faults.flatMap((finding, index) => [...faultLines(finding, index + 1, language, look), '']),
    ...tableLines(
      [{ head: 'what was tried' }, { head: 'answer' }, { head: 'what came of it', flexible: true }],
      findings.map(({ question, verdict, said }) => [
        cell(QUESTIONS[question].title),
        cell(verdict, PAINTS[verdict]),
        cell(said),
      ]),
      look,
    ),
    '',
    ...needed(findings, look),
  ];
}

/** Somebody who has mended something wants to know about that, and not to wait for everything. */
function askAgain(faults: readonly Finding[], look: Look): readonly string[] {
  if (faults.length === 0) return [];
  const names = faults.map(({ question }) => question).join(',');
  return proseLines(`When you have changed your programs, ask only about these again: --only ${names}`, look);
}

function faultLines(finding: Finding, number: number, language: Language, look: Look): readonly string[] {
  if (finding.verdict !== 'fault') return [];
  const { said, evidence, meaning, control, question } = finding;
  return [
    ...headingLines(`${number}. ${said}`, look),
    ...evidence.flatMap(({ seen, frames = [] }) =>
      proseLines(`Seen: ${seen}${framesPhrase(frames)}`, look, INDENT, INDENT),
    ),
    ...proseLines(`Compared with: ${control}.`, look, INDENT, INDENT, 'faint'),
    ...proseLines(`This means: ${meaning}.`, look, INDENT, INDENT),
    ...proseLines(`To mend it: ${remedyOf(finding, language)}.`, look, INDENT, INDENT),
    ...proseLines(`Read: ${QUESTIONS[question].chapter}`, look, INDENT, INDENT, 'faint'),
  ];
}

/** In this language, where there are words for it. Without a full stop. */
export function remedyOf({ remedy }: Fault, language: Language): string {
  return remedy[language] ?? remedy.other;
}

/** The language of the server: remedies are told in it. */
export function languageOf({ languages }: Facts): Language {
  return languages.get('server') ?? 'other';
}

const MOST_FRAMES = 8;

export function framesPhrase(frames: readonly number[]): string {
  if (frames.length === 0) return '';
  const shown = frames.slice(0, MOST_FRAMES).join(', ');
  return ` (frame${frames.length === 1 ? '' : 's'} ${shown}${frames.length > MOST_FRAMES ? ', …' : ''})`;
}

/** Where one reason holds for several questions, it is told once. */
function needed(findings: readonly Finding[], look: Look): readonly string[] {
  const unknown = findings.flatMap((finding) => (finding.verdict === 'cannot tell' ? [finding] : []));
  const reasonOf = ({ said, needed: wanted, evidence }: CannotTell): string => JSON.stringify([said, wanted, evidence]);
  const lines = unknown.flatMap((finding, at) => {
    const alike = unknown.filter((each) => reasonOf(each) === reasonOf(finding));
    if (unknown.findIndex((each) => reasonOf(each) === reasonOf(finding)) < at) return [];
    const what = `whether ${QUESTIONS[finding.question].title}`;
    const more = alike.length - 1;
    return [
      ...proseLines(
        `Cannot tell ${more === 0 ? what : `${what}, and ${more} more of the questions`}: ${finding.said}.`,
        look,
      ),
      ...finding.evidence.flatMap(({ seen }) => proseLines(`Seen: ${seen}`, look, INDENT, INDENT)),
      ...proseLines(`What would be needed: ${finding.needed}.`, look, INDENT, INDENT),
    ];
  });
  return lines.length === 0 ? [] : [...lines, ''];
}

/** How many faults, how long it took, and how the relay got in between. */
export function checkSummary({ facts, tookMs, terminal, findings }: Check): string {
  const seconds = Math.round(tookMs / 1000);
  const pauses =
    facts.pauseMs > 0 ? ` After each write there was a pause of ${facts.pauseMs} ms, because the pair needs it.` : '';
  const inPlace =
    facts.inPlace === null
      ? ''
      : ` The programs ran in their own folder, because ${facts.inPlace}; what they wrote is there.`;
  const piped = terminal === 'none' ? ' There was no pseudo-terminal, so a program may have kept its output back.' : '';
  return `${verdictCounts(findings)}, in ${seconds} s. The relay got in between by ${wayWords(facts.way, facts.guide, facts.isMoved)}.${inPlace}${pauses}${piped}`;
}

function verdictCounts(findings: readonly Finding[]): string {
  const count = (wanted: Verdict): number => findings.filter(({ verdict }) => verdict === wanted).length;
  const without = count('does not apply');
  const rest = without === 0 ? '' : `, ${without} ${without === 1 ? 'does' : 'do'} not apply`;
  return `${counted(count('fault'), 'fault')}, ${count('good')} good, ${count('cannot tell')} cannot tell${rest}`;
}
