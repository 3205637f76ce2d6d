/** The experiment that is open: predict, do, see, explain. The answer is locked before anything runs. */
import { html, nothing, type TemplateResult } from 'lit-html';

import { SIDES } from '../../protocol/side.js';
import { holdsNumber, reasonAgainst } from '../../answers/comparison.js';
import type { Experiment, Guess } from '../experiments/experiment.js';
import type { Desk } from './desk.js';
import { attemptAt, type Attempt } from './progress.js';
import { blocks, phrases } from './prose.js';
import type { Guessed, PieceRow } from './state.js';
import { brief, visible } from './text.js';

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
                    class=${at === -1 && done === 0 ? 'small primary' : 'small'}
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

/** Before the answer: what it is about, and the question. Then what to do, the goal, and what was predicted. */
function stages(desk: Desk, open: Experiment, chosen: PieceRow | null): TemplateResult {
  const attempt = attemptAt(desk.progress, open.name);
  const { teaches } = desk.choices;
  if (attempt === null && !teaches) return columns('asked', [about(open), part('The question', predict(desk, open))]);
  const isOver = teaches || attempt?.met === true || attempt?.gaveUp === true;
  const yours = attempt === null ? predict(desk, open) : prediction(open, attempt, isOver);
  const own = part('Your prediction', html`${yours} ${teaches ? teachersKey(open) : nothing}`);
  const goals = html`${goal(desk, open)} ${help(desk, open, chosen, isOver)}`;
  return isOver
    ? columns('over', [part('The goal, and what to do', html`${goals} ${steps(desk, open)}`), own, outcome(open)])
    : columns('trying', [part('What to do', steps(desk, open), true), part('The goal, and help', goals), own]);
}

function columns(state: 'asked' | 'trying' | 'over', parts: readonly TemplateResult[]): TemplateResult {
  return html`<div class="stages ${state}">${parts}</div>`;
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
      }
    </div>
    ${blocks(open.introduction)}
    <ol class="steps">
      ${open.steps.map((step) => html`<li>${phrases(step)}</li>`)}
    </ol>`;
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

/** What the learner may say of a row, hints one at a time, and a way out. */
function help(desk: Desk, open: Experiment, chosen: PieceRow | null, isOver: boolean): TemplateResult | typeof nothing {
  const verdict = guessVerdict(desk);
  if (isOver) return verdict;
  const shown = Math.min(desk.choices.hints, open.hints.length);
  return html`${open.guess === null || desk.playback !== null ? nothing : guess(desk, open.guess, chosen)}
    ${open.hints.slice(0, shown).map(
      (hint, at) =>
        html`<details class="told" aria-label="Hint ${at + 1}" ?open=${at === shown - 1}>
          <summary>Hint ${at + 1}</summary>
          ${blocks(hint)}
        </details>`,
    )}
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

/** The learner chooses a row, and then says that it is the one, or which text is in it. */
function guess(desk: Desk, kind: Guess, chosen: PieceRow | null): TemplateResult {
  const send = (text: string | null): void => {
    if (chosen !== null) desk.send({ do: 'guess', piece: chosen.piece.id, text });
  };
  return html`<div class="guess">
    <p>${chosen === null ? 'Choose a row of the wire.' : html`The chosen row: <bdi>${rowWords(chosen)}</bdi>`}</p>
    ${
      kind === 'text'
        ? nothing
        : html`<button
            type="button"
            class="small"
            ?disabled=${chosen === null}
            @click=${() => {
              send(null);
            }}
          >
            This is it
          </button>`
    }
    ${kind === 'piece' ? nothing : textGuess(desk, chosen, send)} ${guessVerdict(desk)}
  </div>`;
}

function guessVerdict({ state }: Desk): TemplateResult | typeof nothing {
  const last = state.run?.guess ?? null;
  return typeof last?.right !== 'boolean' ? nothing : html`<p class="verdict">${guessWords(last)}</p>`;
}

function textGuess(desk: Desk, chosen: PieceRow | null, send: (text: string) => void): TemplateResult {
  const lines = SIDES.flatMap((side) => desk.state.run?.chairs[side].lines ?? []);
  const said = new Set(lines.flatMap((line) => (line.kind === 'said' ? [line.text] : [])));
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const text = new FormData(event.currentTarget as HTMLFormElement).get('text');
    if (typeof text === 'string') send(text);
  };
  return html`<form @submit=${submit}>
    <label
      >It says
      <select name="text" ?disabled=${said.size === 0}>
        ${
          said.size === 0
            ? html`<option>nothing was said yet</option>`
            : [...said].map((text) => html`<option value=${text}>${visible(text, 60)}</option>`)
        }
      </select></label
    >
    <button class="small" ?disabled=${chosen === null || said.size === 0}>That is my guess</button>
  </form>`;
}

/** What came of a guess, for the eye and for a screen reader. */
export function guessWords({ text, right }: Guessed): string {
  if (right === true)
    return text === null ? '✓ Right: this is the row.' : `✓ Right: this row says “${visible(text, 60)}”.`;
  return text === null
    ? '✗ Not this row. Choose another one, and try again.'
    : `✗ Not so: this row does not say “${visible(text, 60)}”. Try another row or another text.`;
}

function rowWords({ piece, frames }: PieceRow): string {
  const seen = SIDES.flatMap((side) => (frames[side] === null ? [] : [`frame ${frames[side]} at the ${side}`]));
  return [brief(piece.label, 30), ...seen].join(', ');
}

function outcome(open: Experiment): TemplateResult {
  return part(
    'What it shows, and why',
    html`<h3>What it shows</h3>
      ${blocks(open.see)}
      <h3>Why</h3>
      ${blocks(open.explanation)}`,
    true,
  );
}
