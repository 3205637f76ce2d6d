/**
 * The experiments of a folder. Each is a Markdown file `NN-name.md` with three sections:
 *
 *      # Title       ::setting{…}, some words, and a question :::predict[…]
 *      ## Do         numbered steps, ::goal{…}, and hints :::hint
 *      ## See        what to look at
 *      ## Explain    why it is so
 *
 * `lessons/experiments/README.md` explains this to teachers. The words of `words.md` are marked in them.
 */
import path from 'node:path';

import type { Heading, List, RootContent } from 'mdast';
import type { ContainerDirective, LeafDirective } from 'mdast-util-directive';

import { ATTACKS } from '../../attacker/attacks.js';
import { DEFAULT_INTEGRITY, INTEGRITY_NAMES, isIntegrity } from '../../protocol/integrity.js';
import { MODES } from '../../protocol/modes.js';
import { ChapterError } from '../../lesson/chapter-error.js';
import type { Source } from '../../lesson/chapter-source.js';
import { chapterName, chapterTree } from '../../lesson/chapter-tree.js';
import { chapterSources, LESSONS } from '../../lesson/lesson-folder.js';
import { PredictionError } from '../../lesson/prediction-error.js';
import { expandedPrediction, questionOf } from '../../lesson/prediction.js';
import { textOf } from '../../lesson/report/text-of.js';
import type { Block, Experiment, Guess } from './experiment.js';
import { goalOf, type Goal } from './goals.js';
import { blockOf, ExperimentError, itemsOf, phrasesOf } from './plain-tree.js';
import { withWords, wordsOf, type ReadWord } from './words.js';

export interface ReadExperiment {
  /** For the page. */
  readonly shown: Experiment;
  /** Each has to be reached. */
  readonly goals: readonly Goal[];
}

/** The folder that comes with the program. */
export const OWN_EXPERIMENTS = path.join(LESSONS, 'experiments');

/**
 * In the order of their numbers.
 *
 * @throws ChapterError with the file and the line of a mistake.
 * @throws Error in one line if a file cannot be read, or if there is none.
 */
export function readExperiments(folder: string): readonly ReadExperiment[] {
  const words = wordsOf(folder);
  const all = chapterSources(folder).map((source) => readExperiment(source, words));
  const names = all.map(({ shown }) => shown.name);
  const twin = names.find((name, at) => names.indexOf(name) < at);
  if (twin !== undefined) throw new ChapterError(`${folder}: two experiments are called ${twin}; rename one of them`);
  return all;
}

/** @throws ChapterError with the file and the line of a mistake. */
export function readExperiment(source: Source, words: readonly ReadWord[] = []): ReadExperiment {
  try {
    const { goals, shown } = experimentIn(source);
    return { goals, shown: withWords(shown, words) };
  } catch (error) {
    if (!(error instanceof ExperimentError || error instanceof PredictionError)) throw error;
    throw new ChapterError(`${source.file}, line ${error.at.position?.start.line ?? 1}: ${error.message}`);
  }
}

function experimentIn(source: Source): ReadExperiment {
  const root = chapterTree(source);
  const [title, ...rest] = root.children;
  if (title?.type !== 'heading' || title.depth !== 1)
    throw new ExperimentError(title ?? root, 'an experiment begins with its title, # …');
  const open = rest.find((node) => node.type === 'containerDirective' && !isClosed(node));
  if (open !== undefined) throw new ExperimentError(open, 'the block that begins here has no end; write ::: after it');
  const name = chapterName(source.file);
  const sections = sectionsOf(title, rest);
  const [beginning, steps] = [beginningOf(sections.beginning, title, name), doOf(sections.do)];
  const { goals, wanted, hints } = steps;
  return {
    goals,
    shown: {
      name,
      title: textOf(title),
      ...beginning,
      words: [],
      steps: steps.steps,
      hints,
      guess: guessIn(wanted),
      goals: goals.map(({ says }) => says),
      see: textIn(sections.see),
      explanation: textIn(sections.explain),
    },
  };
}

/** A block that lacks its end goes on to the end of the next block, or to that of the file. */
function isClosed({ data, children }: ContainerDirective): boolean {
  return data?.isClosed === true && !children.some(({ type }) => type === 'heading' || type === 'containerDirective');
}

