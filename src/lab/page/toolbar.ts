/** The top of the page: what kind of chat runs, and what can be done with it as a whole. */
import { html, nothing, type TemplateResult } from 'lit-html';

import { DEFAULT_INTEGRITY, type Integrity } from '../../protocol/integrity.js';
import type { Mode } from '../../protocol/modes.js';
import type { Setting } from '../events.js';
import type { Desk } from './desk.js';
import { CHECK_NAMES, MODE_NAMES } from './words.js';
import { visible } from './text.js';

export function toolbar(desk: Desk): TemplateResult {
  const { run } = desk.state;
  const { menu } = desk.choices;
  return html`<header class=${menu ? 'top open' : 'top'}>
    <h1>The lab</h1>
    ${
      run === null || desk.playback !== null
        ? nothing
        : html`<button
            type="button"
            class="menu"
            aria-expanded=${menu ? 'true' : 'false'}
            @click=${() => {
              desk.choose({ menu: !menu });
            }}
          >
            Set up and save
          </button>`
    }
    ${desk.runs.length > 1 ? runSelect(desk) : nothing}
    ${run === null ? nothing : desk.playback === null ? liveTools(desk, run.setting) : settingWords(run.setting)}
  </header>`;
}

/** The runs that the page holds, under their headings. */
function runSelect(desk: Desk): TemplateResult {
  const { runs, shownRun } = desk;
  const headings = [...new Set(runs.map(({ heading }) => heading))];
  const options = (heading: string): readonly TemplateResult[] =>
    runs.flatMap((run, at) =>
      run.heading === heading
        ? [html`<option value=${at} .selected=${at === shownRun}>${visible(run.title, 80)}</option>`]
        : [],
    );
  return html`<label class="run">
    Run
    <select
      @change=${(event: Event) => {
        desk.show(Number(valueOf(event)));
      }}
    >
      ${headings.map((heading) =>
        heading === ''
          ? options(heading)
          : html`<optgroup label=${visible(heading, 100)}>${options(heading)}</optgroup>`,
      )}
    </select>
  </label>`;
}

/** A recorded run has a setting, and nobody can change it. */
function settingWords({ mode, integrity, attack, insists }: Setting): TemplateResult {
  const words = [
    `A recorded run: ${MODE_NAMES[mode]}`,
    ...(integrity === null ? [] : [`check ${integrity}`]),
    ...(attack === null ? [] : [`attack ${attack}`]),
    ...(insists ? ['insists on the right key'] : []),
  ];
  return html`<p class="setting">${visible(words.join(', '))}</p>`;
}

function liveTools(desk: Desk, now: Setting): TemplateResult {
  const playing = desk.state.run?.playing ?? null;
  const isPlaying = playing !== null && playing.done < playing.of;
  return html`${settingForm(desk, now)}
    <div class="tools" role="group" aria-label="The chat as a whole">
      <button
        type="button"
        @click=${() => {
          desk.send(isPlaying ? { do: 'stop-playing' } : { do: 'play', script: null });
        }}
      >
        ${isPlaying ? `Stop (${playing.done} of ${playing.of})` : 'Play a chat'}
      </button>
      <button type="button" popovertarget="saving">Save…</button>
      <button type="button" popovertarget="keys">Keyboard…</button>
    </div>
    ${saving(desk)} ${keyHelp()}`;
}

function settingForm(desk: Desk, now: Setting): TemplateResult {
  const wanted = desk.choices.draft ?? now;
  const draft = desk.draft.bind(desk);
  const start = (event: SubmitEvent): void => {
    event.preventDefault();
    desk.send({ do: 'start', ...wanted, hold: null });
    desk.choose({ draft: null });
  };
  return html`<form class="setting" @submit=${start}>
    ${modeSelect(wanted, draft)} ${wanted.integrity === null ? nothing : checkSelect(wanted.integrity, draft)}
    ${attackSelect(desk, wanted, draft)} ${chairSelect(wanted, draft)}
    ${
      wanted.mode === 'plaintext'
        ? nothing
        : html`<label class="tick">
            <input
              type="checkbox"
              .checked=${wanted.insists}
              @change=${(event: Event) => {
                draft({ insists: (event.currentTarget as HTMLInputElement).checked });
              }}
            />
            check the key
          </label>`
    }
    <button class=${differ(wanted, now) ? 'primary' : ''}>${differ(wanted, now) ? 'Start' : 'Restart'}</button>
  </form>`;
}

type Draft = (change: Partial<Setting>) => void;

function valueOf(event: Event): string {
  return (event.currentTarget as HTMLSelectElement).value;
}

