/** The experiment that is open: predict, do, see, explain. The answer is locked before anything runs. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';

import { holdsNumber, reasonAgainst } from '../../answers/comparison.js';
import { answersMenu } from './answers-menu.js';
import type { Experiment, Phrase } from '../experiments/experiment.js';
import type { Desk } from './desk.js';
import { glossary, wordsButton } from './glossary.js';
import { guess, guessVerdict } from './guess.js';
import { attemptAt, isDone, type Attempt } from './progress.js';
import { blocks, phrases } from './prose.js';
import type { PieceRow } from './state.js';
import { visible } from './text.js';
import { differ } from './toolbar.js';

/** A recording has only the experiment that was open in it. */
export function hasExperiments({ experiments, playback, state }: Desk): boolean {
  return experiments.length > 0 && (playback === null || state.experiment !== null);
}

export function experiment(desk: Desk, chosen: PieceRow | null): TemplateResult | typeof nothing {
  if (!hasExperiments(desk)) return nothing;
  const at = desk.experiments.findIndex(({ name }) => name === desk.state.experiment);
  const open = desk.experiments[at];
  return html`<section
    class=${open === undefined ? 'experiment closed' : 'experiment'}
    data-part="experiment"
    aria-labelledby="experiment-name"
  >
    <header>
      <h2 id="experiment-name">
        ${
          open === undefined
            ? 'Experiments'
            : `Experiment ${at + 1} of ${desk.experiments.length}: ${visible(open.title, 80)}`
        }
      </h2>
      ${chooser(desk, at)}
    </header>
    ${
      open === undefined
        ? html`<p class="hint narrow">
            In an experiment you first predict what will happen. Then you try it, and see whether you were right.
          </p>`
        : stages(desk, open, chosen)
    }
    ${glossary(desk.words)}
  </section>`;
}

/** Which experiment, and how far the learner is. */
function chooser(desk: Desk, at: number): TemplateResult {
  const { experiments, progress } = desk;
  const done = experiments.filter((each) => isDone(progress, each)).length;
  const [open, next] = [experiments[at], experiments[at + 1]];
  const isNextNow = open === undefined ? done === 0 : isDone(progress, open);
  return html`<span class="acts">
    <span class="counts">${done} of ${experiments.length} done</span>
    ${desk.playback === null ? html`${choice(desk, at)} ${nextButton(desk, next, at === -1, isNextNow)}` : nothing}
    ${wordsButton(desk.words)}
    <button type="button" class=${next === undefined && isNextNow ? 'small primary' : 'small'} popovertarget="answers">
      Answers…
    </button>
    ${answersMenu(desk)}
  </span>`;
}

function choice(desk: Desk, at: number): TemplateResult {
  const { experiments, progress } = desk;
  return html`<label>
    <span class="unseen">Choose an experiment</span>
    <select
      @change=${(event: Event) => {
        const { value } = event.currentTarget as HTMLSelectElement;
        desk.send({ do: 'experiment', name: value === '' ? null : value });
      }}
    >
      <option value="" .selected=${at === -1}>no experiment</option>
      ${experiments.map(
        (each, index) =>
          html`<option value=${each.name} .selected=${index === at}>
            ${isDone(progress, each) ? '✓ ' : ''}${index + 1}. ${visible(each.title, 60)}
          </option>`,
      )}
    </select>
  </label>`;
}

/** @param isNow whether nothing is left to do before it. */
function nextButton(
  desk: Desk,
  next: Experiment | undefined,
  isFirst: boolean,
  isNow: boolean,
): TemplateResult | typeof nothing {
  return next === undefined
    ? nothing
    : html`<button
        type="button"
        class=${isNow ? 'small primary' : 'small'}
        @click=${() => {
          desk.send({ do: 'experiment', name: next.name });
        }}
      >
        ${isFirst ? 'Begin with the first' : 'Next'}
      </button>`;
}

/** Before the answer: what it is about, and the question. Then what to do, the goal, and what was predicted. */
function stages(desk: Desk, open: Experiment, chosen: PieceRow | null): TemplateResult {
  const attempt = attemptAt(desk.progress, open.name);
  const { teaches } = desk.choices;
  if (attempt === null && !teaches)
    return columns(open, 'asked', [about(open), part('The question', predict(desk, open))]);
  const isOver = teaches || attempt?.met === true || attempt?.gaveUp === true;
  const yours = attempt === null ? predict(desk, open) : prediction(open, attempt, isOver);
  const own = part('Your prediction', html`${yours} ${teaches ? teachersKey(open) : nothing}`);
  const goals = html`${goal(desk, open)} ${help(desk, open, chosen, isOver)}`;
  const todo = steps(desk, open);
  return isOver
    ? columns(open, 'over', [part('The goal, and what to do', html`${goals} ${todo}`), own, outcome(desk, open)])
    : columns(open, 'trying', [part('What to do', todo, true), part('The goal, and help', goals), own]);
}

