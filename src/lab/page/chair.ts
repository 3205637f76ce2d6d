/** One person of the chat: what their screen shows, and what they say. */
import { html, nothing, type TemplateResult } from 'lit-html';

import { SIDES, otherSide, type Side } from '../../protocol/side.js';
import type { Desk } from './desk.js';
import type { ChatLine } from './state.js';
import { terminal } from './terminals.js';
import { visible } from './text.js';
import { SEAT_WORDS, SIDE_NAMES } from './words.js';

export function chair(desk: Desk, side: Side): TemplateResult {
  const seat = desk.state.run?.chairs[side].seat ?? null;
  const join = desk.state.run?.join[side];
  return html`<section class="chair ${side}" data-part="chat" aria-labelledby="${side}-name">
    <header>
      <h2 id="${side}-name">${SIDE_NAMES[side]}</h2>
      <span class="seat ${seat ?? ''}">${seat === null ? '' : SEAT_WORDS[seat]}</span>
    </header>
    <div class="scroller" tabindex="0" role="group" aria-label="What the ${side} shows">
      ${join === undefined ? nothing : terminal(desk, join)} ${join === undefined ? firstHint(desk, side) : nothing}
      <div id="${side}-lines" class="lines"></div>
    </div>
    ${desk.playback === null && join === undefined ? sayForm(desk, side) : nothing}
  </section>`;
}

/** An empty chair says what to do. */
function firstHint({ state, playback }: Desk, side: Side): TemplateResult | typeof nothing {
  const { run } = state;
  if (run === null || playback !== null || SIDES.some((each) => run.chairs[each].lines.some(isTalk))) return nothing;
  return html`<p class="hint">
    You are the ${side} too. Write what this person says in the field below. The ${otherSide(side)} shows what arrives.
  </p>`;
}

function isTalk({ kind }: ChatLine): boolean {
  return kind !== 'fingerprint';
}

function sayForm(desk: Desk, side: Side): TemplateResult {
  const say = (event: SubmitEvent): void => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('text');
    if (!(field instanceof HTMLInputElement) || field.value === '') return;
    desk.send({ do: 'say', side, text: field.value });
    field.value = '';
  };
  return html`<form class="say" @submit=${say}>
    <label class="unseen" for="${side}-says">Say something as the ${side}</label>
    <input id="${side}-says" name="text" autocomplete="off" placeholder="Say something" dir="auto" />
    <button>Send</button>
  </form>`;
}

export function chatLine(side: Side): (line: ChatLine) => TemplateResult {
  return (line) => {
    switch (line.kind) {
      case 'said':
        return html`<b>you</b><bdi>${visible(line.text)}</bdi>`;
      case 'shown':
        return html`<b>${otherSide(side)}</b><bdi>${visible(line.text)}</bdi>`;
      case 'complained':
        return html`<b>! problem</b><bdi>${visible(line.text)}</bdi>`;
      case 'fingerprint':
        return html`<b>fingerprint of the ${line.of}’s key</b><code>${grouped(line.text)}</code>`;
    }
  };
}

/** A fingerprint in groups of four, so that people can compare it by eye. */
function grouped(sha256: string): string {
  return visible(sha256).replace(/(.{4})(?=.)/g, '$1 ');
}

/** The line as a screen reader hears it. */
export function spoken(side: Side, line: ChatLine): string {
  const name = SIDE_NAMES[side];
  switch (line.kind) {
    case 'said':
      return `${name} says: ${visible(line.text)}`;
    case 'shown':
      return `${name} shows: ${visible(line.text)}`;
    case 'complained':
      return `${name} has a problem: ${visible(line.text)}`;
    case 'fingerprint':
      return `${name} shows a fingerprint of the ${line.of ?? 'other side'}’s key`;
  }
}
