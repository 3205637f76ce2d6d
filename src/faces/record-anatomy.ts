/** Splits a TLS record into its fields: what anyone can see in it without a key. */
import { clientHelloFields, serverHelloFields } from '../eavesdropper/tls/hello-fields.js';
import { MESSAGE, messageName } from '../eavesdropper/tls/handshake-messages.js';
import { CONTENT, RECORD_HEADER_BYTES } from '../eavesdropper/tls/tls-records.js';
import { recordZones } from '../eavesdropper/search/tls-zones.js';
import type { LineField, Words } from './frame-anatomy.js';
import { counted, listed } from './phrases.js';

/** Type and length of a handshake message (RFC 8446, section 4). */
const MESSAGE_HEADER_BYTES = 4;
/** A hello lists more cipher suites than anyone reads. */
const MOST_NAMES = 6;

/** What a record is called: `ClientHello`, `ChangeCipherSpec`, `application data`. */
export function recordName(record: Buffer): string {
  switch (record[0]) {
    case CONTENT.handshake:
      return messageName(record[RECORD_HEADER_BYTES] ?? -1) ?? 'handshake';
    case CONTENT.changeCipherSpec:
      return 'ChangeCipherSpec';
    case CONTENT.alert:
      return 'alert';
    case CONTENT.applicationData:
      return 'application data';
    default:
      return 'record';
  }
}

/** The fields of the record in the order of the bytes, without gaps. `isMessage`: whether it is a line of the chat. */
export function recordFields(record: Buffer): readonly LineField[] {
  const [type = 0] = record;
  const length = Math.max(0, record.length - RECORD_HEADER_BYTES);
  const header: LineField[] = [
    { name: 'type', bytes: record.subarray(0, 1), meaning: [`${type}: ${TYPES.get(type) ?? 'unknown'}`] },
    {
      name: 'version',
      bytes: record.subarray(1, 3),
      meaning: ['an old number: since TLS 1.3 it says nothing, and old devices expect it'],
    },
    { name: 'length', bytes: record.subarray(3, RECORD_HEADER_BYTES), meaning: [`${counted(length, 'byte')} follow`] },
  ];
  return [...header, ...contentFields(record, type)].filter(({ bytes }) => bytes.length > 0);
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [CONTENT.changeCipherSpec, 'ChangeCipherSpec'],
  [CONTENT.alert, 'an alert'],
  [CONTENT.handshake, 'a handshake message'],
  [CONTENT.applicationData, 'application data; after the hellos, every sealed record says so'],
]);

function contentFields(record: Buffer, type: number): readonly LineField[] {
  const content = record.subarray(RECORD_HEADER_BYTES);
  switch (type) {
    case CONTENT.handshake:
      return handshakeFields(record);
    case CONTENT.applicationData:
      return [{ name: 'sealed', bytes: content, meaning: [SEALED] }];
    case CONTENT.changeCipherSpec:
      return [{ name: 'content', bytes: content, meaning: ['it means nothing in TLS 1.3; old devices expect it'] }];
    case CONTENT.alert:
      return [{ name: 'alert', bytes: content, meaning: ['why the sender ends the connection, unsealed'] }];
    default:
      return [{ name: 'bytes', bytes: content, meaning: ['not a record of TLS'] }];
  }
}

const SEALED =
  'encrypted and signed. Anyone can see how long it is, and nothing else; a single flipped bit makes the receiver end the chat';

function handshakeFields(record: Buffer): readonly LineField[] {
  const [, ...zones] = merged(recordZones(record, { type: CONTENT.handshake, start: 0, end: record.length }));
  const says = helloWords(record.subarray(RECORD_HEADER_BYTES));
  return zones.map(({ start, end, part }) => {
    const [, message = 'handshake', field] = /\((\w+)(?:: ([^)]*))?\)$/.exec(part) ?? [];
    return { name: field ?? message, bytes: record.subarray(start, end), meaning: says(field ?? null) };
  });
}

type Zone = ReturnType<typeof recordZones>[number];

/** Zones that belong to the same part are one field. */
function merged(zones: readonly Zone[]): readonly Zone[] {
  return zones.reduce<readonly Zone[]>((before, zone) => {
    const last = before.at(-1);
    if (last?.part !== zone.part) return [...before, zone];
    return [...before.slice(0, -1), { ...last, end: zone.end }];
  }, []);
}

/** What each field of a hello says. */
function helloWords(content: Buffer): (field: string | null) => Words {
  const body = content.subarray(MESSAGE_HEADER_BYTES);
  const words = content[0] === MESSAGE.clientHello ? clientWords(body) : serverWords(body);
  return (field) => words.get(field ?? '') ?? [field === null ? 'the message’s own lengths and marks' : OTHER];
}

const OTHER = 'part of the handshake, readable for anyone';

function clientWords(body: Buffer): ReadonlyMap<string, Words> {
  const fields = clientHelloFields(body);
  if (fields === null) return new Map();
  const { cipherSuites, applications, versions, serverName, keyShares } = fields;
  const names = (list: readonly string[]): Words => [{ captured: firstOf(list) }];
  return new Map<string, Words>([
    ['version', ['an old number; the versions that the client really offers come below']],
    ['random', ['32 random bytes of the client. A key log finds the connection by them']],
    ['session id', ['random; TLS 1.3 does not use it, and old devices expect it']],
    ['cipher suites', ['what the client can encrypt with: ', ...names(cipherSuites)]],
    ['server name', ['the server that the client wants: ', { captured: serverName ?? 'none' }]],
    ['ALPN', ['the protocol that the client wants to speak inside: ', ...names(applications)]],
    ['supported versions', ['the versions of TLS that the client offers: ', ...names(versions)]],
    ['supported groups', ['the groups that the client knows for the key exchange']],
    ['signature algorithms', ['the signatures that the client can check']],
    ['key share', ['the client’s public half of the key exchange: ', ...names(keyShares), SHARE]],
  ]);
}

function serverWords(body: Buffer): ReadonlyMap<string, Words> {
  const fields = serverHelloFields(body);
  if (fields === null) return new Map();
  const { cipherSuite, version, keyShare } = fields;
  return new Map<string, Words>([
    ['version', ['an old number; the version that the server chose comes below']],
    ['random', ['32 random bytes of the server']],
    ['session id', ['the client’s, sent back; TLS 1.3 does not use it']],
    ['cipher suites', ['what both will encrypt with: ', { captured: cipherSuite.name }]],
    ['supported versions', ['the version that the server chose: ', { captured: version ?? 'unknown' }]],
    ['key share', ['the server’s public half of the key exchange: ', { captured: keyShare ?? 'none' }, SHARE]],
  ]);
}

const SHARE = '. Its secret half never crosses the wire';

function firstOf(list: readonly string[]): string {
  if (list.length === 0) return 'none';
  const more = list.length - MOST_NAMES;
  return more > 0 ? `${list.slice(0, MOST_NAMES).join(', ')} and ${more} more` : listed(list);
}
