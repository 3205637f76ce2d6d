/**
 * Replaces each directive of a chapter by what it names. If something is missing from the run, the sentence is not left
 * with a gap: the whole paragraph is left out, or with `::needs{…}` the rest of its section. One sentence then says
 * what is missing.
 */
import type { Definition, Heading, Link, Nodes, PhrasingContent, RootContent, Text } from 'mdast';
import type { ContainerDirective, Directives, TextDirective } from 'mdast-util-directive';

import type { Question } from '../answers/question.js';
import { whyNoAddress } from './link-address.js';
import { ChapterError } from './chapter-error.js';
import type { Source } from './chapter-source.js';
import type { Lesson } from './lesson.js';
import type { Need } from './parts/need.js';
import { isNeed, lacking, leftOutNote, NEEDS } from './parts/needs.js';
import { PARTS } from './parts/parts.js';
import { disclosure, prediction, type Part } from './parts/tree.js';
import { VALUES } from './parts/values.js';
import {
  expandedPrediction,
  openedAnswer,
  phrasingIn,
  questionOf,
  type Block,
  type ExpandedPrediction,
} from './prediction.js';
import { PredictionError } from './prediction-error.js';
import { curiousMarkdown, predictionMarkdown } from './report/prediction-markdown.js';

/** For each folding block, the message if it is written wrong. */
const FOLDS: Readonly<Record<string, string>> = {
  predict: 'a question is :::predict[the question], then its answer, then :::',
  curious: 'what is for the curious is :::curious[what it is], then the text, then :::',
};

