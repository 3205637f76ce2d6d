/**
 * The unencrypted lines that are sent before the first token. Says what each line is, with the values of this capture.
 */
import type { ConversationFindings, HandshakeFindings, Place } from '../eavesdropper/findings/findings.js';
import { VERSION } from '../protocol/frames.js';
import { grouped } from './phrases.js';
import { INTEGRITY_KINDS, isIntegrity } from '../protocol/integrity.js';

export interface HandshakeStep {
  readonly place: Place;
  /** The line's first word. */
  readonly line: 'HELLO' | 'PUBLIC-KEY' | 'SESSION-KEY' | 'ERROR';
  /** Text from the wire, unchanged. The caller must make it safe to show. '' if the line has nothing short to show. */
  readonly value: string;
  readonly meaning: string;
}

/** In the order of the capture. Leaves out a step that the capture does not contain. */
export function handshakeSteps({ handshake }: Pick<ConversationFindings, 'handshake'>): readonly HandshakeStep[] {
  if (handshake === null) return [];
  const steps = [...opening(handshake), ...errors(handshake)];
  return steps.sort((a, b) => a.place.frame - b.place.frame || a.place.offset - b.place.offset);
}

function opening({ hello, publicKey, sessionKey }: HandshakeFindings): HandshakeStep[] {
  const steps: HandshakeStep[] = [];
  if (hello !== null) {
    const worth = worthOf(hello.integrity);
    const meaning = `the client speaks ${VERSION} and asks for this check: ${worth}`;
    steps.push({ place: hello.place, line: 'HELLO', value: hello.integrity, meaning });
  }
  if (publicKey !== null) {
    const key =
      publicKey.bits === null ? 'the bytes are not an RSA key' : `the client’s RSA key of ${publicKey.bits} bits`;
    const meaning = `${key}, unencrypted; the digits are its SHA-256`;
    steps.push({ place: publicKey.place, line: 'PUBLIC-KEY', value: grouped(publicKey.fingerprint), meaning });
  }
  if (sessionKey !== null) {
    const meaning = `${sessionKey.envelopeBytes} bytes of RSA-OAEP: the session key, which only the private key opens`;
    steps.push({ place: sessionKey.place, line: 'SESSION-KEY', value: '', meaning });
  }
  return steps;
}

function worthOf(integrity: string): string {
  return isIntegrity(integrity) ? INTEGRITY_KINDS[integrity].worth : 'a check that servchat does not know';
}

function errors({ errors }: HandshakeFindings): HandshakeStep[] {
  return errors.map(({ place, code }) => ({
    place,
    line: 'ERROR',
    value: code,
    meaning: 'its sender then closed the connection; nothing proves who wrote it',
  }));
}
