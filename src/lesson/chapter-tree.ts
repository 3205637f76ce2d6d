/** The Markdown of a chapter, or of an experiment of the lab, as a tree with its directives as they are written. */
import { directiveFromMarkdown } from 'mdast-util-directive';
import { fromMarkdown, type CompileContext } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { directive } from 'micromark-extension-directive';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Nodes, Root } from 'mdast';

import { ChapterError } from './chapter-error.js';
import { refuseHuge } from './chapter-limits.js';
import type { Source } from './chapter-source.js';

/** The `name` in `NN-name.md`. */
export function chapterName(file: string): string {
  return file
    .replace(/^.*[/\\]/, '')
    .replace(/^\d+-/, '')
    .replace(/\.md$/, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-');
}

/** The chapter's tree, with its directives not yet replaced. */
export function parseChapter(text: string): Root {
  return fromMarkdown(text, {
    extensions: [directive(), gfmTable()],
    mdastExtensions: [
      directiveFromMarkdown(),
      gfmTableFromMarkdown(),
      { enter: { directiveContainerFence: noteFence } },
    ],
  });
}

/** Where the end of a block is missing, the parser ends it silently. A block that has its end has two fences. */
function noteFence(this: CompileContext): undefined {
  const node = this.stack.at(-1);
  if (node?.type === 'containerDirective') node.data = { isClosed: node.data?.isClosed !== undefined };
}

declare module 'mdast-util-directive' {
  interface ContainerDirectiveData {
    /** Whether the chapter says where the block ends. */
    isClosed?: boolean;
  }
}

/** Quotes, lists and directives within each other: far more than a reader can follow, far less than a stack holds. */
const MOST_LEVELS = 100;

/** @throws ChapterError for a chapter that would take too long to read, or whose blocks lie too deep in each other. */
export function chapterTree({ file, text }: Source): Root {
  refuseHuge({ file, text });
  let root: Root;
  try {
    root = parseChapter(text);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(file);
    throw error;
  }
  let level: readonly Nodes[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_LEVELS) throw tooDeep(file, level[0]?.position?.start.line);
    level = level.flatMap((node): readonly Nodes[] => ('children' in node ? node.children : []));
  }
  return root;
}

function tooDeep(file: string, line?: number): ChapterError {
  const where = line === undefined ? file : `${file}, line ${line}`;
  return new ChapterError(`${where}: more than ${MOST_LEVELS} quotes, lists or directives lie within each other`);
}
