/**
 * What it means that a program did not come so far that the chat could begin. An error of the program is a fault. What
 * it lacks on this machine, such as a package, a file or a display, is none: then nobody can tell, and we say what is
 * missing.
 */
import { cannotTell, type Answer, type Evidence, type Remedy } from './finding.js';
import { capital, quoted, WHO } from './quoting.js';
import { hasStackTrace } from './stack-trace.js';
import type { Ended } from './running/program.js';
import type { Seat } from './seat.js';
import { StartFailed, type Stage } from './stage.js';
import { isPrompt } from './usual-answers.js';

interface Lack {
  readonly shows: RegExp;
  readonly said: (found: string) => string;
  readonly needed: string;
}

/** In this order: the first that fits. The first group is what is missing. */
const LACKS: readonly Lack[] = [
  {
    shows:
      /no display name|cannot open display|could not connect to display|unable to open display|\$DISPLAY|HeadlessException/i,
    said: () => 'opens a window, and there is no display here',
    needed: 'A version that is used at a terminal: servchat types into programs, and cannot press buttons',
  },
  {
    shows:
      /No module named '?([\w.]+)|Cannot find (?:module|package) '([^']+)'|package ([\w.]+) does not exist|ClassNotFoundException: (\S+)/,
    said: (name) => `needs ${name === '' ? 'a package' : `“${name}”`}, which is not installed`,
    needed: 'The package, installed where the command finds it',
  },
  {
    shows:
      /^usage:|sys\.argv|process\.argv|arguments are required|too few arguments|missing argument|ArrayIndexOutOfBounds[^]*main/im,
    said: () => 'wants arguments',
    needed: 'The arguments, in the command: {host} and {port} stand for where it is to listen or to connect',
  },
  {
    shows: /EADDRINUSE|address already in use|Only one usage of each socket address/i,
    said: () => 'finds its port in use',
    needed: 'The port, free: end the other program that uses it',
  },
  {
    shows: /EACCES|Permission denied/,
    said: () => 'may not do what it wants to',
    needed: 'A port from 1024 on, or files that may be read',
  },
  {
    shows:
      /No such file or directory: '?([^'\n]+)|ENOENT: no such file or directory, \w+ '([^']+)'|FileNotFoundException: (\S+)/,
    said: (name) => `needs the file ${name === '' ? 'that it names' : `“${name}”`}, which is not there`,
    needed: 'The file: put it beside the program, or into “files” in a chat.json',
  },
  {
    shows: /ECONNREFUSED|Connection refused|actively refused/i,
    said: () => 'finds nobody where it connects to',
    needed: 'The same port in both programs; and the server on this machine',
  },
  {
    shows: /getaddrinfo|ENOTFOUND|Name or service not known|UnknownHostException/i,
    said: () => 'does not find the address to which it connects',
    needed: 'An address of this machine, such as 127.0.0.1',
  },
];

const LAST_LINES = 3;

/** @throws OutOfTime */
export async function startAnswer(stage: Stage, failure: StartFailed): Promise<Answer> {
  const { seat, screen, ended, datagramPorts, message } = failure;
  const evidence = lastShown(seat, screen);
  if (datagramPorts.length > 0)
    return cannotTell(
      `${capital(WHO[seat])} uses UDP (port ${datagramPorts.join(', ')}), and servchat check is for chats over TCP`,
      'A chat over TCP: there, client and server have a connection, and the relay can sit in it',
      evidence,
    );
  const lack = lackOf(seat, screen, ended);
  if (lack !== null) return cannotTell(lack.said, lack.needed, evidence);
  if (ended === null || !isError(ended, screen))
    return cannotTell(
      capital(message),
      isPrompt(screen.trimEnd().split('\n').at(-1) ?? '')
        ? 'What to answer: servchat check --init watches how you do it, and writes a chat.json'
        : 'Programs that come so far that the chat can begin; if they ask for something first, describe it in a chat.json',
      evidence,
    );
  const again = await startedAgain(stage, seat);
  return diesWith({
    said: capital(message),
    evidence,
    control: again ? 'It was started twice, and ended so both times' : 'In another start, it did not end so',
  });
}

/** A program that ended during the chat. null where none ended with an error. */
export function deathAnswer(
  ended: readonly { readonly seat: Seat; readonly how: Ended; readonly screen: string }[],
  where: Pick<Evidence, 'run'>,
): Answer | null {
  const dead = ended.find(({ how, screen }) => isError(how, screen));
  if (dead === undefined) return null;
  const { seat, how, screen } = dead;
  const lack = lackOf(seat, screen, how);
  const evidence = lastShown(seat, screen).map((each) => ({ ...each, ...where }));
  if (lack !== null) return cannotTell(lack.said, lack.needed, evidence);
  return diesWith({
    said: `${capital(WHO[seat])} ends as soon as somebody says something (${howEnded(how)})`,
    evidence,
    control: 'It was tried in several starts, also with a pause after each write, and nothing was shown in any of them',
  });
}

function lackOf(
  seat: Seat,
  screen: string,
  ended: Ended | null,
): { readonly said: string; readonly needed: string } | null {
  if (ended === null) return null;
  if (ended.problem !== null)
    return {
      said: `${capital(WHO[seat])} cannot be started: ${ended.problem}`,
      needed: 'A command that can be run in the folder',
    };
  for (const { shows, said, needed } of LACKS) {
    const found = shows.exec(screen);
    const missing = found?.slice(1).find((group: string | undefined) => group !== undefined) ?? '';
    if (found !== null) return { said: `${capital(WHO[seat])} ${said(missing)}`, needed };
  }
  return null;
}

function isError({ code, signal }: Ended, screen: string): boolean {
  return signal !== null || (code !== null && code !== 0) || hasStackTrace(screen);
}

function howEnded({ code, signal }: Ended): string {
  return signal === null ? `exit status ${code ?? '?'}` : `signal ${signal}`;
}

function lastShown(seat: Seat, screen: string): readonly Evidence[] {
  const lines = screen.split('\n').filter((line) => line.trim() !== '');
  return lines.length === 0
    ? [{ seen: `${capital(WHO[seat])} showed nothing.` }]
    : [{ seen: `${capital(WHO[seat])} showed last: ${quoted(lines.slice(-LAST_LINES).join('\n'))}.` }];
}

/** Whether the same program ends again. @throws OutOfTime */
async function startedAgain(stage: Stage, seat: Seat): Promise<boolean> {
  try {
    await (await stage.open()).close();
    return false;
  } catch (error) {
    if (!(error instanceof StartFailed)) throw error;
    return error.seat === seat && error.ended !== null;
  }
}

const REMEDY: Remedy = {
  python: 'The last line of the traceback names the error, and the line above it where it is',
  node: 'The line with the name of the error says what is wrong, and the first “at” below it where it is',
  java: 'The first line of the exception says what is wrong, and the first “at” below it where it is',
  other: 'Read the last lines that it showed, and start it by hand in the same folder',
};

function diesWith({
  said,
  evidence,
  control,
}: {
  said: string;
  evidence: readonly Evidence[];
  control: string;
}): Answer {
  return {
    verdict: 'fault',
    said,
    evidence,
    control,
    meaning: 'A program that ends with an error before the chat can chat with nobody',
    remedy: REMEDY,
  };
}
