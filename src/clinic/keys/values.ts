/**
 * What in a piece of a handshake can be a public value of a key agreement: a point of a curve, or a number. Each value
 * knows how another one is written in its place, in the same form and, where it can be, with the same length.
 */
import { bitsOf, bytesOfNumber, numberIn } from '../../bytes/modular.js';
import { encodedIn, isWhollyText } from '../../eavesdropper/chat/sealed-units.js';
import { writtenLike } from '../../keyholder/wire/known-text.js';
import type { Curve, Group } from '../../attacker/key-agreement.js';
import { isOnCurve, pointLengthOf, sizedCurve } from './curves.js';
import { derValueIn, type DerValue } from './der.js';
import { framesIn } from './frames.js';
import { pickledIn } from './pickled.js';

export type Written = 'PEM' | 'DER' | 'JWK' | 'bytes' | 'hex' | 'base64' | 'digits' | 'a pickle';

interface Placed {
  /** Where it stands in the piece. `end` is the first byte after it. */
  readonly start: number;
  readonly end: number;
  readonly written: Written;
}

export interface NumberValue extends Placed {
  readonly kind: 'number';
  readonly number: bigint;
  /** Where it stands beside it. */
  readonly group: Group | null;
  /** Whether this number takes the same room. */
  readonly fits: (number: bigint) => boolean;
  readonly write: (number: bigint) => Buffer;
}

export interface PointValue extends Placed {
  readonly kind: 'point';
  readonly curve: Curve;
  readonly point: Buffer;
  /** false for bytes that only have the length of a point. */
  readonly isCertain: boolean;
  readonly write: (point: Buffer) => Buffer;
}

export type Value = NumberValue | PointValue;

/** A longer piece is not looked through. */
const MOST_BYTES = 16_384;
const MOST_DEPTH = 3;
/** As bytes, a number of fewer is any number. */
const LEAST_NUMBER_BYTES = 8;
const MOST_NUMBER_BYTES = 1024;

/** All values in a piece, in order. */
export function valuesIn(piece: Buffer, depth = 0): readonly Value[] {
  if (piece.length > MOST_BYTES || depth > MOST_DEPTH) return [];
  if (isWhollyText(piece)) return textValues(piece, depth);
  const pickled = pickledIn(piece);
  if (pickled !== null) return pickled.flatMap((field) => moved(valuesOfField(field, depth), field.start));
  const frames = framesIn(piece);
  if (frames !== null) return frames.flatMap(({ start, bytes }) => moved(valuesIn(bytes, depth + 1), start));
  return byteValues(piece);
}

function valuesOfField(field: NonNullable<ReturnType<typeof pickledIn>>[number], depth: number): readonly Value[] {
  if (field.kind === 'bytes') return valuesIn(field.bytes, depth + 1);
  const { number, length, write } = field;
  const fits = (other: bigint): boolean => write(other) !== null;
  const whole = { start: 0, end: length, written: 'a pickle' as const };
  return [{ kind: 'number', number, group: null, fits, write: (other) => write(other) ?? Buffer.alloc(0), ...whole }];
}

function moved(values: readonly Value[], by: number): readonly Value[] {
  return values.map((value) => ({ ...value, start: value.start + by, end: value.end + by }));
}

/** PEM, also in JSON, where its line ends are two signs. */
const PEM = /-----BEGIN (PUBLIC KEY|DH PARAMETERS)-----([\w+/=\s\\]{16,16384})-----END \1-----/g;
const JWK_CURVE = /"crv"\s*:\s*"(P-256|P-384|P-521|secp256k1|X25519|X448)"/;
const JWK_PART = (name: string): RegExp => new RegExp(`"${name}"\\s*:\\s*"([\\w-]{20,100})"`);
const TOKEN = /[\w+/-]+={0,2}/g;

function textValues(piece: Buffer, depth: number): readonly Value[] {
  const text = piece.toString('latin1');
  const jwk = jwkIn(text);
  if (jwk !== null) return [jwk];
  const pems = [...text.matchAll(PEM)].flatMap((match) => pemValues(match));
  const isInPem = (at: number): boolean => pems.some(({ from, to }) => at >= from && at < to);
  const tokens = [...text.matchAll(TOKEN)].filter(({ index }) => !isInPem(index));
  return [
    ...pems.flatMap(({ values }) => values),
    ...tokens.flatMap(({ 0: token, index }) => moved(tokenValues(token, depth), index)),
  ].sort((one, other) => one.start - other.start);
}

