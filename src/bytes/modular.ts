/** Whole numbers of any size, as RSA and Diffie–Hellman use them. */

/** `base` ^ `exponent` modulo `modulus`. None of them is negative. */
export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n % modulus, base % modulus];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** The number whose product with `value` is 1 modulo `modulus`; null if there is none. */
export function inverse(value: bigint, modulus: bigint): bigint | null {
  let [rest, next] = [modulus, value % modulus];
  let [factor, following] = [0n, 1n];
  while (next !== 0n) {
    const times = rest / next;
    [rest, next] = [next, rest - times * next];
    [factor, following] = [following, factor - times * following];
  }
  return rest === 1n ? ((factor % modulus) + modulus) % modulus : null;
}

function greatestDivisor(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** With these, the test of Miller and Rabin is certain below 3.3 · 10^24; above, no accident is known. */
const BASES = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n];

export function isPrime(number: bigint): boolean {
  if (number < 2n) return false;
  for (const base of BASES) if (number % base === 0n) return number === base;
  let [odd, twos] = [number - 1n, 0];
  for (; odd % 2n === 0n; odd /= 2n) twos += 1;
  return BASES.every((base) => {
    let value = power(base, odd, number);
    if (value === 1n || value === number - 1n) return true;
    for (let round = 1; round < twos; round += 1) {
      value = (value * value) % number;
      if (value === number - 1n) return true;
    }
    return false;
  });
}

export function bitsOf(number: bigint): number {
  return number === 0n ? 0 : number.toString(2).length;
}

/** Big endian. 0 for no bytes. */
export function numberIn(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

/** Big endian, with zeros in front up to `least` bytes. */
export function bytesOfNumber(number: bigint, least = 1): Buffer {
  const digits = number.toString(16);
  return Buffer.from(digits.padStart(Math.max(2 * least, digits.length + (digits.length % 2)), '0'), 'hex');
}

/**
 * A factor of a number that is no prime, by Pollard’s rho: it takes about as many steps as the square root of the
 * smallest factor. null if it is not found in time, or if the number is a prime.
 */
export function factorOf(number: bigint, limitMs: number): bigint | null {
  if (number < 4n || isPrime(number)) return null;
  for (const small of BASES) if (number % small === 0n) return small;
  const until = performance.now() + limitMs;
  for (let constant = 1n; performance.now() < until; constant += 1n) {
    const step = (value: bigint): bigint => (value * value + constant) % number;
    let [slow, fast, product] = [2n, 2n, 1n];
    let factor = 1n;
    for (let count = 1; factor === 1n && performance.now() < until; count += 1) {
      const [slowBefore, fastBefore] = [slow, fast];
      for (let round = 0; round < STEPS; round += 1) {
        slow = step(slow);
        fast = step(step(fast));
        product = (product * (slow > fast ? slow - fast : fast - slow)) % number;
      }
      factor = greatestDivisor(product, number);
      if (factor !== number) continue;
      // Several factors came together: the same steps again, one by one.
      [slow, fast, factor] = [slowBefore, fastBefore, 1n];
      while (factor === 1n) {
        slow = step(slow);
        fast = step(step(fast));
        factor = greatestDivisor(slow > fast ? slow - fast : fast - slow, number);
      }
    }
    if (factor !== 1n && factor !== number) return factor;
  }
  return null;
}
const STEPS = 64;
