// Chat with JSON over 'data' events. Each event is taken for one whole JSON text, so two at once or half a one kill it.
const net = require('net');
const readline = require('readline');

const peer = net.connect(3000, 'localhost', () => console.log('Connected'));
peer.on('data', (data) => {
  const message = JSON.parse(data);
  console.log(`[${message.time}] server: ${message.text}`);
  if (message.type === 'quit') process.exit();
});

const rl = readline.createInterface({ input: process.stdin });
rl.on('line', (text) => {
  const type = text === 'quit' ? 'quit' : 'message';
  peer.write(JSON.stringify({ type, text, time: new Date().toLocaleTimeString() }));
  if (type === 'quit') setTimeout(process.exit, 200);
});
