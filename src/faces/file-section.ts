/** Shows at a terminal what `inspect` says of a capture file as a whole. */
import type { CaptureFindings } from '../eavesdropper/findings/findings.js';
import { MOST_SHOWN, shortened } from './columns.js';
import type { Look } from './look.js';
import { counted, listed } from './phrases.js';
import { MOST_IN_FULL } from './shown.js';
import { headingLines, proseLines } from './table.js';

/** The name that means standard input. */
const STANDARD_INPUT = '-';

/** Protocols over UDP that encrypt what they carry. */
const SEALED: ReadonlySet<string> = new Set(['QUIC', 'DTLS']);

export function fileSection(findings: CaptureFindings, look: Look): string[] {
  const { file, linkType, packets, damage, otherPackets, contents } = findings;
  const others = Object.entries(otherPackets).map(
    ([kind, count]) => `${count} ${kind}${SEALED.has(kind) ? ' (encrypted)' : ''}`,
  );
  const content = [
    counted(packets, 'packet'),
    linkType.name,
    counted(contents.conversations, 'TCP conversation'),
    ...(others.length === 0 ? [] : [`outside of them: ${listed(others)}`]),
  ];
  const lines = [
    ...headingLines(file === STANDARD_INPUT ? 'standard input' : file, look),
    ...proseLines(content.join(', '), look, 2),
    ...findings.contents.comments
      .slice(0, MOST_IN_FULL)
      .flatMap(({ on, packet, text }) =>
        proseLines(
          `comment on ${packet === null ? `the ${on}` : `packet ${packet}`}: ${shortened(text, MOST_SHOWN)}`,
          look,
          2,
          2,
        ),
      ),
    ...secretLines(findings, look),
    ...headerLines(findings, look),
    ...datagramLines(findings, look),
    ...fragmentLines(findings, look),
    ...orderLines(findings, look),
    ...leftOutLines(findings, look),
  ];
  if (damage === null) return lines;
  const where = `Reading stopped at packet ${damage.packet}, byte ${damage.offset} of the file`;
  return [...lines, ...proseLines(`${where}: ${damage.message}`, look, 2, 2, 'strong')];
}

function orderLines({ contents: { outOfOrder: backwards } }: CaptureFindings, look: Look): string[] {
  if (backwards === undefined) return [];
  const what = `${counted(backwards, 'packet')} of the file ${backwards === 1 ? 'is' : 'are'} older than one before: the file is not in the order of time, so bytes may be missed; Wireshark’s reordercap sorts it`;
  return proseLines(what, look, 2, 2, 'strong');
}

/** Reports TLS secrets in the file. Everyone who has the file has them too, but the listener does not use them. */
function secretLines({ contents: { tlsSecrets }, file }: CaptureFindings, look: Look): string[] {
  if (tlsSecrets === undefined) return [];
  const what = `the file itself holds a TLS key log (${counted(tlsSecrets, 'line')}): anyone who has it can open what was in TLS`;
  const how =
    file === STANDARD_INPUT
      ? 'Wireshark does so by itself'
      : 'Wireshark does so by itself; servchat does with --keys and the name of this file';
  return proseLines(`${what}. ${how}`, look, 2, 2, 'strong');
}

/** Explains why the list skips some numbers. */
function headerLines({ contents: { onlyHeaders } }: CaptureFindings, look: Look): string[] {
  if (onlyHeaders === undefined) return [];
  const [which, whose] =
    onlyHeaders === 1
      ? ['1 conversation has a number, as in Wireshark, but no packet', 'its header']
      : [`${onlyHeaders} conversations have a number, as in Wireshark, but no packets`, 'a header of each'];
  return proseLines(`${which}: only ${whose} was captured, quoted in an ICMP error or damaged`, look, 2, 2);
}

/** Nobody should take what is sent over UDP for hidden. */
function datagramLines({ contents: { datagrams } }: CaptureFindings, look: Look): string[] {
  if (datagrams === undefined) return [];
  const { readable, first, unlooked } = datagrams;
  const hold = readable === 1 ? 'holds' : 'hold';
  const text = shortened(first.text, MOST_SHOWN);
  const what = `${counted(readable, 'datagram')} of UDP ${hold} text that anyone can read. The first is in frame ${first.frame}: “${text}”`;
  const more =
    unlooked === undefined
      ? ''
      : `. ${counted(unlooked, 'further datagram')} ${unlooked === 1 ? 'was' : 'were'} not looked at`;
  return proseLines(`${what}${more}`, look, 2, 2, 'strong');
}

function fragmentLines({ contents: { fragments } }: CaptureFindings, look: Look): string[] {
  if (fragments === undefined) return [];
  const { reassembled, incomplete, conflicts, bad } = fragments;
  const lost = [
    ...(incomplete === 0 ? [] : [`${counted(incomplete, 'packet')} with missing fragments`]),
    ...(conflicts === 0 ? [] : [`${counted(conflicts, 'fragment')} with other bytes than before`]),
    ...(bad === 0 ? [] : [`${counted(bad, 'fragment')} that cannot be part of a packet`]),
  ];
  const put = `${counted(reassembled, 'packet')} put together again`;
  return proseLines(`IP fragments: ${[put, ...lost].join(', ')}`, look, 2, 2, lost.length === 0 ? 'plain' : 'strong');
}

/**
 * Says what the listener skipped because of its own limits. Without this, the reader would think that the output is
 * complete.
 */
function leftOutLines({ leftOut }: CaptureFindings, look: Look): string[] {
  const { conversations, latePackets, lateBytes, forgottenPairs } = leftOut;
  const notes = [
    ...(conversations === 0
      ? []
      : [
          `${counted(conversations, 'conversation')} more ${conversations === 1 ? 'is' : 'are'} not listed; --format ndjson lists all`,
        ]),
    ...(latePackets === 0
      ? []
      : [
          `${counted(latePackets, 'packet')} with ${counted(lateBytes, 'byte')} came after servchat had forgotten their conversation, and were not read`,
        ]),
    ...(forgottenPairs === 0
      ? []
      : [
          `there are so many conversations that servchat had to forget ${counted(forgottenPairs, 'old one')}: later numbers may differ from Wireshark’s`,
        ]),
  ];
  return notes.flatMap((note) => proseLines(note, look, 2, 2, 'strong'));
}
