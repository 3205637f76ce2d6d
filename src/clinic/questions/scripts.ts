/** Does a text come out that is not in Latin letters? Each of its letters has several bytes in UTF-8. */
import { cannotTell, type Answer, type Evidence, type Fault } from '../finding.js';
import type { Question } from '../question.js';
import { capital, listed, quoted, WHO } from '../quoting.js';
import type { Stage } from '../stage.js';
import type { Talk } from '../talk.js';
import { cutWithin } from '../wire/treatment.js';

const TEXTS: readonly { readonly what: string; readonly text: string }[] = [
  { what: 'Hindi', text: 'नमस्ते आप कैसे हैं आज मौसम अच्छा है' },
  { what: 'Chinese', text: '你好今天天气很好我们去公园散步吧' },
  { what: 'emoji', text: '😀🎉👍🌍🚀🐢🍎🎵' },
];

/** Between two pieces of a text that is cut. In milliseconds. */
const CUT_MS = 60;

export const SCRIPTS: Question = {
  title: 'Hindi, Chinese and emoji are shown',
  does: 'says something in Hindi, in Chinese, and in emoji',
  starts: 1,
  chapter: '01-two-programs-talk',
  ask,
};

async function ask(stage: Stage): Promise<Answer> {
  const talk = await stage.open();
  try {
    if ((await talk.firstLost()) !== null)
      return cannotTell('The chat did not work in this start', 'A conversation that works each time');
    const lost: string[] = [];
    const evidence: Evidence[] = [];
    const [hindi] = TEXTS;
    for (const { what, text } of TEXTS) {
      const seen = await lostOn(stage, talk, text);
      if (seen === null) continue;
      lost.push(what);
      evidence.push(seen);
      // A program that has ended can show nothing more.
      if (talk.seats.some((seat) => !talk.isAlive(seat))) break;
    }
    if (lost.length > 0 || hindi === undefined) return notShown(lost, evidence);
    talk.wire.treat(cutWithin(CUT_MS));
    // Where any text is lost that is cut, it is not because of its letters.
    if ((await lostOn(stage, talk, stage.newSentence())) !== null) return noneCut();
    const seen = await lostOn(stage, talk, `${hindi.text} ${hindi.text}`);
    return seen === null ? allShown() : cutWithinLetter(seen);
  } finally {
    await talk.close();
  }
}

/** null where it was shown on every road. */
async function lostOn(stage: Stage, talk: Talk, text: string): Promise<Evidence | null> {
  for (const road of stage.facts.manner?.roads ?? []) {
    const { shown, screens } = await talk.sayOn(road, text);
    if (shown[road.to] === 'whole') continue;
    const instead = screens[road.to].trim() === '' ? 'nothing' : quoted(screens[road.to]);
    return {
      seen: `“${text}” was typed at ${WHO[road.from]}; ${WHO[road.to]} showed ${instead}. ${capital(WHO[road.to])} ${talk.stateOf(road.to)}.`,
      run: talk.run,
    };
  }
  return null;
}

function cutWithinLetter(seen: Evidence): Answer {
  return {
    ...notShown([], [seen]),
    said: 'A text that is cut within a letter on its way is not shown as typed',
    control: 'Uncut, the same text was shown whole, and a text in Latin letters also when it was cut',
    meaning: 'TCP may cut anywhere, also between the bytes of one letter, and your program then shows a broken text',
  };
}

function noneCut(): Answer {
  return cannotTell(
    `${listed(TEXTS.map(({ what }) => what))} were shown as they were typed; cut on the way, no text is shown, whatever its letters`,
    'A program that shows a text also if it arrives in pieces',
  );
}

function allShown(): Answer {
  return {
    verdict: 'good',
    said: `${listed(TEXTS.map(({ what }) => what))} were shown as they were typed, also cut within a letter`,
    control: 'every sign of them was looked for on the other screen',
    evidence: [],
  };
}

function notShown(lost: readonly string[], evidence: readonly Evidence[]): Fault {
  return {
    verdict: 'fault',
    said: `${capital(listed(lost))} ${lost.length === 1 && lost[0] !== 'emoji' ? 'is' : 'are'} not shown as typed`,
    evidence,
    control: 'A sentence in Latin letters was shown whole in the same run before',
    meaning: 'Most people of the world write with other letters than yours, and your chat loses what they say',
    remedy: {
      python: 'Use encode("utf-8") and decode("utf-8"), count bytes and not letters, and decode only a whole message',
      node: 'Count with Buffer.byteLength and not with length, and decode only a whole message (toString("utf8"))',
      java: 'Name StandardCharsets.UTF_8 wherever text becomes bytes or bytes become text, and count bytes',
      c: 'A letter can have up to 4 bytes: make the buffers large enough, count with strlen, and show only a whole message',
      go: 'Count with len, which counts bytes, and show a message only when all of its bytes have come',
      other: 'Use UTF-8 everywhere, count bytes and not letters, and decode only a whole message',
    },
  };
}
