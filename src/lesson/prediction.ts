/**
 * A `:::predict` block: a question, then its choices or the name of the run's value that is the answer, and the
 * explanation. A block with neither is a question that a page cannot compare: the reader writes the answer down.
 */
import type { List, Nodes, Paragraph, PhrasingContent, RootContent } from 'mdast';
import type { ContainerDirective } from 'mdast-util-directive';

import { holdsNumber, isRight } from '../answers/comparison.js';
import type { Key, Kind, Question } from '../answers/question.js';
import { printable } from '../printable.js';
import { isTaskList, writtenChoices } from './choices.js';
import { captured, list, paragraph, phrasing, strong, type Choice, type Part } from './parts/tree.js';
import { PredictionError } from './prediction-error.js';
import { textOf } from './report/text-of.js';

export interface Block {
  readonly node: ContainerDirective;
  readonly attributes: Readonly<Record<string, string>>;
  readonly label: Paragraph;
  readonly content: readonly RootContent[];
}

/** What replaces the directives inside a block. */
export interface Expander {
  phrasing(content: readonly PhrasingContent[]): Part;
  block(node: RootContent): Part;
  /** A value of the run, by the name that `:run[…]` knows. */
  value(name: string): Part;
}

/** The parts of a question. Each of them may lack something of the run. */
export interface ExpandedPrediction {
  readonly asked: Part;
  readonly explanation: readonly Part[];
  readonly form: Form | null;
  /** Without the chapter's name. */
  readonly name: string;
}

/** What the reader answers with. */
interface Form {
  readonly parts: readonly Part[];
  /** Works only if none of {@link parts} lacks anything. */
  readonly made: () => MadeForm;
}

interface MadeForm {
  readonly kind: Kind;
  readonly choices: readonly Choice[];
  readonly key: Key;
}

/** @throws PredictionError if the block is written wrong. */
export function expandedPrediction(block: Block, expander: Expander): ExpandedPrediction {
  const { label, content } = block;
  const value = valueAsked(block);
  const list = choiceList(block, value !== null);
  return {
    name: questionName(block),
    asked: expander.phrasing(label.children),
    explanation: (list === null ? content : content.slice(1)).map((each) => expander.block(each)),
    form: list !== null ? choiceForm(list, expander) : value !== null ? valueForm(block, value, expander) : null,
  };
}

/** `form` as {@link Form.made} gives it, and `asked` as it is shown. */
export function questionOf(id: string, asked: readonly PhrasingContent[], { kind, choices, key }: MadeForm): Question {
  return { id, asked: plainText(asked), kind, choices: choices.map(({ content }) => plainText(content)), key };
}

function choiceList({ node, content }: Block, hasValue: boolean): List | null {
  const lists = content.filter(isTaskList);
  const [first] = lists;
  if (first === undefined) return null;
  if (first !== content[0] || lists.length > 1)
    throw new PredictionError(
      lists[1] ?? first,
      'the choices of a question are one list, right after the question and before the explanation',
    );
  if (hasValue) throw new PredictionError(node, 'a question has choices or a value of the run, not both');
  return first;
}

function choiceForm(list: List, expander: Expander): Form {
  const written = writtenChoices(list);
  const parts = written.map(({ content, reason }) => [expander.phrasing(content), expander.phrasing(reason)] as const);
  const right = written.findIndex(({ isRight: is }) => is);
  return {
    parts: parts.flat(),
    made: () => {
      const choices = parts.map(([content, reason]) => ({ content: phrasingIn(content), reason: phrasingIn(reason) }));
      const texts = choices.map(({ content }) => plainText(content));
      const key = choiceKey(choices, right);
      refuseTwins(
        written.map(({ item }) => item),
        texts,
      );
      return { kind: 'choice', choices, key };
    },
  };
}

/** @param right the index of the right choice. */
export function choiceKey(choices: readonly Choice[], right: number): Key {
  return {
    accepts: [plainText(choices[right]?.content ?? [])],
    reasons: choices.map(({ reason }, at) => (at === right ? '' : plainText(reason))),
  };
}

/** Two choices that no comparison could tell apart. */
function refuseTwins(items: readonly RootContent[], texts: readonly string[]): void {
  const twin = texts.findIndex((text, at) =>
    texts.slice(0, at).some((other) => isRight({ kind: 'choice', key: { accepts: [other], reasons: [] } }, text)),
  );
  const item = items[twin];
  if (item !== undefined) throw new PredictionError(item, 'this choice says the same as one before it');
}

