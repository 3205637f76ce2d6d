/** Whether a program has ended because its input is no terminal, by what it showed. */
const COMPLAINTS =
  /not a (?:tty|terminal)|inappropriate ioctl|termios\.error|setRawMode is not a function|no tty|must be run (?:in|from) a terminal|stdin is not a terminal|cbreak\(\) returned ERR|nocbreak\(\) returned ERR|Error opening terminal/i;

export function needsTerminal(shown: string): boolean {
  return COMPLAINTS.test(shown);
}
