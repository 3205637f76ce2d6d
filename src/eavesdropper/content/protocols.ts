/**
 * Protocols that give themselves away by how they begin. What is named here is named by what the first bytes say, not
 * by the port: a server can listen where it likes.
 */
import { clientHello, serverHello } from '../tls/tls-hello.js';
import { CONTENT, RECORD_HEADER_BYTES, recordAt } from '../tls/tls-records.js';
import type { Side } from '../../protocol/side.js';

type ClearName = 'HTTP' | 'SMTP' | 'FTP' | 'Telnet' | 'IRC' | 'POP' | 'IMAP';

/**
 * `encrypts`: whether the protocol encrypts what it carries. False says nothing about what is carried inside it: SMTP
 * can turn to TLS later (STARTTLS), and HTTP can carry TLS to another server (CONNECT).
 */
export type ProtocolFindings =
  | { readonly name: ClearName; readonly encrypts: false }
  | {
      readonly name: 'TLS';
      /** Whether TLS was set up, as far as the first bytes tell: a client's hello alone encrypts nothing. */
      readonly encrypts: boolean;
      /**
       * What the server's first bytes are: a record of TLS, its alert that ends the handshake, something else, or not
       * there.
       */
      readonly answer: 'tls' | 'alert' | 'other' | 'none';
      /** `TLS 1.3`; what the server chose, or the newest that the client offers; null where neither was captured. */
      readonly version: string | null;
      /** The name that the client asks for, in clear: who is called can be read. */
      readonly serverName: string | null;
      /**
       * What the client offers to talk inside, in clear: `servchat/1` for a chat of ours. Absent where it does not say.
       */
      readonly application?: string;
    }
  | {
      readonly name: 'SSH';
      readonly encrypts: true;
      /** What each side says of itself, without its line end. */
      readonly banners: Readonly<Record<Side, string | null>>;
    };

const REQUEST = /^(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PROPFIND|M-SEARCH) \S+ HTTP\/\d/;
const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n';
const IAC = 0xff;

/** `heads`: the first bytes of either side, as many as there are. */
export function protocolOf(heads: Readonly<Record<Side, Buffer>>): ProtocolFindings | null {
  const tls = tlsOf(heads);
  if (tls !== null) return tls;
  const client = heads.client.toString('latin1', 0, 256);
  const server = heads.server.toString('latin1', 0, 256);
  if (/^SSH-\d/.test(client) || /^SSH-\d/.test(server))
    return { name: 'SSH', encrypts: true, banners: { client: banner(client), server: banner(server) } };
  const name = clearName(client, server, heads);
  return name === null ? null : { name, encrypts: false };
}

function clearName(client: string, server: string, heads: Readonly<Record<Side, Buffer>>): ClearName | null {
  if (REQUEST.test(client) || client.startsWith(HTTP2_PREFACE) || /^HTTP\/\d(\.\d)? \d{3}/.test(server)) return 'HTTP';
  if (
    /^\* (OK|PREAUTH|BYE)\b/.test(server) ||
    /^\w{1,16} (LOGIN|CAPABILITY|AUTHENTICATE|STARTTLS|SELECT) ?/i.test(client)
  )
    return 'IMAP';
  if (/^(\+OK|-ERR)\b/.test(server)) return 'POP';
  if (/^(EHLO|HELO|LHLO) /i.test(client) || /^220[ -].*\bE?SMTP\b/i.test(server)) return 'SMTP';
  if (/^220[ -]/.test(server) && (client === '' || /^(USER|AUTH|FEAT|SYST|QUIT|OPTS|PASS)\b/i.test(client)))
    return 'FTP';
  if (
    /^(CAP (LS|REQ|END)|NICK \S|PASS \S+\r?\nNICK |USER \S+ \S+ \S+ :)/i.test(client) ||
    /^:\S+ (NOTICE|\d{3}) \S+ /.test(server)
  )
    return 'IRC';
  if (isTelnet(heads.client) || isTelnet(heads.server)) return 'Telnet';
  return null;
}

/**
 * RFC 854: IAC, then WILL, WONT, DO or DONT, then an option. FF FE is the byte-order mark of UTF-16 too, and a
 * character follows.
 */
function isTelnet(head: Buffer): boolean {
  if (head[1] === 0xfe && (head[3] === 0 || head[2] === 0)) return false;
  return (
    head.length >= 3 && head[0] === IAC && (head[1] ?? 0) >= 0xfb && (head[1] ?? 0) <= 0xfe && (head[2] ?? 0) < 0x60
  );
}

function banner(head: string): string | null {
  const [line = ''] = head.split(/\r?\n/);
  return line.startsWith('SSH-') ? line : null;
}

function tlsOf({ client, server }: Readonly<Record<Side, Buffer>>): ProtocolFindings | null {
  const asked = clientHello(client);
  const answered = serverHello(server);
  if (asked === null && answered === null && !hasRecords(client) && !hasRecords(server)) return null;
  const application = asked?.application ?? null;
  const answer = answerOf(server);
  return {
    name: 'TLS',
    encrypts: answer === 'tls' || (answer === 'none' && (asked === null || goesOn(client))),
    answer,
    version: answered?.version ?? asked?.version ?? null,
    serverName: asked?.serverName ?? null,
    ...(application === null ? {} : { application }),
  };
}

function answerOf(server: Buffer): Extract<ProtocolFindings, { name: 'TLS' }>['answer'] {
  if (server.length === 0) return 'none';
  const record = recordAt(server, 0);
  if (record?.type === CONTENT.alert) return 'alert';
  // Cut before the header's end, it may be one.
  return record === null && server.length >= RECORD_HEADER_BYTES ? 'other' : 'tls';
}

/** Whether a client whose server was not captured went on after its hello: to sealed records. */
function goesOn(client: Buffer): boolean {
  for (let record = recordAt(client, 0); record !== null; record = recordAt(client, record.end)) {
    if (record.type === CONTENT.applicationData || record.type === CONTENT.changeCipherSpec) return true;
  }
  return false;
}

/** Joined midway: at least two TLS records, one behind the other (RFC 8446, section 5.1). */
function hasRecords(head: Buffer): boolean {
  let count = 0;
  let at = 0;
  for (
    let record = recordAt(head, at);
    record !== null && record.end > at + RECORD_HEADER_BYTES;
    record = recordAt(head, at)
  ) {
    at = record.end;
    count += 1;
  }
  // What is left, if anything, is the beginning of a header.
  return count >= 2 && at + RECORD_HEADER_BYTES > head.length;
}
