/** The actions of a session, one line each. */
import type { Problem } from '../../src/protocol/events.js';
import type { Action } from '../../src/session/session.js';

/** `send` says how to show the bytes that are sent. */
export function told(actions: Iterable<Action>, send: (bytes: Buffer) => string): string[] {
  return [...actions].map((action) => {
    switch (action.type) {
      case 'send':
        return `> ${send(action.bytes)}`;
      case 'ready':
        return 'ready';
      case 'show':
        return `shows ${action.text.toString()}`;
      case 'unsent':
        return `unsent: ${action.bytes} of ${action.most}`;
      case 'leaving':
        return 'leaving';
      case 'over':
        return action.outcome.ok
          ? `left by ${action.outcome.leftBy}`
          : `PROBLEM ${problemWords(action.outcome.problem)}`;
    }
  });
}

/** `type=refused reason=mode ours=encrypted …` */
function problemWords(problem: Problem): string {
  return Object.entries(problem)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}