/** New elements for each state of each experiment: so each part begins at its top, and no choice is left over. */
function columns(
  { name }: Experiment,
  state: 'asked' | 'trying' | 'over',
  parts: readonly TemplateResult[],
): TemplateResult {
  return html`${repeat(
    [`${name} ${state}`],
    (key) => key,
    () => html`<div class="stages ${state}">${parts}</div>`,
  )}`;
}

/** @param isNext it gets the focus if the button that led here is gone. */
function part(name: string, content: unknown, isNext = false): TemplateResult {
  return html`<div class="scroller" tabindex="0" role="group" aria-label=${name} ?data-next=${isNext}>${content}</div>`;
}

function about({ introduction }: Experiment): TemplateResult {
  return part('What it is about', blocks(introduction));
}

function steps(desk: Desk, open: Experiment): TemplateResult {
  return html`<div class="named">
      <h3>Do</h3>
      ${desk.playback === null && open.setting !== null ? again(desk, open) : nothing}
    </div>
    ${blocks(open.introduction)}
    <ol class="steps">
      ${open.steps.map((step) => html`<li>${phrases(step)}</li>`)}
    </ol>`;
}

/** Starts the chat anew. What the learner has chosen at the top and not yet started is never passed over in silence. */
function again(desk: Desk, open: Experiment): TemplateResult {
  const { draft } = desk.choices;
  const now = desk.state.run?.setting;
  const chosen = draft !== null && now !== undefined && differ(draft, now) ? draft : null;
  return html`<button
    type="button"
    class=${chosen === null ? 'small' : 'small primary'}
    @click=${() => {
      if (chosen === null) {
        desk.begin(open);
        return;
      }
      desk.send({ do: 'start', ...chosen, hold: null });
      desk.choose({ draft: null });
    }}
  >
    ${chosen === null ? 'Start its chat again' : 'Start with your choice above'}
  </button>`;
}

/** The question. Once answered, it is locked, and the chat of the experiment starts. */
function predict(desk: Desk, open: Experiment): TemplateResult {
  const { kind } = open.question;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const answer = new FormData(event.currentTarget as HTMLFormElement).get('answer');
    if (typeof answer === 'string' && answer.trim() !== '') desk.lock(open, answer);
  };
  const check = (event: Event): void => {
    const field = event.currentTarget as HTMLInputElement;
    field.setCustomValidity(kind === 'text' || holdsNumber(field.value) ? '' : 'Write a number.');
  };
  return html`<form class="predict" @submit=${submit}>
    <h3 id="asked"><span class="cue">Predict</span> ${phrases(open.asked)}</h3>
    ${
      kind === 'choice'
        ? html`<div class="choices" role="radiogroup" aria-labelledby="asked">
              ${open.question.choices.map(
                (choice, at) =>
                  html`<label class="choice">
                    <input type="radio" name="answer" value=${choice} required />
                    <span>${phrases(open.choices[at]?.content ?? [choice])}</span>
                  </label>`,
              )}
            </div>
            ${wordsInChoices(open)}`
        : html`<input
            name="answer"
            aria-labelledby="asked"
            autocomplete="off"
            required
            inputmode=${kind === 'text' ? 'text' : 'numeric'}
            @input=${check}
          />`
    }
    <p><button class="primary">Lock it in</button></p>
  </form>`;
}

/** A word inside a choice cannot be opened there: a press on it chooses. */
function wordsInChoices({ words }: Experiment): TemplateResult | typeof nothing {
  if (words.length === 0) return nothing;
  const marked = words.flatMap((name, at): Phrase[] => [
    at === 0 ? 'Words in the choices: ' : ', ',
    { mark: 'word', text: name, word: name },
  ]);
  return html`<p class="hint">${phrases(marked)}</p>`;
}

