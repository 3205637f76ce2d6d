/** The files of `--save-private-key` and `--private-key`: a secret, written only where it was asked for. */
import fs from 'node:fs';

import { EndpointError } from './endpoint-error.js';

/** Creates `path`, readable for its owner alone. A file that is there is left as it is. @throws EndpointError */
export function savePrivateKey(path: string, pem: string): void {
  try {
    fs.writeFileSync(path, pem, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'there is a file of that name, which may be somebody’s key' : (code ?? 'unknown error');
    throw new EndpointError(`Cannot save the private key in ${path}: ${why}; choose another path`);
  }
}

/** @throws EndpointError */
export function readPrivateKey(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : (code ?? 'unknown error');
    throw new EndpointError(`Cannot read the private key in ${path}: ${why}`);
  }
}
