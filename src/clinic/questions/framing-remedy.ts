/** What mends all faults of framing. */
import type { Remedy } from '../finding.js';

export const READ_UNTIL_WHOLE: Remedy = {
  python:
    'Send the length in front of each message (struct.pack("!I", len(data))), and call recv in a loop until so many bytes have come',
  node: 'Send the length in front of each message, and collect what “data” brings in a buffer until so many bytes have come',
  java: 'Send the length with writeInt in front of each message, and read it with readInt and readFully',
  c: 'Send the length in front of each message (4 bytes, htonl), and call recv in a loop until so many bytes have come; do the same with send, which may take only a part',
  go: 'Send the length in front of each message (binary.BigEndian.PutUint32), and read it and the message with io.ReadFull; one Read may return a part',
  other: 'Send the length in front of each message, and read in a loop until so many bytes have come',
};