/** The kinds whose answer is a value of the run. */
const VALUE_KINDS = ['number', 'frame', 'text'] as const satisfies readonly Kind[];

interface AskedValue {
  readonly kind: (typeof VALUE_KINDS)[number];
  readonly name: string;
}

function valueAsked({ node, attributes }: Block): AskedValue | null {
  const known: readonly string[] = [...VALUE_KINDS, 'id'];
  const unknown = Object.keys(attributes).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new PredictionError(
      node,
      `a question has no ${unknown}; it can have {#name}, and {number="…"}, {frame="…"} or {text="…"} with a value of the run`,
    );
  const [kind, other] = VALUE_KINDS.filter((each) => attributes[each] !== undefined);
  if (other !== undefined) throw new PredictionError(node, `the answer is a ${kind ?? ''} or a ${other}, not both`);
  return kind === undefined ? null : { kind, name: attributes[kind] ?? '' };
}

function valueForm({ node }: Block, { kind, name }: AskedValue, expander: Expander): Form {
  const value = expander.value(name);
  return {
    parts: [value],
    made: () => {
      const words = phrasingIn(value);
      const key: Key = {
        accepts: kind === 'text' ? [wholeText(words)] : numbers(node, kind, plainText(words)),
        reasons: [],
      };
      return { kind, choices: [], key };
    },
  };
}

/** The page shows only the beginning of a very long text. The answer is the whole of it. */
function wholeText(words: readonly PhrasingContent[]): string {
  const [only, ...more] = words;
  return only?.type === 'captured' && more.length === 0 ? printable(only.whole) : plainText(words);
}

function numbers(node: RootContent, kind: 'number' | 'frame', value: string): Key['accepts'] {
  if (!holdsNumber(value)) throw new PredictionError(node, `this value is “${value.slice(0, 60)}” here, not a number`);
  // Someone who names one of several frames has found it.
  if (kind === 'frame') return [value, ...Array.from(value.matchAll(/\d+/g), String)];
  const [, some] = /^(\d+) of \d+$/.exec(value) ?? [];
  return some === undefined ? [value] : [value, some];
}

/** The most words that the name of a question takes from its text. */
const MOST_WORDS = 8;

/**
 * `{#name}`. Without one, the first words of the question. Values of the run are left out of it, because a name must
 * not change with the run.
 */
function questionName({ node, attributes, label }: Block): string {
  const given = attributes['id'];
  if (given === undefined) {
    const words =
      wordsOf(label)
        .normalize('NFKC')
        .toLowerCase()
        .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
    return words.slice(0, MOST_WORDS).join('-') || 'question';
  }
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(given))
    throw new PredictionError(node, 'the name of a question has small letters, digits and hyphens, as in {#how-many}');
  return given;
}

function wordsOf(node: Nodes): string {
  if (node.type === 'textDirective') return ' ';
  if ('children' in node) return node.children.map(wordsOf).join('');
  return 'value' in node ? node.value : '';
}

export function phrasingIn({ markdown, html }: Part): PhrasingContent[] {
  return [...(html ?? markdown)] as PhrasingContent[];
}

/** As it is shown: with control characters made visible. */
function plainText(content: readonly PhrasingContent[]): string {
  return printable(
    textOf({ type: 'paragraph', children: [...content] })
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

/** What opens: the right answer, the explanation, and why the other choices are wrong. */
export function openedAnswer(
  question: Question | null,
  choices: readonly Choice[],
  explanation: readonly RootContent[],
): RootContent[] {
  const key = question?.key ?? null;
  if (question === null || key === null) return [...explanation];
  const { accepts, reasons } = key;
  const right = choices[reasons.indexOf('')];
  const answer = right?.content ?? phrasing(question.kind === 'text' ? captured(accepts[0]) : accepts[0]);
  const why = right?.reason ?? [];
  const wrong = choices.filter((choice) => choice !== right);
  return [
    marked(paragraph(strong('Right:'), ' ', ...answer), 'right-answer'),
    ...(why.length === 0 ? [] : [paragraph(...why)]),
    ...explanation,
    ...(wrong.length === 0 ? [] : [paragraph('The other choices:'), marked(reasonList(wrong), 'reasons')]),
  ];
}

function reasonList(wrong: readonly Choice[]): List {
  return list(wrong.map(({ content, reason }) => [{ type: 'strong', children: [...content] }, ': ', ...reason]));
}

/** With a class in HTML, for the style sheet and the script. */
function marked<T extends Paragraph | List>(node: T, name: string): T {
  return { ...node, data: { hProperties: { className: [name] } } };
}
