/**
 * What happened in a chat, in sentences for the person in the chair. All of them are here, and no program reads them:
 * programs read the events themselves (`--format ndjson`).
 *
 * What came from the other side is escaped here, so that each sentence is safe to show.
 */
import { printable, printableBytes } from '../printable.js';
import {
  isProblem,
  type Address,
  type ChatEvent,
  type Fingerprint,
  type Problem,
  type Refusal,
  type TlsFault,
} from '../protocol/events.js';
import { isErrorCode, type ErrorCode } from '../protocol/error-codes.js';
import { shellWord } from '../shell-word.js';
import { MODE_FACTS, type Carrier } from '../protocol/modes.js';
import { otherSide, type Side } from '../protocol/side.js';
import type { ShownLine } from './person.js';
import { COVERS, INTEGRITY_KINDS, type Integrity } from '../protocol/integrity.js';

type EventOf<Type extends ChatEvent['type']> = Extract<ChatEvent, { type: Type }>;

/**
 * What to tell the person on side `us`: one line or more. No line where there is nothing to tell, or where it is a
 * warning.
 *
 * @param command how the person calls servchat, for commands to copy.
 */
export function linesFor(event: ChatEvent<Buffer>, us: Side, command: string): readonly ShownLine[] {
  switch (event.type) {
    case 'listening':
      return listeningLines(event, command);
    case 'connected':
      return connectedLines(event, us);
    case 'fingerprint':
      return fingerprintLines(event, us, command);
    case 'proved':
      return ['The client has proved that it has the private key.'];
    case 'message':
      return [`${LABELS[event.from]}: ${printableBytes(event.text)}`];
    case 'wire':
      return [wireSentence(event)];
    case 'left':
      return [event.by === us ? 'You have left the chat.' : `${LABELS[event.by]} has left the chat.`];
    case 'waiting':
      return ['The server waits for the next client. Ctrl-C ends it.'];
    case 'captured':
      return capturedLines(event, command);
    default:
      return [];
  }
}

/** The warning for the person, or null where nothing went wrong. */
export function warningFor(event: ChatEvent<Buffer>, us: Side): string | null {
  switch (event.type) {
    case 'unsent':
      return `The message was not sent: it has ${event.bytes} bytes, and ${event.most} is the most; make it shorter`;
    case 'turned-away':
      return `${event.clients === 1 ? '1 more client was' : `${event.clients} more clients were`} turned away in the last ${event.seconds} s`;
    default:
      return isProblem(event) ? problemSentence(event, us) : null;
  }
}

/** What went wrong. For a connection that had no chat yet, it begins with the address of the other side. */
export function problemSentence(problem: Problem & { readonly at?: string }, us: Side): string {
  return problem.at === undefined
    ? whatWentWrong(problem, us)
    : `${printable(problem.at)}: ${whatWentWrong(problem, us)}`;
}

/**
 * Indented further than the first row of a message, and less than its later rows: so nobody can write a message that
 * looks like it.
 */
function wireSentence({ as, bytes }: Extract<ChatEvent<Buffer>, { type: 'wire' }>): string {
  if (as === 'records') {
    const hex = bytes.subarray(0, MOST_WIRE_BYTES).toString('hex').match(/../g) ?? [];
    return `    on the wire, TLS: ${hex.join(' ')}${bytes.length > MOST_WIRE_BYTES ? ' …' : ''} (${bytes.length} bytes)`;
  }
  if (bytes.length <= MOST_WIRE_TEXT) return `    on the wire: ${printableBytes(bytes)}`;
  return `    on the wire: ${printableBytes(bytes.subarray(0, MOST_WIRE_TEXT))}… (${bytes.length} bytes)`;
}

const MOST_WIRE_BYTES = 48;
/** A message of a few words takes some 200 in encrypted mode. */
const MOST_WIRE_TEXT = 400;

const LABELS = { client: 'client', server: 'Server' } as const;

