/** Reads bytes from hex rows. The text from `|` to the end of a line is a comment. White space is ignored. */
export function hex(rows: string): Buffer {
  const digits = rows.replace(/\|.*$/gm, '').replace(/\s+/g, '');
  if (!/^([0-9a-f]{2})*$/.test(digits)) throw new Error(`Cannot read hex rows: ${digits}`);
  return Buffer.from(digits, 'hex');
}
