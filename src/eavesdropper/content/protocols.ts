/**
 * Protocols that we can recognise by their first bytes. The port does not count, because a server can listen on any
 * port.
 */
import { clientHello, serverHello } from '../tls/tls-hello.js';
import { CONTENT, RECORD_HEADER_BYTES, recordAt } from '../tls/tls-records.js';
import type { Side } from '../../protocol/side.js';

type ClearName = 'HTTP' | 'WebSocket' | 'SMTP' | 'FTP' | 'Telnet' | 'IRC' | 'POP' | 'IMAP';

/**
 * `encrypts`: whether the protocol encrypts what it carries. `false` says nothing about other protocols inside it: SMTP
 * can change to TLS later (STARTTLS), and HTTP can carry TLS to another server (CONNECT).
 */
export type ProtocolFindings =
  | { readonly name: ClearName; readonly encrypts: false }
  | {
      readonly name: 'TLS';
      /** Whether TLS was set up, as far as the first bytes show. A ClientHello alone encrypts nothing. */
      readonly encrypts: boolean;
      /**
       * What the server's first bytes are: a TLS record, a ServerHello that chooses a cipher which encrypts nothing, a
       * TLS alert that ends the handshake, something else, or nothing.
       */
      readonly answer: 'tls' | 'unencrypted' | 'alert' | 'other' | 'none';
      /**
       * For example `TLS 1.3`: the version that the server chose, or else the newest that the client offers. null if
       * neither was captured.
       */
      readonly version: string | null;
      /**
       * The server name that the client asks for. It is unencrypted, so a listener knows which server the client calls.
       */
      readonly serverName: string | null;
      /**
       * The application protocol that the client offers (ALPN), unencrypted: `servchat/1` for a chat of this program.
       * Absent if the client does not say.
       */
      readonly application?: string;
    }
  | {
      readonly name: 'SSH';
      readonly encrypts: true;
      /** The line with which each side introduces itself, without its line end. */
      readonly banners: Readonly<Record<Side, string | null>>;
    };

/** A request with a field behind it: nobody types that in a chat. */
const HTTP_HEADER = /^[A-Z-]+ \S+ HTTP\/1\.\d\r\n[\w-]+:/;
const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n';
const IAC = 0xff;

/** Names the protocol, or returns null. `heads`: the first bytes of each side, as many as there are. */
export function protocolOf(heads: Readonly<Record<Side, Buffer>>): ProtocolFindings | null {
  const tls = tlsOf(heads);
  if (tls !== null) return tls;
  const client = heads.client.toString('latin1', 0, 256);
  const server = heads.server.toString('latin1', 0, 256);
  if (areBoth(client, SSH, server, SSH))
    return { name: 'SSH', encrypts: true, banners: { client: banner(client), server: banner(server) } };
  const name = clearName(client, server) ?? (isTelnet(heads.client) || isTelnet(heads.server) ? 'Telnet' : null);
  return name === null ? null : { name, encrypts: false };
}

const SSH = /^(?:[^\n]*\n)*?SSH-\d\.\d+-\S/;

