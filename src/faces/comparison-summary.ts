/** Counts the verdicts of a comparison, and explains the hits that are not what they seem. Every face uses it. */
import type {
  CaptureFindings,
  Comparison,
  ConversationFindings,
  Hit,
  Verdict,
} from '../eavesdropper/findings/findings.js';
import { MODE_FACTS, SEALED_MODES, type SealedMode } from '../protocol/modes.js';
import { counted, frames, listed, meaningPhrase, shapePhrase } from './phrases.js';

/** Counts the messages of one capture. The three numbers add up to all of them. */
export interface Counts {
  readonly readable: number;
  /** The control found its text, so this search would have found the message. */
  readonly notFound: number;
  /** Neither readable nor proved absent. Each verdict gives the reason. */
  readonly cannotTell: number;
}

/** A sealed mode is null if no capture of that mode was compared. */
export interface Tally extends Readonly<Record<SealedMode, Counts | null>> {
  readonly messages: number;
  readonly plaintext: Counts;
}

export type VerdictWord = 'readable' | 'not found' | 'cannot tell';

/** "not found" proves nothing if the control failed, so we say it only if the control succeeded. */
export function outcomeOf(verdict: Verdict): VerdictWord {
  if (verdict.readable) return 'readable';
  return verdict.control.proves ? 'not found' : 'cannot tell';
}

export function tally({ messages, encrypted, tls }: Comparison): Tally {
  return {
    messages: messages.length,
    plaintext: counts(messages.map(({ plaintext }) => plaintext)),
    encrypted: encrypted === null ? null : counts(messages.flatMap((message) => message.encrypted ?? [])),
    tls: tls === undefined ? null : counts(messages.flatMap((message) => message.tls?.verdict ?? [])),
  };
}

function counts(verdicts: readonly Verdict[]): Counts {
  const outcomes = verdicts.map(outcomeOf);
  const of = (outcome: VerdictWord): number => outcomes.filter((each) => each === outcome).length;
  return { readable: of('readable'), notFound: of('not found'), cannotTell: of('cannot tell') };
}

/**
 * One sentence without its full stop. It does not mention a capture of a different conversation, unless a message is
 * readable in it.
 */
export function summarySentence(comparison: Comparison): string {
  const found = tally(comparison);
  const { messages, plaintext } = found;
  if (messages === 0) return 'there was no message to compare';
  const told = SEALED_MODES.flatMap((mode) => {
    const counts = found[mode];
    const isTold = comparison.agreement[mode]?.agrees === true || (counts?.readable ?? 0) > 0;
    return counts === null || !isTold ? [] : [{ ...counts, where: WHERE[mode] }];
  });
  const parts = [
    `${plaintext.readable} of ${counted(messages, 'message')} readable in plaintext`,
    ...told.map(({ readable, where }) => `${readable} of ${messages} ${where}`),
  ];
  const sum = (outcome: keyof Counts): number => told.reduce((total, each) => total + each[outcome], 0);
  return `${parts.join(', ')}${controlClause(sum('notFound'))}${cannotTellClause(sum('cannotTell'))}`;
}

const WHERE: Readonly<Record<SealedMode, string>> = { encrypted: 'encrypted', tls: 'in TLS' };

function controlClause(notFound: number): string {
  if (notFound === 0) return '';
  return notFound === 1
    ? '; the one “not found” has its control'
    : `; each of the ${notFound} “not found” has its control`;
}

/** The notes give the reasons. */
function cannotTellClause(cannotTell: number): string {
  return cannotTell === 0 ? '' : `; for ${cannotTell} the search cannot tell`;
}

/**
 * Why the captures do not seem to contain the same chat, one sentence for each. It comes before any verdict. The
 * sentences may contain text from a capture.
 */
export function disagreementsOf(agreement: Comparison['agreement']): readonly string[] {
  return SEALED_MODES.flatMap((mode) => {
    const found = agreement[mode];
    if (found?.agrees !== false) return [];
    return [
      `The ${MODE_FACTS[mode].title} capture contains a different conversation from the plaintext one: ${found.why}. So its messages are not compared.`,
    ];
  });
}

/**
 * If there is a script: says how many of its texts the plaintext capture does not contain. One sentence, or null.
 * Without a script, the texts come from the plaintext capture itself, so it contains all of them.
 */
export function notSaidOf({ messages }: Comparison): string | null {
  const missing = messages.filter(({ text, plaintext }) => text !== '' && !plaintext.readable).length;
  if (missing === 0) return null;
  const of = `${missing} of the ${counted(messages.length, 'message')} to search for`;
  return `The plaintext capture does not contain ${of}. Is it the script of this chat? The search can say nothing about ${missing === 1 ? 'that message' : 'those'}.`;
}

