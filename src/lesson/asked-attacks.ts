/** Finds out which attacks the chapters show. A demo has to run these so that its report is complete. */
import type { Nodes } from 'mdast';

import type { Attack } from '../attacker/attack.js';
import { ATTACKS } from '../attacker/attacks.js';
import { SETTINGS, type Setting } from '../attacker/matrix.js';
import type { Source } from './chapter-source.js';
import { parseChapter } from './chapter-tree.js';
import { askedRuns } from './parts/attacks.js';

/** In the order of the matrix, without repeats. A wrong directive is reported later, when its chapter is read. */
export function attacksAskedFor(
  sources: readonly Source[],
): readonly { readonly attack: Attack; readonly setting: Setting }[] {
  const asked = sources.flatMap(({ text }) => directivesIn(parseChapter(text)));
  return ATTACKS.flatMap((attack) =>
    SETTINGS.filter((setting) =>
      asked.some(({ attacks, settings }) => attacks.includes(attack) && settings.includes(setting)),
    ).map((setting) => ({ attack, setting })),
  );
}

function directivesIn(node: Nodes): readonly Exclude<ReturnType<typeof askedRuns>, string>[] {
  const inside = 'children' in node ? node.children.flatMap((child) => directivesIn(child)) : [];
  if (node.type !== 'leafDirective') return inside;
  const { name, in: within, only } = node.attributes ?? {};
  const asked =
    node.name === 'attacks'
      ? askedRuns({ only: only ?? '', in: within ?? '' })
      : node.name === 'attack'
        ? askedRuns({ only: name ?? '', in: within ?? '' })
        : '';
  return typeof asked === 'string' ? inside : [asked];
}
