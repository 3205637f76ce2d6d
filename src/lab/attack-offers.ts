/** The ready-made attacks, as the page offers them. */
import { ATTACKS } from '../attacker/attacks.js';
import type { AttackOffer } from './events.js';

/** Where an attack says what to type in a terminal, the lab has done it already. */
const TO_SEE: Readonly<Record<string, string>> = {
  'record-now-read-later':
    'Say anything, and then EXIT. After the chat, the attacker gets the private key, if there is one.',
  'downgrade-one-way': 'Say two things as the client, in encrypted mode.',
};

export const ATTACK_OFFERS: readonly AttackOffer[] = ATTACKS.map(({ name, summary, toSee }) => {
  return { name, summary, toSee: TO_SEE[name] ?? toSee };
});