/** A heading and what follows it. */
interface Section {
  readonly heading: Heading;
  readonly nodes: RootContent[];
}

const SECTIONS = ['do', 'see', 'explain'] as const;

function sectionsOf(
  title: Heading,
  nodes: readonly RootContent[],
): Readonly<Record<(typeof SECTIONS)[number], Section>> & { readonly beginning: readonly RootContent[] } {
  const beginning: RootContent[] = [];
  const sections: Section[] = [];
  for (const node of nodes) {
    if (node.type === 'heading') sections.push({ heading: node, nodes: [] });
    else (sections.at(-1)?.nodes ?? beginning).push(node);
  }
  const [first, second, third] = SECTIONS.map((name, at) => {
    const section = sections[at];
    if (section?.heading.depth === 2 && textOf(section.heading).trim().toLowerCase() === name) return section;
    throw new ExperimentError(
      section?.heading ?? title,
      'an experiment has the sections ## Do, ## See and ## Explain, in this order',
    );
  });
  const more = sections[SECTIONS.length];
  if (more !== undefined) throw new ExperimentError(more.heading, 'nothing comes after the section ## Explain');
  if (first === undefined || second === undefined || third === undefined) throw new Error('three sections are there');
  return { beginning, do: first, see: second, explain: third };
}

type Beginning = Pick<Experiment, 'setting' | 'holds' | 'introduction' | 'question' | 'asked' | 'choices'>;

function beginningOf(nodes: readonly RootContent[], title: Heading, name: string): Beginning {
  const settings = nodes.filter((node): node is LeafDirective => node.type === 'leafDirective');
  const questions = nodes.filter((node): node is ContainerDirective => node.type === 'containerDirective');
  const [setting, second] = settings;
  const [question, another] = questions;
  if (second !== undefined) throw new ExperimentError(second, 'there is one ::setting{…} before the section ## Do');
  if (setting === undefined)
    throw new ExperimentError(title, 'say in which setting it runs, as in ::setting{mode=plaintext}');
  if (another !== undefined) throw new ExperimentError(another, 'an experiment has one question');
  if (question === undefined)
    throw new ExperimentError(title, 'an experiment has a question, :::predict[…], before ## Do');
  const text = nodes.filter((node) => node !== setting && node !== question);
  return { ...settingOf(setting), introduction: text.map(blockOf), ...askedIn(question, name) };
}

const SETTING_ATTRIBUTES: readonly string[] = ['mode', 'check', 'attack', 'insists', 'hold'];

function settingOf(node: LeafDirective): Pick<Experiment, 'setting' | 'holds'> {
  const attributes = attributesOf(node);
  const { mode: asked, check, attack = null, insists, hold } = attributes;
  const refuse = (why: string): never => {
    throw new ExperimentError(node, why);
  };
  if (node.name !== 'setting') refuse(`there is no ::${node.name} here; the setting is ::setting{mode=…}`);
  const unknown = Object.keys(attributes).find((name) => !SETTING_ATTRIBUTES.includes(name));
  if (unknown !== undefined) refuse(`a setting has no ${unknown}; it has ${SETTING_ATTRIBUTES.join(', ')}`);
  const mode = MODES.find((each) => each === asked) ?? refuse(`a setting needs {mode=…}, one of ${MODES.join(', ')}`);
  if (check !== undefined && (mode !== 'encrypted' || !isIntegrity(check)))
    refuse(`{check=…} is for encrypted mode, one of ${INTEGRITY_NAMES.join(', ')}`);
  if (attack !== null && !ATTACKS.some(({ name }) => name === attack)) refuse(`there is no attack ${attack}`);
  if (attack !== null && hold !== undefined)
    refuse('the learner cannot hold pieces while a ready-made attack is at work');
  if (hold !== undefined && hold !== '' && hold !== 'messages')
    refuse('write hold, so that each piece waits, or hold=messages, so that only messages do');
  if (insists !== undefined && mode === 'plaintext') refuse('in plaintext mode there is no key to insist on');
  const integrity = check !== undefined && isIntegrity(check) ? check : DEFAULT_INTEGRITY;
  return {
    setting: { mode, integrity: mode === 'encrypted' ? integrity : null, attack, insists: insists !== undefined },
    holds: hold === undefined ? 'nothing' : hold === '' ? 'everything' : 'messages',
  };
}

