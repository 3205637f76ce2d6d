/**
 * Can somebody who listens read what was said? The listener looks for it in the capture of a run, as it stands and in
 * disguise. He has only the capture, and the control is the same search where the same sentences cross as they are.
 */
import path from 'node:path';

import { TapRecorder } from '../../capture/tap.js';
import type { ConversationFindings } from '../../eavesdropper/findings/findings.js';
import { inspectCapture } from '../../eavesdropper/inspect.js';
import type { Find } from '../../eavesdropper/inspect.js';
import { cannotTell, type Answer, type Evidence, type Fault, type Remedy } from '../finding.js';
import type { Question } from '../question.js';
import { WHO } from '../quoting.js';
import type { Stage } from '../stage.js';
import type { SaidOnRoad } from '../talk.js';
import { sideOf } from '../seat.js';
import { shortKeyOf, type ShortKey } from './short-key.js';

/**
 * Ordinary sentences: a toy cipher is found by the letters and words that a language uses most, so it takes some text.
 */
const SENTENCES = [
  'I will meet you at the station tomorrow morning and then we can walk to the old market together',
  'The weather has been very nice this week so the children want to play in the garden after school',
  'Please bring the book that you borrowed from the library because I need it for my homework tonight',
  'My sister is coming to visit us on Sunday and she would like to see the new house near the river',
  'There is not enough time to finish the work today but we should try to do it before the weekend',
  'When you have a moment could you tell me what the teacher said about the test on the next Friday',
];

/** What the listener calls a text that is in no disguise. */
const AS_IT_STANDS: ReadonlySet<string> = new Set(['as typed', 'in another case', 'otherwise composed']);

const REMEDY: Remedy = {
  python:
    'Wrap the socket in TLS with the module ssl, or seal each message with AES-GCM or Fernet of the package cryptography',
  node: 'Use node:tls in place of node:net, or seal each message with aes-256-gcm of node:crypto',
  java: 'Use an SSLSocket, or seal each message with AES/GCM/NoPadding',
  c: 'Use TLS of OpenSSL (SSL_write and SSL_read), or seal each message with EVP_aes_256_gcm',
  go: 'Use crypto/tls in place of net, or seal each message with cipher.NewGCM',
  other: 'Use TLS, or seal each message with AES-GCM and a key that never crosses the wire as it is',
};

export const READABLE: Question = {
  title: 'nothing that is said can be read on the wire',
  does: 'listens to a conversation, and searches it for what was said',
  starts: 1,
  chapter: '02-what-a-listener-reads',
  ask,
};

async function ask(stage: Stage): Promise<Answer> {
  const talk = await stage.open();
  const said: SaidOnRoad[] = [];
  try {
    const roads = stage.facts.manner?.roads ?? [];
    for (const [index, text] of SENTENCES.entries()) {
      const road = roads[index % roads.length];
      if (road !== undefined) said.push({ ...(await talk.sayOn(road, text)), road });
    }
  } finally {
    await talk.close();
  }
  const shown = said.filter(({ road, shown: at }) => at[road.to] !== 'not');
  if (shown.length === 0)
    return cannotTell('None of the sentences was shown in this start', 'A conversation that works each time');
  const texts = shown.map(({ text }) => text);
  const { finds, findings } = await inspectCapture(talk.captures.client, { find: texts, hashes: false });
  const found = finds.filter(({ verdict }) => verdict.readable);
  if (found.length > 0) return canBeRead(found, texts.length, talk.run, findings.conversations);
  const weak = shortKeys(shown);
  if (weak.length > texts.length / 2) return sealedByShortKey(weak, texts.length, talk.run);
  const control = await foundInPlaintext(shown, path.join(path.dirname(talk.captures.client), 'control.pcap'));
  return control === texts.length ? notFound(texts.length, findings.conversations) : withoutControl();
}

interface Weak {
  readonly said: SaidOnRoad;
  readonly key: ShortKey;
  readonly frames: readonly number[];
}

/** The sentences that are only mixed with a short key. */
function shortKeys(all: readonly SaidOnRoad[]): readonly Weak[] {
  return all.flatMap((said) => {
    const own = said.chunks.filter(({ from }) => from === sideOf(said.from));
    const key = shortKeyOf({ text: said.text, bytes: Buffer.concat(own.map(({ bytes }) => bytes)) });
    const frames = own.flatMap(({ frame }) => (frame === null ? [] : [frame]));
    return key === null ? [] : [{ said, key, frames }];
  });
}

