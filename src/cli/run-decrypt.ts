/** `decrypt`: writes the plaintext twin, and says what it opened and what it did not. */
import { printable } from '../printable.js';
import { keysByPrivateKey } from '../keyholder/envelope.js';
import { writePlaintextTwin, type Twin } from '../wireshark/plaintext-twin.js';
import type { Capture } from '../eavesdropper/inspect.js';
import type { IfThere } from '../files/output-file.js';
import type { KeyLog } from '../protocol/keylog.js';
import { checkCapture, readKeyLog, readPrivateKey, refuseSameFile } from './files.js';
import { complain } from './rows.js';

interface DecryptOptions {
  readonly force: IfThere;
  readonly keys?: string;
  readonly privateKey?: string;
}

/** Returns whether it could read the whole capture, and every message of the chats that it opened. */
export async function decrypt(from: string, to: string, { keys, privateKey, force }: DecryptOptions): Promise<boolean> {
  refuseSameFile(from, to);
  checkCapture(to, force);
  const pem = privateKey === undefined ? null : readPrivateKey(privateKey);
  const keyLog = keys === undefined ? null : readKeyLog(keys);
  const keysFor = (capture: Capture): KeyLog =>
    pem === null ? (keyLog ?? new Map<string, Buffer>()) : keysByPrivateKey(capture, pem);
  const twin = await writePlaintextTwin(from, to, keysFor, force);
  process.stdout.write(
    words(to, twin)
      .map((line) => `${line}\n`)
      .join(''),
  );
  if (twin.damage !== null) complain(twin.damage.message);
  return twin.damage === null && twin.refused === 0 && twin.unlisted === 0;
}

function words(file: string, { conversations, leftOut, messages, refused, unlisted }: Twin): string[] {
  return [
    `Decrypted: ${printable(file)}, ${counted(conversations, 'conversation')}, ${counted(messages, 'message')}.`,
    ...(refused === 0 ? [] : [`Left out: ${counted(refused, 'message')} whose check or signature is wrong.`]),
    ...(unlisted === 0 ? [] : [`Left out: ${counted(unlisted, 'message')}, because there are too many to list.`]),
    ...(leftOut === 0 ? [] : [`Left out: ${counted(leftOut, 'conversation')} that these keys do not open.`]),
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