/**
 * What the captures agree in. This is evidence of the same chat, but not proof. One sentence, or null if nothing
 * agrees.
 */
export function basisOf(agreement: Comparison['agreement']): string | null {
  const all = SEALED_MODES.flatMap((mode) => {
    const found = agreement[mode];
    return found?.agrees === true ? [{ ...found, title: MODE_FACTS[mode].title }] : [];
  });
  const [first] = all;
  if (first === undefined) return null;
  const opened = all.filter(({ by }) => by === 'texts').map(({ title }) => title);
  const texts = opened.length === 0 ? '' : ` The key decrypts the same texts in the ${listed(opened)} one.`;
  const cut = all.every(({ isWhole }) => isWhole) ? '' : ' One of them ends before the chat does.';
  const many = counted(Math.min(...all.map(({ messages }) => messages)), 'message');
  const isOther = SEALED_MODES.some((mode) => agreement[mode]?.agrees === false);
  const who = isOther ? `Plaintext and ${first.title}` : 'They';
  return `${who} agree in all that can be seen without a key: ${many}, who sent each, and how long each can be.${texts}${cut}`;
}

/** Something that may surprise a learner who searches in Wireshark. */
export interface Note {
  /** The text of the search, as it was typed. The caller must make it safe to show. */
  readonly text: string;
  /** A sentence to put after the text. It has no full stop. */
  readonly says: string;
}

export function notes(comparison: Comparison): readonly Note[] {
  const all = comparison.messages.flatMap(({ text, plaintext, encrypted, tls }) => [
    ...hitNotes(text, 'plaintext', plaintext),
    ...(encrypted === null ? [] : sealedNotes(text, MODE_FACTS.encrypted.title, encrypted)),
    ...(tls === undefined ? [] : sealedNotes(text, MODE_FACTS.tls.title, tls.verdict)),
  ]);
  const known = new Set<string>();
  return all.filter(({ text, says }) => {
    const key = JSON.stringify([text, says]);
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}

/**
 * Why the search cannot give an answer. Different conversations are mentioned once, before all verdicts, and not here.
 */
function sealedNotes(text: string, capture: string, verdict: Verdict): Note[] {
  const hits = hitNotes(text, capture, verdict);
  if (verdict.readable || verdict.control.proves) return hits;
  if (verdict.control.isOtherConversation === true) return [];
  return [{ text, says: `may or may not be in the ${capture} capture: ${verdict.control.why}` }, ...hits];
}

/** How many places are named one by one, and how many kinds of places get a sentence each. */
const MOST_PLACES = 4;
const MOST_KINDS = 2;

function hitNotes(text: string, capture: string, { others }: Verdict): Note[] {
  const kinds = new Map<string, Hit[]>();
  for (const hit of others) {
    if (hit.meaning === 'text') continue;
    const key = JSON.stringify([hit.meaning, hit.within ?? '']);
    kinds.set(key, [...(kinds.get(key) ?? []), hit]);
  }
  const all = [...kinds.values()];
  if (all.length > MOST_KINDS) return [{ text, says: manyKindsSentence(capture, all.flat()) }];
  return all.map((hits) => ({ text, says: hitsSentence(capture, hits) }));
}

function hitsSentence(capture: string, hits: readonly Hit[]): string {
  const places = [...new Set(hits.map(({ place, shape }) => `${frames(place)} (${shapePhrase(shape)})`))];
  const more = places.length - MOST_PLACES;
  const where = listed(more > 1 ? [...places.slice(0, MOST_PLACES), `${more} more places`] : places);
  return `also occurs in ${where} of the ${capture} capture, ${meaningPhrase(hits[0])}`;
}

/** For texts of a letter or two, which occur almost everywhere. */
function manyKindsSentence(capture: string, hits: readonly Hit[]): string {
  const within = [...new Set(hits.map((hit) => hit.within ?? 'what the protocol itself says'))];
  return `also occurs in at least ${hits.length} places of the ${capture} capture that are not this message: in ${listed(within)}`;
}

/** All findings of the conversations that are compared. */
export function comparedConversations({ plaintext, encrypted, conversations }: Comparison): {
  readonly plaintext: ConversationFindings | null;
  readonly encrypted: ConversationFindings | null;
} {
  const numbered = (capture: CaptureFindings | null, wanted: number | null): ConversationFindings | null =>
    capture?.conversations.find(({ number }) => number === wanted) ?? null;
  return {
    plaintext: numbered(plaintext, conversations.plaintext),
    encrypted: numbered(encrypted, conversations.encrypted),
  };
}
