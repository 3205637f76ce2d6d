/**
 * Two learners who have only the page do all twelve experiments, in real chromium, with the real lab. One goes wrong in
 * each, in a way in which people do; the other does what the page says.
 */
import fs from 'node:fs';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Locator } from 'playwright-core';

import { parseAnswerSheet } from '../../../src/answers/answer-sheet.js';
import { OWN_EXPERIMENTS, readExperiments } from '../../../src/lab/experiments/read-experiments.js';
import type { Block, Phrase } from '../../../src/lab/experiments/experiment.js';
import { startBrowser } from '../../in-browser.js';
import { describeWithTool } from '../../tools.js';
import { Learner, endLab, startLab, type OpenLab } from '../learner.js';

const EXPERIMENTS = readExperiments(OWN_EXPERIMENTS).map(({ shown }) => shown);

const LONG = 'I am from cyber security department';
/** A byte of the first block of the ciphertext: after the version, the time and the IV. */
const CIPHERTEXT = 1 + 8 + 16;

interface Ways {
  /** As a learner goes wrong. Ends with something that the page shows. */
  readonly wrong: (learner: Learner) => Promise<void>;
  /** The goals that are reached on the wrong way all the same. None, unless this says so. */
  readonly reachedAnyway?: readonly number[];
  /** As the steps say. The goals get their ticks one after the other. */
  readonly right: (learner: Learner) => Promise<void>;
}