function sealedByShortKey(weak: readonly Weak[], texts: number, run: number): Answer {
  const [first] = weak;
  const size = first === undefined ? '' : `${first.key.length} ${first.key.kind}`;
  return {
    verdict: 'fault',
    said: `What is said is only mixed with a key of ${size}, which comes again and again`,
    evidence: weak.slice(0, 3).map(({ said, key, frames }) => ({
      seen:
        key.kind === 'bytes'
          ? `“${said.text}” of ${WHO[said.from]} is mixed by XOR with the bytes ${key.key}, all through.`
          : `In “${said.text}” of ${WHO[said.from]}, each letter is moved on by a letter of the word ${key.key}, all through.`,
      run,
      frames,
      half: sideOf(said.from),
    })),
    control: `In ${weak.length} of ${texts} sentences, the key came out of what was typed and what crossed; no other cipher repeats like that`,
    meaning:
      'Each part of such a key is used so often that anyone who counts the signs finds it, and then reads everything',
    remedy: REMEDY,
  };
}

/** How many of the sentences the same search finds in a capture in which they cross as they are. */
async function foundInPlaintext(said: readonly SaidOnRoad[], file: string): Promise<number> {
  const recorder = TapRecorder.open(file);
  const tap = recorder.connection(
    { client: { address: '127.0.0.1', port: 50_000 }, server: { address: '127.0.0.1', port: 4747 } },
    'client',
  );
  for (const { road, text } of said) {
    const bytes = Buffer.from(`${text}\n`);
    if (sideOf(road.from) === 'client') tap.sent(bytes);
    else tap.received(bytes);
  }
  recorder.close();
  const { finds } = await inspectCapture(file, { find: said.map(({ text }) => text), hashes: false });
  return finds.filter(({ verdict }) => verdict.readable).length;
}

function canBeRead(
  found: readonly Find[],
  texts: number,
  run: number,
  conversations: readonly ConversationFindings[],
): Answer {
  const hits = found.flatMap(({ text, verdict }) => (verdict.readable ? [{ text, ...verdict.hit }] : []));
  const shapes = [...new Set(hits.map(({ shape }) => shape))];
  const disguise = shapes.find((shape) => !AS_IT_STANDS.has(shape));
  const evidence: Evidence[] = hits.slice(0, 3).map(({ text, place, shape }) => ({
    seen: `“${text}” is in the bytes of ${WHO[place.side]} from byte ${place.offset} on, ${AS_IT_STANDS.has(shape) ? shape : `as ${shape}`}.`,
    run,
    frames: [place.frame],
  }));
  const said = `${found.length} of ${texts} sentences can be read on the wire${disguise === undefined ? '' : `, written as ${disguise}`}`;
  const control = `The search read nothing but the capture of this run, ${conversations.length} ${conversations.length === 1 ? 'connection' : 'connections'}`;
  return isReadable({ said, control, evidence }, disguise !== undefined);
}

/** The fault, with what it means and how to mend it. */
export function isReadable(found: Pick<Fault, 'said' | 'control' | 'evidence'>, isDisguised: boolean): Fault {
  return {
    verdict: 'fault',
    ...found,
    meaning: !isDisguised
      ? 'Everyone on the way, such as in the same Wi-Fi, can read all that is said'
      : 'Nobody needs a key to undo this: it is another way to write the text, and it hides nothing',
    remedy: REMEDY,
  };
}

function notFound(texts: number, conversations: readonly ConversationFindings[]): Answer {
  const letters = conversations.some(({ messages }) => messages.some(({ kind }) => kind === 'readable'));
  if (letters)
    return cannotTell(
      'What crosses is text, but not what was said: perhaps letters are exchanged for others',
      'A longer conversation, or a look at the capture with servchat inspect',
    );
  return {
    verdict: 'good',
    said: `None of ${texts} sentences was found, neither as it is nor in a disguise`,
    control: `the same search finds all ${texts} where they cross as they are`,
    evidence: [],
  };
}

function withoutControl(): Answer {
  return cannotTell('The search did not find the sentences where they cross as they are', 'A search that works');
}
