/** What became of an attack, in words: the same for each face. */
import type { Cell, Guard, Outcome, Setting } from '../attacker/matrix.js';
import type { Paint } from './look.js';

/** One sentence without its full stop. */
export function outcomePhrase(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'works-unnoticed':
      return 'works, and nobody notices';
    case 'works-noticed':
      return `works, but is noticed: by ${outcome.by}`;
    case 'refused':
      return `refused by ${outcome.by}`;
    case 'not-possible':
      return `not possible here: ${outcome.why}`;
    case 'failed':
      return `the run failed: ${outcome.why}`;
  }
}

/** For a narrow column: one or two lines. */
export function outcomeLines({ attack, outcome, detail }: Pick<Cell, 'attack' | 'outcome' | 'detail'>): readonly string[] {
  if (attack === CONTROL && outcome.kind === 'works-unnoticed') return ['passes'];
  switch (outcome.kind) {
    case 'works-unnoticed': {
      const [, some, all] = /(\d+) of (\d+)/.exec(detail) ?? [];
      return some === undefined || all === undefined ? ['works'] : ['works', `${some} of ${all}`];
    }
    case 'works-noticed':
      return ['noticed', ...SHORT[outcome.by]];
    case 'refused':
      return ['refused', ...SHORT[outcome.by]];
    case 'not-possible':
      return ['–'];
    case 'failed':
      return ['FAILED'];
  }
}

/** The relay that does nothing. */
export const CONTROL = 'nothing';

const SHORT: Readonly<Record<Guard, readonly string[]>> = {
  'the check': ['check'],
  "Fernet's signature": ['Fernet'],
  'the sequence number': ['number'],
  'the fingerprint': ['finger-', 'print'],
  TLS: ['TLS'],
  'the encryption': ['cipher'],
  'the padding': ['padding'],
  'the list of allowed checks': ['list'],
  'the missing EXIT': ['no EXIT'],
  'something else': ['?'],
};

export const PAINTS: Readonly<Record<Outcome['kind'], Paint>> = {
  'works-unnoticed': 'alarm',
  'works-noticed': 'strong',
  refused: 'calm',
  'not-possible': 'faint',
  failed: 'strong',
};

/** A heading for a narrow column. */
export function settingHead({ mode, integrity, insists }: Setting): string {
  if (mode === 'plaintext') return 'plain';
  if (mode === 'tls') return insists ? 'tls+pin' : 'tls';
  const check = integrity === 'sha256' ? 'sha256' : integrity === 'hmac-sha256' ? 'hmac' : 'seq';
  return insists ? `${check}+fp` : check;
}

export function settingPhrase({ mode, integrity, insists }: Setting): string {
  switch (mode) {
    case 'plaintext':
      return 'plaintext mode';
    case 'encrypted':
      return `encrypted mode, ${integrity ?? ''}${insists ? ', the server insists on the client’s fingerprint' : ''}`;
    case 'tls':
      return `tls mode${insists ? ', the client insists on the server’s fingerprint (--pin)' : ''}`;
  }
}
