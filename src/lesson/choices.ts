/**
 * The choices of a question, as a chapter writes them: a task list of Markdown. The first line of an item is what can
 * be chosen, and the lines below it say why that is wrong, or why it is right.
 */
import type { List, ListItem, PhrasingContent, RootContent } from 'mdast';

import { PredictionError } from './prediction-error.js';
import { textOf } from './report/text-of.js';

/** A choice as it stands in the chapter. */
export interface WrittenChoice {
  readonly item: ListItem;
  readonly isRight: boolean;
  /** What is chosen: the first line. */
  readonly content: readonly PhrasingContent[];
  /** The lines after it. */
  readonly reason: readonly PhrasingContent[];
}

const MOST_CHOICES = 10;
const BOX = /^\[([ xX]?)\](?:[ \t]+|(?=\n|$))/;

export function isTaskList(node: RootContent): node is List {
  return node.type === 'list' && node.children.some((item) => BOX.test(firstText(item)));
}

function firstText({ children: [first] }: ListItem): string {
  const text = first?.type === 'paragraph' ? first.children[0] : undefined;
  return text?.type === 'text' ? text.value : '';
}

/** @throws PredictionError if these are not choices of which one is right and each other one has its reason. */
export function writtenChoices(list: List): readonly WrittenChoice[] {
  const choices = list.children.map(writtenChoice);
  const right = choices.filter(({ isRight }) => isRight).length;
  if (right !== 1)
    throw new PredictionError(list, `${right === 0 ? 'no choice is' : `${right} choices are`} right; mark one as [x]`);
  if (choices.length < 2 || choices.length > MOST_CHOICES)
    throw new PredictionError(list, `give two choices or more, and at most ${MOST_CHOICES}`);
  for (const { item, isRight, reason } of choices) {
    if (!isRight && reason.length === 0)
      throw new PredictionError(
        item,
        'this choice is wrong; write why in the line below it, indented as the choice is',
      );
  }
  return choices;
}

function writtenChoice(item: ListItem): WrittenChoice {
  const [, box] = BOX.exec(firstText(item)) ?? [];
  if (box === undefined)
    throw new PredictionError(item, 'each choice of a question begins with [ ], and the right one with [x]');
  const paragraphs = item.children.map((child) => (child.type === 'paragraph' ? child.children : null));
  if (paragraphs.some((each) => each === null) || paragraphs.length > 2)
    throw new PredictionError(item, 'a choice is one line, and its reason is one paragraph below it');
  const [first = [], second = []] = paragraphs.map((each) => each ?? []);
  const { before, after } = atLineEnd(first);
  const content = withoutBox(before);
  if (textOf({ type: 'paragraph', children: [...content] }).trim() === '' && content.length === 0)
    throw new PredictionError(item, 'this choice is empty');
  const reason = after.length > 0 && second.length > 0 ? [...after, space(), ...second] : [...after, ...second];
  return { item, isRight: box.toLowerCase() === 'x', content, reason };
}

const space = (): PhrasingContent => ({ type: 'text', value: ' ' });

function withoutBox([first, ...rest]: readonly PhrasingContent[]): readonly PhrasingContent[] {
  if (first?.type !== 'text') return rest;
  const value = first.value.replace(BOX, '');
  return value === '' ? rest : [{ ...first, value }, ...rest];
}

/** What is before the end of the first line, and what is after it. */
function atLineEnd(content: readonly PhrasingContent[]): {
  readonly before: readonly PhrasingContent[];
  readonly after: readonly PhrasingContent[];
} {
  const at = content.findIndex((node) => node.type === 'break' || (node.type === 'text' && node.value.includes('\n')));
  const node = content[at];
  if (node === undefined) return { before: content, after: [] };
  const [line, ...lines] = node.type === 'text' ? node.value.split('\n') : [''];
  const ends = (value = ''): PhrasingContent[] => (node.type === 'text' && value !== '' ? [{ ...node, value }] : []);
  return {
    before: [...content.slice(0, at), ...ends(line)],
    after: [...ends(lines.join(' ')), ...content.slice(at + 1)],
  };
}
