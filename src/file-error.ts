/**
 * Turns what the system says about a file into words that help: why it failed and what to do. Never only the system's
 * code.
 */
export function describeFileError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  return MEANINGS.get(code) ?? `the system does not allow it (${code}); choose another place`;
}

const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['EEXIST', 'there is already a file with that name; give another name, or --force to replace it'],
  ['ENOENT', 'there is no such file or folder; check the path'],
  ['ENOTDIR', 'a part of the path is not a folder; check the path'],
  ['EISDIR', 'this is a folder; give a file'],
  ['EACCES', 'permission denied; choose a file that you may use'],
  ['EPERM', 'permission denied; choose a file that you may use'],
  ['EROFS', 'the file system is read-only; choose another place'],
  ['ENOSPC', 'the disk is full; make room or choose another place'],
  ['EDQUOT', 'your share of the disk is full; make room or choose another place'],
  ['EFBIG', 'the file became larger than the system allows; choose another place'],
  ['EIO', 'the disk reports an error; choose another place'],
  ['ELOOP', 'links in the path lead in a circle; check the path'],
  ['ENAMETOOLONG', 'the name is too long; choose a shorter one'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
  ['ENXIO', 'nobody reads from this pipe; start the program that reads it first'],
  ['EPIPE', 'the program that read from this pipe has ended'],
  ['EAGAIN', 'the program that reads from this pipe does not keep up'],
  ['ETXTBSY', 'this is a program that runs; give another name'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'the stream was closed before its end'],
  ['ERR_INVALID_ARG_VALUE', 'a name cannot hold a NUL byte; give another name'],
]);
