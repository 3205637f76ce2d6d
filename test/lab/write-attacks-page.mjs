/* global URL, clearTimeout, console, setTimeout */
/**
 * Part of `npm run sample`: runs each attack in each setting in the lab, between two real processes, and writes all of
 * these runs as one page that replays them.
 *
 *     node test/lab/write-attacks-page.mjs lessons/sample/attacks.html
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

import { ATTACKS } from '../../dist/attacker/attacks.js';
import { SETTINGS } from '../../dist/attacker/matrix.js';
import { CONVERSATION } from '../../dist/demo/attack-run.js';
import { settingPhrase } from '../../dist/faces/attack-words.js';
import { oneFilePage } from '../../dist/lab/one-file-page.js';
import { Stage } from '../../dist/lab/stage.js';

const LIMIT_MS = 60_000;
/** The listener hears a moment later what came last. */
const QUIET_MS = 500;

const folder = mkdtempSync(path.join(os.tmpdir(), 'servchat-sample-'));
const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const stage = new Stage({ program, command: 'servchat', out: folder, conversation: CONVERSATION, experiments: [] });

/** All events of a run, up to its outcome and what the listener knows then. The log keeps only the newest of some. */
function recorded(command) {
  const events = [];
  return new Promise((resolve, reject) => {
    let seen = stage.log.last;
    let quiet;
    const limit = setTimeout(() => {
      reject(new Error(`${JSON.stringify(command)} has no outcome after ${LIMIT_MS} ms`));
    }, LIMIT_MS);
    const stop = stage.log.watch(() => {
      for (const { number, json } of stage.log.after(seen)) {
        seen = number;
        events.push(JSON.parse(json));
      }
      if (!events.some(({ event }) => event.type === 'outcome')) return;
      clearTimeout(quiet);
      quiet = setTimeout(() => {
        clearTimeout(limit);
        stop();
        resolve(events);
      }, QUIET_MS);
    });
    stage
      .do(command)
      .then(() => stage.do({ do: 'play', script: null }))
      .catch(reject);
  });
}

/** The page needs to know of no other attack, and shows no notice. */
function shortened(events, attack) {
  return events
    .filter(({ event }) => !['declined', 'playing', 'hold', 'experiment', 'queue'].includes(event.type))
    .map((each) =>
      each.event.type === 'run'
        ? { ...each, event: { ...each.event, attacks: each.event.attacks.filter(({ name }) => name === attack) } }
        : each,
    );
}

const runs = [];
try {
  for (const { name, summary } of ATTACKS.filter((attack) => attack.goal !== 'nothing')) {
    for (const setting of SETTINGS) {
      const { mode, integrity, insists } = setting;
      const start = { do: 'start', mode, integrity, attack: name, insists, elsewhere: null, hold: null };
      const events = shortened(await recorded(start), name);
      runs.push({ title: settingPhrase(setting), heading: `${name}: ${summary}`, events });
      console.log(`${name}, ${setting.name}: ${events.find(({ event }) => event.type === 'outcome').event.says}`);
    }
  }
} finally {
  await stage.close();
  rmSync(folder, { recursive: true });
}
writeFileSync(argv[2], oneFilePage(runs, 'The attacks, played again – servchat'));