const WAYS: Readonly<Record<string, Ways>> = {
  'read-a-sentence': {
    wrong: async (learner) => {
      for (const text of ['Hello', 'Hello']) await learner.say('client', text);
      await learner.page.locator('.listener .read li').nth(1).waitFor();
    },
    right: async (learner) => {
      await learner.say('client', 'Meet me at noon');
      await learner.row('Meet me at noon').click();
      await learner.say('server', 'Why?');
    },
  },
  'two-messages-in-one-read': {
    wrong: async (learner) => {
      await learner.sayAndHold('client', 'Hi*Yo');
      await learner.pass('Hi*Yo');
      await learner.sees('server', ['Hi*Yo']);
    },
    right: async (learner) => {
      await learner.sayAndHold('client', 'Hi*Yo');
      await learner.flip(2, 5);
      await learner.passOn();
      await learner.sees('server', ['Hi', 'Yo']);
    },
  },
  'one-message-in-two': {
    wrong: async (learner) => {
      await learner.sayAndHold('client', 'Meet me');
      await learner.pass('Meet me');
      await learner.sayAndHold('client', 'at noon');
      await learner.pass('at noon');
      await learner.sees('server', ['Meet me', 'at noon']);
    },
    right: async (learner) => {
      await learner.sayAndHold('client', 'Meet me');
      await learner.flip('Meet me'.length, 5);
      await learner.passOn();
      await learner.sayAndHold('client', 'at noon');
      await learner.sees('server', []);
      await learner.pass('at noon');
      await learner.sees('server', ['Meet me*at noon']);
    },
  },
  'find-the-key-exchange': {
    wrong: async (learner) => {
      await learner.row('PUBLIC-KEY').click();
      await learner.button('This is it').click();
      await learner.experiment.getByText('✗ Not this row. It is PUBLIC-KEY.').waitFor();
    },
    right: async (learner) => {
      await learner.say('client', 'Hello');
      await learner.row('SESSION-KEY').click();
      await learner.button('This is it').click();
      await learner.experiment.getByText('✓ Right: this is the row.').waitFor({ state: 'attached' });
    },
  },
  'which-message-is-this': {
    wrong: async (learner) => {
      await play(learner);
      await guess(learner, /to the server: HELLO/, LONG);
      await learner.experiment.getByText('✗ Not so: this row is HELLO, and carries no message.').waitFor();
      await guess(learner, /to the server: MESSAGE .* 174 B/, LONG);
      await learner.experiment.getByText(`✗ Not so: this row does not say “${LONG}”.`).waitFor();
      // The row keeps no choice for the next one.
      await learner.row(/to the server: MESSAGE .* 194 B/).click();
      await learner.page.locator('button:disabled', { hasText: 'That is my guess' }).waitFor();
    },
    right: async (learner) => {
      await play(learner);
      await guess(learner, /to the server: MESSAGE .* 214 B/, LONG);
      await learner.experiment.getByText(`✓ Right: this row says “${LONG}”.`).waitFor();
      expect(await learner.goals()).toEqual(['not yet']);
      await guess(learner, /to the server: MESSAGE .* 214 B/, 'Hello');
      await learner.experiment.getByText(`✓ You had it right: this row says “${LONG}”.`).waitFor();
      await learner.row(/MESSAGE .* 214 B .*✓ you say: I am from/).waitFor();
      await guess(learner, /to the server: MESSAGE .* 194 B/, 'Nice to Meet you');
    },
  },
  'change-a-word': {
    wrong: async (learner) => {
      await learner.sayAndHold('client', 'Meet me at noon');
      await learner.pass('Meet me at noon');
      await learner.sees('server', ['Meet me at noon']);
      expect(await learner.page.getByLabel('Change the message').count()).toBe(0);
    },
    right: async (learner) => {
      await learner.sayAndHold('client', 'Meet me at noon');
      await learner.page.getByLabel('Change the message').fill('Meet me at nine');
      await learner.button('Change these bytes').click();
      await learner.page.getByRole('heading', { name: 'You changed it.' }).waitFor();
      await learner.passOn();
      await learner.sees('server', ['Meet me at nine']);
    },
  },
  'meet-the-check': {
    wrong: async (learner) => {
      await learner.chatting();
      await learner.sayAndHold('client', 'Meet me at noon');
      await learner.pass('MESSAGE');
      await learner.sees('server', ['Meet me at noon']);
    },
    right: async (learner) => {
      await learner.chatting();
      await flipInside(learner);
      await learner.passOn();
      await learner.complaints('server').getByText('its hmac-sha256 check does not fit').waitFor();
    },
  },
  'recompute-the-hash': {
    wrong: async (learner) => {
      await learner.chatting();
      await flipInside(learner);
      await learner.passOn();
      await learner.complaints('server').getByText('its sha256 check does not fit').waitFor();
    },
    right: async (learner) => {
      await learner.chatting();
      await flipInside(learner);
      await learner.button('Compute SHA-256 anew').click();
      await learner.passOn();
      await learner.complaints('server').getByText('its check fits').waitFor();
    },
  },
  'send-it-twice': {
    reachedAnyway: [0],
    wrong: async (learner) => {
      await learner.chatting();
      await twice(learner);
      await learner.sees('server', ['Pay him 10', 'Pay him 10']);
      await learner.newRun(() => learner.button('Restart').click());
      await learner.chatting();
      await twice(learner);
      await learner.sees('server', ['Pay him 10', 'Pay him 10']);
    },
    right: async (learner) => {
      await learner.chatting();
      await twice(learner);
      await learner.reaches(0);
      expect(await learner.goals()).toEqual(['reached', 'not yet']);
      await learner.choose('Check', 'hmac-sha256-seq');
      await learner.newRun(() => learner.button('Start').click());
      await learner.chatting();
      await twice(learner);
      await learner.complaints('server').getByText('so it was replayed').waitFor();
    },
  },
  'sit-in-the-middle': {
    wrong: async (learner) => {
      await learner.handshake();
      await learner.sayAndHold('client', 'Meet me at noon');
      await learner.pass('MESSAGE');
      await learner.sees('server', ['Meet me at noon']);
      const { client, server } = await fingerprints(learner);
      expect(server).toBe(client);
    },
    right: async (learner) => {
      await swapKey(learner);
      await learner.pass('PUBLIC-KEY');
      await learner.pass('SESSION-KEY');
      await learner.chatting();
      await learner.sayAndHold('client', 'Meet me at noon');
      await learner.pass('MESSAGE');
      await learner.page.getByText('The attacker understood what the client said: Meet me at noon').waitFor();
      const { client, server } = await fingerprints(learner);
      expect(server).not.toBe(client);
      await learner.reaches(0);
      expect(await learner.goals()).toEqual(['reached', 'not yet']);
      await learner.page.getByRole('checkbox', { name: 'check the key' }).check();
      await learner.newRun(() => learner.button('Start').click());
      await swapKey(learner);
      await learner.pass('PUBLIC-KEY');
      await learner.complaints('server').first().waitFor();
    },
  },
  'record-now-read-later': {
    wrong: async (learner) => {
      await talk(learner, 'Meet me at noon', 'Why?');
      await learner.start({ mode: 'tls' });
      await talk(learner, 'Meet me at noon', 'Why?');
      await learner.say('client', 'EXIT');
      await learner.page.locator('.server .seat', { hasText: 'the chat is over' }).waitFor();
      await learner.page.locator('.searched .missing').nth(1).waitFor();
    },
    right: async (learner) => {
      await talk(learner, 'Meet me at noon', 'Why?');
      await learner.say('client', 'EXIT');
      await learner.page.getByText('The attacker understood what the client said: Meet me at noon').waitFor();
      await learner.reaches(0);
      expect(await learner.goals()).toEqual(['reached', 'not yet']);
      await learner.start({ mode: 'tls', attack: 'record-now-read-later' });
      await talk(learner, 'Meet me at noon', 'Why?');
      await learner.say('client', 'EXIT');
    },
  },
  'what-tls-shows': {
    wrong: async (learner) => {
      await yesAndNo(learner);
      await learner.row('ServerHello').click();
      await learner.button('This is it').click();
      await learner.experiment.getByText('✗ Not this row. It is TLS ServerHello.').waitFor();
      await guessRecords(learner, ['Not today', 'Yes']);
      await learner.experiment.getByText('✗ Not so: this row does not say “Yes”.').waitFor();
    },
    right: async (learner) => {
      await yesAndNo(learner);
      await learner.row('ClientHello').click();
      await learner.button('This is it').click();
      await learner.reaches(0);
      expect(await learner.goals()).toEqual(['reached', 'not yet']);
      await guessRecords(learner, ['Yes', 'Not today']);
    },
  },
};

