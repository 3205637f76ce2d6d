/** The learner's attack without a socket: between the test's own pieces, and between two honest sessions. */
import { describe, expect, test } from '@jest/globals';

import type { Move, Piece } from '../../src/attacker/attack.js';
import { PieceCutter } from '../../src/attacker/pieces.js';
import { generateSessionKey } from '../../src/crypto/session-key.js';
import { generateKeyPair } from '../../src/crypto/rsa.js';
import { Declined } from '../../src/lab/declined.js';
import type { Hold, Holding } from '../../src/lab/events.js';
import { LearnersAttack, type BenchCommand } from '../../src/lab/learners-attack.js';
import { INTEGRITY_NAMES, type Integrity } from '../../src/protocol/integrity.js';
import type { Side } from '../../src/protocol/side.js';
import { EncryptedClientSession, EncryptedServerSession } from '../../src/session/encrypted.js';
import type { Action, Session } from '../../src/session/session.js';

/** An attack with the relay around it: what it sends, and what it says of its queue. */
class Bench {
  readonly sent: { readonly to: Side; readonly bytes: Buffer }[] = [];
  /** What was said of each sending: `1 sent again`. Empty if the piece merely passed. */
  readonly deeds: string[] = [];
  readonly dropped: number[] = [];
  readonly learned: string[] = [];
  readonly ended: Side[] = [];
  queue: readonly number[] = [];
  isCut = false;
  readonly altered = new Map<number, Buffer>();
  onSend: (to: Side, bytes: Buffer) => void = () => undefined;
  readonly #numbers = new WeakMap<Piece, number>();
  readonly #cutter = new PieceCutter();
  readonly #came = new Map<number, Buffer>();
  #count = 0;
  readonly attack: LearnersAttack;
  readonly #handler: (piece: Piece) => readonly Move[];

  constructor(hold: Hold = { on: true, what: 'everything' }) {
    this.attack = new LearnersAttack(
      {
        numberOf: (piece) => this.#numbers.get(piece)!,
        altered: (number, { bytes }) => this.altered.set(number, bytes),
        dropped: (number) => this.dropped.push(number),
        queued: (order) => (this.queue = order),
      },
      hold,
    );
    this.#handler = this.attack.start({
      play: (moves) => {
        this.#carryOut(moves);
      },
      fail: (error) => {
        throw error;
      },
    });
  }

  come(from: Side, bytes: Buffer | string): void {
    for (const piece of this.#cutter.pieces(from, typeof bytes === 'string' ? Buffer.from(`${bytes}\n`) : bytes)) {
      this.#numbers.set(piece, (this.#count += 1));
      this.#came.set(this.#count, piece.bytes);
      this.#carryOut(this.#handler(piece));
    }
  }

  /** The bytes of a piece, as they came. */
  held(number: number): Buffer {
    return this.#came.get(number)!;
  }

  do(command: BenchCommand): Promise<void> {
    return this.attack.command(command);
  }

  /** To the server `> text`, to the client `< text`. */
  get transcript(): readonly string[] {
    return this.sent.map(({ to, bytes }) => `${to === 'server' ? '>' : '<'} ${bytes.toString('latin1').trimEnd()}`);
  }

  #carryOut(moves: readonly Move[]): void {
    for (const move of moves) {
      if (move.type === 'cut') this.isCut = true;
      else if (move.type === 'end') this.ended.push(move.to);
      else if (move.type === 'learn') this.learned.push(`${move.from}: ${move.text}`);
      else {
        const { sending } = this.attack;
        this.deeds.push(sending === null ? '' : `${sending.of} ${sending.deed}`);
        this.sent.push({ to: move.to, bytes: move.bytes });
        this.onSend(move.to, move.bytes);
      }
    }
  }
}

/** A bench with messages of the client that wait. */
function plaintext(...texts: readonly string[]): Bench {
  const bench = new Bench();
  for (const text of texts) bench.come('client', text);
  return bench;
}