function askedIn(node: ContainerDirective, name: string): Pick<Beginning, 'question' | 'asked' | 'choices'> {
  const { label, content } = insideOf(node, 'predict');
  if (label === null || content.length !== 1)
    throw new ExperimentError(node, 'the question is :::predict[the question], then its choices, then :::');
  const { form, name: own } = expandedPrediction(
    { node, attributes: attributesOf(node), label, content },
    {
      phrasing: (words) => ({ markdown: words }),
      block: (each) => ({ markdown: [each] }),
      value: () => {
        throw new ExperimentError(node, 'nothing has run yet, so the answer is one of some choices');
      },
    },
  );
  if (form === null) throw new ExperimentError(node, 'give the question its choices, as a list of - [ ] and - [x]');
  const made = form.made();
  return {
    question: questionOf(`${name}/${own}`, label.children, made),
    asked: phrasesOf(label.children),
    choices: made.choices.map(({ content: words, reason }) => ({
      content: phrasesOf(words),
      reason: phrasesOf(reason),
    })),
  };
}

function insideOf(node: ContainerDirective, name: 'predict' | 'hint') {
  if (node.name !== name) throw new ExperimentError(node, `there is no block called ${node.name} here`);
  const [first, ...rest] = node.children as RootContent[];
  const isLabel = first?.type === 'paragraph' && first.data?.directiveLabel === true;
  return { label: isLabel ? first : null, content: isLabel ? rest : (node.children as RootContent[]) };
}

interface Do {
  readonly steps: Experiment['steps'];
  readonly hints: Experiment['hints'];
  readonly goals: readonly Goal[];
  /** The attributes of the goals. */
  readonly wanted: readonly Readonly<Record<string, string>>[];
}

function doOf({ heading, nodes }: Section): Do {
  const lists: List[] = [];
  const hints: (readonly Block[])[] = [];
  const goals: Goal[] = [];
  const wanted: Readonly<Record<string, string>>[] = [];
  for (const node of nodes) {
    if (node.type === 'list' && node.ordered === true) lists.push(node);
    else if (node.type === 'containerDirective') hints.push(hintIn(node));
    else if (node.type === 'leafDirective') {
      goals.push(goalIn(node));
      wanted.push(attributesOf(node));
    } else throw new ExperimentError(node, 'the section ## Do has numbered steps, ::goal{…} and :::hint');
  }
  const [steps, second] = lists;
  if (second !== undefined) throw new ExperimentError(second, 'the steps are one list');
  if (steps === undefined) throw new ExperimentError(heading, 'the section ## Do needs numbered steps');
  if (goals.length === 0) throw new ExperimentError(heading, 'the section ## Do needs a ::goal{…}');
  if (hints.length === 0) throw new ExperimentError(heading, 'the section ## Do needs a :::hint');
  return { steps: itemsOf(steps), hints, goals, wanted };
}

function hintIn(node: ContainerDirective): readonly Block[] {
  const { label, content } = insideOf(node, 'hint');
  if (label !== null || content.length === 0)
    throw new ExperimentError(node, 'a hint is :::hint, then its text, then :::');
  return content.map(blockOf);
}

function goalIn(node: LeafDirective): Goal {
  if (node.name !== 'goal') throw new ExperimentError(node, `there is no ::${node.name} here; a goal is ::goal{…}`);
  const goal = goalOf(attributesOf(node));
  if (typeof goal === 'string') throw new ExperimentError(node, goal);
  return goal;
}

/** What the page lets the learner say of a piece follows from the goals. */
function guessIn(wanted: readonly Readonly<Record<string, string>>[]): Guess | null {
  const asksFor = (name: string): boolean => wanted.some((goal) => name in goal);
  if (asksFor('guessed')) return asksFor('pointed') ? 'both' : 'text';
  return asksFor('pointed') ? 'piece' : null;
}

function textIn({ heading, nodes }: Section): readonly Block[] {
  if (nodes.length === 0) throw new ExperimentError(heading, 'this section needs a text');
  return nodes.map(blockOf);
}

function attributesOf({ attributes }: LeafDirective | ContainerDirective): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes ?? {}).map(([name, value]) => [name, value ?? '']));
}
