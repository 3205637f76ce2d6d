/** Says how much of a stream can be read without a key. The words claim no more than the bytes prove. */
import { hasFailed } from '../eavesdropper/findings/attempt.js';
import type {
  ConversationFindings,
  EntropyFindings,
  ProtocolFindings,
  ReadabilityFindings,
  StreamFindings,
} from '../eavesdropper/findings/findings.js';
import { listed } from './phrases.js';

/** `1,234,567` */
export function grouping(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/**
 * For example `120 of text and 40 of base64 whose content is text`. Every byte of a stream is in exactly one of the
 * parts.
 */
export function readabilityPhrase(
  { bytes, missing, readability }: StreamFindings,
  ending: ConversationFindings['ending'],
): string {
  if (bytes === 0 && missing > 0) return 'the capture does not hold what was sent';
  if (bytes === 0) return ending === 'unseen' ? 'sent nothing while it was captured' : 'sent nothing';
  const { text, letters = 0, disguised, encoded, other, framing = 0, entropy } = readability;
  const parts = [
    ...(text === 0 ? [] : [`${grouping(text)} of text`]),
    ...(letters === 0 ? [] : [`${grouping(letters)} of letters that are perhaps no words`]),
    ...Object.entries(disguised).map(([disguise, count]) => `${grouping(count)} of ${disguise} whose content is text`),
    ...(encoded === 0 ? [] : [`${grouping(encoded)} of base64, hex or the like whose content is not text`]),
    ...(other === 0
      ? []
      : [`${grouping(other)} that are not text${entropy === null ? '' : ` (${entropyPhrase(entropy)})`}`]),
    ...(framing === 0 ? [] : [`${grouping(framing)} that only mark the messages`]),
  ];
  return [text === bytes ? 'all of it is text' : listed(parts), ...notUnpackedPhrases(readability)].join('. ');
}

/** Why packed bytes are among those that are not text. */
function notUnpackedPhrases({ notUnpacked = [] }: ReadabilityFindings): readonly string[] {
  return [...new Set(notUnpacked.map(({ as, why }) => `Of the ${as}, ${NOT_UNPACKED[why]}`))];
}

const NOT_UNPACKED: Readonly<Record<NonNullable<ReadabilityFindings['notUnpacked']>[number]['why'], string>> = {
  'too much': 'not all was unpacked: it becomes far too long, as in an attack that fills memory',
  unable: 'nothing was unpacked: this version of Node cannot. A newer one can',
  damaged: 'not all could be unpacked: it is damaged, or it is something else',
};

/** Says that a conversation is letters that a cipher may have changed; '' if it is not. */
export function lettersPhrase({ streams: { client, server } }: ConversationFindings): string {
  const letters = (client.readability.letters ?? 0) + (server.readability.letters ?? 0);
  return letters === 0 ? '' : LETTERS;
}

const LETTERS =
  'letters or signs that follow each other as in no language that we know: perhaps a letter cipher, such as Vigenère. ' +
  'If you can read them, they are none';

/** How messages are told apart where line ends do not mark them, and frames that are no messages; '' for neither. */
export function marksPhrase({ streams }: ConversationFindings): string {
  const [client, server] = [markedBy(streams.client), markedBy(streams.server)];
  if (client === server) return client;
  return [client === '' ? '' : `client: ${client}`, server === '' ? '' : `server: ${server}`]
    .filter((phrase) => phrase !== '')
    .join('; ');
}

function markedBy({ readability: { marks = '', controls = {} } }: StreamFindings): string {
  const frames = Object.entries(controls).map(([what, count]) => `${count} × ${what}`);
  if (frames.length === 0) return marks;
  return marks === '' ? listed(frames) : `${marks}, besides them ${listed(frames)}`;
}

function entropyPhrase({ bitsPerByte, looksRandom, certainty }: EntropyFindings): string {
  if (certainty === 'none') return 'too few to tell what they are';
  const bits = `${bitsPerByte.toFixed(2)} bits a byte`;
  if (!looksRandom) return `${bits}, not spread like random bytes: a format with a structure`;
  const sure = { low: 'so few bytes are weak evidence', fair: 'fairly sure', high: 'sure' }[certainty];
  return `${bits}, spread as evenly as random bytes: encrypted or compressed; ${sure}`;
}

/** How many bytes can be read without a key. */
function readableBytes({ text, disguised }: ReadabilityFindings): number {
  return text + Object.values(disguised).reduce((sum, count) => sum + count, 0);
}

/** `64 %` of what both sides sent, without what only marks messages. It says 0 or 100 only if that is exact. */
export function readableShare({ streams: { client, server } }: ConversationFindings): string {
  const framing = (client.readability.framing ?? 0) + (server.readability.framing ?? 0);
  const all = client.bytes + server.bytes - framing;
  if (all === 0) return '–';
  const readable = readableBytes(client.readability) + readableBytes(server.readability);
  if (readable === 0 || readable === all) return readable === 0 ? '0 %' : '100 %';
  const percent = Math.round((100 * readable) / all);
  if (percent === 0) return 'under 1 %';
  return percent === 100 ? 'over 99 %' : `${percent} %`;
}

/** Says what a conversation is, by its mode or its first protocol, and whether it failed. */
export function kindPhrase(conversation: ConversationFindings): string {
  const { mode, protocol, tlsFrom } = conversation;
  const failed = hasFailed(conversation);
  if (tlsFrom !== undefined) return `${protocol === null ? 'clear' : protocol.name}, then TLS`;
  if (protocol === null) return failed ? 'failed attempt' : KINDS[mode];
  if (protocol.name !== 'TLS') return protocol.name;
  return failed ? 'TLS, failed' : (protocol.version ?? 'TLS');
}

const KINDS: Readonly<Record<ConversationFindings['mode'], string>> = {
  plaintext: 'plain text',
  encrypted: 'encrypted chat',
  unknown: 'unknown',
};

/** What everyone can read in a known protocol. '' if the protocol is not known. */
export function protocolPhrase({ protocol, tlsFrom }: ConversationFindings): string {
  if (tlsFrom !== undefined) {
    const before = protocol === null ? 'unencrypted' : `${protocol.name}, unencrypted`;
    return `${before} until frame ${tlsFrom.frame}, where it changes to ${tlsFrom.version ?? 'TLS'}: encrypted from there on`;
  }
  if (protocol === null) return '';
  if (protocol.name === 'TLS') return tlsPhrase(protocol);
  if (!protocol.encrypts) return `${protocol.name}, which encrypts nothing by itself`;
  const { client, server } = protocol.banners;
  return listed([
    'SSH, encrypted',
    ...(client === null ? [] : [`the client calls itself ${client}`]),
    ...(server === null ? [] : [`the server ${server}`]),
  ]);
}

function tlsPhrase({
  version,
  answer,
  encrypts,
  serverName,
  application,
}: Extract<ProtocolFindings, { name: 'TLS' }>): string {
  return [
    encrypts
      ? `${version ?? 'TLS'}, encrypted`
      : answer === 'unencrypted'
        ? `${version ?? 'TLS'} with a NULL cipher, which encrypts nothing: anyone can read it`
        : `the client asks for ${version ?? 'TLS'}, but ${NO_TLS[answer]}`,
    ...(serverName === null ? [] : [`the client asks for ${serverName}, unencrypted`]),
    ...(application === undefined ? [] : [`it offers to talk ${application}, unencrypted`]),
  ].join('; ');
}

const NO_TLS: Readonly<Record<Extract<ProtocolFindings, { name: 'TLS' }>['answer'], string>> = {
  tls: 'no TLS was set up',
  unencrypted: 'with a cipher that encrypts nothing',
  alert: 'the server refuses with an alert: no TLS was set up',
  other: 'the server’s answer is not TLS: no TLS was set up, and nothing was encrypted',
  none: 'the capture holds no answer of the server: no TLS was set up in it',
};