/** Right or wrong is told only when the learner has seen it. */
function prediction(open: Experiment, attempt: Attempt, isOver: boolean): TemplateResult {
  const at = open.question.choices.indexOf(attempt.answer ?? '');
  return html`<h3><span class="cue">You predicted</span> ${phrases(open.asked)}</h3>
    <p class="answer">
      <bdi>${at === -1 ? visible(attempt.answer ?? '') : phrases(open.choices[at]?.content ?? [])}</bdi>
    </p>
    ${isOver ? verdict(open, attempt, at) : html`<p class="hint">It is locked. Try it, and see whether it holds.</p>`}`;
}

/** With the reason, whether right or wrong, and with the right answer. @param at which choice it was, or -1. */
function verdict(open: Experiment, { right, answer }: Attempt, at: number): TemplateResult | typeof nothing {
  if (right === null) return nothing;
  const why = open.choices[at]?.reason ?? [];
  if (right) return html`<p class="verdict right"><b>✓ Right.</b> ${phrases(why)}</p>`;
  const told = answer === null ? null : reasonAgainst(open.question, answer);
  return html`<p class="verdict"><b>✗ Not so.</b> ${why.length > 0 ? phrases(why) : (told ?? '')}</p>
    <p class="verdict right"><b>Right is:</b> ${rightAnswer(open)}</p>`;
}

/** The right choice, and why it is right. */
function rightAnswer({ question: { key, choices: texts }, choices }: Experiment): TemplateResult | string {
  if (key === null) return '';
  const choice = choices[texts.indexOf(key.accepts[0])];
  if (choice === undefined) return visible(key.accepts[0]);
  return html`${phrases(choice.content)}. ${phrases(choice.reason)}`;
}

function teachersKey(open: Experiment): TemplateResult {
  return html`<p class="verdict"><b>Teacher:</b> ${rightAnswer(open)}</p>`;
}

function goal(desk: Desk, open: Experiment): TemplateResult {
  const reached = desk.state.goals[open.name];
  const missing = reached?.missing ?? open.goals;
  return html`<h3>Goal</h3>
    <ul class="goals">
      ${open.goals.map((each) => {
        const isMet = reached?.met === true || !missing.includes(each);
        return html`<li class=${isMet ? 'met' : ''}>
          <span aria-hidden="true">${isMet ? '✓' : '○'}</span> ${visible(each)}<span class="unseen"
            >${isMet ? ', reached' : ', not yet'}</span
          >
        </li>`;
      })}
    </ul>`;
}

/** What the learner may say of a row, hints one at a time, and a way out. */
function help(desk: Desk, open: Experiment, chosen: PieceRow | null, isOver: boolean): TemplateResult | typeof nothing {
  if (isOver) return guessVerdict(desk);
  const shown = Math.min(desk.choices.hints, open.hints.length);
  return html`${open.guess === null || desk.playback !== null ? nothing : guess(desk, open.guess, chosen)}
    ${open.hints.slice(0, shown).map(
      (hint, at) =>
        html`<details class="told" aria-label="Hint ${at + 1}" ?open=${at === shown - 1}>
          <summary>Hint ${at + 1}</summary>
          ${blocks(hint)}
        </details>`,
    )}
    <p class="acts help">
      ${
        shown < open.hints.length
          ? html`<button
              type="button"
              class="small"
              @click=${() => {
                desk.hint(open);
              }}
            >
              ${shown === 0 ? 'A hint' : 'One more hint'}
            </button>`
          : nothing
      }
      <button
        type="button"
        class="small"
        @click=${() => {
          desk.giveUp(open);
        }}
      >
        Show me the answer
      </button>
    </p>`;
}

function outcome(desk: Desk, open: Experiment): TemplateResult {
  return part(
    'What it shows, and why',
    html`${theEnd(desk, open)}
      <h3>What it shows</h3>
      ${blocks(open.see)}
      <h3>Why</h3>
      ${blocks(open.explanation)}`,
    true,
  );
}

/** After the last experiment: all are done, or some are not. */
function theEnd({ experiments, progress, playback }: Desk, open: Experiment): TemplateResult | typeof nothing {
  if (playback !== null || !isDone(progress, open)) return nothing;
  const left = experiments.flatMap((each, at) => (isDone(progress, each) ? [] : [at + 1]));
  if (left.length === 0)
    return html`<p class="end">
      <b>You have done all ${experiments.length === 12 ? 'twelve' : experiments.length}.</b>
      <button type="button" class="small primary" popovertarget="answers">Save your answers…</button>
    </p>`;
  return experiments.at(-1) === open
    ? html`<p class="end">This was the last one. Not done yet: ${left.join(', ')}.</p>`
    : nothing;
}
