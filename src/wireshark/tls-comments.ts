/**
 * Writes the comments on the packets of a TLS connection: what the two hellos show to anyone, and for each record
 * whether it is encrypted, its length and, with a key log, its content.
 */
import type {
  ConversationFindings,
  OpenedRecord,
  TlsFindings,
  TlsRecordFindings,
} from '../eavesdropper/findings/findings.js';
import { quoted, type Note } from './note.js';

/** A browser lists about twenty suites. */
const MOST_NAMES = 6;
/** They have their own comment. */
const HELLOS: readonly string[] = ['ClientHello', 'ServerHello'];

/** Empty if the conversation does not use TLS. */
export function tlsNotes({ tls }: Pick<ConversationFindings, 'tls'>): Note[] {
  if (tls === undefined) return [];
  return [...clientHelloNotes(tls), ...serverHelloNotes(tls), ...tls.records.flatMap(recordNotes)];
}

function clientHelloNotes({ clientHello }: TlsFindings): Note[] {
  if (clientHello === null) return [];
  const { place, serverName, applications, versions, keyShares, cipherSuites, resumes, earlyData } = clientHello;
  const said = [
    `it offers ${names(versions)}`,
    serverName === null ? 'it names no server' : `it asks for the server ${quoted(serverName)}`,
    ...(applications.length === 0 ? [] : [`inside it would like to talk ${names(applications.map(quoted))}`]),
    ...(keyShares.length === 0 ? [] : [`key shares: ${names(keyShares)}`]),
    `cipher suites: ${names(cipherSuites)}`,
    ...(resumes ? ['it offers to go on with an earlier session'] : []),
    ...(earlyData ? ['it sends data before the server answers'] : []),
  ];
  const text = `ClientHello: the client begins TLS; ${said.join('; ')}. None of this is secret: a listener can read it.`;
  return [{ place, name: 'ClientHello', text }];
}

function serverHelloNotes({ serverHello, retry }: TlsFindings): Note[] {
  if (serverHello === null) return [];
  const { place, version, cipherSuite, keyShare, application, resumes } = serverHello;
  const said = [
    `the server chooses ${version} and the suite ${cipherSuite.name}`,
    ...(keyShare === null ? [] : [`key share: ${keyShare}`]),
    ...(application === null ? [] : [`inside it will talk ${quoted(application)}`]),
    ...(resumes ? ['it goes on with an earlier session'] : []),
    ...(retry ? ['it had asked for another ClientHello'] : []),
  ];
  const text = `ServerHello: ${said.join('; ')}. None of this is secret: a listener can read it.`;
  return [{ place, name: 'ServerHello', text }];
}

function recordNotes(record: TlsRecordFindings): Note[] {
  const { place, type, bytes, sealed, opened } = record;
  const name = `a TLS record of the ${place.side}`;
  if (!sealed) {
    const messages = record.messages.filter((message) => !HELLOS.includes(message));
    if (messages.length === 0) return [];
    return [{ place, name, text: `TLS ${type} of the ${place.side}, unencrypted: ${messages.join(', ')}.` }];
  }
  const cut = record.isWhole ? '' : ', which the capture does not hold in full';
  const text =
    `TLS record of the ${place.side}, sealed: ${bytes} bytes${cut}. Its header says ${type}. ` +
    `A listener can see its length and its time, and cannot read it.${openedText(opened)}`;
  return [{ place, name, text }];
}

/** Only if the user gave a key log. */
function openedText(opened: OpenedRecord | null): string {
  if (opened === null) return '';
  if (!opened.ok) return ` The key log does not open it: ${opened.why}.`;
  const { type, bytes, messages, text } = opened;
  if (type !== 'application data') return ` With the key log it is ${[type, ...messages].join(', ')}.`;
  if (text === undefined) return ` With the key log it is ${bytes} bytes that are not text.`;
  return ` With the key log it says: ${quoted(text.replace(/\r?\n$/, ''))}.`;
}

function names(list: readonly string[]): string {
  if (list.length === 0) return 'none';
  const more = list.length - MOST_NAMES;
  return `${list.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
