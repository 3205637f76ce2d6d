/**
 * Two learners who have only the page do all twelve experiments, in real chromium, with the real lab. One goes wrong in
 * each, in a way in which people do; the other does what the page says.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';

import { OWN_EXPERIMENTS, readExperiments } from '../../../src/lab/experiments/read-experiments.js';
import type { Block } from '../../../src/lab/experiments/experiment.js';
import { startBrowser } from '../../in-browser.js';
import { describeWithTool } from '../../tools.js';
import { Learner, endLab, startLab, type OpenLab } from '../learner.js';

const EXPERIMENTS = readExperiments(OWN_EXPERIMENTS).map(({ shown }) => shown);

const SORRY = 'Sorry, I am ill and cannot come';
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
      await learner.experiment.getByText('✗ Not this row.').waitFor();
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
      await talk(learner, 'Yes', SORRY);
      await guess(learner, /to the server: MESSAGE/, SORRY);
      await learner.experiment.getByText(`✗ Not so: this row does not say “${SORRY}”.`).waitFor();
      await guess(learner, /to the client: MESSAGE/, 'Yes');
      await learner.experiment.getByText('✗ Not so: this row does not say “Yes”.').waitFor();
    },
    right: async (learner) => {
      await talk(learner, 'Yes', SORRY);
      await guess(learner, /to the server: MESSAGE/, 'Yes');
      await learner.experiment.getByText('✓ Right: this row says “Yes”.').waitFor();
      expect(await learner.goals()).toEqual(['not yet']);
      await guess(learner, /to the client: MESSAGE/, SORRY);
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
      await learner.handshake();
      await learner.sayAndHold('client', 'Meet me at noon');
      await learner.pass('MESSAGE');
      await learner.sees('server', ['Meet me at noon']);
    },
    right: async (learner) => {
      await learner.handshake();
      await flipInside(learner);
      await learner.passOn();
      await learner.complaints('server').getByText('its hmac-sha256 check does not fit').waitFor();
    },
  },
  'recompute-the-hash': {
    wrong: async (learner) => {
      await learner.handshake();
      await flipInside(learner);
      await learner.passOn();
      await learner.complaints('server').getByText('its sha256 check does not fit').waitFor();
    },
    right: async (learner) => {
      await learner.handshake();
      await flipInside(learner);
      await learner.button('Compute SHA-256 anew').click();
      await learner.passOn();
      await learner.complaints('server').getByText('its check fits').waitFor();
    },
  },
  'send-it-twice': {
    reachedAnyway: [0],
    wrong: async (learner) => {
      await learner.handshake();
      await twice(learner);
      await learner.sees('server', ['Pay him 10', 'Pay him 10']);
      await learner.newRun(() => learner.button('Restart').click());
      await learner.handshake();
      await twice(learner);
      await learner.sees('server', ['Pay him 10', 'Pay him 10']);
    },
    right: async (learner) => {
      await learner.handshake();
      await twice(learner);
      await learner.reaches(0);
      expect(await learner.goals()).toEqual(['reached', 'not yet']);
      await learner.choose('Check', 'hmac-sha256-seq');
      await learner.newRun(() => learner.button('Start').click());
      await learner.handshake();
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
      await talk(learner, 'Yes', 'Not today');
      await learner.row('ServerHello').click();
      await learner.button('This is it').click();
      await learner.experiment.getByText('✗ Not this row.').waitFor();
      await guessRecords(learner, ['Not today', 'Yes']);
      await learner.experiment.getByText('✗ Not so: this row does not say “Yes”.').waitFor();
    },
    right: async (learner) => {
      await talk(learner, 'Yes', 'Not today');
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

/** Chooses the last row with this name, and says which text is in it. */
async function guess(learner: Learner, row: RegExp, text: string): Promise<void> {
  await learner.row(row).last().click();
  await learner.page.getByRole('combobox', { name: 'It says' }).selectOption(text);
  await learner.button('That is my guess').click();
}

/** The last sealed record of each side is the one of its message. */
async function guessRecords(learner: Learner, [client, server]: readonly [string, string]): Promise<void> {
  await guess(learner, /to the server: TLS application data/, client);
  await learner.experiment.getByText(`this row says “${client}”`).or(learner.experiment.getByText('Not so')).waitFor();
  await guess(learner, /to the client: TLS application data/, server);
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

/** The first words of a section. */
function beginningOf([block]: readonly Block[]): string {
  const [words] = block?.kind === 'paragraph' ? block.content : [];
  return typeof words === 'string' ? words : 'a section begins with words';
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
      expect(await learner.experiment.getByText(beginningOf(explanation)).count()).toBe(0);
      await learner.button('Show me the answer').click();
      await learner.experiment.getByText('✗ Not so.').waitFor();
      const reason = choices[at]!.reason.map((phrase) => (typeof phrase === 'string' ? phrase : phrase.text)).join('');
      await learner.experiment.getByText(reason).waitFor();
      for (const text of [see, explanation]) await learner.experiment.getByText(beginningOf(text)).waitFor();
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
      const { name, question, goals, see, explanation } = experiment;
      await learner.open(experiment);
      await learner.predict(question.key!.accepts[0]);
      expect(await learner.goals()).toEqual(goals.map(() => 'not yet'));
      await WAYS[name]!.right(learner);
      for (const goal of goals.keys()) await learner.reaches(goal);
      await learner.experiment.getByText('✓ Right.').waitFor();
      for (const text of [see, explanation]) await learner.experiment.getByText(beginningOf(text)).waitFor();
      const next = EXPERIMENTS[EXPERIMENTS.indexOf(experiment) + 1];
      if (next === undefined) return;
      await learner.button('Next').click();
      await learner.opened(next.title);
    });

    test('has done all of them, also after a reload', async () => {
      await learner.page.reload();
      await learner.experiment.getByText('12 of 12 done').waitFor();
    });
  });
});
