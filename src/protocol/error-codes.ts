/** The codes that an ERROR frame may hold. */

export const ERROR_CODES = [
  'mode-mismatch',
  'plaintext-mode',
  'tls-mode',
  'unsupported-version',
  'integrity-refused',
  'bad-frame',
  'line-too-long',
  'weak-key',
  'rejected',
  'busy',
  'timeout',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export function isErrorCode(code: string): code is ErrorCode {
  return (ERROR_CODES as readonly string[]).includes(code);
}
