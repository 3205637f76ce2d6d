/** What the attacker did with the bytes that it sends, in a word. */
export type Deed =
  /** Sent on to the other side, unchanged. */
  | 'passed on'
  /** Different bytes were sent to the other side in its place. */
  | 'changed'
  /** Sent to the other side again. */
  | 'sent again'
  /** Sent back to the side that it came from. */
  | 'sent back'
  /** Sent now, after the attacker kept it back earlier. */
  | 'sent late'
  /** Written by the attacker. */
  | 'added';