function modeSelect(wanted: Setting, draft: Draft): TemplateResult {
  const change = (event: Event): void => {
    const mode = valueOf(event) as Mode;
    const isEncrypted = mode === 'encrypted';
    draft({
      mode,
      integrity: isEncrypted ? (wanted.integrity ?? DEFAULT_INTEGRITY) : null,
      insists: mode === 'plaintext' ? false : wanted.insists,
    });
  };
  return html`<label>
    Mode
    <select @change=${change}>
      ${Object.entries(MODE_NAMES).map(
        ([mode, name]) => html`<option value=${mode} .selected=${mode === wanted.mode}>${name}</option>`,
      )}
    </select>
  </label>`;
}

function checkSelect(integrity: Integrity, draft: Draft): TemplateResult {
  return html`<label class="check">
    Check
    <select
      @change=${(event: Event) => {
        draft({ integrity: valueOf(event) as Integrity });
      }}
    >
      ${Object.entries(CHECK_NAMES).map(
        ([check, name]) => html`<option value=${check} .selected=${check === integrity}>${name}</option>`,
      )}
    </select>
  </label>`;
}

function attackSelect({ state }: Desk, { attack }: Setting, draft: Draft): TemplateResult {
  return html`<label class="attacker">
    Attacker
    <select
      @change=${(event: Event) => {
        const name = valueOf(event);
        draft({ attack: name === '' ? null : name });
      }}
    >
      <option value="" .selected=${attack === null}>you</option>
      ${(state.run?.attacks ?? []).map(
        ({ name, summary }) =>
          html`<option value=${name} title=${visible(summary, 120)} .selected=${name === attack}>
            ${visible(name, 40)}
          </option>`,
      )}
    </select>
  </label>`;
}

const CHAIRS: Readonly<Record<string, string>> = {
  '': 'both here',
  client: 'client: terminal',
  server: 'server: terminal',
};

function chairSelect({ elsewhere }: Setting, draft: Draft): TemplateResult {
  return html`<label class="chairs">
    Chairs
    <select
      @change=${(event: Event) => {
        const side = valueOf(event);
        draft({ elsewhere: side === 'client' || side === 'server' ? side : null });
      }}
    >
      ${Object.entries(CHAIRS).map(
        ([side, name]) => html`<option value=${side} .selected=${side === (elsewhere ?? '')}>${name}</option>`,
      )}
    </select>
  </label>`;
}

export function differ(one: Setting, other: Setting): boolean {
  return (
    one.mode !== other.mode ||
    one.integrity !== other.integrity ||
    one.attack !== other.attack ||
    one.insists !== other.insists ||
    one.elsewhere !== other.elsewhere
  );
}

function saving(desk: Desk): TemplateResult {
  return html`<div id="saving" popover role="group" aria-label="Save">
    <button
      type="button"
      popovertarget="saving"
      popovertargetaction="hide"
      @click=${() => {
        desk.send({ do: 'save', keyLog: false });
      }}
    >
      Save the capture
    </button>
    <p>
      A file for Wireshark: what passed at the client’s end. If the attacker changed anything, there is a second one:
      what passed at the server’s end.
    </p>
    <button
      type="button"
      popovertarget="saving"
      popovertargetaction="hide"
      @click=${() => {
        desk.send({ do: 'save', keyLog: true });
      }}
    >
      Save it with the keys
    </button>
    <p>Anyone who has the keys can read the whole chat.</p>
    <button
      type="button"
      popovertarget="saving"
      popovertargetaction="hide"
      @click=${() => {
        desk.send({ do: 'save-page' });
      }}
    >
      Save as a page
    </button>
    <p>One HTML file that plays this run again in any browser, without servchat.</p>
  </div>`;
}

function keyHelp(): TemplateResult {
  return html`<div id="keys" popover role="group" aria-label="Keys that you can press">
    <h2>Keys that you can press</h2>
    <p>In the rows of the wire:</p>
    <dl>
      <dt><kbd>↑</kbd> <kbd>↓</kbd> <kbd>Home</kbd> <kbd>End</kbd></dt>
      <dd>move between the rows</dd>
      <dt><kbd>Enter</kbd></dt>
      <dd>shows the bytes of the row</dd>
    </dl>
    <p>On a held row:</p>
    <dl>
      <dt><kbd>P</kbd></dt>
      <dd>passes it on</dd>
      <dt><kbd>D</kbd></dt>
      <dd>drops it</dd>
      <dt><kbd>T</kbd></dt>
      <dd>sends it twice</dd>
      <dt><kbd>B</kbd></dt>
      <dd>sends it back</dd>
      <dt><kbd>Shift</kbd>+<kbd>↑</kbd> <kbd>↓</kbd></dt>
      <dd>moves it in the queue</dd>
    </dl>
    <p>If a screen reader takes these keys for itself, use the buttons beside the row: they do the same.</p>
  </div>`;
}
