/** The result of a search in one capture: where the text is, or what it means that nothing was found. */
import type { Hit, Verdict } from './findings/findings.js';
import type { KeyFind } from './search/opened-search.js';

/** One text that was searched for, and the result. */
export interface Find {
  readonly text: string;
  readonly verdict: Verdict;
  /**
   * What was searched. `text`: only text, so "not found" is the final answer. `opaque`: also bytes that are not text.
   * `nothing`: there were no bytes. `unread`: some bytes were not captured or not read, so nobody can tell.
   */
  readonly among: 'text' | 'opaque' | 'nothing' | 'unread';
  /** The same search in what a key opened. It changes nothing in `verdict`. Absent without a key. */
  readonly withKey?: KeyFind;
}

/** How many bytes were searched, and how many of them are not text that anyone can read. */
export interface Searched {
  readonly bytes: number;
  readonly opaque: number;
  /** Bytes that only mark messages. */
  readonly framing: number;
  /** Bytes that the sequence numbers announce and the capture does not hold. */
  readonly missing: number;
  /** Bytes of conversations that had been dropped already. */
  readonly late: number;
  /** Datagrams that were not looked at. */
  readonly unlooked: number;
  /** Whether reading stopped before the end of the file. */
  readonly isCut: boolean;
}

export function findOf(text: string, hits: readonly Hit[], searched: Searched): Find {
  const among = amongOf(searched);
  const hit = hits.find(({ meaning }) => meaning === 'text');
  const others = hits.filter((other) => other !== hit);
  if (hit !== undefined) return { text, verdict: { readable: true, hit, others }, among };
  return { text, verdict: { readable: false, control: { proves: false, why: whyUnknown(searched) }, others }, among };
}

function amongOf({ bytes, opaque, missing, late, unlooked, isCut }: Searched): Find['among'] {
  if (missing + late + unlooked > 0 || isCut) return 'unread';
  if (bytes === 0) return 'nothing';
  return opaque === 0 ? 'text' : 'opaque';
}

/** Says what it means that the search found nothing. */
function whyUnknown({ bytes, opaque, framing, missing, late, unlooked, isCut }: Searched): string {
  const unread = [
    ...(missing === 0 ? [] : [`${missing} bytes are missing from the capture`]),
    ...(late === 0 ? [] : [`${late} bytes came after servchat had forgotten their conversation, and were not read`]),
    ...(unlooked === 0 ? [] : [`${unlooked} datagrams of UDP were not looked at`]),
    ...(isCut ? ['reading stopped before the end of the file'] : []),
  ];
  if (unread.length > 0) return `the text may be in what was not searched: ${unread.join('; ')}`;
  if (bytes === 0) return 'there was nothing to search: the capture holds no bytes that were sent over TCP or UDP';
  if (opaque === 0)
    return `all ${bytes} bytes searched are text that anyone can read${framing === 0 ? '' : ', or only mark messages'}, and what you searched for is not among them in any form that was tried`;
  return `${opaque} of the ${bytes} bytes searched are not text. Only a plaintext capture of the same conversation can show whether it is in those: give both to \`servchat compare\``;
}
