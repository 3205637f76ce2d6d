// The client for it.
const net = require('net');
const Channel = require('./channel.cjs');
const socket = net.connect(6011);
let salt = Buffer.alloc(0);
socket.on('data', function first(chunk) {
  salt = Buffer.concat([salt, chunk]);
  if (salt.length < 16) return;
  socket.off('data', first);
  const rest = salt.subarray(16);
  const channel = new Channel(socket, 'client', 'correct horse', salt.subarray(0, 16), (text) => {
    console.log('<server> ' + text);
    if (text === 'quit') process.exit(0);
  });
  if (rest.length) socket.emit('data', rest);
  require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
    channel.send(line);
    if (line === 'quit') setTimeout(() => process.exit(0), 100);
  });
});
socket.on('close', () => { console.log('connection lost'); process.exit(1); });
