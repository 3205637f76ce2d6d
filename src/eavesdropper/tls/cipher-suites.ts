/**
 * Cipher suites by their number, as a ServerHello names them: their names, and how they encrypt a record.
 *
 * https://www.iana.org/assignments/tls-parameters/tls-parameters.xhtml#tls-parameters-4; RFC 8446 (appendix B.4), 5246,
 * 5288, 5289, 5487, 6655, 7251, 7905, 8442.
 */

/** The ciphers that encrypt and sign in one step (AEAD, RFC 5116), by their names in node:crypto. */
export type AeadCipher = 'aes-128-gcm' | 'aes-256-gcm' | 'aes-128-ccm' | 'aes-256-ccm' | 'chacha20-poly1305';

/**
 * How a suite encrypts. `aead`: in one step with the signature. `cbc` and `stream`: the older ways. `null`: not at all,
 * so anyone can read it. `other`: the suite is not in the list.
 */
export type Sealing =
  | {
      readonly kind: 'aead';
      readonly cipher: AeadCipher;
      readonly tagBytes: 8 | 16;
      readonly hash: 'sha256' | 'sha384';
    }
  | { readonly kind: 'cbc' | 'stream' | 'null' | 'other' };

export interface CipherSuite {
  readonly number: number;
  /** IANA's name for it. For a suite that is not in the list, its number in hex. */
  readonly name: string;
  readonly sealing: Sealing;
}

const TLS13: readonly (readonly [number, string])[] = [
  [0x1301, 'AES_128_GCM_SHA256'],
  [0x1302, 'AES_256_GCM_SHA384'],
  [0x1303, 'CHACHA20_POLY1305_SHA256'],
  [0x1304, 'AES_128_CCM_SHA256'],
  [0x1305, 'AES_128_CCM_8_SHA256'],
];

/** Before `_WITH_`: the key exchange. After it: how records are encrypted. Numbers rise by one within a list. */
const TLS12: readonly (readonly [first: number, sealing: string | readonly string[], exchanges: readonly string[]])[] =
  [
    [0x0001, ['NULL_MD5', 'NULL_SHA', 'RC4_40_MD5', 'RC4_128_MD5', 'RC4_128_SHA'], ['RSA']],
    [0x002c, 'NULL_SHA', ['PSK', 'DHE_PSK', 'RSA_PSK']],
    [0x002f, 'AES_128_CBC_SHA', ['RSA', 'DH_DSS', 'DH_RSA', 'DHE_DSS', 'DHE_RSA', 'DH_anon']],
    [0x0035, 'AES_256_CBC_SHA', ['RSA', 'DH_DSS', 'DH_RSA', 'DHE_DSS', 'DHE_RSA', 'DH_anon']],
    [0x003b, ['NULL_SHA256', 'AES_128_CBC_SHA256', 'AES_256_CBC_SHA256'], ['RSA']],
    [0x000a, '3DES_EDE_CBC_SHA', ['RSA']],
    [0x0016, '3DES_EDE_CBC_SHA', ['DHE_RSA']],
    [0x0067, 'AES_128_CBC_SHA256', ['DHE_RSA']],
    [0x006b, 'AES_256_CBC_SHA256', ['DHE_RSA']],
    [0x008c, ['AES_128_CBC_SHA', 'AES_256_CBC_SHA'], ['PSK']],
    [
      0x009c,
      ['AES_128_GCM_SHA256', 'AES_256_GCM_SHA384'],
      ['RSA', 'DHE_RSA', 'DH_RSA', 'DHE_DSS', 'DH_DSS', 'DH_anon'],
    ],
    [0x00a8, ['AES_128_GCM_SHA256', 'AES_256_GCM_SHA384'], ['PSK', 'DHE_PSK', 'RSA_PSK']],
    [0x00ae, ['AES_128_CBC_SHA256', 'AES_256_CBC_SHA384', 'NULL_SHA256', 'NULL_SHA384'], ['PSK', 'DHE_PSK', 'RSA_PSK']],
    ...['ECDH_ECDSA', 'ECDHE_ECDSA', 'ECDH_RSA', 'ECDHE_RSA', 'ECDH_anon'].map(
      (exchange, index) =>
        [
          0xc001 + 5 * index,
          ['NULL_SHA', 'RC4_128_SHA', '3DES_EDE_CBC_SHA', 'AES_128_CBC_SHA', 'AES_256_CBC_SHA'],
          [exchange],
        ] as const,
    ),
    [0xc023, ['AES_128_CBC_SHA256', 'AES_256_CBC_SHA384'], ['ECDHE_ECDSA', 'ECDH_ECDSA', 'ECDHE_RSA', 'ECDH_RSA']],
    [0xc02b, ['AES_128_GCM_SHA256', 'AES_256_GCM_SHA384'], ['ECDHE_ECDSA', 'ECDH_ECDSA', 'ECDHE_RSA', 'ECDH_RSA']],
    [0xc035, ['AES_128_CBC_SHA', 'AES_256_CBC_SHA', 'AES_128_CBC_SHA256', 'AES_256_CBC_SHA384'], ['ECDHE_PSK']],
    [0xc039, ['NULL_SHA', 'NULL_SHA256', 'NULL_SHA384'], ['ECDHE_PSK']],
    [0xc09c, ['AES_128_CCM', 'AES_256_CCM'], ['RSA', 'DHE_RSA']],
    [0xc0a0, ['AES_128_CCM_8', 'AES_256_CCM_8'], ['RSA', 'DHE_RSA']],
    [0xc0a4, ['AES_128_CCM', 'AES_256_CCM'], ['PSK', 'DHE_PSK']],
    [0xc0a8, ['AES_128_CCM_8', 'AES_256_CCM_8'], ['PSK', 'PSK_DHE']],
    [0xc0ac, ['AES_128_CCM', 'AES_256_CCM', 'AES_128_CCM_8', 'AES_256_CCM_8'], ['ECDHE_ECDSA']],
    [
      0xcca8,
      'CHACHA20_POLY1305_SHA256',
      ['ECDHE_RSA', 'ECDHE_ECDSA', 'DHE_RSA', 'PSK', 'ECDHE_PSK', 'DHE_PSK', 'RSA_PSK'],
    ],
    [0xd001, ['AES_128_GCM_SHA256', 'AES_256_GCM_SHA384', 'AES_128_CCM_8_SHA256'], ['ECDHE_PSK']],
    [0xd005, 'AES_128_CCM_SHA256', ['ECDHE_PSK']],
  ];

