/** Makes what the options ask for, and starts one of the two ends. */
import type { TapRecorder } from '../capture/tap.js';
import { makeCertificate } from '../crypto/certificate.js';
import { WeakKeyError, formatPrivateKey, generateKeyPair, parsePrivateKey, type RsaKeyPair } from '../crypto/rsa.js';
import { generateSessionKey } from '../crypto/session-key.js';
import { ChatWatch } from '../endpoints/chat-watch.js';
import { connect } from '../endpoints/client.js';
import { EndpointError, NoChat } from '../endpoints/endpoint-error.js';
import { KeyLogFile } from '../endpoints/key-log-file.js';
import type { Person } from '../endpoints/person.js';
import { personAtThisProcess } from '../endpoints/person-here.js';
import { checkPrivateKeyFile, readPrivateKey, savePrivateKey } from '../endpoints/private-key-file.js';
import { serve } from '../endpoints/server.js';
import { tellInLines, tellInSentences, type Tell } from '../endpoints/telling.js';
import type { Integrity } from '../protocol/integrity.js';
import { EncryptedClientSession, EncryptedServerSession } from '../session/encrypted.js';
import { PlaintextSession } from '../session/plaintext.js';
import type { Session } from '../session/session.js';
import type { ChairCapture } from './chair-capture.js';
import type { ChairOptions } from './chair-options.js';
import { COMMAND } from './options.js';
import { refuseSharedFile } from './shared-file.js';
import type { Side } from '../protocol/side.js';

export interface ServerChairOptions extends ChairOptions {
  readonly host: string;
  readonly port: number;
  readonly allowIntegrity: readonly Integrity[];
  readonly keepOpen: boolean;
  readonly expectFingerprint?: string;
}

export async function runServer(options: ServerChairOptions): Promise<boolean> {
  const { mode, integrity, allowIntegrity, expectFingerprint, savePrivateKey: keyFile } = options;
  const newSession = (): Session =>
    mode === 'encrypted'
      ? new EncryptedServerSession({
          allowed: [...new Set([integrity, ...allowIntegrity])],
          newSessionKey: generateSessionKey,
          expectFingerprint: expectFingerprint ?? null,
          clock,
        })
      : new PlaintextSession('server', mode);
  return sitDown('server', options, async (chair) => {
    if (mode !== 'tls') return serve({ ...options, ...chair, newSession, insists: expectFingerprint !== undefined });
    const tls = await makeCertificate();
    const begin = (): void => {
      chair.begin();
      if (keyFile !== undefined) savePrivateKey(keyFile, tls.privateKey, options.force);
    };
    return serve({ ...options, ...chair, begin, newSession, insists: false, tls });
  });
}

export interface ClientChairOptions extends ChairOptions {
  readonly host: string;
  readonly port: number;
  readonly rsaBits: number;
  readonly privateKey?: string;
  readonly pin?: string;
}

export async function runClient(options: ClientChairOptions): Promise<boolean> {
  const { mode, integrity, privateKey, savePrivateKey: keyFile, pin } = options;
  const keepsKey = privateKey !== undefined || keyFile !== undefined;
  return sitDown('client', options, async (chair) => {
    if (mode !== 'encrypted') {
      const session = new PlaintextSession('client', mode);
      return connect({
        ...options,
        ...chair,
        session,
        keepsKey,
        ...(mode === 'tls' ? { tls: { pin: pin ?? null } } : {}),
      });
    }
    // We make the key before we connect, so that the server does not wait for it.
    const keyPair = await keyPairFor(options);
    const begin = (): void => {
      chair.begin();
      if (keyFile !== undefined) savePrivateKey(keyFile, formatPrivateKey(keyPair), options.force);
    };
    return connect({
      ...options,
      ...chair,
      begin,
      keepsKey,
      session: new EncryptedClientSession({ keyPair, integrity, clock }),
    });
  });
}

async function keyPairFor({ privateKey, rsaBits }: ClientChairOptions): Promise<RsaKeyPair> {
  if (privateKey === undefined) return generateKeyPair(rsaBits);
  try {
    return parsePrivateKey(readPrivateKey(privateKey));
  } catch (error) {
    if (error instanceof WeakKeyError)
      throw new EndpointError(`Cannot use the private key in ${privateKey}: ${error.message}`);
    throw error;
  }
}

interface Chair {
  readonly person: Person;
  readonly tell: Tell;
  readonly tap: TapRecorder | null;
  readonly keyLog: KeyLogFile | null;
  /**
   * Creates the files. Call it only when it is certain that there can be a chat. @throws EndpointError or
   * CaptureFileError
   */
  readonly begin: () => void;
}

/** Complains about files that cannot be written, before anything begins. */
async function sitDown(
  side: Side,
  options: ChairOptions & Pick<ClientChairOptions, 'privateKey'>,
  chat: (chair: Chair) => Promise<boolean>,
): Promise<boolean> {
  const { mode, format, capture, keylog, withSecrets, savePrivateKey: keyFile, force: ifThere } = options;
  refuseSharedFile({
    '--capture': capture,
    '--keylog': keylog,
    '--private-key': options.privateKey,
    '--save-private-key': keyFile,
  });
  const person = await personAtThisProcess(format === 'ndjson');
  const warn = (line: string): void => {
    person.warn(`servchat: ${line}`);
  };
  const keyLog = keylog === undefined ? null : new KeyLogFile(keylog, warn);
  const keysWritten = (): string | null => keyLog?.withKeys ?? null;
  const secrets = withSecrets === undefined ? (): null => null : keysWritten;
  const recordingOf = async (file: string): Promise<ChairCapture> => {
    const { ChairCapture } = await import('./chair-capture.js');
    return new ChairCapture({ file, side, keyLog: secrets, ifThere });
  };
  const recording = capture === undefined ? null : await recordingOf(capture);
  if (keyFile !== undefined) checkPrivateKeyFile(keyFile, ifThere);
  const begin = (): void => {
    keyLog?.begin();
    recording?.begin();
  };
  const say = format === 'ndjson' ? tellInLines(person, side, mode) : tellInSentences(person, side, COMMAND);
  const watch = new ChatWatch(say);
  const { tell } = watch;
  let properly = false;
  try {
    properly = await recordedBy(recording, () => chat({ person, tell, tap: recording?.tap ?? null, keyLog, begin }));
  } catch (error) {
    if (!(error instanceof NoChat)) throw error;
    tell([error.problem, { type: 'over', ok: false }]);
  }
  keyLog?.checkThere();
  if (capture !== undefined && recording !== null && recording.tap.connections > 0) {
    tell([{ type: 'captured', file: capture, hadChat: watch.hadChat, keyLog: keysWritten(), mode }]);
  }
  return properly && keyLog?.hasFailed !== true;
}

async function recordedBy(recording: ChairCapture | null, chat: () => Promise<boolean>): Promise<boolean> {
  let properly: boolean;
  try {
    properly = await chat();
  } catch (error) {
    // We tell what went wrong in the chat, even if something then goes wrong with its capture.
    await recording?.close().catch(() => undefined);
    throw error;
  }
  await recording?.close();
  return properly;
}

function clock(): number {
  return Date.now() / 1000;
}
