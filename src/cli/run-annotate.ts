/** Annotated captures: of a file that exists, and of a chat that is being held. */
import fs from 'node:fs';

import { printable } from '../printable.js';
import { annotateCapture, type Annotated, type Provenance } from '../wireshark/annotate.js';
import { readKeyLogText, refuseSameFile } from './files.js';

/** Whether the capture could be read to its end. */
export async function annotate(from: string, to: string, { withSecrets }: { readonly withSecrets?: string }): Promise<boolean> {
  refuseSameFile(from, to);
  const annotated = await annotateCapture(from, to, { provenance: { way: 'unknown' }, ...secretsIn(withSecrets) });
  process.stdout.write(`${annotatedWords(to, annotated)}\n`);
  if (annotated.damage !== null) process.stderr.write(`servchat: ${annotated.damage.message}\n`);
  return annotated.damage === null;
}

/** `capture` once more as pcapng beside it; `keyLog` is a TLS key log whose secrets are to go in. Says what was written. */
export async function annotateBeside(capture: string, provenance: Provenance, keyLog?: string): Promise<string> {
  const file = capture.replace(/\.pcap$/, '.pcapng');
  return annotatedWords(file, await annotateCapture(capture, file, { provenance, ...secretsIn(keyLog) }));
}

/** Turns what a tap recorded into the pcapng that was asked for, and deletes the recording. */
export async function annotateRecording(recording: string, file: string, provenance: Provenance, keyLog: string | null): Promise<void> {
  const annotated = await annotateCapture(recording, file, { provenance, ...secretsIn(keyLog ?? undefined) });
  fs.rmSync(recording);
  // The screen is the chat's own; that a file carries keys is said all the same.
  if (keyLog !== null) process.stderr.write(`servchat: ${annotatedWords(file, annotated)}\n`);
}

function secretsIn(keyLog: string | undefined): { readonly tlsKeyLog?: string } {
  return keyLog === undefined ? {} : { tlsKeyLog: readKeyLogText(keyLog) };
}

function annotatedWords(file: string, { packets, commented, secrets }: Annotated): string {
  const written = `Annotated: ${printable(file)}, ${packets} packets, ${commented} of them with a comment.`;
  if (secrets === 0) return written;
  return `${written} IT CARRIES ITS KEYS (${secrets} TLS secrets): whoever gets this file can read the chat.`;
}