describe('in plaintext', () => {
  test('without hold, everything passes at once', () => {
    const bench = new Bench({ on: false, what: 'everything' });
    bench.come('client', 'one');
    bench.come('server', 'two');
    expect(bench.transcript).toEqual(['> one', '< two']);
    expect(bench.queue).toEqual([]);
  });

  test('with hold, nothing passes before it is told to; then it is the same bytes', async () => {
    const bench = plaintext('one', 'two');
    expect({ sent: bench.transcript, queue: bench.queue }).toEqual({ sent: [], queue: [1, 2] });
    await bench.do({ do: 'pass', piece: 1 });
    expect({ sent: bench.transcript, queue: bench.queue }).toEqual({ sent: ['> one'], queue: [2] });
    expect(bench.deeds).toEqual(['1 passed on']);
  });

  test('hold off lets all go that waits, in order, and then all passes', async () => {
    const bench = plaintext('one', 'two');
    await bench.do({ do: 'hold', on: false });
    bench.come('client', 'three');
    expect(bench.transcript).toEqual(['> one', '> two', '> three']);
  });

  test('drop: nothing is sent', async () => {
    const bench = plaintext('one', 'two');
    await bench.do({ do: 'drop', piece: 1 });
    await bench.do({ do: 'pass-all' });
    expect(bench.transcript).toEqual(['> two']);
    expect(bench.dropped).toEqual([1]);
  });

  test('again: a held piece goes and stays; one that is gone goes once more', async () => {
    const bench = plaintext('one');
    await bench.do({ do: 'again', piece: 1 });
    expect(bench.queue).toEqual([1]);
    await bench.do({ do: 'pass', piece: 1 });
    await bench.do({ do: 'again', piece: 1 });
    expect(bench.transcript).toEqual(['> one', '> one', '> one']);
    expect(bench.deeds).toEqual(['1 sent again', '1 passed on', '1 sent again']);
  });

  test('back: to the one who said it', async () => {
    const bench = plaintext('one');
    bench.come('server', 'two');
    await bench.do({ do: 'back', piece: 1 });
    await bench.do({ do: 'back', piece: 2 });
    expect(bench.transcript).toEqual(['< one', '> two']);
    expect(bench.deeds).toEqual(['1 sent back', '2 sent back']);
    expect(bench.queue).toEqual([]);
  });

  test('move: the order changes, and the one that was overtaken goes late', async () => {
    const bench = plaintext('one', 'two', 'three');
    await bench.do({ do: 'move', piece: 1, by: 1 });
    expect(bench.queue).toEqual([2, 1, 3]);
    await bench.do({ do: 'move', piece: 3, by: -1 });
    expect(bench.queue).toEqual([2, 3, 1]);
    await bench.do({ do: 'pass-all' });
    expect(bench.transcript).toEqual(['> two', '> three', '> one']);
    expect(bench.deeds).toEqual(['2 passed on', '3 passed on', '1 sent late']);
  });

  test('move beyond the ends is declined', async () => {
    const bench = plaintext('one', 'two');
    await expect(bench.do({ do: 'move', piece: 1, by: -1 })).rejects.toThrow(Declined);
    await expect(bench.do({ do: 'move', piece: 2, by: 1 })).rejects.toThrow(Declined);
  });

  test('edit: by text and by bytes; it still waits', async () => {
    const bench = plaintext('Meet me', 'x');
    await bench.do({ do: 'edit-text', piece: 1, text: 'Beat me' });
    await bench.do({ do: 'edit', piece: 2, of: 'wire', hex: Buffer.from('a\nb\n').toString('hex') });
    expect(bench.sent).toEqual([]);
    expect(bench.altered.get(1)!.toString()).toBe('Beat me\n');
    await bench.do({ do: 'pass-all' });
    expect(bench.sent.map(({ bytes }) => bytes.toString())).toEqual(['Beat me\n', 'a\nb\n']);
    expect(bench.deeds).toEqual(['1 changed', '2 changed']);
  });

  test('flip: one bit, and twice is none', async () => {
    const bench = plaintext('Meet');
    await bench.do({ do: 'flip', piece: 1, of: 'wire', byte: 0, bit: 0 });
    expect(bench.altered.get(1)!.toString()).toBe('Leet\n');
    await bench.do({ do: 'flip', piece: 1, of: 'wire', byte: 0, bit: 0 });
    await bench.do({ do: 'pass', piece: 1 });
    expect(bench.deeds).toEqual(['1 passed on']);
    expect(bench.transcript).toEqual(['> Meet']);
  });

  test('what makes no sense is declined in a sentence that says what to do', async () => {
    const bench = plaintext('Meet');
    const senseless: readonly BenchCommand[] = [
      { do: 'pass', piece: 7 },
      { do: 'again', piece: 7 },
      { do: 'back', piece: 7 },
      { do: 'flip', piece: 1, of: 'wire', byte: 5, bit: 0 },
      { do: 'flip', piece: 1, of: 'inside', byte: 0, bit: 0 },
      { do: 'edit', piece: 1, of: 'inside', hex: '00' },
      { do: 'rehash', piece: 1 },
      { do: 'swap-key', piece: 1 },
      { do: 'reseal', piece: 1, text: 'x' },
    ];
    for (const command of senseless)
      await expect(bench.do(command)).rejects.toThrow(
        expect.objectContaining({ name: 'Declined', message: expect.stringMatching(/^[A-Z].*\.$/) }),
      );
    expect(bench.altered.size).toBe(0);
    expect(bench.sent).toEqual([]);
  });

  test('before anyone has connected, nothing can be cut', async () => {
    const hooks = { numberOf: () => 1, altered: () => 0, dropped: () => 0, queued: () => 0 };
    const attack = new LearnersAttack(hooks, { on: true, what: 'everything' });
    await expect(attack.command({ do: 'cut' })).rejects.toThrow(Declined);
  });

  test('cut: what waits is gone', async () => {
    const bench = plaintext('one');
    await bench.do({ do: 'cut' });
    expect({ isCut: bench.isCut, queue: bench.queue, dropped: bench.dropped }).toEqual({
      isCut: true,
      queue: [],
      dropped: [1],
    });
  });
});

