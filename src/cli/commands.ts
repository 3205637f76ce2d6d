/**
 * The commands: what the program's own `--help` says of each. What one is like is only loaded when it is named, since each
 * file that is loaded makes a start longer.
 */
import type { Command } from 'commander';

export interface CommandEntry {
  readonly name: string;
  /** What may follow the name: the command's own usage line says the same. */
  readonly takes: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export const COMMANDS: readonly CommandEntry[] = [
  { name: 'serve', takes: '[options]', summary: "take the server's chair: wait for a client, then chat", load: async () => (await import('./serve.js')).serveCommand() },
  { name: 'connect', takes: '[options] [host[:port]] [port]', summary: "take the client's chair: connect to a server, then chat", load: async () => (await import('./connect.js')).connectCommand() },
  { name: 'demo', takes: '[options] [command]', summary: 'play a conversation through two real processes, and capture it', load: async () => (await import('./demo.js')).demoCommand() },
  { name: 'inspect', takes: '[options] <file>', summary: 'what a listener with only the capture can read', load: async () => (await import('./inspect.js')).inspectCommand() },
  { name: 'compare', takes: '[options] <plain> <sealed> [tls]', summary: 'captures of one conversation, message by message', load: async () => (await import('./compare.js')).compareCommand() },
  { name: 'lesson', takes: '[options]', summary: 'write the lesson: one HTML page that explains a run, made from its captures', load: async () => (await import('./lesson.js')).lessonCommand() },
  { name: 'annotate', takes: '[options] <in> <out>', summary: 'a capture that explains itself in Wireshark', load: async () => (await import('./annotate.js')).annotateCommand() },
  { name: 'decrypt', takes: '[options] <in> <out>', summary: 'an encrypted capture, rewritten as the plaintext chat it was', load: async () => (await import('./decrypt.js')).decryptCommand() },
  { name: 'wireshark', takes: '[options] [command]', summary: 'teach Wireshark to read servchat', load: async () => (await import('./wireshark.js')).wiresharkCommand() },
  { name: 'attack', takes: '[options] [name]', summary: 'put an attacker between two real processes, and see what each mode does about it', load: async () => (await import('./attack.js')).attackCommand() },
];
