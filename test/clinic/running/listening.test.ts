/** The system’s list of listening sockets, and its table of processes. The lines are those of a real Linux. */
import { expect, test } from '@jest/globals';

import { parseSocketTable } from '../../../src/clinic/running/listening.js';
import { parseStat } from '../../../src/clinic/running/processes.js';

test('reads ports and addresses of sockets that listen, and of no others', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 34567 1 0000000000000000 100 0 0 10 0
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 34568 1 0000000000000000 100 0 0 10 0
   2: 0100007F:1388 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 34569 1 0000000000000000 20 4 30 10 -1
   3: 0101007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 34570 1 0000000000000000 100 0 0 10 0
`;
  expect(parseSocketTable(table)).toEqual([
    { host: '127.0.0.1', port: 5000, inode: '34567' },
    { host: '127.0.0.1', port: 8080, inode: '34568' },
    { host: '127.0.1.1', port: 22, inode: '34570' },
  ]);
});

test('an IPv6 socket for every address is reached over IPv4, and one of the loopback over IPv6', () => {
  const row = (address: string): string =>
    `   0: ${address}:1388 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 77 1 x`;
  const hosts = ['00000000000000000000000000000000', '00000000000000000000000001000000'].map(
    (address) => parseSocketTable(row(address))[0]?.host,
  );
  expect(hosts).toEqual(['127.0.0.1', '::1']);
});

test('a name with brackets and spaces does not shift the fields of a process', () => {
  const line = '4242 (a) b (c) S 17 4200 4100 0 -1 4194304 100 0 0 0 25 5 0 0 20 0 1 0 99 0 0';
  const read = { pid: 4242, parent: 17, group: 4200, session: 4100, usedMs: 300, startedAt: 99, isRunnable: false };
  expect(parseStat(line)).toEqual(read);
  expect(parseStat(line.replace(') S ', ') R '))).toEqual({ ...read, isRunnable: true });
  expect(parseStat(line.replace(') S ', ') Z '))).toBeNull();
});
