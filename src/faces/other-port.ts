/** Advice for a chat on a different port from the one in our Wireshark profile. */
import { isSealed, type Mode } from '../protocol/modes.js';
import { printable } from '../printable.js';
import { shellWord } from '../shell-word.js';

interface Chat {
  readonly mode: Mode;
  readonly capture: string;
  readonly port: number;
}

/** Lines without an LF at the end. Empty if the port is the usual one. */
export function otherPortLines({ mode, capture, port }: Chat, usual: number): readonly string[] {
  if (port === usual) return [];
  const why = `Port ${usual} was in use, so this chat went over port ${port}`;
  const filter = `${why}: where a filter says tcp.port == ${usual}, type tcp.port == ${port}.`;
  // Any program may send lines of text. In the other modes the handshake shows that this is servchat.
  if (isSealed(mode)) return [filter];
  return [
    filter,
    "Wireshark's servchat profile knows a plaintext chat by its port alone. So that it knows this one too:",
    `  wireshark -C servchat -o servchat.port:${port} ${printable(shellWord(capture))}`,
    'Or in Wireshark: a right click on a packet of the chat, then Decode As…, and SERVCHAT as the current protocol.',
  ];
}
