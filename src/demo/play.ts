/**
 * Plays a conversation through two real processes over real TCP, and records it.
 *
 * The processes are `servchat serve` and `servchat connect` as any user starts them, with pipes as keyboard and screen.
 * Each message waits until the previous one has reached the other side, so the capture has them in order.
 */
import fs from 'node:fs/promises';
import path from 'node:path';

import { LiveCaptureFailed, LiveCaptureUnavailable, startLive, type LiveRecorder } from '../capture/live.js';
import { REBUILT } from '../capture/tap.js';
import type { ParsedEvent } from '../protocol/event-lines.js';
import { isLeaving } from '../protocol/leaving.js';
import { MODE_FACTS, isSealed, type Mode } from '../protocol/modes.js';
import { ChairProcess, DemoError } from './chair-process.js';
import type { ScriptLine } from './script.js';

export interface PlayOptions {
  /** The path of the script of the servchat command. */
  readonly program: string;
  readonly script: readonly ScriptLine[];
  readonly mode: Mode;
  /** The folder for the capture and, except in plaintext mode, the keys. It must not contain such files yet. */
  readonly directory: string;
  readonly captureWith: 'auto' | 'live' | 'tap';
  readonly port: number;
  /** Called with each message when it has reached the other side. */
  readonly onMessage?: (message: ScriptLine) => void;
}

export interface Recording {
  readonly mode: Mode;
  readonly capture: string;
  readonly keyLog: string | null;
  /** The PEM file of the client's RSA key, which decrypts the envelope of this run. null except in encrypted mode. */
  readonly privateKey: string | null;
  readonly port: number;
  readonly captured: HowRecorded;
}

export type HowRecorded =
  /** Packets from the kernel. */
  | { readonly way: 'live'; readonly tool: string; readonly interfaceName: string }
  /**
   * The bytes that crossed the client's socket. `rebuilt` lists what we added around them. `why` says why a live
   * capture was not possible.
   */
  | { readonly way: 'tap'; readonly rebuilt: readonly string[]; readonly why: string | null };

/**
 * @throws DemoError if a process fails
 * @throws LiveCaptureUnavailable or LiveCaptureFailed if `captureWith` is `live` and a live capture is not possible
 */
export async function play(options: PlayOptions): Promise<Recording> {
  const { mode, directory, captureWith } = options;
  const capture = path.join(directory, `${mode}.pcap`);
  const keyLog = isSealed(mode) ? path.join(directory, `${mode}.keylog`) : null;
  const privateKey = MODE_FACTS[mode].keyOwner === 'client' ? path.join(directory, `${mode}.key.pem`) : null;
  // With `auto`, we also record a tap during a live capture. If the live capture fails in the middle, the chat is not
  // lost.
  const spare = `${capture}.tap`;

  const { server, port } = await startServer(options);
  let client: ChairProcess | null = null;
  let live: LiveRecorder | null = null;
  try {
    const start = await startRecorder(captureWith, port, capture);
    live = start.live;
    const tap = live === null ? capture : captureWith === 'auto' ? spare : null;
    client = startClient(options, port, { tap, keyLog, privateKey });
    await converse(options, server, client);
    await Promise.all([client.ends(), server.ends()]);
    const why = live === null ? start.why : await stopRecorder(live);
    if (live !== null && why === null) {
      return {
        mode,
        capture,
        keyLog,
        privateKey,
        port,
        captured: { way: 'live', tool: live.tool, interfaceName: live.interfaceName },
      };
    }
    if (live !== null) {
      if (captureWith === 'live') throw new LiveCaptureFailed(why ?? 'Cannot complete the live capture');
      await fs.rename(spare, capture);
    }
    return { mode, capture, keyLog, privateKey, port, captured: { way: 'tap', rebuilt: REBUILT, why } };
  } finally {
    await Promise.all([client?.stop(), server.stop(), live === null ? null : stopRecorder(live)]);
    await fs.rm(spare, { force: true });
  }
}

async function startRecorder(
  captureWith: PlayOptions['captureWith'],
  port: number,
  file: string,
): Promise<{ readonly live: LiveRecorder | null; readonly why: string | null }> {
  if (captureWith === 'tap') return { live: null, why: null };
  try {
    return { live: await startLive({ port, file }), why: null };
  } catch (error) {
    if (!(error instanceof LiveCaptureUnavailable) || captureWith === 'live') throw error;
    return { live: null, why: error.message };
  }
}

/** null if the recording is complete. Otherwise it says what is wrong. */
async function stopRecorder(live: LiveRecorder): Promise<string | null> {
  try {
    const { dropped = 0 } = await live.stop();
    return dropped === 0 ? null : `Cannot complete the live capture: ${live.tool} dropped ${dropped} packets`;
  } catch (error) {
    if (error instanceof LiveCaptureFailed) return error.message;
    throw error;
  }
}

/** Uses any free port if the wanted one is taken, so that a lesson in another window does not stop this one. */
async function startServer({ program, mode, port }: PlayOptions): Promise<{ server: ChairProcess; port: number }> {
  for (const wanted of [port, 0]) {
    const server = new ChairProcess('server', program, ['serve', '--mode', mode, '--port', String(wanted)]);
    try {
      const start = await server.tells(startOf, 'listening');
      if (start !== PORT_IN_USE) return { server, port: start };
    } catch (error) {
      await server.stop();
      throw error;
    }
    await server.stop();
  }
  throw new DemoError('Cannot play the demo: the server could not find a free port');
}

const PORT_IN_USE = 'port in use';

/** The server's port, or that the port is taken. null if this event says neither. */
function startOf(event: ParsedEvent): number | typeof PORT_IN_USE | null {
  if (event.type === 'listening') return event.port;
  return event.type === 'failed' && event.cause === 'EADDRINUSE' ? PORT_IN_USE : null;
}

interface Files {
  readonly tap: string | null;
  readonly keyLog: string | null;
  readonly privateKey: string | null;
}

function startClient({ program, mode }: PlayOptions, port: number, { tap, keyLog, privateKey }: Files): ChairProcess {
  return new ChairProcess('client', program, [
    ...['connect', `127.0.0.1:${port}`, '--mode', mode],
    ...(tap === null ? [] : ['--capture', tap]),
    ...(keyLog === null ? [] : ['--keylog', keyLog]),
    ...(privateKey === null ? [] : ['--save-private-key', privateKey]),
  ]);
}

async function converse({ script, onMessage }: PlayOptions, server: ChairProcess, client: ChairProcess): Promise<void> {
  const isConnected = ({ type }: ParsedEvent): true | null => (type === 'connected' ? true : null);
  await Promise.all([client.tells(isConnected, 'the connection'), server.tells(isConnected, 'the connection')]);
  for (const [index, message] of script.entries()) {
    const [speaker, listener] = message.side === 'client' ? [client, server] : [server, client];
    speaker.say(message.text);
    await listener.tells((event) => (isArrivalOf(event, message) ? true : null), `message ${index + 1}`);
    onMessage?.(message);
  }
}

function isArrivalOf(event: ParsedEvent, { side, text }: ScriptLine): boolean {
  if (isLeaving(text)) return event.type === 'left' && event.by === side;
  return event.type === 'message' && event.from === side && event.text === text;
}
