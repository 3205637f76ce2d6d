/**
 * The files of `--save-private-key` and `--private-key`. They hold a secret, which is written only where the user asked
 * for it.
 */
import { describeFileError } from '../file-error.js';
import { readInput } from '../files/input-file.js';
import { checkOutput, writeOutput, type IfThere } from '../files/output-file.js';
import { printable } from '../printable.js';
import { EndpointError } from './endpoint-error.js';

/** Far more than the PEM of a key has. */
const MOST_BYTES = 1024 * 1024;

/** Changes nothing. @throws EndpointError where {@link savePrivateKey} would not be able to. */
export function checkPrivateKeyFile(path: string, ifThere: IfThere): void {
  saying(path, () => {
    checkOutput({ path, ifThere });
  });
}

/** Creates `path`, which only its owner can read. @throws EndpointError */
export function savePrivateKey(path: string, pem: string, ifThere: IfThere): void {
  saying(path, () => {
    writeOutput({ path, ifThere, secret: true }, pem);
  });
}

/** @throws EndpointError */
export function readPrivateKey(path: string): string {
  try {
    return readInput(path, MOST_BYTES).toString('utf8');
  } catch (error) {
    const why = describeFileError(error);
    throw new EndpointError(`Cannot read the private key in ${printable(path)}: ${why}`, { cause: error });
  }
}

function saying(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    const why = describeFileError(error);
    throw new EndpointError(`Cannot save the private key in ${printable(path)}: ${why}`, { cause: error });
  }
}
