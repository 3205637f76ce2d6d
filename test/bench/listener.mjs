/**
 * What the benchmark runs in a separate process.
 *
 * usage: listener.mjs stages FILE | memory FILE | make PACKETS CONVERSATIONS LEAST MOST
 */
import { Session } from 'node:inspector/promises';
import { createReadStream, writeSync } from 'node:fs';
import process from 'node:process';
import { inspectCapture, inspectChunks } from '../../dist/eavesdropper/inspect.js';
import { makeCapture } from './made-capture.mjs';

const [, , what, ...args] = process.argv;

const STAGES = [
  ['reading', /packets\/(read-capture|capture-reader|pcap|contents|gunzip)|fs|internal\/(fs|streams)/],
  ['decoding', /packets\//],
  ['hashing', /crypto\/hash/],
  ['readability', /eavesdropper\/(content|readability|disguised|utf16|entropy|protocols|tls-hello)/],
  ['reading chats', /eavesdropper\/(chat|text-chat|lines|place|bisection)|protocol\//],
  ['reassembly', /eavesdropper\//],
];

/**
 * Prints each stage's share of the samples, with everything in one thread. The garbage collector and the engine have
 * what belongs to no stage.
 */
async function stages(file) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  await inspectChunks(createReadStream(file, { highWaterMark: 512 * 1024 }), {
    searchable: false,
    messagesOf: (number) => number < 8,
    onConversation: () => undefined,
  });
  const { profile } = await session.post('Profiler.stop');
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])));
  const shares = new Map();
  let total = 0;
  for (const [index, id] of profile.samples.entries()) {
    const delta = profile.timeDeltas[index];
    total += delta;
    let stage;
    // Native and library code counts for the code that called it.
    for (let at = id; at !== undefined && stage === undefined; at = parents.get(at)) {
      const { url, functionName } = byId.get(at).callFrame;
      if (functionName === '(garbage collector)') stage = 'collecting garbage';
      else stage = STAGES.find(([, pattern]) => pattern.test(url))?.[0];
    }
    shares.set(stage ?? 'the rest', (shares.get(stage ?? 'the rest') ?? 0) + delta);
  }
  process.stdout.write(
    JSON.stringify([...shares].map(([stage, time]) => [stage, time / total]).sort((one, other) => other[1] - one[1])),
  );
}

async function memory(file) {
  await inspectCapture(file, { searchable: false, onConversation: () => undefined });
  process.stdout.write(String(process.resourceUsage().maxRSS));
}

function make([packets, conversations, least, most]) {
  makeCapture(
    { packets: Number(packets), conversations: Number(conversations), least: Number(least), most: Number(most) },
    (bytes) => {
      for (let written = 0; written < bytes.length;) {
        try {
          written += writeSync(1, bytes, written);
        } catch (error) {
          // The pipe is full: its reader is still working.
          if (error.code !== 'EAGAIN') throw error;
        }
      }
    },
  );
}

if (what === 'stages') await stages(args[0]);
else if (what === 'memory') await memory(args[0]);
else make(args);