/** `127.0.0.1:4747`, `[::1]:4747`. */
export function addressText({ address, port }: Address): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** In tls mode also the command for a client that accepts only this server. */
function listeningLines(
  { address, port, mode, certificate }: EventOf<'listening'>,
  command: string,
): readonly ShownLine[] {
  const started = `server started on ${addressText({ address, port })} in ${mode} mode; waiting for a client`;
  if (certificate === null) return [started];
  const isEverywhere = address === '0.0.0.0' || address === '::';
  return [
    started,
    `With this command${isEverywhere ? ' and the address of this machine' : ''}, a client talks to no other server:`,
    toCopy(
      `${command} connect ${addressText({ address: isEverywhere ? 'ADDRESS' : address, port })} --mode tls`,
      `--pin ${certificate}`,
    ),
  ];
}

/** A relay can ask the server for another check than the client did. So each person sees the check of their side. */
function connectedLines({ address, port, mode, integrity }: EventOf<'connected'>, us: Side): readonly ShownLine[] {
  const line =
    us === 'client'
      ? `Connected to SERVCHAT at ${addressText({ address, port })} in ${mode} mode. EXIT leaves.`
      : 'Client connected. EXIT leaves.';
  return integrity === null ? [line] : [line, `Integrity check: ${integrity} (both sides should see the same)`];
}

/**
 * A fingerprint as two people read it to each other: groups of four digits, two lines of eight groups. Both ends show
 * the same, unless someone in the middle has put in their own key.
 */
function fingerprintLines(fingerprint: Fingerprint, us: Side, command: string): readonly ShownLine[] {
  const groups = fingerprint.sha256.match(/.{4}/g) ?? [];
  return [
    `Fingerprint of ${OWNERS[fingerprint.of]} (both sides should see the same):`,
    `  ${groups.slice(0, 8).join(' ')}`,
    `  ${groups.slice(8).join(' ')}`,
    ...fingerprintAdvice(fingerprint, us, command),
  ];
}

/** What the fingerprint proves, or how it can be made to prove something. */
function fingerprintAdvice(
  { of, sha256, insisted, kept }: Fingerprint,
  us: Side,
  command: string,
): readonly ShownLine[] {
  if (of === 'server') {
    if (us === 'server') return [];
    return insisted
      ? ['It matches --pin, and the server has proved that it has the private key.']
      : ['Encrypted, but to whom? Compare it with what the server shows, or require it with --pin.'];
  }
  if (us === 'server') {
    return insisted
      ? ["It matches --expect-fingerprint. The client's first message will prove that it has the private key."]
      : [];
  }
  return kept
    ? [
        'You keep this key. With this command, a server takes no other client:',
        toCopy(`${command} serve`, '--expect-fingerprint', sha256),
      ]
    : [];
}

function capturedLines({ file, hadChat, keyLog, mode }: EventOf<'captured'>, command: string): readonly ShownLine[] {
  const what = hadChat ? 'The chat' : 'No chat began. The attempt';
  const word = shellWord(file);
  const opened = keyLog === null ? null : OPENED[MODE_FACTS[mode].carrier](word, shellWord(keyLog), command);
  return [
    `${what} is captured in ${printable(file)}, by a tap on this side's socket.`,
    'Its bytes and their times are real; the headers around them were rebuilt.',
    'What a listener can read of it:',
    toCopy(`${command} inspect ${word}`),
    ...(opened === null ? [] : ['What someone with the keys can read:', toCopy(opened)]),
    'In Wireshark:',
    toCopy(`wireshark ${word}`),
  ];
}

/** What opens a capture by the key log of its chat; null where nothing is sealed. */
const OPENED: Readonly<Record<Carrier, (capture: string, keyLog: string, command: string) => string | null>> = {
  line: () => null,
  token: (capture, keyLog, command) => `${command} inspect ${capture} --keys ${keyLog}`,
  record: (capture, keyLog) => `wireshark -o tls.keylog_file:${keyLog} ${capture}`,
};

/**
 * A command. Where it is too long for one row of a usual terminal, it has several rows, written as a shell accepts
 * them.
 */
function toCopy(...rows: readonly string[]): ShownLine {
  // On Windows, no shell continues a command after a backslash.
  const between = process.platform === 'win32' ? ' ' : ' \\\n    ';
  return { toCopy: `  ${rows.map(printable).join(between)}` };
}

