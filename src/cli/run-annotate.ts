/** Annotated captures: of an existing file, and of a chat that is being recorded. */
import fs from 'node:fs';
import path from 'node:path';

import { printable } from '../printable.js';
import { annotateCapture, type Annotated } from '../wireshark/annotate.js';
import type { Provenance } from '../wireshark/provenance.js';
import type { OwnFolder } from '../files/own-folder.js';
import type { IfThere } from '../files/output-file.js';
import { checkCapture, readKeyLogText, refuseSameFile } from './files.js';
import { refuseSharedFile } from './shared-file.js';
import { openersFor } from './keys.js';
import { complain } from './rows.js';

interface AnnotateOptions {
  readonly withSecrets?: string;
  readonly keys?: string;
  readonly force: IfThere;
}

/** Returns whether the capture could be read to its end. */
export async function annotate(
  from: string,
  to: string,
  { withSecrets, keys, force }: AnnotateOptions,
): Promise<boolean> {
  refuseSameFile(from, to);
  refuseSharedFile({ 'the new capture': to, '--keys': keys, '--with-secrets': withSecrets });
  checkCapture(to, force);
  const annotated = await annotateCapture(from, to, {
    provenance: { way: 'unknown' },
    ifThere: force,
    ...secretsIn(withSecrets),
    ...(keys === undefined ? {} : { openers: await openersFor(keys) }),
  });
  process.stdout.write(`${annotatedWords(to, annotated)}\n`);
  if (annotated.damage !== null) complain(annotated.damage.message);
  return annotated.damage === null;
}

/**
 * Writes `capture` again as an annotated pcapng, in a folder of ours. Returns a sentence that says what was written.
 */
export async function annotateInto(folder: OwnFolder, capture: string, provenance: Provenance): Promise<string> {
  const name = path.basename(capture).replace(/\.pcap$/, '.pcapng');
  const annotated = await annotateCapture(capture, path.join(folder.workplace, name), { provenance });
  return annotatedWords(folder.publish(name, provenance), annotated);
}

/** Turns a tap's recording into the pcapng that the user asked for, and deletes the recording. */
export async function annotateRecording(
  recording: string,
  file: string,
  {
    provenance,
    keyLog,
    ifThere,
  }: { readonly provenance: Provenance; readonly keyLog: string | null; readonly ifThere: IfThere },
): Promise<void> {
  const annotated = await annotateCapture(recording, file, { provenance, ifThere, ...secretsIn(keyLog ?? undefined) });
  fs.rmSync(recording);
  // The screen belongs to the chat, but we always say that a file holds keys.
  if (keyLog !== null) complain(annotatedWords(file, annotated));
}

function secretsIn(keyLog: string | undefined): { readonly tlsKeyLog?: string } {
  return keyLog === undefined ? {} : { tlsKeyLog: readKeyLogText(keyLog) };
}

function annotatedWords(file: string, { packets, commented, secrets, opened }: Annotated): string {
  const written = `Annotated: ${printable(file)}, ${packets} packets; ${commented} of them have a comment.`;
  const said =
    opened === 0 ? written : `${written} ITS COMMENTS SAY WHAT THE KEY OPENED: anyone who gets it can read that.`;
  if (secrets === 0) return said;
  return `${said} IT HOLDS ITS KEYS (${secrets} TLS secrets): anyone who gets this file can read the chat.`;
}
