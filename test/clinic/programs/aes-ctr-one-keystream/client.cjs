// AES-CTR chat. Client and server start with the same key and the same nonce, so both directions have one keystream.
const net = require('net');
const crypto = require('crypto');
const readline = require('readline');

const PORT = 8124;
const key = crypto.scryptSync('our secret password', 'salt', 32);
const nonce = Buffer.alloc(16, 7);
const cipher = crypto.createCipheriv('aes-256-ctr', key, nonce);
const decipher = crypto.createDecipheriv('aes-256-ctr', key, nonce);

let socket = null;

function start(s, name) {
  socket = s;
  let buffer = '';
  s.on('data', (chunk) => {
    buffer += chunk.toString('latin1');
    let end;
    while ((end = buffer.indexOf('\n')) >= 0) {
      const text = decipher.update(Buffer.from(buffer.slice(0, end), 'hex')).toString('utf8');
      buffer = buffer.slice(end + 1);
      console.log(name + ': ' + text);
      if (text === 'exit') process.exit(0);
    }
  });
  s.on('error', (e) => console.log('error', e.message));
  s.on('end', () => process.exit(0));
}

start(net.connect(PORT, '127.0.0.1', () => console.log('Connected to server')), 'server');

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  if (!socket) return;
  socket.write(cipher.update(line, 'utf8').toString('hex') + '\n', () => {
    if (line === 'exit') process.exit(0);
  });
});