/** One says something, the other answers, and both have it. */
async function talk(learner: Learner, said: string, answer: string): Promise<void> {
  await learner.chatting();
  await learner.say('client', said);
  await learner.sees('server', [said]);
  await learner.say('server', answer);
  await learner.sees('client', [answer]);
}

/** Chooses the last row with this name, or the one at this place, and says which text is in it. */
async function guess(learner: Learner, row: RegExp, text: string, place = -1): Promise<void> {
  await learner.row(row).nth(place).click();
  await learner.experiment.getByText('The chosen row:').waitFor();
  await learner.page.getByRole('combobox', { name: 'It says' }).selectOption(text);
  await learner.button('That is my guess').click();
}

/** The last two sealed records to the server are the two messages. */
async function guessRecords(learner: Learner, [first, second]: readonly [string, string]): Promise<void> {
  await guess(learner, /to the server: TLS application data/, first, -2);
  await learner.experiment.getByText(`this row says “${first}”`).or(learner.experiment.getByText('Not so')).waitFor();
  await guess(learner, /to the server: TLS application data/, second);
}

async function yesAndNo(learner: Learner): Promise<void> {
  await learner.chatting();
  for (const [at, text] of ['Yes', 'Not today'].entries()) {
    await learner.say('client', text);
    await learner.shown('server').nth(at).waitFor();
  }
}

/** Plays the conversation that comes with the program, to its end. */
async function play(learner: Learner): Promise<void> {
  await learner.chatting();
  await learner.button('Play a chat').click();
  await learner.page.locator('.server .seat', { hasText: 'the chat is over' }).waitFor();
}

async function flipInside(learner: Learner): Promise<void> {
  await learner.sayAndHold('client', 'Meet me at noon');
  await learner.button('Inside: the token').click();
  await learner.flip(CIPHERTEXT, 0);
}

async function twice(learner: Learner): Promise<void> {
  await learner.sayAndHold('client', 'Pay him 10');
  await learner.button('Twice').click();
  await learner.sees('server', ['Pay him 10']);
  await learner.pass('MESSAGE');
}

async function swapKey(learner: Learner): Promise<void> {
  await learner.pass('HELLO');
  await learner.button('Put in your own key').click();
  await learner.page.getByRole('heading', { name: 'You changed it.' }).waitFor();
}

async function fingerprints(learner: Learner): Promise<Readonly<Record<'client' | 'server', string>>> {
  const at = async (side: 'client' | 'server'): Promise<string> =>
    (await learner.page.locator(`#${side}-lines .fingerprint code`).textContent())!;
  return { client: await at('client'), server: await at('server') };
}

/** The first paragraph of a section, as text. */
function beginningOf([block]: readonly Block[]): string {
  if (block?.kind !== 'paragraph') throw new Error('a section begins with a paragraph');
  return plain(block.content);
}

function plain(phrases: readonly Phrase[]): string {
  return phrases.map((phrase) => (typeof phrase === 'string' ? phrase : phrase.text)).join('');
}

/** A paragraph of the experiment with exactly this text, whatever in it is marked. */
function says(learner: Learner, text: string): Locator {
  return learner.experiment.locator('p', { hasText: text });
}

test('each experiment is tried here', () => {
  expect(Object.keys(WAYS)).toEqual(EXPERIMENTS.map(({ name }) => name));
});