describe('a side that says nothing more', () => {
  test('while pieces of it wait, the other half stays open; then it ends', async () => {
    const bench = plaintext('one', 'Exit');
    bench.come('server', 'two');
    expect(bench.attack.keepsOpenAfter('client')).toBe(true);
    await bench.do({ do: 'pass', piece: 1 });
    expect(bench.ended).toEqual([]);
    await bench.do({ do: 'drop', piece: 2 });
    expect(bench.ended).toEqual(['server']);
    await bench.do({ do: 'pass', piece: 3 });
    expect(bench.ended).toEqual(['server']);
  });
  test('if nothing of it waits, the relay ends the other half', () => {
    expect(plaintext('one').attack.keepsOpenAfter('server')).toBe(false);
  });
});

test('a program that sends without end does not fill the memory', () => {
  const bench = new Bench();
  expect(() => {
    for (let count = 0; count < 10_000; count += 1) bench.come('client', 'x'.repeat(60_000));
  }).toThrow('bytes came before');
  expect(bench.queue.length).toBeLessThan(600);
});

test('after a new connection, nothing of the old one waits', () => {
  const bench = plaintext('one');
  bench.attack.start({ play: () => undefined, fail: () => undefined });
  expect({ queue: bench.queue, dropped: bench.dropped }).toEqual({ queue: [], dropped: [1] });
});

/** Two honest sessions, with the bench between them. */
class EncryptedChat {
  readonly bench: Bench;
  readonly shown: string[] = [];
  readonly problems: string[] = [];
  readonly #sessions: Readonly<Record<Side, Session>>;

  static async begin(integrity: Integrity, holding: Holding = 'nothing'): Promise<EncryptedChat> {
    return new EncryptedChat(integrity, await generateKeyPair(2048), holding);
  }

