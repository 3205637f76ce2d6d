// A server that has every check: AES-GCM with a key from a password and a salt, and a counter for each direction.
const net = require('net');
const crypto = require('crypto');
const Channel = require('./channel.cjs');
let current = null;
process.stdin.setEncoding('utf8');
require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  if (!current) return console.log('nobody is here');
  current.send(line);
  if (line === 'quit') setTimeout(() => process.exit(0), 100);
});
net.createServer((socket) => {
  const salt = crypto.randomBytes(16);
  socket.write(salt);
  const channel = new Channel(socket, 'server', 'correct horse', salt, (text) => {
    current = channel;
    console.log('<client> ' + text);
    if (text === 'quit') process.exit(0);
  });
  channel.send('welcome');
  current = channel;
  socket.on('close', () => console.log('a client left'));
}).listen(6011);