/** A line that begins like a directive. */
const LIKE_A_DIRECTIVE = /^[ \t]*::/;
/** What may stand before a text in its line: marks of quotes and lists. */
const MARKS = /^(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*$/;
const LONE_FENCE = /^[ \t>]*:::+[ \t]*$/;

export class Expansion {
  readonly #file: string;
  readonly #lines: readonly string[];
  readonly #lesson: Lesson;
  readonly #chapter: string;
  readonly #questions: Question[] = [];

  /** @param chapter its name, with which the ids of its questions begin. */
  constructor({ file, text }: Source, chapter: string, lesson: Lesson) {
    this.#file = file;
    this.#lines = text.split(/\r\n|\r|\n/);
    this.#lesson = lesson;
    this.#chapter = chapter;
  }

  /** The questions so far that a page can compare. */
  get questions(): readonly Question[] {
    return this.#questions;
  }

  /** All blocks of a chapter except its title. */
  chapter(nodes: readonly RootContent[]): Part {
    const made: Part[] = [];
    let section = new Section(1);
    for (const node of nodes) {
      if (node.type === 'heading') section = section.next(node);
      const part = this.#isNeeds(node) ? this.#needs(node) : this.block(node);
      if (section.leftOut) continue;
      if (part.missing === undefined) {
        made.push(part);
        continue;
      }
      if (!section.noted) made.push({ markdown: [leftOutNote(part.missing, this.#lesson)] });
      section.noted = true;
      section.leftOut = this.#isNeeds(node);
    }
    return joined(made);
  }

  block(node: RootContent): Part {
    switch (node.type) {
      case 'html':
        throw this.#error(node, 'a chapter cannot hold HTML');
      case 'leafDirective':
        return this.#part(node);
      case 'containerDirective':
        return this.#fold(node);
      case 'textDirective':
        return this.#value(node);
      case 'text':
        return this.#text(node);
      case 'image':
      case 'imageReference':
        throw this.#error(node, 'a chapter cannot hold a picture, because the page loads nothing; write a link to it');
      case 'link':
      case 'definition':
        this.#checkAddress(node);
        return this.#within(node);
      default:
        return this.#within(node);
    }
  }

  /** For a node whose children may be directives. */
  #within(node: RootContent): Part {
    if (!('children' in node)) return { markdown: [node] };
    const inner = node.children.map((child) => this.block(child));
    const kept = KEEPS_THE_REST.has(node.type) ? inner.filter(({ missing }) => missing === undefined) : inner;
    const missing = kept.length === 0 || kept.some((part) => part.missing !== undefined) ? missingOf(inner) : [];
    if (missing.length > 0) return { markdown: [], missing };
    const { markdown, html } = joined(kept);
    const face = (children: readonly RootContent[]): RootContent => ({ ...node, children }) as RootContent;
    return { markdown: [face(markdown)], html: [face(html ?? markdown)] };
  }

  #isNeeds(node: RootContent): node is Directives {
    return node.type === 'leafDirective' && node.name === 'needs';
  }

  /** `::needs{encrypted key-log}`: if one of these is missing, the rest of the section is left out. */
  #needs(node: Directives): Part {
    const names = Object.keys(attributesOf(node));
    const unknown = names.find((name) => !isNeed(name));
    if (unknown !== undefined || names.length === 0)
      throw this.#error(node, `needs: give it one or more of these names: ${Object.keys(NEEDS).join(', ')}`);
    const missing = lacking(this.#lesson, names.filter(isNeed));
    return missing.length === 0 ? { markdown: [] } : { markdown: [], missing };
  }

  #part(node: Directives): Part {
    if (node.name === 'needs') throw this.#error(node, 'needs: put it directly in a section, not inside another block');
    const make = Object.hasOwn(PARTS, node.name) ? PARTS[node.name] : undefined;
    if (make === undefined)
      throw this.#error(node, `there is no part called ${node.name}; there are ${Object.keys(PARTS).join(', ')}`);
    const made = make(this.#lesson, attributesOf(node));
    if (typeof made === 'string') throw this.#error(node, `${node.name}: ${made}`);
    return made;
  }

  #value(node: TextDirective): Part {
    const name = node.children.map((child) => (child.type === 'text' ? child.value : '')).join('');
    if (node.name !== 'run')
      throw this.#error(node, `there is no :${node.name}[…]; a value of the run is :run[its name]`);
    return this.#valueCalled(name, node);
  }

  #valueCalled(name: string, node: Nodes): Part {
    const value = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
    if (value === undefined)
      throw this.#error(node, `the run has no value called “${name}”; it has ${Object.keys(VALUES).join(', ')}`);
    const found = value(this.#lesson);
    return 'missing' in found ? { markdown: [], missing: [found.missing] } : { markdown: found };
  }

  /** `:::predict[the question]` contains the answer. `:::curious[what it is]` contains the details. */
  #fold(node: ContainerDirective): Part {
    const form = Object.hasOwn(FOLDS, node.name) ? FOLDS[node.name] : undefined;
    if (form === undefined)
      throw this.#error(
        node,
        `there is no block called ${node.name}; a question is :::predict[…], and there is :::curious[…]`,
      );
    if (node.data?.isClosed !== true)
      throw this.#error(
        node,
        `the block that begins here has no end; write ${fenceOf(this.#lines, node)} alone on a line after it. ` +
          'If it is around another block, it must begin and end with more colons than that one',
      );
    const [label, ...content] = node.children as RootContent[];
    if (label?.type !== 'paragraph' || label.data?.directiveLabel !== true || content.length === 0)
      throw this.#error(node, form);
    if (node.name === 'predict') return this.#prediction({ node, attributes: attributesOf(node), label, content });
    const summary = this.#phrasing(label.children);
    const parts = content.map((child) => this.block(child));
    const missing = missingOf([summary, ...parts]);
    if (missing.length > 0) return { markdown: [], missing };
    const inside = joined(parts);
    return {
      markdown: curiousMarkdown(phrasingIn(summary), inside.markdown),
      html: [disclosure('curious', phrasingIn(summary), inside.html ?? inside.markdown)],
    };
  }

  #prediction(block: Block): Part {
    try {
      const expander = {
        phrasing: (content: readonly PhrasingContent[]) => this.#phrasing(content),
        block: (node: RootContent) => this.block(node),
        value: (name: string) => this.#valueCalled(name, block.node),
      };
      return this.#predicted(expandedPrediction(block, expander), block.node);
    } catch (error) {
      throw error instanceof PredictionError ? this.#error(error.at, error.message) : error;
    }
  }

  #predicted({ name, asked, explanation, form }: ExpandedPrediction, node: Nodes): Part {
    const missing = missingOf([asked, ...explanation, ...(form?.parts ?? [])]);
    if (missing.length > 0) return { markdown: [], missing };
    const made = form?.made() ?? null;
    const words = phrasingIn(asked);
    const question = made === null ? null : questionOf(`${this.#chapter}/${name}`, words, made);
    if (question !== null && this.#questions.some(({ id }) => id === question.id))
      throw this.#error(node, `another question of this chapter is called ${name} too; give this one a name with {#…}`);
    if (question !== null) this.#questions.push(question);
    const inside = joined(explanation);
    const choices = made?.choices ?? [];
    const answer = (face: readonly RootContent[]) => openedAnswer(question, choices, face);
    return {
      markdown: predictionMarkdown(words, choices, answer(inside.markdown)),
      html: [prediction(question, words, choices, answer(inside.html ?? inside.markdown))],
    };
  }

  #phrasing(content: readonly PhrasingContent[]): Part {
    const parts = content.map((child) => this.block(child));
    const missing = missingOf(parts);
    return missing.length > 0 ? { markdown: [], missing } : joined(parts);
  }

  /** Text that the reader would see. A directive that is written wrong must not become such text. */
  #text(node: Text): Part {
    const { start, end } = node.position ?? NOWHERE;
    for (let number = start.line; number <= end.line; number += 1) {
      const line = this.#lines[number - 1] ?? '';
      const from = number === start.line ? start.column - 1 : (/^[ \t>]*/.exec(line)?.[0].length ?? 0);
      if (!MARKS.test(line.slice(0, from)) || !LIKE_A_DIRECTIVE.test(line.slice(from))) continue;
      const why = LONE_FENCE.test(line)
        ? 'this ::: ends no block; remove it, or write the beginning of the block'
        : 'this line begins with :: but is not a directive, such as ::name{…} alone on the line or :::predict[…]; check its form, or put it between backticks to show it as it is';
      throw this.#errorAt(number, why);
    }
    return { markdown: [node] };
  }

  #checkAddress(node: Link | Definition): void {
    const why = whyNoAddress(node.url);
    if (why !== null) throw this.#error(node, why);
  }

  #error(node: Nodes, why: string): ChapterError {
    return this.#errorAt(node.position?.start.line ?? 0, why);
  }

  #errorAt(line: number, why: string): ChapterError {
    return new ChapterError(`${this.#file}, line ${line}: ${why}`);
  }
}

