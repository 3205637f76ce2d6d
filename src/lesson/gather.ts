/** Collects a lesson's data from files: one or more captures, and what else there is. */
import { parseAttackMatrix } from '../faces/attack-json.js';
import { disagreementsOf } from '../faces/comparison-summary.js';
import type { HowCaptured, Keys, Lesson, PrivateKey, Recorded, RecordedTls, StreamRun } from './lesson.js';
import { listed } from '../faces/phrases.js';
import { agreementOf } from '../eavesdropper/comparison/agreement.js';
import { compareTalks, hasEncrypted, saidIn } from '../eavesdropper/comparison/compare.js';
import type { ConversationFindings } from '../eavesdropper/findings/findings.js';
import { inspectCapture, type Capture } from '../eavesdropper/inspect.js';
import { longest, paired, type Paired } from '../eavesdropper/comparison/pairing.js';
import type { Mode } from '../protocol/modes.js';
import { talksIn, type Talk } from '../eavesdropper/comparison/talk.js';
import { privateKeyIn } from '../keyholder/envelope.js';
import { unsealEnvelope } from '../keyholder/unsealing.js';
import { printable } from '../printable.js';
import { VERSION } from '../protocol/frames.js';
import type { KeyLog } from '../protocol/keylog.js';
import { openerWith } from '../keyholder/opening.js';
import { tlsOpenerWith } from '../keyholder/tls/tls-opening.js';
import type { TlsKeyLog } from '../keyholder/tls/tls-key-log.js';

export interface GivenCapture {
  readonly file: string;
  readonly captured: HowCaptured;
  /** The key log next to the capture of a chat in tls mode, for Wireshark. */
  readonly keyLogBeside?: string;
}

export interface Material {
  readonly captures: readonly GivenCapture[];
  readonly keyLog: { readonly file: string; readonly sessions: KeyLog; readonly tls: TlsKeyLog } | null;
  /** The client's private key, in PEM. */
  readonly privateKey: { readonly file: string; readonly pem: string } | null;
  /** The JSON document of `servchat attack --all`. */
  readonly attacks: { readonly file: string; readonly json: string } | null;
  readonly stream: StreamRun;
  readonly command: string;
}

/**
 * If there are several chats in one mode, it uses the one that agrees best with those in the other modes.
 *
 * @throws CaptureFileError if a file is not a capture.
 * @throws Error in one line if something else cannot be used.
 */
export async function gatherLesson({
  captures,
  keyLog,
  privateKey,
  attacks,
  stream,
  command,
}: Material): Promise<Lesson> {
  if (privateKey !== null && privateKeyIn(privateKey.pem) === null) {
    throw new Error(
      `Cannot use the private key ${printable(privateKey.file)}: it holds no RSA private key in PEM, or one with a passphrase`,
    );
  }
  const read: Read[] = [];
  for (const given of captures) read.push(await readOne(given, keyLog));
  const all = (mode: Mode): readonly Talk[] => read.flatMap(({ opened }) => talksIn(opened, mode));
  const found = bestOf(all('plaintext'), all('encrypted'), all('tls').filter(isOurs));
  const recorded = (talk: Talk | null): Recorded | null => (talk === null ? null : recordedOf(read, talk));
  const [plaintext, encrypted, tls] = [recorded(found.plaintext), recorded(found.encrypted), tlsOf(read, found.tls)];
  if ((plaintext ?? encrypted ?? tls) === null)
    throw new Error(
      `Cannot write a lesson: ${noChatIn(captures)}; give a capture of a chat, or none to take those of the last demo`,
    );
  return {
    plaintext,
    encrypted,
    tls,
    ...compared(found),
    keys:
      keyLog === null || keyLog.sessions.size === 0 || found.encrypted === null
        ? null
        : keysOf(found.encrypted, keyLog),
    privateKey: privateKey === null || encrypted === null ? null : envelopeOpened(encrypted.conversation, privateKey),
    stream,
    attacks: attacks === null ? null : { file: attacks.file, matrix: parseAttackMatrix(attacks.json) },
    command,
  };
}

/** A file as anyone can read it, and as someone with the key can. Without a key, the two are the same. */
interface Read {
  readonly capture: Capture;
  readonly opened: Capture;
  readonly given: GivenCapture;
}

async function readOne(given: GivenCapture, keys: Material['keyLog']): Promise<Read> {
  const capture = await inspectCapture(given.file);
  if (keys === null) return { capture, given, opened: capture };
  const openers = { opener: await openerWith(keys.sessions), tlsOpener: tlsOpenerWith(keys.tls) };
  return { capture, given, opened: await inspectCapture(given.file, openers) };
}