  private constructor(integrity: Integrity, keyPair: Awaited<ReturnType<typeof generateKeyPair>>, holding: Holding) {
    this.bench = new Bench({ on: holding !== 'nothing', what: holding === 'messages' ? 'messages' : 'everything' });
    const clock = (): number => Date.now() / 1000;
    this.#sessions = {
      client: new EncryptedClientSession({ keyPair, integrity, clock }),
      server: new EncryptedServerSession({ allowed: INTEGRITY_NAMES, newSessionKey: generateSessionKey, clock }),
    };
    this.bench.onSend = (to, bytes) => {
      this.#perform(to, this.#sessions[to].received(bytes));
    };
    for (const side of ['server', 'client'] as const) this.#perform(side, this.#sessions[side].opened());
  }

  say(side: Side, text: string): void {
    this.#perform(side, this.#sessions[side].said(text));
  }

  /** The number of the first piece that waits. */
  get first(): number {
    return this.bench.queue[0]!;
  }

  #perform(side: Side, actions: Iterable<Action>): void {
    for (const action of actions) {
      if (action.type === 'send') this.bench.come(side, action.bytes);
      if (action.type === 'show') this.shown.push(`${side}: ${action.text.toString()}`);
      if (action.type === 'over' && !action.outcome.ok) {
        const { problem } = action.outcome;
        this.problems.push(`${side}: ${problem.type === 'refused' ? problem.reason : problem.type}`);
      }
    }
  }
}

describe('if only messages are held', () => {
  test('the handshake passes by itself, and so does an ERROR; a message waits', async () => {
    const chat = await EncryptedChat.begin('hmac-sha256', 'messages');
    expect(chat.bench.transcript.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      '> HELLO',
      '> PUBLIC-KEY',
      '< SESSION-KEY',
    ]);
    chat.say('client', 'one');
    expect(chat.shown).toEqual([]);
    await chat.bench.do({ do: 'flip', piece: chat.first, of: 'inside', byte: 30, bit: 0 });
    await chat.bench.do({ do: 'pass', piece: chat.first });
    expect(chat.bench.transcript.at(-1)).toMatch(/^< ERROR /);
    expect(chat.bench.queue).toEqual([]);
  });

  test('what is not a message does not overtake a message of the same side', async () => {
    const bench = new Bench({ on: true, what: 'messages' });
    const chat = await EncryptedChat.begin('sha256', 'messages');
    chat.say('client', 'one');
    bench.come('client', 'HELLO servchat/1 sha256');
    bench.come('client', chat.bench.held(chat.first));
    bench.come('client', 'ERROR it is over');
    bench.come('server', 'ERROR it is over');
    await bench.do({ do: 'pass-all' });
    expect(bench.transcript.map((line) => line.slice(0, 9))).toEqual([
      '> HELLO s',
      '< ERROR i',
      '> MESSAGE',
      '> ERROR i',
    ]);
  });

  test('switched off and on again, it holds only messages, as before', async () => {
    const bench = new Bench({ on: false, what: 'messages' });
    await bench.do({ do: 'hold', on: true });
    bench.come('client', 'HELLO servchat/1 sha256');
    expect(bench.queue).toEqual([]);
  });
});

/** Byte 9 of a token is the first of its IV, so that bit 0 of it is bit 0 of the first letter. */
const FIRST_OF_IV = 9;