const NOWHERE = { start: { line: 1, column: 1 }, end: { line: 0, column: 1 } };

/** As many colons as the block began with. */
function fenceOf(lines: readonly string[], { position }: ContainerDirective): string {
  const { line, column } = position?.start ?? NOWHERE.start;
  return /^:+/.exec((lines[line - 1] ?? '').slice(column - 1))?.[0] ?? ':::';
}

/** What is between one heading and the next. */
class Section {
  readonly #depth: number;
  readonly #within: Section | null;
  /** Whether the section already has a sentence about what is missing. */
  noted = false;
  /** Whether the rest of the section is left out. */
  leftOut = false;

  constructor(depth: number, within: Section | null = null) {
    this.#depth = depth;
    this.#within = within;
  }

  /** A section inside a section that is left out is left out too. */
  next({ depth }: Heading): Section {
    if (depth <= this.#depth)
      return this.#within === null ? new Section(depth) : this.#within.next({ type: 'heading', depth, children: [] });
    const inner = new Section(depth, this);
    inner.leftOut = this.leftOut;
    return inner;
  }
}

/** If one child of such a node is missing something, its other children are still shown. */
const KEEPS_THE_REST: ReadonlySet<string> = new Set(['list', 'table', 'blockquote']);

function missingOf(parts: readonly Part[]): readonly Need[] {
  return [...new Set(parts.flatMap(({ missing }) => missing ?? []))];
}

function joined(parts: readonly Part[]): Part {
  return {
    markdown: parts.flatMap(({ markdown }) => [...markdown]),
    html: parts.flatMap(({ markdown, html }) => [...(html ?? markdown)]),
  };
}

function attributesOf({ attributes }: Directives): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes ?? {}).map(([name, value]) => [name, value ?? '']));
}
