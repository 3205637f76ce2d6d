// Chat with JSON over 'data' events. Each event is taken for one whole JSON text, so two at once or half a one kill it.
const net = require('net');
const readline = require('readline');

let peer;
const server = net.createServer((socket) => {
  console.log('New connection');
  peer = socket;
  socket.on('data', (data) => {
    const message = JSON.parse(data);
    console.log(`[${message.time}] client: ${message.text}`);
    if (message.type === 'quit') process.exit();
  });
});
server.listen(3000, () => console.log('Server on port 3000'));

const rl = readline.createInterface({ input: process.stdin });
rl.on('line', (text) => {
  const type = text === 'quit' ? 'quit' : 'message';
  peer.write(JSON.stringify({ type, text, time: new Date().toLocaleTimeString() }));
  if (type === 'quit') setTimeout(process.exit, 200);
});
