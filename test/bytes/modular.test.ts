/** Whole numbers, compared with what Python and textbooks say. */
import { expect, test } from '@jest/globals';

import { bytesOfNumber, factorOf, inverse, isPrime, numberIn, power } from '../../src/bytes/modular.js';

test('powers and inverses are those of Python’s pow', () => {
  expect(power(65n, 17n, 3233n)).toBe(2790n);
  expect(power(5n, 0n, 23n)).toBe(1n);
  expect(power(3n, 2n ** 64n, 2n ** 61n - 1n)).toBe(43_046_721n);
  expect(inverse(17n, 3120n)).toBe(2753n);
  expect(inverse(6n, 9n)).toBeNull();
});

test('primes are told from numbers that only look like them', () => {
  const primes = [2n, 3n, 23n, 7919n, 65_537n, 2n ** 61n - 1n, 2n ** 127n - 1n, 2n ** 521n - 1n];
  expect(primes.filter((number) => !isPrime(number))).toEqual([]);
  // Carmichael numbers, a product of two primes, and 2^67 - 1.
  const others = [0n, 1n, 561n, 41_041n, 3233n, 3_215_031_751n, 2n ** 67n - 1n, (2n ** 61n - 1n) * 65_537n];
  expect(others.filter((number) => isPrime(number))).toEqual([]);
});

test('a number below 2^64 is factored, a prime is not, and a large one takes no longer than it may', () => {
  for (const [p, q] of [
    [53n, 61n],
    [4_294_967_279n, 4_294_967_291n],
    [65_537n, 65_537n],
    [3n, 1_000_003n],
  ] as const)
    expect([p, q]).toContain(factorOf(p * q, 20_000));
  expect(factorOf(2n ** 61n - 1n, 1000)).toBeNull();
  const began = performance.now();
  expect(factorOf((2n ** 127n - 1n) * (2n ** 521n - 1n), 50)).toBeNull();
  expect(performance.now() - began).toBeLessThan(5000);
});

test('as bytes, a number has as many as are asked for', () => {
  expect(bytesOfNumber(0x1ffn).toString('hex')).toBe('01ff');
  expect(bytesOfNumber(5n, 4).toString('hex')).toBe('00000005');
  expect(numberIn(Buffer.from('00000005', 'hex'))).toBe(5n);
  expect(numberIn(Buffer.alloc(0))).toBe(0n);
});
