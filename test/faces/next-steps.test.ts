import { expect, test } from '@jest/globals';
import { captureNextSteps, comparisonNextSteps } from '../../src/faces/next-steps.js';
import { capture, comparison, encryptedConversation } from '../lesson/fixture.js';

test('after a comparison: where the files are, and what to type', () => {
  expect(
    comparisonNextSteps(comparison(), {
      report: ['lessons/report.html', 'lessons/report.md'],
      keyLog: 'captures/encrypted.keylog',
      command: 'servchat',
    }).split('\n'),
  ).toEqual([
    'The report:',
    '  lessons/report.html',
    '  lessons/report.md',
    'Open the captures in Wireshark:',
    '  wireshark captures/plaintext.pcap',
    '  wireshark captures/encrypted.pcap',
    'Filter on the conversation, then Analyze → Follow → TCP Stream:',
    '  tcp.stream eq 0',
    'Search: this shows frame 10 in plaintext, and no packet encrypted:',
    '  frame contains "I am from Computer science department"',
    'Read the encrypted chat, as someone with its key can:',
    '  servchat inspect captures/encrypted.pcap --keys captures/encrypted.keylog',
  ]);
});

test('after one capture: its own number and path', () => {
  const findings = capture("it's here/a.pcap", [{ ...encryptedConversation(), number: 3 }]);
  const page = captureNextSteps(findings, { keyLog: null, command: 'servchat' });
  expect(page).toContain("  wireshark 'it'\\''s here/a.pcap'");
  expect(page).toContain('  tcp.stream eq 3');
  expect(page).not.toContain('--keys');
});

test('a capture without a conversation: no filter to follow one', () => {
  expect(captureNextSteps(capture('a.pcap', []), { keyLog: null, command: 'servchat' })).toBe(
    'Open it in Wireshark:\n  wireshark a.pcap',
  );
});

test('a path cannot control the terminal', () => {
  expect(captureNextSteps(capture('\x1b[2J', []), { keyLog: null, command: 'servchat' })).toContain("'\\x1b[2J'");
});
