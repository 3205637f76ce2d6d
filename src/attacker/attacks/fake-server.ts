import { LEAVING_WORD, isLeaving } from '../../protocol/leaving.js';
import { onceMade, type Attack, type Handler, type Move, type Wire } from '../attack.js';
import { TlsEnd } from '../tls-end.js';
import { serverSession } from '../two-sessions.js';

const ANSWER = 'Of course';

/**
 * Answers in place of the server. In encrypted mode the client does not ask the server for any proof of who it is.
 * Anyone who takes the client's public key and makes a session key can be the server. In tls mode anyone with a
 * certificate can be the server, unless the client checks whose certificate it is.
 */
export const fakeServer: Attack = {
  name: 'fake-server',
  summary: 'answers in place of the server; the real server never hears of it',
  goal: 'forge',
  needs: 'a client',
  toSee: 'Say anything as the client. It answers “Of course”.',
  instead: true,
  start: (wire) => {
    const session = serverSession();
    session.opened();
    let tls: Handler | null = null;
    return (piece) => {
      switch (piece.kind) {
        case 'text':
          return answerTo(piece.text, () => Buffer.from(`${ANSWER}\n`));
        case 'frame':
          return Array.from(session.received(piece.bytes)).flatMap((action): readonly Move[] => {
            if (action.type === 'send') return [{ type: 'send', to: 'client', bytes: action.bytes, message: false }];
            if (action.type === 'over' && action.outcome.ok)
              return [{ type: 'learn', from: 'client', text: LEAVING_WORD }];
            if (action.type !== 'show') return [];
            return answerTo(action.text.toString('utf8'), () => sent(session.said(ANSWER)));
          });
        case 'record':
          tls ??= onceMade(overTls(wire), wire);
          return tls(piece);
      }
    };
  },
};

function answerTo(text: string, answer: () => Buffer): readonly Move[] {
  const learned: Move = { type: 'learn', from: 'client', text };
  return isLeaving(text) ? [learned] : [learned, { type: 'send', to: 'client', bytes: answer(), message: true }];
}

function sent(actions: ReturnType<ReturnType<typeof serverSession>['said']>): Buffer {
  return Buffer.concat(actions.flatMap((action) => (action.type === 'send' ? [action.bytes] : [])));
}

async function overTls(wire: Wire): Promise<Handler> {
  const end = await TlsEnd.facingClient(wire, {
    line: (text) => {
      wire.play([{ type: 'learn', from: 'client', text }]);
      if (!isLeaving(text)) end.say(ANSWER);
    },
    end: () => {
      end.goodbye();
    },
  });
  return (piece) => {
    end.received(piece);
    return [];
  };
}