const OWNERS = { client: "the client's public key", server: "the server's certificate" } as const;

function whatWentWrong(problem: Problem, us: Side): string {
  switch (problem.type) {
    case 'refused':
      return refusalSentence(problem, us);
    case 'reported':
      return `${isErrorCode(problem.code) ? REPORTS[problem.code] : UNKNOWN_REPORT} (ERROR ${printable(problem.code.slice(0, 80))})`;
    case 'cut-off':
      return CUT_OFF[problem.missing];
    case 'lost':
      return `The connection to the other side was lost (${problem.cause})`;
    case 'failed':
      return `Cannot ${problem.what === 'listen' ? 'listen on' : 'connect to'} ${addressText(problem)}: ${SYSTEM_CAUSES.get(problem.cause) ?? `the system reports ${problem.cause}`}`;
  }
}

const CUT_OFF = {
  handshake: 'The other side closed the connection during the handshake: is it a servchat in encrypted mode?',
  'first message':
    'The client ended the TLS connection before anyone had said anything; it may have refused our certificate',
  'leaving word':
    'The chat was cut off: the connection ended before anyone said EXIT or END. An attacker on the way can cause this',
  'TLS goodbye':
    'The chat was cut off: the connection ended without the goodbye of TLS (close_notify). An attacker on the way can cause this',
} as const;

function refusalSentence(refusal: Refusal, us: Side): string {
  const theirs = otherSide(us);
  switch (refusal.reason) {
    case 'mode':
      return `The ${theirs} seems to be in ${refusal.theirs} mode, this side in ${refusal.ours}: give both the same --mode`;
    case 'silence':
      return `The client has said nothing for ${refusal.seconds} s, as a client in plaintext mode does. This side is in ${refusal.ours} mode: give both the same --mode`;
    case 'version':
      return `The ${theirs} speaks another version of the protocol; the chat was ended`;
    case 'integrity':
      return `The client was refused: it asked for the ${refusal.asked} check, and this server takes only ${refusal.allowed.join(', ')}; --allow-integrity adds others`;
    case 'weak-key':
      return `The client was refused: ${refusal.detail}`;
    case 'fingerprint':
      return fingerprintRefusal(refusal);
    case 'envelope':
      return 'The session key was not made for our public key: has someone in the middle put in their own key?';
    case 'frame':
      return `The other side broke the protocol: ${refusal.detail}; the chat was ended`;
    case 'out-of-place':
      return refusal.during === 'handshake'
        ? `The ${theirs} sent ${refusal.frame} where ${us === 'server' ? 'its public key' : 'the session key'} should come`
        : `The other side sent ${refusal.frame} in the middle of the chat; the chat was ended`;
    case 'line-too-long':
      return `The other side sent a line of more than ${refusal.most} bytes; the chat was ended`;
    case 'tls':
      return `${refusal.during === 'handshake' ? 'The chat did not start' : 'The chat was ended'}: ${tlsWords(refusal.fault, refusal.detail, us)}`;
    case 'timeout':
      return `The handshake took longer than ${refusal.seconds} s; is the other side a servchat in encrypted mode?`;
    case 'busy':
      return 'turned away, because the server talks to one client at a time';
    case 'unproven':
      return 'turned away: another client has proved that it has the private key, and this one has not';
    case 'unexpected':
      return `What the other side sent made this program fail (${printable(refusal.detail)}); the connection was ended`;
    default:
      return `Message ${refusal.message} of the other side was refused: ${messageFault(refusal, us)}; the chat was ended`;
  }
}

function fingerprintRefusal({ of, sha256 }: Extract<Refusal, { reason: 'fingerprint' }>): string {
  return of === 'client'
    ? `The client was refused: its public key has the fingerprint ${sha256}, and --expect-fingerprint names another. A client makes a new key for each chat. To keep one, use connect --save-private-key FILE for the first chat and --private-key FILE for the others`
    : `The chat did not start: the server's certificate has the fingerprint ${sha256}, and --pin names another; nothing was sent`;
}

type MessageRefusal = Extract<Refusal, { reason: 'check' | 'sequence' | 'signature' | 'token' | 'text' }>;

