/** The panel of an experiment beside the experiment itself: words, answers, a changed choice, and a second tab. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import { startBrowser, violations } from '../../in-browser.js';
import { describeWithTool } from '../../tools.js';
import { Learner, endLab, startLab, type OpenLab } from '../learner.js';
import { STICKS_OUT } from '../page/looks.js';

const FIRST = { name: 'read-a-sentence', title: 'Read a sentence off the wire' };
const TWICE = { name: 'send-it-twice', title: 'Send it twice' };
const NOTHING = 'Nothing, because the listener is not part of the chat';
const ALL = 'All of it, word for word';

describeWithTool('chromium', 'beside an experiment', () => {
  let browser: Browser;
  let lab: OpenLab;
  let learner: Learner;

  beforeAll(async () => {
    [browser, lab] = await Promise.all([startBrowser(), startLab()]);
    learner = await Learner.at(lab.url, browser);
    await learner.chatting();
  });
  afterAll(async () => {
    await browser.close();
    await endLab(lab);
  });
  afterEach(() => {
    expect(learner.troubles).toEqual([]);
  });

  const focused = (): Promise<string> => learner.page.evaluate('document.activeElement.textContent.trim()');
  const answer = (page: Page): Promise<string | null> => page.locator('.experiment .answer').textContent();

  describe('a word', () => {
    test('opens what it means where it stands, by keyboard too, and gives the focus back', async () => {
      await learner.open(FIRST);
      const word = learner.experiment.getByRole('button', { name: 'listener', exact: true });
      await word.focus();
      await learner.page.keyboard.press('Enter');
      const meaning = learner.page.getByRole('dialog', { name: 'listener' });
      await meaning.waitFor();
      expect(await focused()).toMatch(/^listener: someone who reads what crosses the wire/);
      expect(await learner.page.evaluate(STICKS_OUT)).toEqual([]);
      expect(await violations(learner.page)).toEqual([]);
      const [at, below] = [await word.boundingBox(), await meaning.boundingBox()];
      expect(below!.y + below!.height).toBeLessThanOrEqual(at!.y);
      expect(at!.y - below!.y - below!.height).toBeLessThan(20);
      await learner.page.keyboard.press('Escape');
      await meaning.waitFor({ state: 'hidden' });
      expect(await focused()).toBe('listener');
    });

    test('stands in the list of all words', async () => {
      await learner.button('Words…').click();
      const list = learner.page.getByRole('group', { name: 'Words' });
      await list.getByText('Fernet', { exact: true }).waitFor();
      expect(await violations(learner.page)).toEqual([]);
      await learner.page.keyboard.press('Escape');
    });
  });

  test('what was chosen at the top is never passed over by the button that starts the chat again', async () => {
    await learner.open(TWICE);
    await learner.predict('It is shown a second time');
    await learner.chatting();
    await learner.choose('Check', 'hmac-sha256-seq');
    expect(await learner.button('Start its chat again').count()).toBe(0);
    await learner.newRun(() => learner.button('Start with your choice above').click());
    await learner.row(/HELLO servchat\/1 hmac-sha256-seq/).waitFor();
    await learner.newRun(() => learner.button('Start its chat again').click());
    await learner.row(/HELLO servchat\/1 hmac-sha256 /).waitFor();
  });

  test('what one tab locks, another one has', async () => {
    const other = await learner.page.context().newPage();
    await other.goto(lab.url);
    await learner.open(FIRST);
    await other.getByRole('heading', { name: `: ${FIRST.title}` }).waitFor();
    await other.getByRole('radio', { name: ALL }).check();
    await learner.predict(NOTHING);
    await other.locator('.experiment .answer').waitFor();
    expect(await answer(other)).toContain(NOTHING);
    await other.close();
  });

  test('an answer that another tab has locked stays, even if this one has not heard of it', async () => {
    const { page } = learner;
    await page.evaluate(`{
      const kept = JSON.parse(localStorage.getItem('servchat lab'));
      delete kept.attempts['${FIRST.name}'];
      localStorage.setItem('servchat lab', JSON.stringify(kept));
    }`);
    await page.reload();
    await page.getByRole('radio', { name: ALL }).check();
    // As if another tab had locked it just now: the same document gets no event for what it keeps itself.
    await page.evaluate(`{
      const kept = JSON.parse(localStorage.getItem('servchat lab'));
      const [one] = Object.values(kept.attempts);
      kept.attempts['${FIRST.name}'] = { ...one, answer: '${NOTHING}', right: false };
      localStorage.setItem('servchat lab', JSON.stringify(kept));
    }`);
    const before = await page.locator('main').getAttribute('data-run');
    await learner.button('Lock it in').click();
    await page.locator('.experiment .answer').waitFor();
    expect(await answer(page)).toContain(NOTHING);
    expect(await page.locator('main').getAttribute('data-run')).toBe(before);
  });

  test('the answers are forgotten only after one more question', async () => {
    const { page } = learner;
    await learner.button('Answers…').click();
    await page.getByLabel('Your name').fill('Ada');
    await learner.button('Forget all answers…').click();
    await page.getByText('This forgets 2 answers, your name, and which experiments are done.').waitFor();
    expect(await violations(page)).toEqual([]);
    await learner.button('Keep them').click();
    await page.keyboard.press('Escape');
    expect(await answer(page)).toContain(NOTHING);
    await learner.button('Answers…').click();
    await learner.button('Forget all answers…').click();
    await learner.button('Forget them').click();
    await learner.experiment.getByRole('radio').first().waitFor();
    expect(await page.getByLabel('Your name').inputValue()).toBe('');
    expect(await page.evaluate("JSON.parse(localStorage.getItem('servchat lab')).attempts")).toEqual({});
  });
});
