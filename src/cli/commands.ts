/**
 * The commands: what the program's own `--help` says of each. The rest of a command is loaded only when someone calls
 * it,
 * because each file makes the start slower.
 */
import type { Command } from 'commander';

export interface CommandEntry {
  readonly name: string;
  /** What can follow the name, as in the command's own usage line. */
  readonly takes: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'serve',
    takes: '[options]',
    summary: 'be the server: wait for a client, then chat',
    load: async () => (await import('./serve.js')).serveCommand(),
  },
  {
    name: 'connect',
    takes: '[options] [host[:port]] [port]',
    summary: 'be the client: connect to a server, then chat',
    load: async () => (await import('./connect.js')).connectCommand(),
  },
  {
    name: 'demo',
    takes: '[options] [command]',
    summary: 'play a conversation through two real processes, and capture it',
    load: async () => (await import('./demo.js')).demoCommand(),
  },
  {
    name: 'inspect',
    takes: '[options] <file>',
    summary: 'show what a listener who has only the capture can read',
    load: async () => (await import('./inspect.js')).inspectCommand(),
  },
  {
    name: 'compare',
    takes: '[options] <plain> <sealed> [tls]',
    summary: 'compare captures of one conversation, message by message',
    load: async () => (await import('./compare.js')).compareCommand(),
  },
  {
    name: 'lesson',
    takes: '[options] [command]',
    summary: 'write the lesson report: one HTML page that explains a chat, made from its captures',
    load: async () => (await import('./lesson.js')).lessonCommand(),
  },
  {
    name: 'annotate',
    takes: '[options] <in> <out>',
    summary: 'add comments to a capture that explain it in Wireshark',
    load: async () => (await import('./annotate.js')).annotateCommand(),
  },
  {
    name: 'decrypt',
    takes: '[options] <in> <out>',
    summary: 'rewrite an encrypted capture as if the chat had been in plaintext',
    load: async () => (await import('./decrypt.js')).decryptCommand(),
  },
  {
    name: 'wireshark',
    takes: '[options] [command]',
    summary: 'teach Wireshark to read servchat',
    load: async () => (await import('./wireshark.js')).wiresharkCommand(),
  },
  {
    name: 'attack',
    takes: '[options] [name]',
    summary: 'put an attacker between two real processes, and see whether each mode stops the attack',
    load: async () => (await import('./attack.js')).attackCommand(),
  },
  {
    name: 'lab',
    takes: '[options]',
    summary: 'open a page on which you are both people, the listener and the attacker',
    load: async () => (await import('./lab.js')).labCommand(),
  },
  {
    name: 'check',
    takes: '[options] [file]',
    summary: 'examine somebody’s own chat program: what is wrong with it, and how to mend it',
    load: async () => (await import('./check.js')).checkCommand(),
  },
];