function orFromElsewhere(integrity: Integrity): string {
  return COVERS[INTEGRITY_KINDS[integrity].covers].placed ? ' or belongs to another chat' : '';
}

function messageFault(refusal: MessageRefusal, us: Side): string {
  switch (refusal.reason) {
    case 'check': {
      const { integrity } = refusal;
      return `its ${integrity} check does not fit, so it was changed on its way${orFromElsewhere(integrity)}`;
    }
    case 'sequence': {
      const { by, message } = refusal.belongsTo;
      if (by === us) return `its check is that of our own message ${message}, so someone sent it back to us`;
      const became = message < refusal.message ? 'replayed' : 'moved, or a message before it was dropped';
      return `its check is that of their message ${message}, so it was ${became}`;
    }
    case 'signature':
      return "its check fits, but the token's signature does not fit";
    case 'token':
      return `its check fits, but ${refusal.detail}`;
    case 'text':
      return 'it is not one line of UTF-8 text';
  }
}

function tlsWords(fault: TlsFault, detail: string, us: Side): string {
  const theirs = otherSide(us);
  switch (fault) {
    case 'altered':
      return 'TLS refused what came: it was changed, repeated, dropped or moved on its way';
    case 'altered-there':
      return 'TLS on the other side refused what it received: it was changed on its way, or does not belong there';
    case 'no-tls':
      return 'the other side does not seem to speak TLS: give both the same --mode';
    case 'version':
      return 'TLS refused the handshake: the other side does not offer TLS 1.3, the only version that this side takes';
    case 'application':
      return 'TLS refused the handshake: the other side speaks TLS, but not servchat';
    case 'certificate':
      return `the ${theirs} refused our certificate`;
    case 'closed':
      return us === 'client'
        ? 'the server closed the connection during the TLS handshake; is it in tls mode?'
        : 'the client closed the connection during the TLS handshake. It may have refused our certificate (--pin), or it is not in tls mode';
    case 'timeout':
      return 'the other side did not finish the TLS handshake in time; is it in tls mode?';
    case 'other':
      return `TLS refused what came (${printable(detail)})`;
  }
}

const UNKNOWN_REPORT = 'The other side, or someone in the middle, reported an error';

const REPORTS: Readonly<Record<ErrorCode, string>> = {
  'mode-mismatch': 'The other side says that it is in another mode: give both the same --mode',
  'plaintext-mode': 'The other side says that it is in plaintext mode: give both the same --mode',
  'tls-mode': 'The other side says that it is in tls mode: give both the same --mode',
  'unsupported-version': 'The other side says that it speaks another version of the protocol',
  'integrity-refused':
    'The other side refuses this integrity check: choose another with --integrity, or allow it there with --allow-integrity',
  'bad-frame': 'The other side says that it received a line that is not a frame of the protocol',
  'line-too-long': 'The other side says that it received a line that is too long',
  'weak-key': 'The other side refuses the public key as too weak or malformed',
  rejected:
    'The other side refused what it received: it was changed on its way, or does not belong there, or the server takes only another key',
  busy: 'The server is in another chat: try again when it is over',
  timeout: 'The other side waited too long for the handshake',
};

const SYSTEM_CAUSES: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'the port is in use: stop the program that has it, or choose another with --port'],
  ['EADDRNOTAVAIL', 'this machine does not have that address: choose another with --host'],
  ['EACCES', 'permission denied: ports below 1024 are reserved, choose a higher one with --port'],
  ['ECONNREFUSED', 'nobody listens there: start `servchat serve` first, or check host and port'],
  ['ENOTFOUND', 'there is no host with that name; check how it is written'],
  ['EAI_AGAIN', 'the name of the host could not be looked up; is this machine connected to a network?'],
  ['EHOSTUNREACH', 'this machine cannot reach the host; check the address and the network'],
  ['ENETUNREACH', 'this machine cannot reach that network; check the address and the network'],
  ['ETIMEDOUT', 'the host does not answer; check the address, and whether a firewall is between'],
  ['timeout', 'the host does not answer within 10 s; check the address, and whether a firewall is between'],
]);
