/**
 * The search in what a key opened, in the TLS sample. Records that stay closed are reported, and no text is found
 * across them.
 */
import fs from 'node:fs';

import { beforeAll, expect, test } from '@jest/globals';

import { inspectCapture } from '../../../src/eavesdropper/inspect.js';
import { OpenedSearch, type KeyFind } from '../../../src/eavesdropper/search/opened-search.js';
import { TlsKeyLog } from '../../../src/keyholder/tls/tls-key-log.js';
import { tlsOpenerWith } from '../../../src/keyholder/tls/tls-opening.js';
import type { ConversationFindings, OpenedRecord } from '../../../src/eavesdropper/findings/findings.js';

let chat: ConversationFindings;
beforeAll(async () => {
  const tlsOpener = tlsOpenerWith(new TlsKeyLog(fs.readFileSync('captures/samples/tls.keylog')));
  [chat] = (await inspectCapture('captures/samples/tls.pcap', { tlsOpener })).findings.conversations as [typeof chat];
});

/** The chat, with these results for the client's records of application data, from the first one on. */
function chatWith(...outcomes: readonly OpenedRecord[]): ConversationFindings {
  const left = [...outcomes];
  const records = chat.tls!.records.map((record) => {
    if (record.place.side !== 'client' || record.opened?.ok !== true || record.opened.text === undefined) return record;
    return { ...record, opened: left.shift() ?? record.opened };
  });
  return { ...chat, tls: { ...chat.tls!, records } };
}

function saying(text: string): OpenedRecord {
  return { ok: true, type: 'application data', bytes: text.length, padding: 0, messages: [], text };
}
const CLOSED: OpenedRecord = { ok: false, why: 'a test closed it' };

function findIn(conversation: ConversationFindings, text: string): KeyFind {
  const search = new OpenedSearch(text);
  search.take(conversation);
  return search.outcome;
}

test('a text that is split over two records is found, with the frames of both', () => {
  const [first, second] = chat.tls!.records.filter(
    ({ place, opened }) => place.side === 'client' && opened?.ok === true && opened.text !== undefined,
  );
  expect(findIn(chatWith(saying('see you at '), saying('midnight\n')), 'at midnight')).toEqual({
    found: true,
    place: { ...first!.place, lastFrame: second!.place.lastFrame },
    message: null,
    shape: 'as typed',
  });
});

test('no text is found across a record that stayed closed, and the verdict is “cannot tell”', () => {
  const conversation = chatWith(saying('see you at '), CLOSED, saying('midnight\n'));
  expect(findIn(conversation, 'at midnight')).toMatchObject({ found: false, isWhole: false });
  expect(findIn(conversation, 'midnight')).toMatchObject({ found: true });
});

test('a disguised text is found inside TLS as it is on the wire', () => {
  const base64 = Buffer.from('see you at midnight').toString('base64');
  expect(findIn(chatWith(saying(`${base64}\n`)), 'see you at midnight')).toMatchObject({
    found: true,
    shape: 'base64',
  });
});

test('without a key nothing is opened, and the result is not complete', () => {
  const records = chat.tls!.records.map((record) => ({ ...record, opened: null }));
  expect(findIn({ ...chat, tls: { ...chat.tls!, records, opening: null } }, 'Hello')).toEqual({
    found: false,
    opened: 0,
    isWhole: false,
  });
});