interface Pem {
  readonly from: number;
  readonly to: number;
  readonly values: readonly Value[];
}

function pemValues({ 0: whole, 2: body = '', index }: RegExpExecArray): readonly Pem[] {
  // In JSON, a line end is a stroke and an n, and that n is no sign of base64.
  const signs = [...body.matchAll(/\\[rn]|([\w+/])/g)].flatMap(({ 1: sign, index: at }) =>
    sign === undefined ? [] : [at],
  );
  const der = Buffer.from(signs.map((at) => body.charAt(at)).join(''), 'base64');
  const found = derValueIn(der);
  const from = index + whole.indexOf(body);
  const write = (other: Buffer): Buffer => {
    const written = Buffer.from(body, 'latin1');
    const base64 = other.toString('base64');
    for (const [number, at] of signs.entries()) written[at] = base64.charCodeAt(number);
    return written;
  };
  const to = index + whole.length;
  const values = found === null ? [] : ofDer(found, der, 'PEM', write);
  return [{ from: index, to, values: values.map((value) => ({ ...value, start: from, end: from + body.length })) }];
}

/** @param write how other DER is written in its place. */
function ofDer(found: DerValue, der: Buffer, written: Written, write: (der: Buffer) => Buffer): readonly Value[] {
  const whole = { start: 0, end: der.length, written };
  if (found.kind === 'parameters') {
    const { p, g } = found.group;
    return [p, g].map((number) => ({
      kind: 'number',
      number,
      group: null,
      fits: () => false,
      write: () => der,
      ...whole,
    }));
  }
  const { start, end } = found;
  const put = (bytes: Buffer): Buffer => write(Buffer.concat([der.subarray(0, start), bytes, der.subarray(end)]));
  if (found.kind === 'point')
    return [
      { kind: 'point', curve: found.curve, point: der.subarray(start, end), isCertain: true, write: put, ...whole },
    ];
  const { group } = found;
  const length = end - start;
  // With its first bit set it would be negative, and with nine zeros in front it is not as short as it must be.
  const fits = (number: bigint): boolean => bitsOf(number) < 8 * length && bitsOf(number) >= 8 * length - 8;
  const writeNumber = (other: bigint): Buffer =>
    fits(other) ? put(bytesOfNumber(other, length)) : put(der.subarray(start, end));
  const number = numberIn(der.subarray(start, end));
  return [{ kind: 'number', number, group, fits, write: writeNumber, ...whole }];
}

function jwkIn(text: string): PointValue | null {
  const curve = JWK_CURVE.exec(text)?.[1] as Curve | undefined;
  const x = JWK_PART('x').exec(text);
  if (curve === undefined || x === null) return null;
  const y = curve.startsWith('X') ? null : JWK_PART('y').exec(text);
  const parts = [x, ...(y === null ? [] : [y])];
  const coordinates = parts.map((part) => Buffer.from(part[1] ?? '', 'base64url'));
  const point = Buffer.concat([...(curve.startsWith('X') ? [] : [Buffer.of(4)]), ...coordinates]);
  if (point.length !== pointLengthOf(curve)) return null;
  const start = Math.min(...parts.map(({ index }) => index));
  const end = Math.max(...parts.map(({ index, 0: whole }) => index + whole.length));
  const write = (other: Buffer): Buffer => {
    const own = curve.startsWith('X') ? other : other.subarray(1);
    const size = own.length / parts.length;
    const written = parts.reduce(
      (all, part, at) => all.replace(part[1] ?? '', own.subarray(at * size, (at + 1) * size).toString('base64url')),
      text.slice(start, end),
    );
    return Buffer.from(written, 'latin1');
  };
  return { kind: 'point', curve, point, isCertain: true, start, end, written: 'JWK', write };
}

/** Shorter runs of letters are words. */
const LEAST_ENCODED = 16;