let suites: ReadonlyMap<number, CipherSuite> | null = null;

/** By number. Made on first use: a chat without TLS does not need them. */
function allSuites(): ReadonlyMap<number, CipherSuite> {
  const rows = [
    ...TLS13.map(([number, sealing]) => ({ number, name: `TLS_${sealing}`, sealing: sealingOf(sealing) })),
    ...TLS12.flatMap(([first, sealings, exchanges]) =>
      exchanges
        .flatMap((exchange) => [sealings].flat().map((sealing) => ({ exchange, sealing })))
        .map(({ exchange, sealing }, index) => ({
          number: first + index,
          name: `TLS_${exchange}_WITH_${sealing}`,
          sealing: sealingOf(sealing),
        })),
    ),
  ];
  return new Map(rows.map((suite) => [suite.number, suite]));
}

/** Numbers in a client's list that are not suites. They tell the server something else. */
const SIGNALS: ReadonlyMap<number, string> = new Map([
  [0x00ff, 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV'],
  [0x5600, 'TLS_FALLBACK_SCSV'],
]);

export function cipherSuite(number: number): CipherSuite {
  const hex = number.toString(16).padStart(4, '0');
  suites ??= allSuites();
  return suites.get(number) ?? { number, name: SIGNALS.get(number) ?? `0x${hex}`, sealing: { kind: 'other' } };
}

function sealingOf(name: string): Sealing {
  const hash = name.endsWith('SHA384') ? 'sha384' : 'sha256';
  if (name.startsWith('CHACHA20')) return { kind: 'aead', cipher: 'chacha20-poly1305', tagBytes: 16, hash };
  const [, bits, mode] = /^AES_(128|256)_(GCM|CCM)/.exec(name) ?? [];
  if (bits !== undefined && mode !== undefined) {
    const cipher = `aes-${bits}-${mode.toLowerCase()}` as AeadCipher;
    return { kind: 'aead', cipher, tagBytes: name.includes('CCM_8') ? 8 : 16, hash };
  }
  if (name.startsWith('NULL')) return { kind: 'null' };
  return { kind: name.startsWith('RC4') ? 'stream' : 'cbc' };
}