describe('in encrypted mode', () => {
  test('a bit of the token: the check notices', async () => {
    const chat = await EncryptedChat.begin('sha256');
    await chat.bench.do({ do: 'hold', on: true });
    chat.say('client', 'Meet me');
    await chat.bench.do({ do: 'flip', piece: chat.first, of: 'inside', byte: FIRST_OF_IV, bit: 0 });
    await chat.bench.do({ do: 'pass-all' });
    expect({ shown: chat.shown, problem: chat.problems[0] }).toEqual({ shown: [], problem: 'server: check' });
  });

  test.each([
    ['sha256', 'server: signature'],
    ['hmac-sha256', 'server: check'],
    ['hmac-sha256-seq', 'server: check'],
  ] as const)('a bit of the token and SHA-256 anew, under %s: %s', async (integrity, problem) => {
    const chat = await EncryptedChat.begin(integrity);
    await chat.bench.do({ do: 'hold', on: true });
    chat.say('client', 'Meet me');
    await chat.bench.do({ do: 'flip', piece: chat.first, of: 'inside', byte: FIRST_OF_IV, bit: 0 });
    await chat.bench.do({ do: 'rehash', piece: chat.first });
    await chat.bench.do({ do: 'pass-all' });
    expect({ shown: chat.shown, problem: chat.problems[0] }).toEqual({ shown: [], problem });
  });

  test.each([
    ['sha256', ['server: one', 'server: one'], undefined],
    ['hmac-sha256', ['server: one', 'server: one'], undefined],
    ['hmac-sha256-seq', ['server: one'], 'server: sequence'],
  ] as const)('a replay under %s', async (integrity, shown, problem) => {
    const chat = await EncryptedChat.begin(integrity);
    await chat.bench.do({ do: 'hold', on: true });
    chat.say('client', 'one');
    const piece = chat.first;
    await chat.bench.do({ do: 'pass', piece });
    await chat.bench.do({ do: 'again', piece });
    expect({ shown: chat.shown, problem: chat.problems[0] }).toEqual({ shown, problem });
  });

  test('a changed HELLO is what the server reads', async () => {
    const chat = await EncryptedChat.begin('hmac-sha256', 'everything');
    await chat.bench.do({
      do: 'edit',
      piece: chat.first,
      of: 'wire',
      hex: Buffer.from('HELLO servchat/1 sha512\n').toString('hex'),
    });
    await chat.bench.do({ do: 'pass', piece: chat.first });
    expect(chat.problems).toEqual(['server: integrity']);
  });
});

