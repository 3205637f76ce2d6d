import type { Person } from './person.js';

/**
 * Shows a fingerprint as two people read it to each other: SHA-256 in hex, groups of four digits, two lines of eight
 * groups. Both ends show the same, unless someone between has put in a key of their own.
 */
export function showFingerprint(person: Person, whose: keyof typeof OWNERS, fingerprint: string): void {
  const groups = fingerprint.match(/.{4}/g) ?? [];
  person.show(`Fingerprint of ${OWNERS[whose]} (both sides should see the same):`);
  person.show(`  ${groups.slice(0, 8).join(' ')}`);
  person.show(`  ${groups.slice(8).join(' ')}`);
}

const OWNERS = { client: "the client's public key", server: "the server's certificate" } as const;
