/** `decrypt`: writes the plaintext twin, and says what it opened and what it did not. */
import { printable } from '../printable.js';
import { keysByPrivateKey } from '../keyholder/envelope.js';
import { writePlaintextTwin, type Twin } from '../wireshark/plaintext-twin.js';
import type { Capture } from '../eavesdropper/inspect.js';
import type { IfThere } from '../files/output-file.js';
import { TlsKeyLog } from '../keyholder/tls/tls-key-log.js';
import { checkCapture, readPrivateKey, refuseSameFile } from './files.js';
import { refuseSharedFile } from './shared-file.js';
import { readKeys, type Keys } from './keys.js';
import { complain } from './rows.js';

interface DecryptOptions {
  readonly force: IfThere;
  readonly keys?: string;
  readonly privateKey?: string;
}

/** Returns whether it could read the whole capture, and every message of the chats that it opened. */
export async function decrypt(from: string, to: string, { keys, privateKey, force }: DecryptOptions): Promise<boolean> {
  refuseSameFile(from, to);
  refuseSharedFile({ 'the new capture': to, '--keys': keys, '--private-key': privateKey });
  checkCapture(to, force);
  const pem = privateKey === undefined ? null : readPrivateKey(privateKey);
  const given = keys === undefined ? NO_KEYS : await readKeys(keys);
  const keysFor = (capture: Capture): Keys =>
    pem === null ? given : { ...NO_KEYS, sessions: keysByPrivateKey(capture, pem) };
  const twin = await writePlaintextTwin(from, to, keysFor, force);
  process.stdout.write(
    words(to, twin)
      .map((line) => `${line}\n`)
      .join(''),
  );
  if (twin.damage !== null) complain(twin.damage.message);
  const isWhole = twin.refused + twin.unlisted + twin.closedRecords + twin.unreadBytes === 0;
  return twin.damage === null && isWhole;
}

const NO_KEYS: Keys = { sessions: new Map(), tls: new TlsKeyLog(Buffer.alloc(0)) };

function words(file: string, twin: Twin): string[] {
  const { conversations, leftOut, messages, records, refused, closedRecords, unreadBytes, unlisted } = twin;
  const what = [
    counted(conversations, 'conversation'),
    ...(messages > 0 || records === 0 ? [counted(messages, 'message')] : []),
    ...(records > 0 ? [counted(records, 'TLS record')] : []),
  ];
  return [
    `Decrypted: ${printable(file)}, ${what.join(', ')}.`,
    ...(refused === 0 ? [] : [`Left out: ${counted(refused, 'message')} whose check or signature is wrong.`]),
    ...(closedRecords === 0
      ? []
      : [`Left out: ${counted(closedRecords, 'TLS record')} that did not open; inspect --keys says why.`]),
    ...(unreadBytes === 0
      ? []
      : [`Left out: the last ${counted(unreadBytes, 'byte')} in TLS, because bytes are missing before them.`]),
    ...(unlisted === 0 ? [] : [`Left out: ${counted(unlisted, 'message')}, because there are too many to list.`]),
    ...(leftOut === 0 ? [] : [`Left out: ${counted(leftOut, 'conversation')} that these keys do not open.`]),
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
