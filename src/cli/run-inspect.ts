/** `inspect`: prints what the listener finds, in the format that the user asked for. */
import type { ConversationFindings } from '../eavesdropper/findings/findings.js';
import { inspectCapture, type Capture, type InspectOptions as Asked } from '../eavesdropper/inspect.js';
import { STANDARD_INPUT } from '../packets/file/read-capture.js';
import { MOST_IN_FULL, conversationsShown } from '../faces/shown.js';
import { ReadingProgress } from './reading-progress.js';
import { look, rowWidth } from './screen.js';
import { WaitingForPipe } from './waiting-for-pipe.js';

export interface InspectOptions {
  readonly find: readonly string[];
  readonly keys?: string;
  readonly conversation?: number;
  readonly follow?: number;
  readonly hex: boolean;
  readonly limit?: number;
  readonly format: 'table' | 'json' | 'ndjson';
}

/** A capture that comes through a pipe may never end, so we do not wait for more of a conversation that was closed. */
const LIVE_CLOSED_SECONDS = 60;

const NO_SUCH_CONVERSATION = 'the capture has no conversation with this number; the first one has number 0';

/**
 * Returns whether the capture could be read to its end.
 *
 * @throws Error where the capture does not have the conversation that the user asked for.
 */
export async function inspect(file: string, options: InspectOptions): Promise<boolean> {
  const { conversation, follow, format } = options;
  const progress = new ReadingProgress();
  const waiting = new WaitingForPipe();
  // Ctrl-C also ends the program that captures into our pipe. We still tell what came before its end. A second Ctrl-C
  // ends us.
  if (file === STANDARD_INPUT && !process.stdin.isTTY) process.once('SIGINT', () => undefined);
  let told = 0;
  const lines = format === 'ndjson' ? await loadLines() : null;
  const tell = (line: string): void => {
    progress.wipe();
    told += 1;
    process.stdout.write(line);
  };
  const capture = await inspectCapture(file, {
    ...(await askedFor(options)),
    ...neededToShow(options),
    ...(lines === null
      ? {}
      : {
          onConversation: (each: ConversationFindings) => {
            tell(lines.conversationLine(each));
          },
        }),
    ...(lines !== null && file === STANDARD_INPUT ? { closedSeconds: LIVE_CLOSED_SECONDS } : {}),
    onOpening: waiting.begin,
    onChunk: waiting.end,
    onProgress: progress.report,
  }).finally(() => {
    waiting.end();
    progress.wipe();
  });
  const isThere = told + capture.findings.conversations.length > 0;
  if (conversation !== undefined && !isThere)
    throw new Error(`Cannot show conversation ${conversation}: ${NO_SUCH_CONVERSATION}`);
  if (follow !== undefined) await printFollowed(capture, follow, options);
  else process.stdout.write(await faceOf(capture, options));
  const { damage } = capture.findings;
  if (damage !== null) (await import('./rows.js')).complain(damage.message);
  return damage === null;
}

/** What the user asks of the listener. */
async function askedFor({ find, keys, conversation, follow }: InspectOptions): Promise<Asked> {
  const { wireKeyFinder } = await import('../keyholder/wire/wire-keys.js');
  return {
    find,
    searchable: false,
    ...(follow === undefined ? { wireKeys: wireKeyFinder() } : { follow, only: follow }),
    ...(keys === undefined ? {} : await (await import('./keys.js')).openersFor(keys)),
    ...(conversation === undefined ? {} : { only: conversation }),
  };
}

/** What must be known to show the answer. The listener does not work out more. */
function neededToShow({ find, keys, conversation, follow, limit, format }: InspectOptions): Asked {
  if (format !== 'table') return { hashes: true };
  return {
    hashes: false,
    // The table shows messages only for the first few conversations. With a key, all are searched.
    ...(conversation === undefined && (keys === undefined || find.length === 0)
      ? { messagesOf: (rank: number) => rank < MOST_IN_FULL }
      : {}),
    ...(conversation === undefined && follow === undefined
      ? { listedOf: (rank: number) => rank < conversationsShown(limit) }
      : {}),
    // We load this only now, so that reading begins sooner.
    ...(follow === undefined ? { onRead: () => void loadTable() } : {}),
  };
}

/** Each face is loaded only if it is the one that shows the answer, because each file makes the start longer. */
async function loadTable(): Promise<typeof import('../faces/inspection-table.js')> {
  return import('../faces/inspection-table.js');
}

async function loadLines(): Promise<typeof import('../faces/inspection-lines.js')> {
  return import('../faces/inspection-lines.js');
}

async function faceOf({ findings, finds, notAskedFor }: Capture, { format, limit }: InspectOptions): Promise<string> {
  if (format === 'json') return (await import('../faces/inspection-json.js')).inspectionJson(findings, finds);
  if (format === 'ndjson') return (await loadLines()).fileLine(findings, finds);
  const { inspectionTable } = await loadTable();
  return inspectionTable(findings, finds, look(), limit === 0 ? Infinity : limit, notAskedFor);
}

/** @throws Error where the capture has no such conversation. */
async function printFollowed(
  { followed, findings: { leftOut, conversations } }: Capture,
  number: number,
  { hex, keys, limit = 0 }: InspectOptions,
): Promise<void> {
  if (followed === null) throw new Error(`Cannot follow conversation ${number}: ${NO_SUCH_CONVERSATION}`);
  if (keys !== undefined) {
    const { followedRecords } = await import('../faces/followed-records.js');
    const conversation = openedOne(conversations, number);
    writeLines(followedRecords(conversation, { hex, look: look(), rowWidth: rowWidth() }), limit);
    return;
  }
  if (followed.pieces.length === 0) process.stdout.write('nothing of it is in the capture\n');
  const { followedHex, followedText } = await import('../faces/followed-lines.js');
  if (!writeLines((hex ? followedHex : followedText)(followed.pieces, look(), rowWidth()), limit)) return;
  if (followed.left > 0) process.stdout.write(`… and ${followed.left} more bytes, which servchat did not keep\n`);
  if (leftOut.lateBytes > 0)
    process.stdout.write(
      `… and perhaps more: ${leftOut.lateBytes} bytes came after servchat had forgotten their conversation, and were not read\n`,
    );
}

/** Returns whether these were all lines. `limit`: how many to write; 0 for all. */
function writeLines(lines: Iterable<string>, limit: number): boolean {
  let left = limit === 0 ? Infinity : limit;
  for (const line of lines) {
    if (left === 0) {
      process.stdout.write('… --limit 0 shows all\n');
      return false;
    }
    left -= 1;
    process.stdout.write(line);
  }
  return true;
}

/** @throws Error where the key log opens nothing of the conversation. */
function openedOne(conversations: readonly ConversationFindings[], number: number): ConversationFindings {
  const conversation = conversations.find((each) => each.number === number);
  const cannot = `Cannot open conversation ${number}`;
  if (conversation?.tls === undefined)
    throw new Error(`${cannot}: it is not in TLS; leave out --keys to see its bytes, or --follow to open its messages`);
  const { opening } = conversation.tls;
  if ((opening?.opened ?? 0) > 0) return conversation;
  throw new Error(`${cannot}: ${opening?.why ?? 'the key log opens none of its records'}`);
}
