/** The relay between the test's own sockets, which break the rules of the protocol. */
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, test } from '@jest/globals';

import { forward, onceMade, type Attack, type Handler } from '../../src/attacker/attack.js';
import { ATTACKS } from '../../src/attacker/attacks.js';
import { startRelay, type Relay } from '../../src/attacker/relay.js';

const known = (name: string): Attack => ATTACKS.find((each) => each.name === name)!;
const made = (start: Attack['start']): Attack => ({
  name: 'made',
  summary: '',
  goal: 'nothing',
  needs: '',
  toSee: '',
  start,
});

const toClose: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

/** Starts a server that calls `serve` for each connection, and a relay in front of it. */
async function between(attack: Attack, serve: (socket: net.Socket) => void): Promise<Relay> {
  const server = net.createServer((socket) => {
    toClose.push(() => socket.destroy());
    socket.on('error', () => undefined);
    serve(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  toClose.push(() => server.close());
  const target = { host: '127.0.0.1', port: (server.address() as net.AddressInfo).port };
  const relay = await startRelay({
    attack,
    target,
    port: 0,
    beyondLoopback: false,
    taps: { client: null, server: null },
    onChange: () => undefined,
  });
  toClose.push(() => relay.close());
  return relay;
}

function client({ port }: Relay): net.Socket {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  toClose.push(() => socket.destroy());
  return socket;
}

/** Resolves when the socket has closed, whether it was ended or reset. */
const closed = (socket: net.Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.resume().on('close', () => {
      resolve();
    });
  });
const said = (socket: net.Socket, text: string): net.Socket => {
  socket.write(text);
  return socket;
};
const echo = (socket: net.Socket): void => void socket.pipe(socket);
const answer = async (socket: net.Socket, said: string | Buffer): Promise<string> => {
  socket.write(said);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
};

describe('an error in one connection ends only that connection', () => {
  const onlyTheWord =
    (word: string): Handler =>
    (piece) => {
      if (piece.kind === 'text' && piece.text === word) throw new Error('stumbled');
      return [forward(piece)];
    };

  test('the attack throws', async () => {
    const relay = await between(
      made(() => onlyTheWord('fall')),
      echo,
    );
    const other = client(relay);
    expect(await answer(other, 'first\n')).toBe('first\n');
    await closed(said(client(relay), 'fall\n'));
    expect(relay.report.problem).toBe('stumbled');
    expect(await answer(other, 'second\n')).toBe('second\n');
  });

  test('a move that the attack makes later throws', async () => {
    const relay = await between(
      made((wire) =>
        onceMade(
          sleep(20).then(() => onlyTheWord('fall')),
          wire,
        ),
      ),
      echo,
    );
    await closed(said(client(relay), 'fall\n'));
    expect(relay.report.problem).toBe('stumbled');
    expect(await answer(client(relay), 'stand\n')).toBe('stand\n');
  });

  test('making the attack throws', async () => {
    const relay = await between(
      made((wire) => onceMade(Promise.reject(new Error('no key')), wire)),
      echo,
    );
    await closed(said(client(relay), 'hello\n'));
    expect(relay.report.problem).toBe('no key');
  });

  test('a chat that was cut does not harm the next one', async () => {
    const relay = await between(known('truncate'), echo);
    await closed(said(client(relay), 'one\ntwo\nthree\n'));
    expect(relay.report.cut).toBe(true);
    expect(await answer(client(relay), 'one\n')).toBe('one\n');
  });

  test.each(['key-swap', 'fake-server'])('%s gets a key that cannot encrypt anything', async (name) => {
    const relay = await between(known(name), () => undefined);
    // An RSA key of 2048 bits, all of them 1.
    const spki = Buffer.concat([
      Buffer.from('30820122300d06092a864886f70d01010105000382010f003082010a0282010100', 'hex'),
      Buffer.alloc(255, 0xff),
      Buffer.from('fe0203010001', 'hex'),
    ]);
    const socket = client(relay);
    expect(await answer(socket, `HELLO servchat/1 sha256\nPUBLIC-KEY ${spki.toString('base64')}\n`)).toBe(
      'ERROR weak-key\n',
    );
    expect(await answer(client(relay), `HELLO servchat/1 sha256\nPUBLIC-KEY AAAA\n`)).toBe('ERROR weak-key\n');
  });

  test('fake-server in TLS gets a line that never ends', async () => {
    const relay = await between(known('fake-server'), () => undefined);
    const connect = (): tls.TLSSocket => {
      const socket = tls.connect({
        port: relay.port,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        ALPNProtocols: ['servchat/1'],
      });
      socket.on('error', () => undefined);
      toClose.push(() => socket.destroy());
      return socket;
    };
    const endless = connect();
    endless.write(Buffer.alloc(70_000, 'x'));
    await closed(endless);
    expect(relay.report.problem).toBeNull();
    expect(await answer(connect(), 'Hello\n')).toBe('Of course\n');
  });
});

describe('a client that floods', () => {
  test('is disconnected, if the attack is not ready yet', async () => {
    const relay = await between(
      made((wire) => onceMade(new Promise(() => undefined), wire)),
      echo,
    );
    const socket = client(relay);
    socket.write(Buffer.alloc(3_000_000, 'word\n'));
    await closed(socket);
    expect(relay.report.problem).toBeNull();
  });

  test('has to wait while the server does not read, and the relay prints no warning', async () => {
    const warnings: string[] = [];
    const note = (warning: Error): void => {
      warnings.push(warning.message);
    };
    process.on('warning', note);
    toClose.push(() => process.off('warning', note));
    const neverReads = (socket: net.Socket): void => {
      socket.pause();
    };
    const relay = await between(known('nothing'), neverReads);
    const socket = client(relay);
    const sent = 64 * 1024 * 1024;
    socket.write(Buffer.alloc(sent, 'word\n'));
    const moved = (): number => socket.bytesWritten - socket.writableLength;
    // Waits until no more bytes move.
    let before = -1;
    while (before !== moved()) {
      before = moved();
      await sleep(200);
    }
    expect(socket.writableLength).toBeGreaterThan(sent / 2);
    expect(warnings).toEqual([]);
  });

  test('leaves no connection at the server when it disconnects at once', async () => {
    let open = 0;
    const relay = await between(known('nothing'), (socket) => {
      open += 1;
      socket.resume().on('close', () => (open -= 1));
    });
    for (let count = 0; count < 20; count += 1) {
      const socket = client(relay);
      await once(socket, 'connect');
      socket.resetAndDestroy();
    }
    await sleep(300);
    expect(open).toBe(0);
  });
});