/** Digits; hex digits; base64, with bytes or another text in it. */
function tokenValues(token: string, depth: number): readonly Value[] {
  const whole = { start: 0, end: token.length };
  if (/^\d{1,5000}$/.test(token)) {
    const fits = (other: bigint): boolean => String(other).length === token.length;
    const write = (other: bigint): Buffer => Buffer.from(String(other));
    return [{ kind: 'number', number: BigInt(token), group: null, written: 'digits', fits, write, ...whole }];
  }
  const digits = /^(0[xX])([\da-fA-F]{1,4096})$/.exec(token) ?? /^()([\da-f]{9,4096})$/.exec(token);
  if (digits !== null && (digits[1] !== '' || token.length % 2 === 1)) {
    const [, before = '', its = ''] = digits;
    const fits = (other: bigint): boolean => other.toString(16).length === its.length;
    const write = (other: bigint): Buffer => Buffer.from(before + other.toString(16));
    return [{ kind: 'number', number: BigInt(`0x${its}`), group: null, written: 'hex', fits, write, ...whole }];
  }
  const [encoded] = token.length < LEAST_ENCODED ? [] : encodedIn(Buffer.from(token));
  if (encoded?.text !== token) return [];
  const { as, bytes } = encoded;
  const inner = isWhollyText(bytes) ? textValues(bytes, depth + 1) : byteValues(bytes);
  return inner.map((value) => within(value, bytes, as, (other) => Buffer.from(writtenLike(token, as, other)), whole));
}

/** A value in bytes that are written in another form. */
function within(
  value: Value,
  bytes: Buffer,
  as: 'base64' | 'hex',
  write: (bytes: Buffer) => Buffer,
  place: { readonly start: number; readonly end: number },
): Value {
  const put = (own: Buffer): Buffer =>
    write(Buffer.concat([bytes.subarray(0, value.start), own, bytes.subarray(value.end)]));
  const written = value.written === 'bytes' ? as : value.written;
  return value.kind === 'point'
    ? { ...value, ...place, written, write: (point: Buffer) => put(value.write(point)) }
    : { ...value, ...place, written, write: (number: bigint) => put(value.write(number)) };
}

/** A whole key in DER, points of a curve, or bytes that have the length of a point or of a number. */
function byteValues(piece: Buffer): readonly Value[] {
  for (
    let at = piece.indexOf(SEQUENCE), tried = 0;
    at >= 0 && tried < MOST_TRIED;
    at = piece.indexOf(SEQUENCE, at + 1)
  ) {
    tried += 1;
    const found = derValueIn(piece.subarray(at));
    if (found === null) continue;
    const der = piece.subarray(at, at + found.length);
    return moved(
      ofDer(found, der, 'DER', (other) => other),
      at,
    );
  }
  const points = certainPoints(piece);
  if (points.length > 0) return points;
  const place = { start: 0, end: piece.length, written: 'bytes' as const };
  const curve = sizedCurve(piece);
  if (curve !== null)
    return [{ kind: 'point', curve, point: piece, isCertain: false, write: (point) => point, ...place }];
  if (piece.length < LEAST_NUMBER_BYTES || piece.length > MOST_NUMBER_BYTES) return [];
  const { length } = piece;
  const fits = (number: bigint): boolean => number < 1n << BigInt(8 * length);
  const write = (number: bigint): Buffer => bytesOfNumber(number, length);
  return [{ kind: 'number', number: numberIn(piece), group: null, fits, write, ...place }];
}
const SEQUENCE = 0x30;
const MOST_TRIED = 16;

/** 4, x and y, anywhere. By accident, bytes are not on a curve. */
function certainPoints(piece: Buffer): readonly PointValue[] {
  const found: PointValue[] = [];
  for (let at = piece.indexOf(4); at >= 0 && found.length < 2; at = piece.indexOf(4, at + 1)) {
    for (const curve of ['P-256', 'secp256k1', 'P-384', 'P-521'] as const) {
      const point = piece.subarray(at, at + pointLengthOf(curve));
      if (!isOnCurve(curve, point)) continue;
      const place = { start: at, end: at + point.length, written: 'bytes' as const };
      found.push({ kind: 'point', curve, point, isCertain: true, write: (other) => other, ...place });
      at += point.length;
      break;
    }
  }
  return found;
}
