/** What the system says of a file, in words that help. */
export function describeFileError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === undefined ? undefined : MEANINGS.get(code)) ?? message;
}

const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file or folder; check the path'],
  ['ENOTDIR', 'a part of the path is no folder; check the path'],
  ['EISDIR', 'this is a folder; give a file'],
  ['EACCES', 'permission denied; choose a file that you may use'],
  ['EPERM', 'permission denied; choose a file that you may use'],
  ['EROFS', 'the file system is read-only; choose another place'],
  ['ENOSPC', 'the disk is full; make room or choose another place'],
  ['ENAMETOOLONG', 'the name is too long; choose a shorter one'],
  ['EMFILE', 'too many files are open'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'the stream was closed before its end'],
]);
