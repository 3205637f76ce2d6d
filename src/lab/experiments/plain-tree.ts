/** Markdown as the small tree of {@link Block}s that a page of the lab shows. Everything else in a file is an error. */
import type { Nodes, PhrasingContent, RootContent } from 'mdast';

import { whyNoAddress } from '../../lesson/link-address.js';
import { textOf } from '../../lesson/report/text-of.js';
import type { Block, Phrase } from './experiment.js';

/** What is wrong with a file, and where. */
export class ExperimentError extends Error {
  override readonly name = 'ExperimentError';
  readonly at: Nodes;

  constructor(at: Nodes, why: string) {
    super(why);
    this.at = at;
  }
}

/** @throws ExperimentError for what is not a paragraph, a list or lines of code. */
export function blockOf(node: RootContent): Block {
  switch (node.type) {
    case 'paragraph':
      return { kind: 'paragraph', content: phrasesOf(node.children) };
    case 'code':
      return { kind: 'lines', lines: node.value.split('\n') };
    case 'list':
      return { kind: 'list', items: itemsOf(node) };
    default:
      throw new ExperimentError(node, 'the text of an experiment has only paragraphs, lists and lines of code');
  }
}

/** The items of a list. @throws ExperimentError if an item is more than a paragraph. */
export function itemsOf(list: Extract<RootContent, { type: 'list' }>): readonly (readonly Phrase[])[] {
  return list.children.map((item) => {
    const [only, ...more] = item.children;
    if (only?.type !== 'paragraph' || more.length > 0)
      throw new ExperimentError(item, 'an item of a list is one paragraph');
    return phrasesOf(only.children);
  });
}

/** @throws ExperimentError for a picture, HTML, a directive or an address that is not https. */
export function phrasesOf(content: readonly PhrasingContent[]): readonly Phrase[] {
  return content.map(phraseOf);
}

function phraseOf(node: PhrasingContent): Phrase {
  switch (node.type) {
    case 'text':
      return node.value.replace(/\s*\n\s*/g, ' ');
    case 'break':
      return ' ';
    case 'inlineCode':
      return { mark: 'code', text: node.value };
    case 'emphasis':
    case 'strong':
      return { mark: node.type, text: textOf(node) };
    case 'link':
      if (whyNoAddress(node.url) !== null || !node.url.startsWith('https:'))
        throw new ExperimentError(node, 'a link of an experiment leads to an https: address');
      return { mark: 'link', text: textOf(node), to: node.url };
    default:
      throw new ExperimentError(
        node,
        'a text of an experiment has only words, *emphasis*, **strong words**, `code` and links',
      );
  }
}