describeWithTool('chromium', 'a learner', () => {
  let browser: Browser;
  let lab: OpenLab;
  let learner: Learner;

  beforeAll(async () => {
    [browser, lab] = await Promise.all([startBrowser(), startLab()]);
  });
  afterAll(async () => {
    await browser.close();
    await endLab(lab);
  });
  afterEach(() => {
    expect(learner.troubles).toEqual([]);
  });

  describe('who goes wrong', () => {
    beforeAll(async () => {
      learner = await Learner.at(lab.url, browser);
      await learner.button('Begin with the first').click();
      await learner.opened(EXPERIMENTS[0]!.title);
    });
    afterAll(() => learner.leave());

    test.each(EXPERIMENTS)('$name: the goal stays open, and is told kindly', async (experiment) => {
      const { name, question, choices, hints, goals, see, explanation } = experiment;
      const { wrong, reachedAnyway = [] } = WAYS[name]!;
      const at = question.choices.findIndex((choice) => choice !== question.key?.accepts[0]);
      await learner.open(experiment);
      await learner.predict(question.choices[at]!);
      await wrong(learner);
      const open = goals.map((_, goal) => (reachedAnyway.includes(goal) ? 'reached' : 'not yet'));
      await learner.caughtUp();
      expect(await learner.goals()).toEqual(open);
      for (const goal of goals) await learner.experiment.getByText(goal).waitFor();
      for (const [hint] of hints.entries()) {
        await learner.button(hint === 0 ? 'A hint' : 'One more hint').click();
        await learner.experiment.getByText(`Hint ${hint + 1}`).waitFor();
      }
      expect(await says(learner, beginningOf(explanation)).count()).toBe(0);
      await learner.button('Show me the answer').click();
      await learner.experiment.getByText('✗ Not so.').waitFor();
      await says(learner, plain(choices[at]!.reason)).waitFor();
      const right = question.choices.indexOf(question.key!.accepts[0]);
      await says(learner, `Right is: ${plain(choices[right]!.content)}. ${plain(choices[right]!.reason)}`).waitFor();
      for (const text of [see, explanation]) await says(learner, beginningOf(text)).waitFor();
      expect(await learner.goals()).toEqual(open);
    });

    test('has done none of them', async () => {
      await learner.experiment.getByText('0 of 12 done').waitFor();
    });
  });

  describe('who does what the page says', () => {
    beforeAll(async () => {
      learner = await Learner.at(lab.url, browser);
    });
    afterAll(() => learner.leave());

    test.each(EXPERIMENTS)('$name: each goal gets its tick, and the explanation comes', async (experiment) => {
      const { name, question, choices, goals, see, explanation } = experiment;
      await learner.open(experiment);
      await learner.predict(question.key!.accepts[0]);
      expect(await learner.goals()).toEqual(goals.map(() => 'not yet'));
      await WAYS[name]!.right(learner);
      for (const goal of goals.keys()) await learner.reaches(goal);
      const reason = plain(choices[question.choices.indexOf(question.key!.accepts[0])]!.reason);
      await says(learner, `✓ Right. ${reason}`).waitFor();
      for (const text of [see, explanation]) await says(learner, beginningOf(text)).waitFor();
      const next = EXPERIMENTS[EXPERIMENTS.indexOf(experiment) + 1];
      if (next === undefined) return;
      await learner.button('Next').click();
      await learner.opened(next.title);
    });

    test('has done all of them, also after a reload', async () => {
      await learner.page.reload();
      await learner.experiment.getByText('12 of 12 done').waitFor();
      await learner.experiment.getByText('You have done all twelve.').waitFor();
      await learner.button('Save your answers…').click();
      await learner.page.getByLabel('Your name').fill('Zoë O’Neil');
      const download = learner.page.waitForEvent('download');
      await learner.button('Save your answers as a file').click();
      const file = await download;
      expect(file.suggestedFilename()).toBe('servchat-lab-answers-Zoë-O-Neil.json');
      await learner.page.getByText('✓ Saved as servchat-lab-answers-Zoë-O-Neil.json').waitFor();
      const sheet = parseAnswerSheet(fs.readFileSync(await file.path(), 'utf8'));
      expect(sheet).toMatchObject({ name: 'Zoë O’Neil' });
      expect(sheet.experiments.map(({ experiment, done, gaveUp }) => [experiment, done, gaveUp])).toEqual(
        EXPERIMENTS.map(({ name }) => [name, true, false]),
      );
    });
  });
});
