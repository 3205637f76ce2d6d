/** The keys that a user hands over with `--keys`: session keys of servchat, TLS secrets, or both in one file. */
import fs from 'node:fs';

import { describeFileError } from '../file-error.js';
import type { InspectOptions } from '../eavesdropper/inspect.js';
import { readInput } from '../files/input-file.js';
import { UTF16, isUtf16 } from '../files/text-file.js';
import { TlsKeyLog } from '../keyholder/tls/tls-key-log.js';
import { readCapture } from '../packets/file/read-capture.js';
import { printable } from '../printable.js';
import { parseKeyLog, type KeyLog } from '../protocol/keylog.js';

export interface Keys {
  readonly sessions: KeyLog;
  readonly tls: TlsKeyLog;
}

/** A browser that writes its key log for months comes to some 100 MB. */
const MOST_BYTES = 256 * 2 ** 20;
/** How a capture begins that may hold a key log: pcapng, or gzip around one. */
const CAPTURE_MAGICS: readonly string[] = ['0a0d0d0a', '1f8b0800', '1f8b0808'];

/**
 * The key log in `file`: a text file, or a pcapng capture with a key log inside.
 *
 * @throws Error in one line that names the file, also where there is no key in it.
 */
export async function readKeys(file: string): Promise<Keys> {
  const bytes = isCapture(file) ? await keyLogInside(file) : readKeyLogFile(file);
  if (isUtf16(bytes)) throw new Error(`Cannot use the key log ${printable(file)}: ${UTF16}`);
  const keys = { sessions: sessionsIn(bytes, file), tls: new TlsKeyLog(bytes) };
  if (keys.sessions.size + keys.tls.size > 0) return keys;
  throw new Error(
    `Cannot use the key log ${printable(file)}: it has no line that begins with SERVCHAT_SESSION_KEY, and no TLS secret; ` +
      'give the file that serve or connect wrote with --keylog, or that a browser wrote to SSLKEYLOGFILE',
  );
}

/**
 * What opens a capture with the key log in `file`. The code that opens tokens takes long to load, and we need it only
 * with a key.
 *
 * @throws Error in one line that names the file.
 */
export async function openersFor(file: string): Promise<Required<Pick<InspectOptions, 'opener' | 'tlsOpener'>>> {
  const [{ sessions, tls }, { openerWith }, { tlsOpenerWith }] = await Promise.all([
    readKeys(file),
    import('../keyholder/opening.js'),
    import('../keyholder/tls/tls-opening.js'),
  ]);
  return { opener: await openerWith(sessions), tlsOpener: tlsOpenerWith(tls) };
}

/** @throws Error in one line that names the file. */
function readKeyLogFile(file: string): Buffer {
  try {
    return readInput(file, MOST_BYTES);
  } catch (error) {
    throw new Error(`Cannot read the key log ${printable(file)}: ${describeFileError(error)}`, { cause: error });
  }
}

function sessionsIn(bytes: Buffer, file: string): KeyLog {
  try {
    return parseKeyLog(bytes.toString('latin1'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot use the key log ${printable(file)}: ${why}`, { cause: error });
  }
}

/** Of a pipe nothing is read here: its bytes come only once. */
function isCapture(file: string): boolean {
  if (fs.statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  try {
    const descriptor = fs.openSync(file, 'r');
    try {
      const magic = Buffer.alloc(4);
      fs.readSync(descriptor, magic, 0, magic.length, 0);
      return CAPTURE_MAGICS.includes(magic.toString('hex'));
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    // The code that reads the whole file reports what is wrong.
    return false;
  }
}

async function keyLogInside(file: string): Promise<Buffer> {
  const { tlsKeyLogs } = await readCapture(file, () => undefined);
  if (tlsKeyLogs.length === 0) {
    throw new Error(
      `Cannot use the capture ${printable(file)} as a key log: it holds none; give the file with the keys`,
    );
  }
  return Buffer.concat(tlsKeyLogs.flatMap((text) => [text, Buffer.from('\n')]));
}
