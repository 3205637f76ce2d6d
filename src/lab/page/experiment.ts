/** The experiment that is open: predict, do, see, explain. The answer is locked before anything runs. */
import { html, nothing, type TemplateResult } from 'lit-html';

import { holdsNumber, reasonAgainst } from '../../answers/comparison.js';
import type { Experiment } from '../experiments/experiment.js';
import type { Desk } from './desk.js';
import { attemptAt, type Attempt } from './progress.js';
import { blocks, phrases } from './prose.js';
import type { PieceRow } from './state.js';
import { brief, visible } from './text.js';
import { SIDES } from './words.js';

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
    ${open === undefined ? nothing : stages(desk, open, chosen)}
  </section>`;
}

/** Which experiment, and how far the learner is. */
function chooser(desk: Desk, at: number): TemplateResult {
  const { experiments, progress } = desk;
  const done = experiments.filter(({ name }) => attemptAt(progress, name)?.met === true).length;
  const next = experiments[at + 1];
  return html`<span class="acts">
    <span class="counts">${done} of ${experiments.length} done</span>
    ${
      desk.playback === null
        ? html`<label>
              <span class="unseen">Choose an experiment</span>
              <select
                @change=${(event: Event) => {
                  const { value } = event.currentTarget as HTMLSelectElement;
                  desk.send({ do: 'experiment', name: value === '' ? null : value });
                }}
              >
                <option value="" .selected=${at === -1}>no experiment</option>
                ${experiments.map(
                  ({ name, title }, index) =>
                    html`<option value=${name} .selected=${index === at}>
                      ${attemptAt(progress, name)?.met === true ? '✓ ' : ''}${index + 1}. ${visible(title, 60)}
                    </option>`,
                )}
              </select>
            </label>
            ${
              next === undefined
                ? nothing
                : html`<button
                    type="button"
                    class="small"
                    @click=${() => {
                      desk.send({ do: 'experiment', name: next.name });
                    }}
                  >
                    ${at === -1 ? 'Begin with the first' : 'Next'}
                  </button>`
            }`
        : nothing
    }
    <button type="button" class="small" popovertarget="answers">Answers…</button>
    ${answersMenu(desk)}
  </span>`;
}

function answersMenu(desk: Desk): TemplateResult {
  return html`<div id="answers" popover role="group" aria-label="Your answers">
    <button
      type="button"
      @click=${() => {
        desk.saveAnswers();
      }}
    >
      Save your answers as a file
    </button>
    <p>
      ${
        desk.isKept
          ? 'They are kept in this browser, and nowhere else.'
          : 'This browser does not keep them. Save them before you close the page.'
      }
    </p>
    <button
      type="button"
      @click=${() => {
        desk.forget();
      }}
    >
      Forget them and start again
    </button>
    <p></p>
    <label class="tick">
      <input
        type="checkbox"
        .checked=${desk.choices.teaches}
        @change=${(event: Event) => {
          desk.choose({ teaches: (event.currentTarget as HTMLInputElement).checked });
        }}
      />
      Teacher: show all answers
    </label>
  </div>`;
}

function stages(desk: Desk, open: Experiment, chosen: PieceRow | null): TemplateResult {
  const attempt = attemptAt(desk.progress, open.name);
  const isOver = attempt !== null && (attempt.met || attempt.gaveUp);
  return html`<div class="stages">
    <div class="scroller" tabindex="0" role="group" aria-label="What it is about">
      ${blocks(open.introduction)} ${attempt === null && !desk.choices.teaches ? nothing : steps(desk, open)}
    </div>
    <div class="scroller" tabindex="0" role="group" aria-label="Your prediction">
      ${attempt === null ? predict(desk, open) : prediction(open, attempt, isOver)}
      ${desk.choices.teaches ? teachersKey(open) : nothing}
    </div>
    <div class="scroller" tabindex="0" role="group" aria-label="The goal, and what it shows">
      ${
        attempt === null
          ? html`<p class="hint">First predict. Then try it.</p>`
          : html`${goal(desk, open)} ${isOver ? nothing : help(desk, open, chosen)}`
      }
      ${isOver || desk.choices.teaches ? outcome(open) : nothing}
    </div>
  </div>`;
}

function steps(desk: Desk, open: Experiment): TemplateResult {
  return html`<h3>Do</h3>
    <ol class="steps">
      ${open.steps.map((step) => html`<li>${phrases(step)}</li>`)}
    </ol>
    ${
      desk.playback === null && open.setting !== null
        ? html`<button
            type="button"
            class="small"
            @click=${() => {
              desk.begin(open);
            }}
          >
            Start its chat again
          </button>`
        : nothing
    }`;
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
        ? html`<div role="radiogroup" aria-labelledby="asked">
            ${open.question.choices.map(
              (choice, at) =>
                html`<label class="choice">
                  <input type="radio" name="answer" value=${choice} required />
                  <span>${phrases(open.choices[at]?.content ?? [choice])}</span>
                </label>`,
            )}
          </div>`
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

/** Right or wrong is told only when the learner has seen it. */
function prediction(open: Experiment, attempt: Attempt, isOver: boolean): TemplateResult {
  const { question } = open;
  const at = question.choices.indexOf(attempt.answer ?? '');
  const reason = attempt.answer === null ? null : reasonAgainst(question, attempt.answer);
  return html`<h3><span class="cue">You predicted</span> ${phrases(open.asked)}</h3>
    <p class="answer">
      <bdi>${at === -1 ? visible(attempt.answer ?? '') : phrases(open.choices[at]?.content ?? [])}</bdi>
    </p>
    ${
      !isOver
        ? html`<p class="hint">It is locked. Try it, and see whether it holds.</p>`
        : attempt.right === true
          ? html`<p class="verdict right"><b>✓ Right.</b></p>`
          : attempt.right === false
            ? html`<p class="verdict">
                <b>✗ Not so.</b>
                ${at === -1 || reason === null ? rightAnswer(open) : phrases(open.choices[at]?.reason ?? [reason])}
              </p>`
            : nothing
    }`;
}

function rightAnswer({ question: { key } }: Experiment): string {
  return key === null ? '' : `It is: ${visible(key.accepts[0])}`;
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

/** Hints one at a time, what the learner may say of a row, and a way out. */
function help(desk: Desk, open: Experiment, chosen: PieceRow | null): TemplateResult {
  const shown = Math.min(desk.choices.hints, open.hints.length);
  return html`${open.guess === null || desk.playback !== null ? nothing : guess(desk, open.guess, chosen)}
    ${open.hints.slice(0, shown).map((hint, at) => html`<div class="told"><b>Hint ${at + 1}</b> ${blocks(hint)}</div>`)}
    <p class="acts">
      ${
        shown < open.hints.length
          ? html`<button
              type="button"
              class="small"
              @click=${() => {
                desk.choose({ hints: shown + 1 });
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

function guess(desk: Desk, kind: 'piece' | 'text', chosen: PieceRow | null): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (chosen === null) return;
    const text = new FormData(event.currentTarget as HTMLFormElement).get('text');
    desk.send({ do: 'guess', piece: chosen.piece.id, text: typeof text === 'string' ? text : null });
  };
  const said = new Set(
    SIDES.flatMap((side) => desk.state.run?.chairs[side].lines ?? []).flatMap((line) =>
      line.kind === 'said' ? [line.text] : [],
    ),
  );
  return html`<form class="guess" @submit=${submit}>
    <span>${chosen === null ? 'Choose a row of the wire.' : `The chosen row: ${rowWords(chosen)}`}</span>
    ${
      kind === 'text'
        ? html`<label
            >It says
            <select name="text">
              ${[...said].map((text) => html`<option value=${text}>${visible(text, 60)}</option>`)}
            </select></label
          >`
        : nothing
    }
    <button class="small" ?disabled=${chosen === null}>${kind === 'text' ? 'That is my guess' : 'This is it'}</button>
  </form>`;
}

function rowWords({ piece, frames }: PieceRow): string {
  const seen = SIDES.flatMap((side) => (frames[side] === null ? [] : [`frame ${frames[side]} at the ${side}`]));
  return [brief(piece.label, 30), ...seen].join(', ');
}

function outcome(open: Experiment): TemplateResult {
  return html`<h3>What it shows</h3>
    ${blocks(open.see)}
    <h3>Why</h3>
    ${blocks(open.explanation)}`;
}
