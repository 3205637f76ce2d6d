/** Puts together what the options ask for, and sits down in one of the two chairs. */
import type { Side, TapRecorder } from '../capture/tap.js';
import { generateKeyPair } from '../crypto/rsa.js';
import { generateSessionKey } from '../crypto/session-key.js';
import { connect } from '../endpoints/client.js';
import { KeyLogFile } from '../endpoints/key-log-file.js';
import { personAtThisProcess, type Person } from '../endpoints/person.js';
import { serve } from '../endpoints/server.js';
import type { Integrity } from '../protocol/frames.js';
import { EncryptedClientSession, EncryptedServerSession } from '../session/encrypted.js';
import { PlaintextSession } from '../session/plaintext.js';
import type { Session } from '../session/session.js';
import { ChairCapture } from './chair-capture.js';
import type { Mode } from './options.js';

interface ChairOptions {
  readonly host: string;
  readonly port: number;
  readonly mode: Mode;
  readonly integrity: Integrity;
  readonly capture?: string;
  readonly keylog?: string;
}

export async function runServer(
  options: ChairOptions & { readonly allowIntegrity: readonly Integrity[]; readonly keepOpen: boolean },
): Promise<boolean> {
  const { mode, integrity, allowIntegrity } = options;
  const newSession = (): Session =>
    mode === 'plaintext'
      ? new PlaintextSession('server')
      : new EncryptedServerSession({
          allowed: [...new Set([integrity, ...allowIntegrity])],
          newSessionKey: generateSessionKey,
          clock,
        });
  return sitDown('server', options, (chair) => serve({ ...options, ...chair, newSession }));
}

export async function runClient(options: ChairOptions & { readonly rsaBits: number }): Promise<boolean> {
  const { mode, integrity, rsaBits } = options;
  return sitDown('client', options, async (chair) => {
    // Before the connection is made, so that the server does not wait for it.
    const session =
      mode === 'plaintext'
        ? new PlaintextSession('client')
        : new EncryptedClientSession({ keyPair: await generateKeyPair(rsaBits), integrity, clock });
    return connect({ ...options, ...chair, session });
  });
}

interface Chair {
  readonly person: Person;
  readonly tap: TapRecorder | null;
  readonly keyLog: KeyLogFile | null;
}

async function sitDown(side: Side, { capture, keylog }: ChairOptions, chat: (chair: Chair) => Promise<boolean>): Promise<boolean> {
  const keyLog = keylog === undefined ? null : KeyLogFile.open(keylog);
  const recording = capture === undefined ? null : ChairCapture.open(capture, side);
  return recordedBy(recording, () => chat({ person: personAtThisProcess(), tap: recording?.tap ?? null, keyLog }));
}

async function recordedBy(recording: ChairCapture | null, chat: () => Promise<boolean>): Promise<boolean> {
  let properly: boolean;
  try {
    properly = await chat();
  } catch (error) {
    // What went wrong in the chat is told, whatever then goes wrong with its record.
    await recording?.close().catch(() => undefined);
    throw error;
  }
  await recording?.close();
  return properly;
}

function clock(): number {
  return Date.now() / 1000;
}
