/** The findings of a check, for a terminal: first what is wrong, with all that belongs to it; then a table of all. */
import type { Check } from '../clinic/check.js';
import type { Facts } from '../clinic/facts.js';
import type { CannotTell, Fault, Finding, Verdict } from '../clinic/finding.js';
import { QUESTIONS } from '../clinic/questions/questions.js';
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
  const findings = inOrderOfWeight(check.findings);
  const faults = findings.filter(({ verdict }) => verdict === 'fault');
  return [
    ...faults.flatMap((finding, index) => [...faultLines(finding, index + 1, check, look), '']),
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
    ...proseLines(checkSummary(check), look),
    ...askAgain(faults, look),
  ];
}

/** Somebody who has mended something wants to know about that, and not to wait for everything. */
function askAgain(faults: readonly Finding[], look: Look): readonly string[] {
  if (faults.length === 0) return [];
  const names = faults.map(({ question }) => question).join(',');
  return proseLines(`When you have changed your programs, ask only about these again: --only ${names}`, look);
}

function faultLines(finding: Finding, number: number, { facts }: Check, look: Look): readonly string[] {
  if (finding.verdict !== 'fault') return [];
  const { said, evidence, meaning, control, question } = finding;
  return [
    ...headingLines(`${number}. ${said}`, look),
    ...evidence.flatMap(({ seen, frames = [] }) =>
      proseLines(`Seen: ${seen}${framesPhrase(frames)}`, look, INDENT, INDENT),
    ),
    ...proseLines(`Compared with: ${control}.`, look, INDENT, INDENT, 'faint'),
    ...proseLines(`This means: ${meaning}.`, look, INDENT, INDENT),
    ...proseLines(`To mend it: ${remedyOf(finding, facts)}.`, look, INDENT, INDENT),
    ...proseLines(`Read: ${QUESTIONS[question].chapter}`, look, INDENT, INDENT, 'faint'),
  ];
}

/** In the language of the server, where there are words for it. Without a full stop. */
export function remedyOf({ remedy }: Fault, { languages }: Facts): string {
  return remedy[languages.get('server') ?? 'other'] ?? remedy.other;
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
  const count = (wanted: Verdict): number => findings.filter(({ verdict }) => verdict === wanted).length;
  const seconds = Math.round(tookMs / 1000);
  const pauses =
    facts.pauseMs > 0 ? ` After each write there was a pause of ${facts.pauseMs} ms, because the pair needs it.` : '';
  const piped = terminal === 'none' ? ' There was no pseudo-terminal, so a program may have kept its output back.' : '';
  const without = count('does not apply');
  const rest = without === 0 ? '' : `, ${without} ${without === 1 ? 'does' : 'do'} not apply`;
  return `${counted(count('fault'), 'fault')}, ${count('good')} good, ${count('cannot tell')} cannot tell${rest}, in ${seconds} s. The relay got in between by ${wayWords(facts.way, facts.guide, facts.isMoved)}.${pauses}${piped}`;
}
