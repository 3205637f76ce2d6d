/** Options that several commands share, and the checks of their values. */
import net from 'node:net';

import { InvalidArgumentError, Option } from 'commander';

import type { IfThere } from '../files/output-file.js';
import { DEFAULT_INTEGRITY, INTEGRITY_NAMES } from '../protocol/integrity.js';
import type { Mode } from '../protocol/modes.js';
import type { NoEffect } from './no-effect.js';

export const DEFAULT_HOST = '127.0.0.1';
/** No Wireshark dissector uses this port. Port 9999, for example, would be shown as TP-Link's. */
export const DEFAULT_PORT = 4747;

/** When npm or npx runs the program from a checkout, the command is not on the shell's path. */
export const COMMAND = process.env['npm_command'] === undefined ? 'servchat' : 'npx servchat';

export function integrityOption(description: string): Option {
  return new Option('--integrity <check>', description).choices(INTEGRITY_NAMES).default(DEFAULT_INTEGRITY);
}

/** Its value says what to do with a file that is already there. */
export function forceOption(what: string): Option {
  return new Option(
    '--force',
    `replace ${what} that is already there; without this option, servchat leaves such a file alone`,
  )
    .preset('replace' satisfies IfThere)
    .default('refuse' satisfies IfThere, 'no');
}

/** The conversation that demos play by default: the name of one that comes with the program. */
export const DEFAULT_SCRIPT = 'nice-to-meet-you';

export function formatOption(): Option {
  return new Option('--format <format>', 'how to print it').choices(['table', 'json']).default('table');
}

/** SHA-256 in hex, however it was copied: groups, colons and capitals do not matter. @throws InvalidArgumentError */
export function parseFingerprint(text: string): string {
  const digits = text.replace(/[\s:]/g, '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digits))
    throw new InvalidArgumentError('A fingerprint is 64 hex digits; spaces and colons between them are fine.');
  return digits;
}

/** 0 to 65535; 0 asks for any free port. @throws InvalidArgumentError */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

/**
 * `HOST`, `HOST:PORT`, `[IPv6]`, `[IPv6]:PORT` or a bare IPv6 address; the port is null where there is none. @throws
 * InvalidArgumentError
 */
export function parseAddress(text: string): { readonly host: string; readonly port: number | null } {
  if (net.isIPv6(text)) return { host: text, port: null };
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw new InvalidArgumentError('Expected HOST, HOST:PORT or [IPv6]:PORT.');
  return { host, port: port === undefined ? null : parsePort(port) };
}

/** The same, with our default port where the text gives none. @throws InvalidArgumentError */
export function parseHostPort(text: string): { readonly host: string; readonly port: number } {
  const { host, port } = parseAddress(text);
  return { host, port: port ?? DEFAULT_PORT };
}

/** Options that have an effect in only one mode. */
export function onlyIn(mode: Mode, what: readonly string[]): NoEffect<{ readonly mode: Mode }> {
  return {
    what,
    when: ({ values }) => values.mode !== mode,
    why: (values) => `in ${values.mode} mode, because it is only for ${mode} mode`,
    instead: `give --mode ${mode}`,
  };
}

/** `--mode encrypted or --mode tls` */
export function asOptions(modes: readonly Mode[]): string {
  return modes.map((mode) => `--mode ${mode}`).join(' or ');
}
