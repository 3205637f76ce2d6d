// Loaded by every Node that the clinic starts, by --require in NODE_OPTIONS. It changes no file of the program.
//
// By the environment it leads connections to the relay, moves a server to another port, and pauses after each write. It
// notes the size of each write and each read in a file. If it fails, the program runs as if it were not there.
'use strict';

try {
  hook();
} catch {
  // The program runs without it.
}

function hook() {
  const { Buffer } = require('node:buffer');
  const fs = require('node:fs');
  const net = require('node:net');
  const process = require('node:process');
  const env = process.env;
  if (env.SERVCHAT_CLINIC_LOG === undefined) return;
  // The library that leads other programs leaves the notes to us.
  env.SERVCHAT_CLINIC_HOOKED = String(process.pid);
  const log = fs.openSync(env.SERVCHAT_CLINIC_LOG, 'a', 0o600);
  let left = 5000;
  const note = (what, more) => {
    if (left <= 0) return;
    left -= 1;
    try {
      fs.writeSync(log, `${JSON.stringify({ what, pid: process.pid, ...more })}\n`);
    } catch {
      left = 0;
    }
  };
  const ports = (name) => {
    const parts = (env[name] ?? '').split(':').map(Number);
    return parts.length === 2 ? parts : null;
  };
  const redirect = ports('SERVCHAT_CLINIC_REDIRECT');
  const move = ports('SERVCHAT_CLINIC_MOVE');
  const pauseMs = Number(env.SERVCHAT_CLINIC_APART ?? '0') * 1000;
  const sleeping = new Int32Array(new SharedArrayBuffer(4));

  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function (...given) {
    if (redirect === null) return connect.apply(this, given);
    // node:net hands on its own arguments as an array in the first place, and marks it, so it must stay the same array.
    const list = Array.isArray(given[0]) ? given[0] : given;
    const [first, second] = list;
    if (typeof first === 'object' && first !== null && Number(first.port) === redirect[0]) {
      note('connect', { host: String(first.host ?? 'localhost'), port: redirect[0] });
      list[0] = { ...first, host: '127.0.0.1', port: redirect[1], family: 4 };
    } else if (isPort(first) && Number(first) === redirect[0]) {
      note('connect', { host: typeof second === 'string' ? second : 'localhost', port: redirect[0] });
      list[0] = redirect[1];
      if (typeof second === 'string') list[1] = '127.0.0.1';
      else list.splice(1, 0, '127.0.0.1');
    }
    return connect.apply(this, given);
  };

  const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function (...given) {
    const [first] = given;
    if (move !== null && typeof first === 'object' && first !== null && Number(first.port) === move[0])
      given[0] = { ...first, port: move[1] };
    else if (move !== null && isPort(first) && Number(first) === move[0]) given[0] = move[1];
    return listen.apply(this, given);
  };

  for (const name of ['_writeGeneric']) {
    const plain = net.Socket.prototype[name];
    net.Socket.prototype[name] = function (writev, data, ...more) {
      const isTcp = this.remotePort !== undefined;
      const answer = plain.call(this, writev, data, ...more);
      if (isTcp) {
        const pieces = writev ? data.map(({ chunk }) => chunk) : [data];
        const bytes = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
        note('send', { bytes });
        if (pauseMs > 0) Atomics.wait(sleeping, 0, 0, pauseMs);
      }
      return answer;
    };
  }

  const { push } = net.Socket.prototype;
  net.Socket.prototype.push = function (chunk, ...more) {
    if (chunk !== null && this.remotePort !== undefined) note('recv', { bytes: chunk.length });
    return push.call(this, chunk, ...more);
  };
  note('hook', { language: 'node' });
}

function isPort(value) {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
}