describe('with the learner’s key in the middle', () => {
  async function inTheMiddle(integrity: Integrity): Promise<EncryptedChat> {
    const chat = await EncryptedChat.begin(integrity, 'everything');
    const { bench } = chat;
    await bench.do({ do: 'pass', piece: chat.first });
    await bench.do({ do: 'swap-key', piece: chat.first });
    await bench.do({ do: 'pass-all' });
    return chat;
  }

  test.each(INTEGRITY_NAMES)('under %s it reads everything, and changes what it likes', async (integrity) => {
    const chat = await inTheMiddle(integrity);
    const { bench } = chat;
    chat.say('client', 'Meet me');
    await bench.do({ do: 'reseal', piece: chat.first, text: 'Beat me' });
    await bench.do({ do: 'pass-all' });
    chat.say('server', 'Never');
    await bench.do({ do: 'pass-all' });
    expect(chat.shown).toEqual(['server: Beat me', 'client: Never']);
    expect(bench.learned).toEqual(['client: Meet me', 'server: Never']);
    expect(bench.deeds.slice(-2)).toEqual([expect.stringMatching(/changed$/), expect.stringMatching(/passed on$/)]);
    expect(chat.problems).toEqual([]);
  });

  test.each(INTEGRITY_NAMES)(
    'under %s nobody notices what is dropped, repeated, moved or sent back',
    async (integrity) => {
      const chat = await inTheMiddle(integrity);
      const { bench } = chat;
      for (const text of ['one', 'two', 'three', 'four']) chat.say('client', text);
      const [one, two, three] = bench.queue as [number, number, number];
      await bench.do({ do: 'drop', piece: one });
      await bench.do({ do: 'move', piece: two, by: 1 });
      await bench.do({ do: 'pass-all' });
      await bench.do({ do: 'again', piece: three });
      await bench.do({ do: 'back', piece: two });
      await bench.do({ do: 'hold', on: false });
      chat.say('client', 'five');
      chat.say('server', 'six');
      expect(chat.shown).toEqual([
        ...['three', 'two', 'four', 'three'].map((text) => `server: ${text}`),
        'client: two',
        'server: five',
        'client: six',
      ]);
      expect(chat.problems).toEqual([]);
    },
  );

  test('what is resealed and then moved still fits its new place', async () => {
    const chat = await inTheMiddle('hmac-sha256-seq');
    const { bench } = chat;
    chat.say('client', 'one');
    chat.say('client', 'two');
    const [one] = bench.queue as [number];
    await bench.do({ do: 'reseal', piece: one, text: 'uno' });
    await bench.do({ do: 'move', piece: one, by: 1 });
    await bench.do({ do: 'pass-all' });
    expect(chat.shown).toEqual(['server: two', 'server: uno']);
    expect(chat.problems).toEqual([]);
  });

  test('what was changed by hand is sent as it is, and is noticed', async () => {
    const chat = await inTheMiddle('hmac-sha256-seq');
    chat.say('client', 'Meet me');
    await chat.bench.do({ do: 'flip', piece: chat.first, of: 'inside', byte: FIRST_OF_IV, bit: 0 });
    await chat.bench.do({ do: 'pass-all' });
    expect(chat.problems[0]).toBe('server: check');
  });

  test('what the learner does while the key pair is made waits, so that the piece goes with their key', async () => {
    const chat = await EncryptedChat.begin('sha256', 'everything');
    const { bench } = chat;
    await bench.do({ do: 'pass', piece: chat.first });
    await Promise.all([bench.do({ do: 'swap-key', piece: chat.first }), bench.do({ do: 'pass', piece: chat.first })]);
    expect(bench.deeds.slice(-1)).toEqual([expect.stringMatching(/changed$/)]);
    await bench.do({ do: 'pass-all' });
    chat.say('client', 'Meet me');
    expect(bench.learned).toEqual(['client: Meet me']);
  });

  test('if the line is cut while the key pair is made, the command is declined', async () => {
    const chat = await EncryptedChat.begin('sha256', 'everything');
    await chat.bench.do({ do: 'pass', piece: chat.first });
    const swapping = chat.bench.do({ do: 'swap-key', piece: chat.first });
    await chat.bench.do({ do: 'cut' });
    await expect(swapping).rejects.toThrow(Declined);
  });

  test('a bit that is flipped back is no change: the key in the middle keeps the check right', async () => {
    const chat = await inTheMiddle('hmac-sha256-seq');
    chat.say('client', 'one');
    await chat.bench.do({ do: 'drop', piece: chat.first });
    chat.say('client', 'two');
    const flip = { do: 'flip', piece: chat.first, of: 'inside', byte: 30, bit: 2 } as const;
    await chat.bench.do(flip);
    await chat.bench.do(flip);
    await chat.bench.do({ do: 'pass', piece: chat.first });
    expect(chat.shown).toEqual(['server: two']);
  });
});

describe('in TLS', () => {
  const record = (...contents: readonly number[]): Buffer => Buffer.from([23, 3, 3, 0, contents.length, ...contents]);
  const HELLO = Buffer.from([22, 3, 1, 0, 2, 1, 2]);

  test('a record can be passed, repeated, dropped and flipped, and not edited', async () => {
    const bench = new Bench();
    bench.come('client', HELLO);
    bench.come('client', record(1, 2, 3));
    await bench.do({ do: 'flip', piece: 2, of: 'wire', byte: 5, bit: 7 });
    await bench.do({ do: 'again', piece: 2 });
    for (const command of [
      { do: 'edit', piece: 2, of: 'wire', hex: '00' },
      { do: 'edit-text', piece: 2, text: 'x' },
      { do: 'rehash', piece: 2 },
      { do: 'swap-key', piece: 1 },
      { do: 'reseal', piece: 2, text: 'x' },
    ] as const)
      await expect(bench.do(command)).rejects.toThrow(Declined);
    await bench.do({ do: 'drop', piece: 2 });
    await bench.do({ do: 'pass-all' });
    expect(bench.sent.map(({ bytes }) => bytes.toString('hex'))).toEqual(['1703030003810203', HELLO.toString('hex')]);
  });
});
