/**
 * Says what to look at next, at the end of a demo. Filters and commands have their own lines and are never broken, so
 * that you can copy them. `command` is how the reader calls servchat from the current folder.
 */
import type { CaptureFindings, EncryptedComparison } from '../eavesdropper/findings/findings.js';
import { comparedConversations } from './comparison-summary.js';
import { frameList } from './phrases.js';
import { printable } from '../printable.js';
import { shellWord } from '../shell-word.js';
import {
  FOLLOW_MENU,
  framesThatContain,
  messageToSearch,
  wiresharkFilterContains,
  wiresharkFilterConversation,
} from './wireshark.js';

interface Step {
  readonly says: string;
  /** Text to copy, one piece a line. */
  readonly lines: readonly string[];
}

/** After one capture. Lines without an LF at the end. */
export function captureNextSteps(
  findings: CaptureFindings,
  { keyLog, command }: { readonly keyLog: string | null; readonly command: string },
): string {
  const conversation = findings.conversations[0];
  return written([
    { says: 'Open it in Wireshark:', lines: [`wireshark ${shellWord(findings.file)}`] },
    ...(conversation === undefined
      ? []
      : [
          {
            says: `Filter on the conversation, then ${FOLLOW_MENU}:`,
            lines: [wiresharkFilterConversation(conversation)],
          },
        ]),
    ...(conversation?.protocol?.name === 'TLS'
      ? tlsOpeningSteps(findings.file, keyLog)
      : openingSteps(findings.file, keyLog, command)),
  ]);
}

/** After both captures. Lines without an LF at the end. */
export function comparisonNextSteps(
  comparison: EncryptedComparison,
  {
    report,
    keyLog,
    command,
  }: { readonly report: readonly string[]; readonly keyLog: string | null; readonly command: string },
): string {
  const { plaintext, encrypted } = comparison;
  return written([
    { says: 'The report:', lines: report },
    {
      says: 'Open the captures in Wireshark:',
      lines: [`wireshark ${shellWord(plaintext.file)}`, `wireshark ${shellWord(encrypted.file)}`],
    },
    ...followSteps(comparison),
    ...searchSteps(comparison),
    ...openingSteps(encrypted.file, keyLog, command),
  ]);
}

function followSteps(comparison: EncryptedComparison): Step[] {
  const { plaintext, encrypted } = comparedConversations(comparison);
  const filters = [plaintext, encrypted].flatMap((talk) => (talk === null ? [] : [wiresharkFilterConversation(talk)]));
  if (filters.length === 0) return [];
  return [{ says: `Filter on the conversation, then ${FOLLOW_MENU}:`, lines: [...new Set(filters)] }];
}

function searchSteps({ messages }: EncryptedComparison): Step[] {
  const longest = messageToSearch(messages);
  if (longest === null) return [];
  const shows = (numbers: readonly number[]) => (numbers.length === 0 ? 'no packet' : frameList(numbers));
  const found = shows(framesThatContain(longest.plaintext));
  const says = `Search: this shows ${found} in plaintext, and ${shows(framesThatContain(longest.encrypted))} encrypted:`;
  return [{ says, lines: [wiresharkFilterContains(longest.text)] }];
}

function openingSteps(file: string, keyLog: string | null, command: string): Step[] {
  if (keyLog === null) return [];
  const lines = [`${command} inspect ${shellWord(file)} --keys ${shellWord(keyLog)}`];
  return [{ says: 'Read the encrypted chat, as someone with its key can:', lines }];
}

/** Wireshark can read a TLS key log itself. */
function tlsOpeningSteps(file: string, keyLog: string | null): Step[] {
  if (keyLog === null) return [];
  const lines = [`wireshark -o tls.keylog_file:${shellWord(keyLog)} ${shellWord(file)}`];
  return [{ says: 'Read it, as someone with its keys can; then Analyze → Follow → TLS Stream:', lines }];
}

function written(steps: readonly Step[]): string {
  return steps.flatMap(({ says, lines }) => [says, ...lines.map((line) => `  ${printable(line)}`)]).join('\n');
}
