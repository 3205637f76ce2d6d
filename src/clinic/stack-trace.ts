/** What an error that no program has caught looks like on its screen: in Python, Node, Java and Go. */

const STACK_TRACE =
  /^.*(?:Traceback \(most recent call last\)|Exception in thread|panic: )|^(?:\S*[/\\]\S*|node:\S+):\d+$|^\s+at .+:\d+/m;

/** Whether there is one in what was shown. */
export function hasStackTrace(screen: string): boolean {
  return STACK_TRACE.test(screen);
}

/** What was shown before the first stack trace: a trace quotes what the program has read, and does not show it. */
export function beforeStackTrace(screen: string): string {
  const found = STACK_TRACE.exec(screen);
  return found === null ? screen : screen.slice(0, found.index);
}
