/**
 * The benchmark's bare pair on node:net or node:tls: only the transport and the lines that it carries.
 * usage: bare-peer.mjs server plaintext|tls    or    bare-peer.mjs client plaintext|tls PORT message|piece
 *
 * The client writes one message at a time, as a person who types does, or each piece of its input as it came.
 */
import net from 'node:net';
import process from 'node:process';
import tls from 'node:tls';
import { makeCertificate } from '../../dist/crypto/certificate.js';
import { LineReader } from '../../dist/protocol/lines.js';

const [, , role, mode, port, by] = process.argv;

async function serve() {
  const { certificate, privateKey } = mode === 'tls' ? await makeCertificate() : {};
  const server =
    mode === 'tls' ? tls.createServer({ cert: certificate, key: privateKey }, show) : net.createServer(show);
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
  function show(socket) {
    server.close();
    process.stdout.write('Connected\n');
    socket.pipe(process.stdout);
  }
}

function connect() {
  const socket =
    mode === 'tls'
      ? tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, say)
      : net.connect({ port, host: '127.0.0.1' }, say);
  function say() {
    socket.setNoDelay(true);
    process.stdout.write('Connected\n');
    if (by === 'piece') process.stdin.pipe(socket);
    else sayLines();
  }
  function sayLines() {
    const reader = new LineReader();
    process.stdin.on('data', (piece) => {
      for (const line of reader.lines(piece)) socket.write(`${line}\n`);
      if (!socket.writableNeedDrain) return;
      process.stdin.pause();
      socket.once('drain', () => process.stdin.resume());
    });
    process.stdin.on('end', () => socket.end());
  }
}

if (role === 'server') await serve();
else connect();
