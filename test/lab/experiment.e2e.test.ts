/** An experiment that is open: its goal is watched from what happens, also over several runs and for a later page. */
import { expect, test } from '@jest/globals';

import { TestLab } from './lab-fixture.js';

test('the goal is told when it is reached, and a new run does not close the experiment', async () => {
  const lab = new TestLab();
  await lab.chatting();
  await lab.do({ do: 'experiment', name: 'say-done' });
  expect(await lab.next('experiment')).toEqual({ type: 'experiment', name: 'say-done' });
  expect(await lab.next('goal')).toMatchObject({ experiment: 'say-done', met: false, missing: [expect.any(String)] });
  await lab.start({ mode: 'tls' });
  expect(lab.all('experiment')).toEqual([{ type: 'experiment', name: 'say-done' }]);
  expect(lab.all('goal')).toMatchObject([{ met: false }]);
  await lab.do({ do: 'say', side: 'client', text: 'done' });
  expect(await lab.next('goal', ({ met }) => met)).toMatchObject({ experiment: 'say-done', missing: [] });
});

test('what happened in this run before it was opened counts', async () => {
  const lab = new TestLab();
  await lab.chatting();
  await lab.do({ do: 'say', side: 'client', text: 'done' });
  await lab.next('shown');
  await lab.do({ do: 'experiment', name: 'say-done' });
  expect(await lab.next('goal')).toMatchObject({ met: true });
  await lab.do({ do: 'experiment', name: null });
  expect(lab.all('experiment')).toEqual([{ type: 'experiment', name: null }]);
});

test('if it has a chat of its own, nothing counts that happened before that chat', async () => {
  const lab = new TestLab();
  await lab.chatting();
  await lab.do({ do: 'say', side: 'client', text: 'done' });
  await lab.next('shown');
  await lab.do({ do: 'experiment', name: 'say-done-anew' });
  await lab.do({ do: 'say', side: 'client', text: 'done' });
  await lab.next('shown');
  expect(lab.all('goal')).toMatchObject([{ met: false }]);
  await lab.start({ mode: 'plaintext' });
  await lab.do({ do: 'say', side: 'client', text: 'done' });
  expect(await lab.next('goal', ({ met }) => met)).toMatchObject({ experiment: 'say-done-anew' });
});

test('one that does not exist is declined', async () => {
  const lab = new TestLab();
  await lab.chatting();
  await lab.do({ do: 'experiment', name: 'no-such' });
  expect((await lab.next('declined')).says).toContain('no-such');
});