function bestOf(
  plaintext: readonly Talk[],
  encrypted: readonly Talk[],
  tls: readonly Talk[],
): Readonly<Record<Mode, Talk | null>> {
  return paired(plaintext, encrypted, tls) ?? { plaintext: null, encrypted: longest(encrypted), tls: longest(tls) };
}

function recordedOf(read: readonly Read[], { capture, conversation: { number } }: Talk): Recorded | null {
  const of = read.find(({ opened }) => opened === capture);
  const conversation = of?.capture.findings.conversations.find((each) => each.number === number);
  return of === undefined || conversation === undefined
    ? null
    : { capture: of.capture.findings, conversation, captured: of.given.captured };
}

/** Whether the ClientHello names servchat's protocol. Other TLS traffic has other records. */
function isOurs({ conversation: { protocol } }: Talk): boolean {
  return protocol?.name === 'TLS' && protocol.application === VERSION;
}

/** Its records in the order of the capture, as anyone sees them. */
function tlsOf(read: readonly Read[], talk: Talk | null): RecordedTls | null {
  const recorded = talk === null ? null : recordedOf(read, talk);
  if (talk === null || recorded === null) return null;
  const of = read.find(({ opened }) => opened === talk.capture);
  const seen = talksIn(of?.capture ?? talk.capture, 'tls').find(
    ({ conversation }) => conversation.number === talk.conversation.number,
  );
  return {
    ...recorded,
    records: (seen?.turns ?? []).flatMap(({ record }) => record ?? []),
    keyLog: of?.given.keyLogBeside ?? null,
  };
}

function noChatIn(captures: Material['captures']): string {
  const files = listed(captures.map(({ file }) => printable(file)));
  return `${files} ${captures.length === 1 ? 'holds' : 'hold'} no chat that servchat knows`;
}

/** Compares only chats that can be the plaintext one. For the others, it says why not. */
function compared({
  plaintext,
  encrypted,
  tls,
}: ReturnType<typeof bestOf>): Pick<Lesson, 'comparison' | 'disagreements' | 'verdicts'> {
  if (plaintext === null) return { comparison: null, disagreements: [], verdicts: [] };
  const agrees = (talk: Talk | null): Talk | null =>
    talk !== null && agreementOf(plaintext, talk).agrees ? talk : null;
  const chats = { plaintext, encrypted: agrees(encrypted), tls: agrees(tls) };
  const comparison = compareTalks(chats, saidIn(plaintext).slice(0, mostCompared(chats)));
  const disagreements = disagreementsOf({
    encrypted: encrypted === null ? null : agreementOf(plaintext, encrypted),
    tls: tls === null ? null : agreementOf(plaintext, tls),
  });
  return { comparison: hasEncrypted(comparison) ? comparison : null, disagreements, verdicts: comparison.messages };
}

/**
 * Limits that keep the search within a few seconds: messages to search for, and bytes to search through for all of
 * them.
 */
const MOST_COMPARED = 200;
const MOST_SEARCHED = 1e8;

function mostCompared({ plaintext, encrypted, tls }: Paired): number {
  const bytes = [plaintext, encrypted, tls].map((talk) => {
    const { client, server } = talk?.conversation.streams ?? { client: { bytes: 0 }, server: { bytes: 0 } };
    return client.bytes + server.bytes;
  });
  const all = bytes.reduce((sum, count) => sum + count, 1);
  return Math.max(1, Math.min(MOST_COMPARED, Math.floor(MOST_SEARCHED / all)));
}

function keysOf({ conversation }: Talk, { file, sessions }: NonNullable<Material['keyLog']>): Keys {
  return { file, conversation, sessionKey: sessions.get(conversation.handshake?.publicKey?.fingerprint ?? '') ?? null };
}

function envelopeOpened(
  { handshake }: ConversationFindings,
  { file, pem }: NonNullable<Material['privateKey']>,
): PrivateKey {
  const envelope = handshake?.sessionKey?.envelope;
  if (envelope === undefined) return { file, opened: null };
  return { file, opened: unsealWith(Buffer.from(envelope, 'base64'), pem) };
}

/** If the key's size does not match the envelope, the RSA call itself throws. */
function unsealWith(envelope: Buffer, pem: string): PrivateKey['opened'] {
  try {
    return unsealEnvelope(envelope, pem);
  } catch {
    return null;
  }
}
