/** What both chairs do with a chat: tell its person what happens, and let them speak while it is on. */
import type { Address, ChatEvent, Fingerprint } from '../protocol/events.js';
import { formatKeyLogLine } from '../protocol/keylog.js';
import { MODE_FACTS, type Carrier, type Mode } from '../protocol/modes.js';
import type { ChatEnd, SessionKeys } from '../session/session.js';
import type { ChatHooks } from './driver.js';
import type { KeyLogFile } from './key-log-file.js';
import type { Listener, Person } from './person.js';
import type { Tell } from './telling.js';
import { otherSide, type Side } from '../protocol/side.js';

export interface ConversationOptions {
  readonly us: Side;
  readonly mode: Mode;
  /** The other side's address. */
  readonly address: Address;
  readonly person: Person;
  readonly tell: Tell;
  readonly keyLog: KeyLogFile | null;
  /** What to say about the fingerprint of the client's key, in encrypted mode. */
  readonly clientKey: Pick<Fingerprint, 'insisted' | 'kept'>;
  /** Whether to show what crosses the wire as well. */
  readonly showWire: boolean;
}

/** The hooks of a chat that is the person's only chat. `listener` is called when the chat has begun. */
export function conversation(
  options: ConversationOptions,
  fingerprints: readonly ChatEvent<Buffer>[],
  listener: () => Listener,
): ChatHooks {
  const { us, mode, address, person, tell, keyLog, clientKey, showWire } = options;
  const them = otherSide(us);
  const wire = (by: 'us' | 'them', bytes: Buffer): ChatEvent<Buffer> => {
    return { type: 'wire', from: by === 'us' ? us : them, as: CROSSES_AS[MODE_FACTS[mode].carrier], bytes };
  };
  return {
    ready: (keys) => {
      // Before anything is shown: a person who sees that the chat has begun may look for the key.
      if (keys !== null) keyLog?.append(formatKeyLogLine(keys.fingerprint, keys.sessionKey));
      tell([
        { type: 'connected', ...address, mode, integrity: keys?.integrity ?? null },
        ...fingerprintsIn(keys, clientKey),
        ...fingerprints,
      ]);
      person.listen(listener());
    },
    show: (texts) => tell(texts.map((text) => ({ type: 'message', from: them, text }))),
    sent: (texts) => tell(texts.map((text) => ({ type: 'sent', text }))),
    ...(showWire
      ? {
          crossed: (by: 'us' | 'them', bytes: Buffer): void => {
            tell([wire(by, bytes)]);
          },
        }
      : {}),
    unsent: (bytes, most) => tell([{ type: 'unsent', bytes, most }]),
    drained: () => {
      person.resume();
    },
    leaving: () => {
      person.rest();
    },
    over: (outcome, last) => {
      person.rest();
      const shown = showWire && last !== null ? [wire('them', last)] : [];
      tell([endOf(outcome, us, them), ...shown, { type: 'over', ok: outcome.ok }]);
    },
  };
}

/** What is shown of the wire for a message. */
const CROSSES_AS = { line: 'line', token: 'line', record: 'records' } as const satisfies Readonly<
  Record<Carrier, string>
>;

function fingerprintsIn(keys: SessionKeys | null, clientKey: ConversationOptions['clientKey']): ChatEvent<Buffer>[] {
  return keys === null ? [] : [{ type: 'fingerprint', of: 'client', sha256: keys.fingerprint, ...clientKey }];
}

function endOf(outcome: ChatEnd, us: Side, them: Side): ChatEvent<Buffer> {
  return outcome.ok ? { type: 'left', by: outcome.leftBy === 'us' ? us : them } : outcome.problem;
}