/** What each side says first. A word alone is not enough: people also say "please select" or "220 of them". */
const OPENINGS: readonly {
  readonly name: ClearName;
  readonly client: RegExp;
  readonly server: RegExp;
  /** How the client's second line begins, if the protocol has lines of commands. Also base64, in a login. */
  readonly next?: RegExp;
  /** If the other side was not captured or says nothing, one side has to say more. */
  readonly clientAlone?: RegExp;
  readonly serverAlone?: RegExp;
}[] = [
  {
    // RFC 6455, section 1.2.
    name: 'WebSocket',
    client: /^GET \S+ HTTP\/1\.1\r?\n/,
    server: /^HTTP\/1\.1 101 [^\n]*\n(?:[^\n]+\n)*upgrade:[ \t]*websocket[ \t]*\r?\n/i,
    // The client only asks for it.
    clientAlone: /^$/,
  },
  {
    name: 'HTTP',
    client: /^(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PROPFIND|M-SEARCH) \S+ HTTP\/\d/,
    server: /^HTTP\/\d(\.\d)? \d{3}\b/,
  },
  {
    name: 'IMAP',
    client:
      /^[\w.]{1,16} (LOGIN ("[^"]*"|\S+) ("[^"]*"|\S+)(?=\r?\n)|CAPABILITY|AUTHENTICATE \S|STARTTLS|SELECT \S|EXAMINE \S|LIST \S|ID [(n]|NOOP|LOGOUT)[^\n]*\r?\n/i,
    next: /^(?:[\w.]{1,16} [a-z]+(?:\r?$| )|(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?\r?$|\*\r?$|DONE\r?$)/i,
    server: /^(\* (OK|PREAUTH|BYE|CAPABILITY|\d+ EXISTS)\b|[a-z]?\d{1,6} (OK|NO|BAD) )/i,
    clientAlone: /^[a-z]?\d{1,6} (LOGIN|CAPABILITY|AUTHENTICATE|STARTTLS|SELECT)\b[^\n]*\r\n/i,
    serverAlone: /^\* (OK|PREAUTH) [^\n]*IMAP/i,
  },
  {
    name: 'POP',
    client: /^(USER \S+|APOP \S+ \S+|CAPA|AUTH( \S+)*|STLS|STAT|LIST|NOOP|QUIT)\r?\n/i,
    next: /^(?:(?:USER|PASS|APOP|RETR|TOP|DELE) \S|(?:STAT|CAPA|STLS|NOOP|RSET|QUIT)\r?$|(?:LIST|UIDL)(?: \d+)?\r?$|AUTH\b|(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?\r?$)/i,
    server: /^(\+OK|-ERR)\b/,
    clientAlone: /^(USER \S+\r\nPASS [^\n]*|APOP \S+ [0-9a-f]{32})\r\n/i,
    serverAlone: /^\+OK [^\n]*(POP3?\b|<\S+@\S+>)/i,
  },
  {
    name: 'SMTP',
    client: /^(EHLO|HELO|LHLO) \S+\s*\r?\n/i,
    next: /^(?:(?:MAIL|RCPT) |(?:DATA|RSET|QUIT|NOOP|STARTTLS|HELP)\b *\r?$|(?:EHLO|HELO|LHLO|AUTH|VRFY|EXPN|BDAT|XCLIENT) \S+(?: \S+)*\r?$|(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?\r?$)/i,
    server: /^(220|250)[ -]/,
    clientAlone: /^(EHLO|HELO|LHLO) ([\w-]+\.[\w.-]+|\[\S+\]|localhost)\r\n/i,
    serverAlone: /^220[ -][^\n]*\bE?SMTP\b/i,
  },
  {
    name: 'FTP',
    client: /^(USER \S+|AUTH (TLS|SSL)\S*|FEAT|SYST|QUIT|OPTS [^\n]*)\r?\n/i,
    next: /^(?:(?:USER|PASS|ACCT|CWD|TYPE|PORT|EPRT|RETR|STOR|SIZE|MDTM|OPTS|MODE|PBSZ|PROT|CLNT|LIST|NLST|HELP|REST|AUTH|MKD|RMD|DELE) ?\S*(?: \S+)*\r?$|(?:PWD|XPWD|SYST|FEAT|PASV|EPSV|QUIT|NOOP|CDUP|STAT|LIST|NLST)\r?$)/i,
    server: /^220[ -]/,
    serverAlone: /^220[ -][^\n]*FTP/i,
  },
  {
    name: 'IRC',
    client: /^(CAP (LS|REQ|END)\b|NICK \S+\s|PASS \S+\s|USER \S+ \S+ \S+ :?\S|STARTTLS\r?\n)/i,
    server: /^(:\S+ (NOTICE|CAP|\d{3}) \S+ |NOTICE \S+ :|PING :|ERROR :)/,
    clientAlone: /^(CAP LS[^\n]*\r?\n|PASS \S+\r?\n)?(NICK \S+\r?\nUSER |USER \S+ \S+ \S+ :[^\n]*\nNICK )/i,
    serverAlone: /^:\S+ (NOTICE|\d{3}) \S+ :?\S/,
  },
];

function clearName(client: string, server: string): ClearName | null {
  const opening = OPENINGS.find(
    (each) =>
      areBoth(client, each.client, server, each.server, each.clientAlone, each.serverAlone) &&
      (each.next === undefined || goesOnAs(each.next, client, server)),
  );
  if (opening !== undefined) return opening.name;
  return client.startsWith(HTTP2_PREFACE) || HTTP_HEADER.test(client) ? 'HTTP' : null;
}

/**
 * Whether the client's second line is a command too. If there is none yet, the lines must end as those of programs do:
 * people in a chat of their own also say "220 km to go" and "HELO there".
 */
function goesOnAs(next: RegExp, client: string, server: string): boolean {
  const [, second] = client.split('\n').slice(0, -1);
  return second === undefined
    ? client === '' || server === '' || (client + server).includes('\r\n')
    : next.test(second);
}

/** Whether both sides say what is expected; of a side that says nothing, the other says more. */
function areBoth(
  client: string,
  clientSays: RegExp,
  server: string,
  serverSays: RegExp,
  clientAlone = clientSays,
  serverAlone = serverSays,
): boolean {
  if (client === '' && server === '') return false;
  if (server === '') return clientAlone.test(client);
  if (client === '') return serverAlone.test(server);
  return clientSays.test(client) && serverSays.test(server);
}

/**
 * RFC 854: IAC, then WILL, WONT, DO or DONT, then an option. FF FE is also the byte-order mark of UTF-16; then a
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
  const answer = answered?.isNull === true ? 'unencrypted' : answerOf(server);
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
  // If the bytes end within the header, it may still be a TLS record.
  return record === null && server.length >= RECORD_HEADER_BYTES ? 'other' : 'tls';
}

/** Whether a client sent encrypted records after its ClientHello. Asked where the server's side was not captured. */
function goesOn(client: Buffer): boolean {
  for (let record = recordAt(client, 0); record !== null; record = recordAt(client, record.end)) {
    if (record.type === CONTENT.applicationData || record.type === CONTENT.changeCipherSpec) return true;
  }
  return false;
}

/** For a capture that begins in the middle: at least two TLS records in a row (RFC 8446, section 5.1). */
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
  // Anything left over must be the beginning of a header.
  return count >= 2 && at + RECORD_HEADER_BYTES > head.length;
}
