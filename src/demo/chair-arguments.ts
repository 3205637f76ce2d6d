/** What the two processes of an attack are told on their command lines. */
import type { Attack } from '../attacker/attack.js';
import type { Setting } from '../attacker/matrix.js';
import { MODE_FACTS } from '../protocol/modes.js';
import type { Side } from '../protocol/side.js';
import { DemoError } from './chair-process.js';

/** The client's key pair from an earlier chat of the two. A server can require this key. */
export interface Acquaintance {
  /** PEM, as `--save-private-key` wrote it. */
  readonly keyFile: string;
  /** 64 hex digits, as the client reported them. */
  readonly fingerprint: string;
}

export interface Seating {
  readonly attack: Attack;
  readonly setting: Omit<Setting, 'name'>;
  /** Required if the server requires a fingerprint in encrypted mode. If null, the client makes a new key pair. */
  readonly acquaintance: Acquaintance | null;
  /** Where the side that makes a private key saves it, if the attacker steals it after the chat. */
  readonly savedKey: string;
}

/** @throws DemoError if the setting needs a key from an earlier chat, and there is none. */
export function serverArguments(seating: Seating): readonly string[] {
  const { attack, setting, acquaintance } = seating;
  const { mode, integrity, insists } = setting;
  const besides =
    attack.serverAlsoTakes === undefined || integrity === null || integrity === attack.serverAlsoTakes
      ? []
      : ['--allow-integrity', attack.serverAlsoTakes];
  const common = ['--mode', mode, ...(integrity === null ? [] : ['--integrity', integrity]), ...besides];
  const { keyOwner } = MODE_FACTS[mode];
  if (keyOwner === 'server') return [...common, ...savedKeyArguments(seating)];
  if (keyOwner === null || !insists) return common;
  if (acquaintance === null)
    throw new DemoError('Cannot require a fingerprint: the two sides have no keys from an earlier chat');
  return [...common, '--expect-fingerprint', acquaintance.fingerprint];
}

/** @param pin the fingerprint of the server's certificate, if the client insists on it. */
export function clientArguments(seating: Seating, pin: string | null): readonly string[] {
  const { setting, acquaintance } = seating;
  const { mode, integrity } = setting;
  const common = ['--mode', mode, ...(integrity === null ? [] : ['--integrity', integrity])];
  if (MODE_FACTS[mode].keyOwner !== 'client') return [...common, ...(pin === null ? [] : ['--pin', pin])];
  return acquaintance === null
    ? [...common, ...savedKeyArguments(seating)]
    : [...common, '--private-key', acquaintance.keyFile];
}

/** The file of the key that the attacker steals after the chat, or null if there is none. */
export function lootFile({ attack, setting, acquaintance, savedKey }: Seating): string | null {
  const keyOwner: Side | null = MODE_FACTS[setting.mode].keyOwner;
  if (attack.afterwards === undefined || keyOwner === null) return null;
  return keyOwner === 'client' && acquaintance !== null ? acquaintance.keyFile : savedKey;
}

function savedKeyArguments(seating: Seating): readonly string[] {
  return lootFile(seating) === null ? [] : ['--save-private-key', seating.savedKey];
}
