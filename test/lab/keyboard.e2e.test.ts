/**
 * A learner without a mouse, from the page's beginning to the end of the first experiment: only Tab, Enter, Space, the
 * arrows and letters. And what a screen reader finds: each control has a name of its own, in each state of the page.
 */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';

import { startBrowser, violations } from '../in-browser.js';
import { describeWithTool } from '../tools.js';
import { LOOKS, STICKS_OUT } from './page/looks.js';
import { Learner, endLab, startLab, type OpenLab } from './learner.js';

/** More than there are controls on the page. */
const MOST_TABS = 120;

/** Runs in the page: the name of what has the focus. Empty if nothing has it. */
const FOCUSED = `(() => {
  const at = document.activeElement;
  if (at === document.body) return '';
  const label = at.labels?.[0]?.textContent ?? '';
  return (at.getAttribute('aria-label') ?? (label || at.textContent)).replace(/\\s+/g, ' ').trim();
})()`;

class KeyboardLearner {
  readonly #learner: Learner;

  constructor(learner: Learner) {
    this.#learner = learner;
  }

  press(key: string): Promise<void> {
    return this.#learner.page.keyboard.press(key);
  }

  type(text: string): Promise<void> {
    return this.#learner.page.keyboard.type(text);
  }

  /** Presses Tab until what has the focus has this name. */
  async goTo(name: string | RegExp): Promise<void> {
    const seen: string[] = [];
    while (seen.length < MOST_TABS) {
      const focused = await this.focused();
      if (typeof name === 'string' ? focused === name : name.test(focused)) return;
      seen.push(focused);
      await this.press('Tab');
    }
    throw new Error(`Tab does not lead to ${name}, but to\n${seen.join('\n')}`);
  }

  focused(): Promise<string> {
    return this.#learner.page.evaluate<string>(FOCUSED);
  }
}

/** The lines of the accessibility tree that are controls without a name. */
async function nameless({ page }: Learner): Promise<readonly string[]> {
  const tree = await page.locator('body').ariaSnapshot();
  const controls = /^\s*- (?:button|combobox|textbox|checkbox|radio|spinbutton|slider|link|group|region)(?= |:|$)(.*)$/;
  return tree.split('\n').filter((line) => {
    const rest = controls.exec(line)?.[1];
    return rest !== undefined && !rest.startsWith(' "') && !rest.startsWith(' /');
  });
}

describeWithTool('chromium', 'a learner without a mouse', () => {
  let browser: Browser;
  let lab: OpenLab;
  let learner: Learner;

  beforeAll(async () => {
    [browser, lab] = await Promise.all([startBrowser(), startLab()]);
    learner = await Learner.at(lab.url, browser);
    await learner.page.emulateMedia({ reducedMotion: 'reduce' });
  });
  afterAll(async () => {
    await browser.close();
    await endLab(lab);
  });
  afterEach(() => {
    expect(learner.troubles).toEqual([]);
  });

  /** In each look: nothing sticks out, axe finds nothing, and each control has a name. */
  async function sound(state: string): Promise<void> {
    for (const [look, { viewport, colorScheme }] of Object.entries(LOOKS)) {
      await learner.page.setViewportSize(viewport);
      await learner.page.emulateMedia({ colorScheme });
      const found = [await learner.page.evaluate(STICKS_OUT), await violations(learner.page), await nameless(learner)];
      expect({ state, look, found }).toEqual({ state, look, found: [[], [], []] });
    }
    await learner.page.setViewportSize(LOOKS.projector.viewport);
    await learner.page.emulateMedia({ colorScheme: 'light' });
  }

  test('does the first experiment', async () => {
    const keys = new KeyboardLearner(learner);
    await learner.chatting();
    await learner.page.getByText('You are the client too.').waitFor();
    await sound('start');
    await keys.goTo('Begin with the first');
    await keys.press('Enter');
    await learner.opened('Read a sentence off the wire');
    await keys.goTo(/^Nothing, because the listener/);
    await keys.press('ArrowDown');
    await keys.press('ArrowDown');
    expect(await learner.page.getByRole('radio', { checked: true }).getAttribute('value')).toBe(
      'All of it, word for word',
    );
    await sound('a question');
    await keys.goTo('Lock it in');
    await learner.newRun(() => keys.press('Enter'));
    // The button is gone. What it led to has the focus.
    await learner.page.locator('.stages.trying').waitFor();
    expect(await keys.focused()).toBe('What to do');
    await keys.goTo('A hint');
    await keys.press('Enter');
    await learner.experiment.getByText('press Enter').waitFor();
    await sound('a locked prediction');
    await keys.goTo('Say something as the client');
    await keys.type('Meet me at noon');
    await keys.press('Enter');
    await learner.sees('server', ['Meet me at noon']);
    await keys.goTo(/Meet me at noon 16 B/);
    await keys.press('Enter');
    await learner.page.getByRole('region', { name: 'Meet me at noon' }).waitFor();
    await keys.goTo('Say something as the server');
    await keys.type('Why?');
    await keys.press('Enter');
    await learner.reaches(0);
    await learner.experiment.getByText('✓ Right.').waitFor();
    await learner.page.getByRole('log').getByText('Goal reached: In plaintext mode').waitFor({ state: 'attached' });
    await sound('a goal that is reached');
    await keys.goTo('Next');
    await keys.press('Enter');
    await learner.opened('Two messages in one piece');
  });

  test('changes a message that waits, with the keys of its row', async () => {
    const keys = new KeyboardLearner(learner);
    await learner.start({ mode: 'plaintext' });
    await keys.goTo('Hold each message');
    await keys.press('Space');
    await keys.goTo('Say something as the client');
    await keys.type('Meet me at noon');
    await keys.press('Enter');
    await learner.page.locator('.bench').waitFor();
    await sound('a message that waits');
    await keys.goTo('Change the message');
    await keys.press('End');
    for (let left = 'noon'.length; left > 0; left -= 1) await keys.press('Backspace');
    await keys.type('nine');
    await keys.press('Enter');
    await learner.page.getByRole('heading', { name: 'You changed it.' }).waitFor();
    await keys.goTo(/to the server: Meet me at noon/);
    await keys.press('p');
    await learner.sees('server', ['Meet me at nine']);
    // Its row is still there, and keeps the focus.
    expect(await keys.focused()).toContain('to the server: Meet me at noon');
  });

  test('shows the answer, and the focus goes to it', async () => {
    const keys = new KeyboardLearner(learner);
    await learner.open({ name: 'change-a-word', title: 'Change a word on its way' });
    await learner.predict('Not at all');
    await keys.goTo('Show me the answer');
    await keys.press('Enter');
    await learner.page.locator('.stages.over').waitFor();
    expect(await keys.focused()).toBe('What it shows, and why');
    await sound('an answer that was shown');
  });
});
