/** The windows in which the lab's page is looked at, and what must be true in each. */

export const LOOKS = {
  projector: { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 } },
  'dark phone': { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  // A window of 1280 by 800 at 200 %.
  enlarged: { colorScheme: 'light', viewport: { width: 640, height: 400 } },
} as const;
export type Look = keyof typeof LOOKS;

/** Runs in the page. Returns what sticks out of the window. Parts that scroll by themselves may hold more. */
export const STICKS_OUT = `
  [...document.querySelectorAll('body *:not(.unseen, .unseen *, script)')]
    .filter((each) => each.checkVisibility() && each.getClientRects().length > 0)
    .filter((each) => !each.parentElement.closest('.scroller, .stages, .beside, [popover], .notices > div'))
    .filter((each) => {
      const { left, right, bottom } = each.getBoundingClientRect();
      return left < -0.5 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5;
    })
    .map((each) => each.outerHTML.slice(0, 80))`;
