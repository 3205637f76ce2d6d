/** RC4 (RFC 6229 has its test vectors). OpenSSL 3 has it only with its legacy provider, which Node does not load. */

/** The same way back and forth. `key`: 5 to 256 bytes. */
export function rc4(key: Buffer, bytes: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  for (let i = 0, j = 0; i < 256; i += 1) {
    j = (j + (state[i] ?? 0) + (key[i % key.length] ?? 0)) & 0xff;
    swap(state, i, j);
  }
  let [i, j] = [0, 0];
  return Buffer.from(
    bytes.map((byte) => {
      i = (i + 1) & 0xff;
      j = (j + (state[i] ?? 0)) & 0xff;
      swap(state, i, j);
      return byte ^ (state[((state[i] ?? 0) + (state[j] ?? 0)) & 0xff] ?? 0);
    }),
  );
}

function swap(state: Uint8Array, one: number, other: number): void {
  const held = state[one] ?? 0;
  state[one] = state[other] ?? 0;
  state[other] = held;
}
