/**
 * A question in HTML. It can be read, answered on paper and opened without a script. With one,
 * `lessons/look/answers.js` takes the question from `data-question`, and makes a form of the choices.
 */
import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';

import type { Prediction } from '../parts/tree.js';
import { phrasingToHast } from './phrasing-html.js';

/** @param id an id that no other element of the page has. */
export function predictionToHast(
  { asked, question, choices }: Prediction,
  id: string,
  answer: readonly ElementContent[],
): Element {
  const data = question === null ? {} : { dataQuestion: JSON.stringify(question).replaceAll('<', '\\u003c') };
  const kind = question === null ? 'written' : question.kind === 'choice' ? 'chosen' : 'typed';
  return h('div', { id, className: ['prediction', kind], ...data }, [
    h('p', { className: ['asked'], id: `${id}-asked` }, [
      h('span', { className: ['cue'] }, answer.length === 0 ? 'Answer' : 'Predict'),
      ' ',
      h('span', phrasingToHast(asked)),
    ]),
    ...(choices.length === 0
      ? []
      : [
          h(
            'ul',
            { className: ['choices'] },
            choices.map(({ content }) => h('li', phrasingToHast(content))),
          ),
        ]),
    ...(answer.length === 0
      ? []
      : [
          h('details', { className: ['predict'] }, [
            h('summary', 'The answer'),
            h('div', { className: ['answer'] }, [...answer]),
          ]),
        ]),
  ]);
}
