/** A learner at the page: what is said, seen, held, changed, sent again and saved, in every mode. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';

import { startBrowser } from '../in-browser.js';
import { describeWithTool } from '../tools.js';
import { Learner, endLab, payloadsIn, payloadsOf, startLab, type ChatToStart, type OpenLab } from './learner.js';

const SAID = 'Nice to Meet you';
const HEX = Buffer.from(SAID).toString('hex');

describeWithTool(['chromium', 'tshark'], 'a learner', () => {
  let browser: Browser;
  let lab: OpenLab;
  let learner: Learner;

  beforeAll(async () => {
    [browser, lab] = await Promise.all([startBrowser(), startLab()]);
    learner = await Learner.at(lab.url, browser);
  });
  afterAll(async () => {
    await browser.close();
    await endLab(lab);
  });
  afterEach(() => {
    expect(learner.troubles).toEqual([]);
  });

  describe.each<ChatToStart>([{ mode: 'plaintext' }, { mode: 'encrypted' }, { mode: 'tls' }])(
    'in $mode mode',
    (chat) => {
      const isOpen = chat.mode === 'plaintext';

      test('sees in one chair what was said in the other, and reads or does not read it on the wire', async () => {
        await learner.start(chat);
        await learner.say('client', SAID);
        await learner.sees('server', [SAID]);
        await learner.say('server', 'Grüß dich, Zoë 👋');
        await learner.sees('client', ['Grüß dich, Zoë 👋']);
        const rows = await learner.rows();
        expect(rows.some(({ hex }) => hex.includes(HEX))).toBe(isOpen);
        const verdict = learner.page.locator('.searched li', { hasText: `“${SAID}”` });
        await verdict.locator('b', { hasText: isOpen ? '○ found' : '● not found' }).waitFor();
        const frame = rows.find(({ hex }) => hex.includes(HEX))?.client;
        expect(await verdict.textContent()).toContain(isOpen ? `in frame ${frame}` : 'although the search works');
      });

      test('finds in the saved capture, with tshark, the frames and bytes that the page shows', async () => {
        const rows = await learner.rows();
        expect(rows.length).toBeGreaterThan(1);
        const [file] = await learner.save();
        expect(payloadsOf(rows, 'client')).toEqual(payloadsIn(file!));
      });
    },
  );

  test('changes a word in plaintext: nobody notices, and each half of the capture has its own text', async () => {
    await learner.start({ mode: 'plaintext' });
    await learner.hold(true);
    await learner.sayAndHold('client', 'Meet me at noon');
    await learner.page.getByLabel('Change the message').fill('Meet me at dusk');
    await learner.button('Change these bytes').click();
    await learner.page.getByText('You changed it.').waitFor();
    await learner.button('Pass it on').click();
    await learner.sees('server', ['Meet me at dusk']);
    await learner.hold(false);
    expect(await learner.page.locator('.complained').count()).toBe(0);
    const rows = await learner.rows();
    const [clientHalf, serverHalf] = await learner.save();
    expect(payloadsOf(rows, 'client')).toEqual(payloadsIn(clientHalf!));
    expect(payloadsOf(rows, 'server')).toEqual(payloadsIn(serverHalf!));
    expect([...payloadsIn(serverHalf!).values()]).toEqual([Buffer.from('Meet me at dusk\n').toString('hex')]);
  });

  describe('flips a bit of what is sealed', () => {
    /** Holds what the client says, and flips a bit of the byte with this number. */
    async function flip(chat: ChatToStart, byte: number): Promise<void> {
      await learner.start(chat);
      await learner.hold(true);
      await learner.sayAndHold('client', SAID);
      if (chat.mode === 'encrypted') await learner.button('Inside: the token').click();
      await learner.page.locator(`#hex [data-byte="${byte}"]`).click();
      await learner.button(/flip bit 0$/).click();
      await learner.page.locator('#hex .differs').waitFor();
    }

    /** Lets it go, and waits for what the server says of it. */
    async function refusal(): Promise<string | null> {
      await learner.button('Pass it on').click();
      const complaint = learner.complaints('server').first();
      await complaint.waitFor();
      expect(await learner.shown('server').count()).toBe(0);
      await learner.hold(false);
      return complaint.textContent();
    }

    /** A byte of the first block of the ciphertext: after the version, the time and the IV. */
    const CIPHERTEXT = 1 + 8 + 16;

    test('encrypted: the check does not fit', async () => {
      await flip({ mode: 'encrypted', check: 'hmac-sha256' }, CIPHERTEXT);
      expect(await refusal()).toContain('its hmac-sha256 check does not fit');
    });

    test('encrypted with a bare hash: the hash can be made to fit, and then Fernet’s own signature does not', async () => {
      await flip({ mode: 'encrypted', check: 'sha256' }, CIPHERTEXT);
      await learner.button('Compute SHA-256 anew').click();
      expect(await refusal()).toContain("its check fits, but the token's signature does not fit");
    });

    test('TLS: it refuses the record', async () => {
      await flip({ mode: 'tls' }, 10);
      expect(await refusal()).toContain('TLS refused what came');
    });
  });

  describe('sends a message twice', () => {
    async function twice(check: 'hmac-sha256' | 'hmac-sha256-seq'): Promise<void> {
      await learner.start({ mode: 'encrypted', check });
      await learner.hold(true);
      await learner.sayAndHold('client', SAID);
      await learner.button('Twice').click();
      await learner.sees('server', [SAID]);
      await learner.button('Pass it on').click();
    }

    test('hmac-sha256: the server shows it twice, and is content', async () => {
      await twice('hmac-sha256');
      await learner.sees('server', [SAID, SAID]);
      expect(await learner.page.locator('.complained').count()).toBe(0);
      await learner.hold(false);
    });

    test('hmac-sha256-seq: the server refuses the second', async () => {
      await twice('hmac-sha256-seq');
      await learner.complaints('server').getByText('so it was replayed').waitFor();
      await learner.sees('server', [SAID]);
      await learner.hold(false);
    });
  });

  test('sits in the middle with an own key: both sides are content, and each shows another fingerprint', async () => {
    await learner.start({ mode: 'encrypted' });
    await learner.hold(true);
    await learner.button('Restart').click();
    const pass = async (kind: string): Promise<void> => {
      await learner.page.locator('#bytes-name', { hasText: kind }).waitFor();
      await learner.button('Pass it on').click();
    };
    await pass('HELLO');
    await learner.page.locator('#bytes-name', { hasText: 'PUBLIC-KEY' }).waitFor();
    await learner.button('Put in your own key').click();
    await learner.page.getByText('You changed it.').waitFor();
    await pass('PUBLIC-KEY');
    await pass('SESSION-KEY');
    const prints = (side: string): Promise<string[]> =>
      learner.page.locator(`#${side}-lines .fingerprint code`).allTextContents();
    await learner.page.locator('.client .seat', { hasText: 'in the chat' }).waitFor();
    await learner.sayAndHold('client', SAID);
    await learner.page.getByText('The attacker understood what the client said: Nice to Meet you').waitFor();
    await learner.page.getByLabel('Seal another text').fill('Go away');
    await learner.button('Seal it').click();
    await learner.page.getByText('You changed it.').waitFor();
    await learner.button('Pass it on').click();
    await learner.sees('server', ['Go away']);
    expect(await learner.page.locator('.complained').count()).toBe(0);
    const [[atClient], [atServer]] = [await prints('client'), await prints('server')];
    expect(atClient).toMatch(/^(?:[0-9a-f]{4} ){15}[0-9a-f]{4}$/);
    expect(atServer).toMatch(/^(?:[0-9a-f]{4} ){15}[0-9a-f]{4}$/);
    expect(atServer).not.toBe(atClient);
    await learner.hold(false);
  });
});
