/** A lesson's data, from files: captures of any number, and what else there is. */
import { parseAttackMatrix } from './attack-json.js';
import type { Captured, Keys, Lesson, PrivateKey, Recorded, StreamRun } from './lesson.js';
import { compareCaptures } from '../eavesdropper/compare.js';
import type { CaptureFindings, ConversationFindings } from '../eavesdropper/findings.js';
import { inspectCapture } from '../eavesdropper/inspect.js';
import { unsealEnvelope } from '../eavesdropper/unsealing.js';
import type { KeyLog } from '../protocol/keylog.js';

export interface Material {
  /** The first conversation of each mode is taken, and the first file that holds one in TLS. */
  readonly captures: readonly { readonly file: string; readonly captured: Captured }[];
  readonly keyLog: { readonly file: string; readonly keys: KeyLog } | null;
  /** PEM. */
  readonly privateKey: { readonly file: string; readonly pem: string } | null;
  /** The JSON document of `servchat attack --all`. */
  readonly attacks: { readonly file: string; readonly json: string } | null;
  readonly stream: StreamRun;
  readonly command: string;
}

/** @throws CaptureFileError where a file is no capture; Error in one line for what else cannot be used. */
export async function gatherLesson({ captures, keyLog, privateKey, attacks, stream, command }: Material): Promise<Lesson> {
  const read: { capture: CaptureFindings; captured: Captured }[] = [];
  for (const { file, captured } of captures) read.push({ capture: (await inspectCapture(file)).findings, captured });
  const plaintext = firstOf('plaintext', read);
  const encrypted = firstOf('encrypted', read);
  const both = plaintext !== null && encrypted !== null;
  const tls = read.find(({ capture }) => capture.conversations.some(({ protocol }) => protocol?.name === 'TLS'));
  return {
    plaintext,
    encrypted,
    comparison: both ? await compareCaptures(plaintext.capture.file, encrypted.capture.file, undefined, tls?.capture.file) : null,
    keys: keyLog === null || encrypted === null ? null : await opened(encrypted, keyLog),
    privateKey: privateKey === null || encrypted === null ? null : envelopeOpened(encrypted.conversation, privateKey),
    stream,
    attacks: attacks === null ? null : { file: attacks.file, matrix: parseAttackMatrix(attacks.json) },
    command,
  };
}

function firstOf(mode: ConversationFindings['mode'], read: readonly Omit<Recorded, 'conversation'>[]): Recorded | null {
  for (const { capture, captured } of read) {
    const conversation = capture.conversations.find((each) => each.mode === mode);
    if (conversation !== undefined) return { capture, captured, conversation };
  }
  return null;
}

async function opened({ capture, conversation }: Recorded, { file, keys }: NonNullable<Material['keyLog']>): Promise<Keys | null> {
  const { findings } = await inspectCapture(capture.file, { keys });
  const same = findings.conversations.find(({ number }) => number === conversation.number);
  if (same === undefined) return null;
  return { file, conversation: same, sessionKey: keys.get(conversation.handshake?.publicKey?.fingerprint ?? '') ?? null };
}

function envelopeOpened({ handshake }: ConversationFindings, { file, pem }: NonNullable<Material['privateKey']>): PrivateKey {
  const envelope = handshake?.sessionKey?.envelope;
  if (envelope === undefined) return { file, opened: null };
  return { file, opened: unsealWith(Buffer.from(envelope, 'base64'), pem) };
}

/** A key of another size than the envelope's fails in RSA itself. */
function unsealWith(envelope: Buffer, pem: string): PrivateKey['opened'] {
  try {
    return unsealEnvelope(envelope, pem);
  } catch {
    return null;
  }
}
